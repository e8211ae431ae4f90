"""Bad files, double clicks, two at once, a pulled plug: nothing acknowledged is lost, nothing is stored twice."""

import csv
import io
import os
import re
import signal
import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import signing
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook

from quancheng.consultations import acts, checking, importing, tables
from quancheng.consultations.models import ClauseChange, Consultation, DecisionRecord, ImportBatch, Opinion
from quancheng.ledger.models import Entry
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import Actor
from quancheng.procedures import acts as procedures
from quancheng.procedures import jobs
from quancheng.procedures.models import Job
from quancheng.texts import acts as texts
from tests.consultations.conftest import DRAFT, OPENING, OVER, PHONE

HEAD = "条款,意见内容,渠道,联系电话"
together = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "imports"


WAIT = 20  # seconds after which a thread counts as kept waiting; nothing here takes one


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Call all at the same moment, each in a thread with its own connection; return results or exceptions in order."""
    start, found = threading.Barrier(len(calls)), dict[int, object]()

    def run(place: int, call: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            if connection.vendor == "postgresql":
                connection.cursor().execute(f"SET lock_timeout = '{WAIT}s'")
            start.wait(WAIT)
            found[place] = call()
        except Exception as error:  # noqa: BLE001  # it is what the test asks about
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [found[place] for place in range(len(calls))]


def elsewhere(call: Callable[[], object]) -> object:
    """Call in another thread with its own connection, as another visitor would."""
    [found] = at_once(call)
    return found


# two at once


@together
def test_a_double_click_is_one_opinion(town, asked):
    form = town.form()
    both = at_once(*[
        lambda: acts.submit(consultation_id=asked.pk, form=form, by=Actor.public(), at=OPENING) for _ in range(4)
    ])  # fmt: skip
    assert len({opinion.receipt_code for opinion in both}) == 1
    assert Opinion.objects.count() == Entry.objects.filter(kind="opinion.received").count() == 1
    assert people_queries.subjects_of(PHONE) == [both[0].public_id]


@together
def test_one_form_with_two_words_at_once_reveals_nothing(town, asked):
    form = town.form()
    others = [replace(form, body=word) for word in "甲乙"]
    found = at_once(*[
        lambda form=form: acts.submit(consultation_id=asked.pk, form=form, by=Actor.public(), at=OPENING) for form in others
    ])  # fmt: skip
    assert sorted(type(one).__name__ for one in found) == ["FormUsed", "Opinion"]
    assert Opinion.objects.count() == 1 == Entry.objects.filter(kind="opinion.received").count()


@together
def test_two_staff_deciding_at_once_one_wins_and_the_other_is_told(town, asked):
    said = [town.say(asked, f"话{n}") for n in range(5)]
    seen = {o.pk: o.moves for o in said}
    found = at_once(
        lambda: town.decide(*said, moves=seen), lambda: town.decide(*said, decision="not_adopted", by="clerk2", moves=seen)
    )
    assert sorted(str(type(one).__name__) for one in found) == ["Conflict", "int"]
    assert len(set(Opinion.objects.values_list("decision", "decided_by_id"))) == 1 and DecisionRecord.objects.count() == 5
    assert list(checking.changed_opinions()) == []


@together
def test_linking_and_turning_away_at_once_never_both(town, asked):
    later = texts.draft_next(
        version_id=asked.version_id, source=DRAFT.replace("二十四", "十二"), label="修改稿", explanation="说明",
        by=town.actors["lead"], at=OVER,
    )  # fmt: skip
    for n in range(3):
        said = town.say(asked, f"话{n}", anchor="a3")
        town.decide(said)
        at_once(
            lambda said=said: acts.link_change(
                opinion_ids=[said.pk], version_id=later.pk, anchor="a3", by=town.actors["clerk"], at=OVER
            ),
            lambda said=said: town.decide(said, decision="not_adopted", by="clerk2"),
        )
    assert not ClauseChange.objects.exclude(opinion__decision="adopted").exists()
    assert list(checking.changed_opinions()) == []


@together
def test_merging_into_each_other_at_once_makes_no_circle(town, asked):
    a, b = town.say(asked, "甲"), town.say(asked, "乙")
    found = at_once(
        lambda: acts.merge(leader_id=a.pk, opinion_ids=[b.pk], by=town.actors["clerk"], at=OVER),
        lambda: acts.merge(leader_id=b.pk, opinion_ids=[a.pk], by=town.actors["clerk2"], at=OVER),
    )
    assert sorted(type(one).__name__ for one in found) == ["DecisionRefused", "int"]
    assert Opinion.objects.filter(state="merged").count() == 1


@together
def test_the_last_step_is_taken_once(town, asked):
    town.decide(*[town.say(asked, f"话{n}", phone=f"1380000000{n}") for n in range(4)])
    town.sorted(asked)
    acts.mark_decided(consultation_id=asked.pk, by=town.actors["clerk"], at=OVER)
    step = {"consultation_id": asked.pk, "at": OVER}
    found = at_once(*[lambda by=by: acts.reply_all(by=town.actors[by], **step) for by in ("clerk", "clerk2")])
    assert sum(one for one in found if isinstance(one, int)) <= 4
    assert Entry.objects.filter(kind="opinion.replied").count() == 4
    assert Consultation.objects.get(pk=asked.pk).case.state == "replied"


@together
def test_an_appeal_is_decided_once(town, asked):
    said = town.say(asked)
    acts.withhold(opinion_id=said.pk, ground="spam", explanation="是一则广告", by=town.actors["clerk"], at=OVER)
    found = acts.appeal(receipt_code=said.receipt_code, text="这不是广告。", at=OVER)
    done = at_once(*[
        lambda by=by, uphold=uphold: acts.decide_appeal(
            moderation_id=found.pk, uphold=uphold, reason="看过原文以后决定。", by=town.actors[by], at=OVER
        ) for by, uphold in (("releaser", True), ("lead2", False))
    ])  # fmt: skip
    assert sorted(type(one).__name__ for one in done) == ["Moderation", "ModerationRefused"]
    assert list(checking.changed_opinions()) == []


def test_who_goes_back_and_writes_something_else_loses_neither(town, asked, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: OPENING)
    client = Client()
    client.cookies["phone"] = signing.dumps(PHONE, salt="phone", compress=False)
    path = f"/c/{asked.slug}/write/"

    def hidden(page: str) -> dict[str, str]:
        return dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page))

    form = hidden(client.get(path).content.decode())
    first = client.post(path, {**form, "body": "第一件", "action": "submit"})
    again = client.post(path, {**form, "body": "第二件", "action": "submit"})
    page = again.content.decode()
    assert (first.status_code, again.status_code) == (303, 400) and "第二件" in page
    assert Opinion.objects.get().receipt_code not in page
    assert client.post(path, {**hidden(page), "body": "第二件", "action": "submit"}).status_code == 303
    assert list(Opinion.objects.order_by("id").values_list("body", flat=True)) == ["第一件", "第二件"]


# a pulled plug


def in_a_child(call: Callable[[], object]) -> int:
    """Run in a child process that is killed at the end without any farewell; return how it ended."""
    child = os.fork()
    if child == 0:
        connections["default"].connection = None  # the parent's own; a new one is opened
        try:
            call()
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    return os.waitpid(child, 0)[1]


@together
def test_what_was_acknowledged_outlives_a_killed_process(town, asked, tmp_path):
    told = tmp_path / "receipt"
    connections.close_all()

    def hand_in() -> None:
        told.write_text(town.say(asked).receipt_code)

    assert in_a_child(hand_in) == signal.SIGKILL
    assert Opinion.objects.get().receipt_code == told.read_text()
    assert list(checking.changed_opinions()) == []


@together
def test_a_process_killed_before_the_acknowledgement_leaves_nothing_half_done(town, asked, monkeypatch):
    connections.close_all()
    monkeypatch.setattr(people, "record_authorship", lambda **_: os.kill(os.getpid(), signal.SIGKILL))
    assert in_a_child(lambda: town.say(asked)) == signal.SIGKILL
    monkeypatch.undo()
    assert not Opinion.objects.exists() and not Entry.objects.filter(kind="opinion.received").exists()
    assert town.say(asked).pk


# files of letters


def table(count: int, start: int = 0) -> bytes:
    lines = [f"第三条,第{n}件：井盖要补上,来信,139{n:08d}" for n in range(start, start + count)]
    return "\n".join([HEAD, *lines]).encode()


def check(town, asked, data: bytes, name: str = "来信.csv") -> ImportBatch:
    at = OPENING + timedelta(days=1)
    return acts.check_batch(consultation_id=asked.pk, file_name=name, data=data, by=town.actors["clerk"], at=at)


def take_in(town, batch: ImportBatch, **more) -> int:
    return acts.import_batch(batch_id=batch.pk, by=town.actors["clerk"], at=OPENING + timedelta(days=1), **more)


def test_row_5017_is_named_with_its_cell_and_nothing_is_imported(town, asked):
    lines = table(6000).decode().splitlines()
    lines[5016] = lines[5016].replace("第三条", "第三十条")
    batch = check(town, asked, "\n".join(lines).encode())
    [fault] = batch.faults.all()
    assert (batch.state, batch.rows, fault.row, fault.column) == ("refused", 6000, 5017, "条款")
    assert "没有“第三十条”" in fault.message
    with pytest.raises(acts.BadBatch):
        take_in(town, batch)
    assert not Opinion.objects.exists() and not Entry.objects.filter(kind="opinion.received").exists()
    mended = check(town, asked, table(6000))
    assert take_in(town, mended) == 6000 == Opinion.objects.count()


def test_the_same_file_is_refused_under_any_name_and_taken_by_another_consultation(town, asked):
    take_in(town, check(town, asked, table(3)))
    with pytest.raises(acts.AlreadyImported):
        check(town, asked, table(3), name="另一个名字.csv")
    other = town.open(slug="other")
    assert take_in(town, check(town, other, table(3))) == 3


@together
def test_nobody_waits_for_an_import_and_nobody_sees_half_of_it(town, asked, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 2)
    monkeypatch.setattr(importing, "NUMBERS", 2)
    batch, stages = check(town, asked, table(6)), []

    def report(percent: int, note: str) -> None:
        if percent < 60:  # while the file is read and made ready, a resident hands in
            found = elsewhere(lambda: town.say(asked, f"网上的话{len(stages)}"))
            assert isinstance(found, Opinion), found
        elif connection.vendor == "postgresql":  # there is more than one writer: not even while it is written
            assert isinstance(elsewhere(lambda: town.say(asked, f"网上的话{len(stages)}")), Opinion)
        stages.append(percent)
        assert elsewhere(lambda: Opinion.objects.exclude(batch=None).count()) == 0
        assert elsewhere(lambda: Entry.objects.filter(detail__contains='"paper"').count()) == 0

    assert take_in(town, batch, report=report) == 6
    said = sum(1 for percent in stages if percent < 60 or connection.vendor == "postgresql")
    assert said >= 4 and stages == sorted(stages) and stages[-1] == 99
    assert Opinion.objects.count() == 6 + said and list(checking.changed_opinions()) == []


@pytest.mark.parametrize("percent", [13, 53, 60, 79, 99])
def test_an_import_broken_off_anywhere_leaves_nothing_and_goes_on_exactly_once(town, asked, monkeypatch, percent):
    monkeypatch.setattr(importing, "CHUNK", 2)
    monkeypatch.setattr(importing, "NUMBERS", 2)
    batch = check(town, asked, table(6))

    def stop(done: int, note: str) -> None:
        if done >= percent:
            raise RuntimeError("power")

    with pytest.raises(RuntimeError):
        take_in(town, batch, report=stop)
    assert not Opinion.objects.exists() and people_queries.subjects_of("13900000001") == []
    assert take_in(town, batch) == 6
    found = Opinion.objects.get(body__startswith="第1件")
    assert people_queries.subjects_of("13900000001") == [found.public_id]
    assert Opinion.objects.count() == 6 == Entry.objects.filter(kind="opinion.received").count()


@together
def test_what_a_killed_import_left_is_taken_back_by_the_next(town, asked):
    batch = check(town, asked, table(3))
    connections.close_all()

    def power(percent: int, note: str) -> None:
        if percent >= 60:
            os.kill(os.getpid(), signal.SIGKILL)

    assert in_a_child(lambda: take_in(town, batch, report=power)) == signal.SIGKILL
    [left] = people_queries.subjects_of("13900000001")
    assert not Opinion.objects.exists() and take_in(town, batch) == 3
    [kept] = people_queries.subjects_of("13900000001")
    assert kept == Opinion.objects.get(body__startswith="第1件").public_id != left


@together
def test_two_workers_with_one_file_import_it_once(town, asked):
    batch = check(town, asked, table(40))
    found = at_once(*[lambda: take_in(town, batch) for _ in range(2)])
    assert sorted(str(one) if isinstance(one, int) else type(one).__name__ for one in found) == ["40", "AlreadyImported"]
    assert Opinion.objects.count() == 40 == Entry.objects.filter(kind="opinion.received").count()
    assert len(people_queries.subjects_of("13900000007")) == 1 and list(checking.changed_opinions()) == []


def test_a_job_whose_file_cannot_be_imported_says_why_and_frees_the_way(town, asked, files):
    batch = check(town, asked, table(3))
    ordered = acts.request_import(batch_id=batch.pk, by=town.actors["clerk"], at=OPENING)
    for kept in files.iterdir():
        kept.write_bytes(b"other")
    job = Job.objects.get(pk=ordered)
    jobs._HANDLERS[job.name](job.argument, lambda percent, note: None)
    batch.refresh_from_db()
    assert batch.state == "refused" and "与核对时不同" in batch.faults.get().message
    assert check(town, asked, table(3)).state == "checked"


def test_hard_stop_7_a_file_is_not_taken_in_when_all_is_decided(town, asked):
    batch = check(town, asked, table(3))
    town.sorted(asked)
    acts.mark_decided(consultation_id=asked.pk, by=town.actors["clerk"], at=OVER)
    for act in (take_in, lambda t, b: acts.request_import(batch_id=b.pk, by=t.actors["clerk"], at=OVER)):
        with pytest.raises(acts.BadBatch, match="逐条研究完毕"):
            act(town, batch)
    assert not Opinion.objects.exists()


def test_hard_stop_7_nor_when_it_was_decided_while_the_file_was_read(town, asked):
    town.sorted(asked)
    batch = check(town, asked, table(3))

    def meanwhile(percent: int, note: str) -> None:
        if percent == 40:
            acts.mark_decided(consultation_id=asked.pk, by=town.actors["lead"], at=OVER)

    with pytest.raises(acts.BadBatch, match="逐条研究完毕"):
        take_in(town, batch, report=meanwhile)
    assert not Opinion.objects.exists() and people_queries.subjects_of("13900000001") == []


def test_hard_stop_7_an_ordered_import_keeps_the_next_step_waiting(town, asked):
    town.sorted(asked)
    batch = check(town, asked, table(3))
    acts.request_import(batch_id=batch.pk, by=town.actors["clerk"], at=OVER)
    with pytest.raises(procedures.StepRefused, match="正在导入"):
        acts.mark_decided(consultation_id=asked.pk, by=town.actors["clerk"], at=OVER)


def test_a_file_of_a_hundred_megabytes_is_refused(town, asked):
    with pytest.raises(acts.BadBatch, match="超过60MB"):
        check(town, asked, b"\n" * (100 * 1024 * 1024))


def test_too_many_rows_are_refused(town, asked, monkeypatch):
    monkeypatch.setattr(tables, "ROWS", 5)
    assert check(town, asked, table(5)).state == "checked"
    with pytest.raises(acts.BadBatch, match="最多5行"):
        check(town, asked, table(6))


def workbook(*rows: list[object]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def with_sheet(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with its sheet's XML changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            words = old.read(part)
            new.writestr(part.filename, change(words) if part.filename.endswith("sheet1.xml") else words)
    return file.getvalue()


EVIL = "=cmd|' /C calc'!A0"


def test_a_formula_in_a_workbook_is_somebodys_words_or_what_it_shows(town, asked):
    data = workbook(["条款", "意见内容"], [3, EVIL], [3, "=1+1"], [3, "=井盖要补上"], [3, "平常的话"])
    data = with_sheet(data, lambda xml: xml.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>").replace(
        b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>"
    ).replace(b"<f>1+1</f><v/>", b"<f>1+1</f><v>2</v>"))  # fmt: skip
    take_in(town, check(town, asked, data))
    assert list(Opinion.objects.order_by("id").values_list("body", flat=True)) == [EVIL, "2", "=井盖要补上", "平常的话"]


def test_a_formula_in_a_csv_stays_words_and_no_export_lets_it_loose(town, asked, settings):
    settings.PAGE_CACHE_SECONDS = 0
    rows = [EVIL, "+86补上", "-10元", "@某人", "\t=1+1"]
    out = io.StringIO()
    csv.writer(out).writerows([["意见内容"], *[[row] for row in rows]])
    take_in(town, check(town, asked, out.getvalue().encode("gb18030")))
    kept = [row.strip() for row in rows]
    assert list(Opinion.objects.order_by("id").values_list("body", flat=True)) == kept
    client = Client()
    client.post("/sign-in/", {"username": "clerk", "password": "long-enough-pass-1"})
    open_data = b"".join(Client().get(f"/c/{asked.slug}/open-data.csv").streaming_content).decode("utf-8-sig")
    desk = client.get(f"/desk/export/{asked.slug}.csv")
    work = (b"".join(desk.streaming_content) if desk.streaming else desk.content).decode("utf-8-sig")
    for told, column in ((open_data, "text"), (work, "意见")):
        cells = [row[column] for row in csv.DictReader(io.StringIO(told))]
        assert sorted(cells) == sorted("'" + row for row in kept)


BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "%s"><!ENTITY c "%s">]><worksheet>&c;</worksheet>' % (
    b"x" * 1000, b"&b;" * 1000
)


@pytest.mark.parametrize("data", [
    b"PK\x03\x04" + b"\0" * 100, b"%PDF-1.7\n\xff\xff\xff", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, b"\x89PNG\r\n\x1a\n\xff\xfe",
    b"\xff\xfe\x61\x00\x0f", '"意见内容\n没有合上的引号'.encode(), ("意见内容\n" + "长" * 140_000).encode(), b"\0" * 50,
], ids=["zip", "pdf", "xls", "png", "utf-16", "quote", "cell", "nul"])  # fmt: skip
def test_a_file_that_is_no_table_is_refused_in_one_sentence(town, asked, data):
    with pytest.raises(acts.BadBatch) as refused:
        check(town, asked, data)
    assert "\n" not in str(refused.value) and not ImportBatch.objects.exists()


@pytest.mark.parametrize("change", [lambda xml: BOMB, lambda xml: xml[:-30], lambda xml: b"", lambda xml: b"<a/>"])
def test_a_damaged_or_malicious_workbook_is_refused(town, asked, change):
    data = with_sheet(workbook(["意见内容"], ["好"]), change)
    with pytest.raises(acts.BadBatch):
        check(town, asked, data)
    assert not ImportBatch.objects.exists()


def test_a_workbook_that_unpacks_to_much_is_refused_before(town, asked):
    with pytest.raises(acts.BadBatch, match="解压后过大"):
        check(town, asked, with_sheet(workbook(["意见内容"], ["好"]), lambda xml: xml + b" " * 40_000_000))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_rare_characters_come_through_in_every_encoding(town, asked, encoding):
    words = "𠀀𪚥路口👍，井盖\u202e要补"
    take_in(town, check(town, asked, f"意见内容\n{words}".encode(encoding)))
    assert Opinion.objects.get().body == "𠀀𪚥路口👍，井盖要补"


def test_html_and_script_stay_words_on_every_page(town, asked, settings):
    settings.PAGE_CACHE_SECONDS = 0
    said = town.say(asked, "<script>alert(1)</script><b onclick=x>好</b>", anchor="a3", display_name="<i>李")
    acts.refresh_tallies(at=OPENING)
    client = Client()
    client.post("/sign-in/", {"username": "clerk", "password": "long-enough-pass-1"})
    for path in (
        f"/c/{asked.slug}/", f"/c/{asked.slug}/clause/a3/", f"/r/{said.receipt_code}/", f"/desk/opinions/{said.pk}/",
        f"/desk/consultations/{asked.slug}/opinions/?open={said.pk}",
    ):  # fmt: skip
        page = client.get(path).content.decode()
        assert "&lt;script&gt;alert(1)" in page and "<script>alert" not in page and "<b onclick" not in page and "<i>李" not in page
