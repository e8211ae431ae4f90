"""A table of letters is checked row by row, taken in whole or not at all, and only once."""

import io
import stat
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from quancheng.consultations import importing, receiving
from quancheng.consultations.models import ImportBatch, Opinion
from quancheng.kernel import receipts
from quancheng.ledger.models import Entry
from quancheng.legislation import acts as legislation
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import Actor, NotAllowed
from quancheng.procedures import jobs
from quancheng.procedures.models import Job
from quancheng.texts import acts as texts
from quancheng.texts.models import Version

AT = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
OPENED = AT.replace(day=10)
SOURCE = (
    "某市停车条例（草案）\n第一条　为了规范停车，制定本条例。\n"
    "第二条　停车场应当公示收费标准。\n夜间停车免费。\n第三条　本条例自公布之日起施行。"
)


@pytest.fixture
def window(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    people.import_areas(at=AT)
    people.create_organ(code="fgw", name="法工委", kind="working_body", area="410900", valid_from=date(2022, 1, 1), at=AT)
    account = people.create_account(username="lead", name="张三", password="long-enough-pass-1", at=AT)
    people.give_office(account_id=account.pk, organ="fgw", role="lead", valid_from=date(2022, 1, 1), at=AT)
    lead = people_queries.actor_for(account.pk, AT.date())
    bill = legislation.submit_bill(
        title="", field="grassroots", granting_law="", sponsor="主任会议", organ="fgw", source=SOURCE, explanation="说明",
        imported_from="", by=lead, at=OPENED,
    )
    version = Version.objects.get(text__case=bill.case)
    texts.fix_version(version_id=version.pk, by=lead, at=OPENED)
    found = receiving.open_consultation(
        subject_case_id=bill.case_id, version_id=version.pk, title="停车", summary="", slug="parking",
        opens_on=date(2026, 11, 10), closes_on=date(2026, 12, 20), short_window_decision="", contact="法工委", address="路1号",
        telephone="0393-1234567", email="", site_codes=[], questions=[], by=lead, at=OPENED,
    )
    return SimpleNamespace(id=found.pk, lead=lead, consultation=found, files=tmp_path / "imports")


def _check(window, data: bytes, by: Actor | None = None):
    return importing.check_batch(
        consultation_id=window.id, file_name="来信.csv", data=data, by=by or window.lead, at=AT
    )


def _table(*lines: str) -> bytes:
    return "\n".join(("条款,意见内容,渠道,区划代码,显示名,联系电话,收到日期", *lines)).encode()


GOOD = _table("第二条,请写明价格,来信,410922,李四,13800000001,2026-11-12", "2,太贵,热线,,,,", ",都好,,,,,")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_every_row_becomes_an_opinion_with_its_words_in_the_ledger(window, encoding):
    batch = _check(window, GOOD.decode().encode(encoding))
    assert (batch.state, batch.rows, Opinion.objects.count()) == ("checked", 3, 0)
    [kept] = list(window.files.iterdir())
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    seen: list[int] = []
    assert importing.import_batch(batch_id=batch.pk, by=window.lead, at=AT, report=lambda n, _: seen.append(n)) == 3
    first, second, third = Opinion.objects.order_by("id")
    assert (first.anchor, first.channel, first.area_id, first.body) == ("a2", "paper", "410922", "请写明价格")
    assert first.quoted == "停车场应当公示收费标准。\n夜间停车免费。"
    assert first.received_at.astimezone(AT.tzinfo).date() == date(2026, 11, 12)
    assert (second.anchor, second.channel, second.received_at) == ("a2", "hotline", AT)
    assert (third.anchor, third.quoted, third.channel) == ("", "", "paper")
    for opinion in (first, second, third):
        entry = Entry.objects.get(subject=opinion.public_id, kind="opinion.received")
        stored = receipts.digest(bytes(opinion.salt), receiving.content_of(opinion))
        assert bytes(entry.digest) == stored
        assert "1380000" not in entry.detail
    assert seen and ImportBatch.objects.get().state == "imported"


def test_s01_the_number_is_kept_apart(window):
    importing.import_batch(batch_id=_check(window, GOOD).pk, by=window.lead, at=AT)
    first = Opinion.objects.order_by("id").first()
    assert people_queries.subjects_of("13800000001") == [first.public_id]
    for value in Opinion.objects.filter(pk=first.pk).values().get().values():
        assert "13800000001" not in str(value)


def test_the_file_with_numbers_is_gone_after_the_import(window, django_capture_on_commit_callbacks):
    batch = _check(window, GOOD)
    with django_capture_on_commit_callbacks(execute=True):
        importing.import_batch(batch_id=batch.pk, by=window.lead, at=AT)
    assert list(window.files.iterdir()) == []


def test_faults_name_row_and_column_and_nothing_is_kept(window):
    batch = _check(window, _table(
        "第二条,好,来信,,,,", "第九条,好,来信,,,,", ",,电报,,名,,", "", f",{'长' * 10_001},,999999,,123,2026-11-21",
        ",早,,,,,2026-11-09", ",乱,,,,,昨天",
    ))  # fmt: skip
    found = sorted(batch.faults.values_list("row", "column"))
    assert found == sorted([
        (3, "条款"), (4, "意见内容"), (4, "渠道"), (6, "意见内容"), (6, "区划代码"), (6, "联系电话"), (6, "收到日期"),
        (7, "收到日期"), (8, "收到日期"),
    ])  # fmt: skip
    assert batch.state == "refused" and not window.files.exists()
    with pytest.raises(importing.BadBatch):
        importing.import_batch(batch_id=batch.pk, by=window.lead, at=AT)
    assert Opinion.objects.count() == 0


def test_no_more_than_two_hundred_faults_are_stored(window):
    batch = _check(window, _table(*["第九条,,,,,,"] * 150))
    assert batch.faults.count() == 200 and batch.rows == 150


def test_a_file_is_taken_in_once(window):
    batch = _check(window, GOOD)
    with pytest.raises(importing.AlreadyImported):
        _check(window, GOOD)
    importing.import_batch(batch_id=batch.pk, by=window.lead, at=AT)
    with pytest.raises(importing.AlreadyImported, match="2026年11月20日"):
        _check(window, GOOD)
    with pytest.raises(importing.AlreadyImported):
        importing.import_batch(batch_id=batch.pk, by=window.lead, at=AT)
    assert Opinion.objects.count() == 3


def test_all_or_nothing(window, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 1)
    batch = _check(window, GOOD)
    before = Entry.objects.count()

    def stop(percent: int, note: str) -> None:
        if percent > 60:
            raise RuntimeError("power")

    with pytest.raises(RuntimeError):
        importing.import_batch(batch_id=batch.pk, by=window.lead, at=AT, report=stop)
    assert (Opinion.objects.count(), Entry.objects.count()) == (0, before)
    assert importing.import_batch(batch_id=batch.pk, by=window.lead, at=AT) == 3


def test_a_changed_file_is_not_imported(window):
    batch = _check(window, GOOD)
    [kept] = list(window.files.iterdir())
    Path(kept).write_bytes(GOOD.replace("太贵".encode(), "便宜".encode()))
    with pytest.raises(importing.BadBatch):
        importing.import_batch(batch_id=batch.pk, by=window.lead, at=AT)
    assert Opinion.objects.count() == 0


def test_the_job_is_ordered_once_and_imports_once(window):
    batch = _check(window, GOOD)
    first = importing.request_import(batch_id=batch.pk, by=window.lead, at=AT)
    assert importing.request_import(batch_id=batch.pk, by=window.lead, at=AT) == first
    job = Job.objects.get(pk=first)
    assert ImportBatch.objects.get().state == "importing"
    for _ in range(2):
        jobs._HANDLERS[job.name](job.argument, lambda percent, note: None)
        assert Opinion.objects.count() == 3


def test_a_job_that_died_can_be_ordered_again(window):
    batch = _check(window, GOOD)
    first = importing.request_import(batch_id=batch.pk, by=window.lead, at=AT)
    Job.objects.filter(pk=first).update(state="dead", attempts=4)
    assert importing.request_import(batch_id=batch.pk, by=window.lead, at=AT) == first
    assert Job.objects.get(pk=first).state == "ready"


def _workbook(rows) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def test_a_workbook_with_numbers_and_dates(window):
    data = _workbook([["收到日期", "意见内容", "联系电话", "条款"], [datetime(2026, 11, 11), "好", 13800000002, 2]])
    importing.import_batch(batch_id=_check(window, data).pk, by=window.lead, at=AT)
    found = Opinion.objects.get()
    assert (found.anchor, found.body) == ("a2", "好")
    assert people_queries.subjects_of("13800000002") == [found.public_id]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(window):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 5_000_000)
    with pytest.raises(importing.BadBatch, match="解压后过大"):
        _check(window, file.getvalue())


@pytest.mark.parametrize("data", [
    b"", b"  \n", _table(), "条款,渠道\n2,来信".encode(), "意见内容,身份证号\n好,1".encode(), b"PK\x03\x04broken",
    b"\xd0\xcf\x11\xe0\xa1\xb1", b"\xff\xfe\xff\xff", "意见内容,意见内容\n好,好".encode(),
])  # fmt: skip
def test_what_is_no_table_is_refused(window, data):
    with pytest.raises(importing.BadBatch):
        _check(window, data)
    assert ImportBatch.objects.count() == 0


@pytest.mark.parametrize(("words", "anchor"), [
    ("第二条", "a2"), ("第2条", "a2"), ("2", "a2"), ("２", "a2"), ("二", "a2"), ("a2", "a2"), ("第二条第二款", "a2-p2"),
    ("", ""), ("全文", ""), ("第九条", None), ("随便", None), ("0", None),
])  # fmt: skip
def test_clauses_are_understood_as_people_write_them(window, words, anchor):
    known = importing._known(window.consultation, AT)
    assert importing.anchor_of(words, known.by_label, known.anchors) == anchor


def test_r10_08_only_the_organ_itself_imports(window):
    with pytest.raises(NotAllowed):
        _check(window, GOOD, by=Actor.public())
    batch = _check(window, GOOD)
    for act in (importing.import_batch, importing.request_import):
        with pytest.raises(NotAllowed):
            act(batch_id=batch.pk, by=Actor.public(), at=AT)


def test_the_sample_passes_the_check(window):
    data = importing.template_csv()
    assert data.startswith(b"\xef\xbb\xbf")
    batch = importing.check_batch(
        consultation_id=window.id, file_name="样表.csv", data=data, by=window.lead, at=AT + timedelta(days=1)
    )
    assert batch.state == "checked" and batch.rows == 2
