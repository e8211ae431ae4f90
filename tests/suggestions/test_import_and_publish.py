"""Paper forms taken in after a dry run; bulk assignment; like ones; publication after the rating; a key suggestion's whole way."""

import io
from datetime import date, timedelta

import pytest
from docx import Document
from openpyxl import Workbook

from quancheng.handling import acts as handling
from quancheng.handling.models import Assignment
from quancheng.people import acts as people
from quancheng.people.permissions import NotAllowed
from quancheng.publications import acts as publications
from quancheng.publications.models import Publication
from quancheng.suggestions import acts, queries
from quancheng.suggestions.models import ImportBatch, Sponsor, Suggestion
from tests.cities import AT, BODY, OFFICE, state
from tests.handling.test_commitments import ROLES

HEADER = ["标题", "建议内容", "领衔代表", "联名代表", "类别", "建议主办单位", "建议协办单位", "是否公开", "不公开理由"]


def sheet(*rows, header=HEADER):
    book = Workbook()
    book.active.append(list(header))
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row(number, lead="甲d1", others="", unit="市住房和城乡建设局", **changed):
    cells = [f"关于修好第{number}条路的建议", BODY, lead, others, "城乡建设", unit, "", "是", ""]
    for column, value in changed.items():
        cells[HEADER.index(column)] = value
    return cells


def form(table=True, **cells):
    paper = Document()
    paper.add_heading("人大代表建议专用纸", level=1)
    if table:
        grid = paper.add_table(rows=0, cols=2)
        for label, words in cells.items():
            line = grid.add_row().cells
            line[0].text, line[1].text = label, words
    else:
        for label, words in cells.items():
            paper.add_paragraph(f"{label}：{words}")
        paper.add_paragraph("还建议加装路灯。")
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def check(city, *files, by="office", session_id=None):
    return acts.check_files(files=list(files), organ=OFFICE, session_id=session_id, by=city[by], at=AT)


def test_a_session_of_400_is_taken_in_after_a_dry_run_and_units_are_only_proposed(city):
    session = acts.open_session(
        organ=OFFICE, name="市八届人大六次会议", opens_on=AT.date(), closes_on=date(2026, 3, 6), motions_until=date(2026, 3, 4),
        by=city["office"], at=AT,
    )  # fmt: skip
    pack = ("建议.xlsx", sheet(*[row(n, others="甲d2、甲d3") for n in range(400)]))
    batch = check(city, pack, session_id=session.pk)
    assert (batch.state, batch.rows) == ("checked", 400) and not Suggestion.objects.exists()
    assert check(city, pack, session_id=session.pk).pk == batch.pk  # looked at twice, one batch
    made = acts.import_batch(batch_id=batch.pk, by=city["office"], at=AT)
    assert len(made) == 400 and {state(s) for s in made[:5]} == {"submitted"}
    assert Sponsor.objects.filter(state="confirmed").count() == 1200 and not Assignment.objects.exists()
    for again in (lambda: check(city, pack, session_id=session.pk), lambda: acts.import_batch(batch_id=batch.pk, by=city["office"], at=AT)):
        with pytest.raises(acts.BadBatch):
            again()
    done = acts.check_many(suggestion_ids=[s.pk for s in made[:50]], by=city["office"], at=AT)
    assert all(line.ok for line in done)
    orders = [acts.Order(s.pk, lead=queries.proposals(s.pk, AT.date())[0].unit.pk) for s in made[:51]]
    orders.append(acts.Order(999_999, lead="zjj"))
    outcome = acts.assign_many(orders=orders, note="请认真办理", by=city["office"], at=AT)
    assert [line.ok for line in outcome] == [True] * 50 + [False, False]
    assert Assignment.objects.filter(unit_id="zjj").count() == 50
    with pytest.raises(NotAllowed):
        acts.assign_many(orders=orders[:1], note="", by=city["zjj_head"], at=AT)
    assert queries.name_of(Suggestion.objects.select_related("session").get(pk=made[49].pk)) == "市八届人大六次会议第50号建议"


@pytest.mark.parametrize("table", [True, False])
def test_docx_forms_are_read_from_tables_and_from_lines(city, table):
    cells = {"标题": "关于修好村口道路的建议", "领衔代表": "甲d1", "联名代表": "甲d2，甲d4", "类别": "城乡建设",
             "建议主办单位": "市交通运输局", "建议内容": BODY}  # fmt: skip
    second = {**cells, "标题": "关于加装路灯的建议", "领衔代表": "甲d3（华龙区）", "是否公开": "否", "不公开理由": "涉及个人住址"}
    batch = check(city, ("一.docx", form(table, **cells)), ("二.docx", form(table, **second)))
    assert batch.state == "checked", list(batch.faults.values_list("place", "column", "message"))
    one, two = acts.import_batch(batch_id=batch.pk, by=city["office"], at=AT)
    assert (one.title, one.lead_id, one.source) == ("关于修好村口道路的建议", city["d1"].id, "paper")
    assert set(one.sponsors.values_list("account__username", flat=True)) == {"d1", "d2", "d4"}
    assert two.openness == "unsuitable" and two.openness_reason == "涉及个人住址"
    assert one.body == (BODY if table else f"{BODY}\n还建议加装路灯。")


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"领衔代表": "无此人"}, "领衔代表"), ({"领衔代表": ""}, "领衔代表"), ({"联名代表": "甲d2、某某"}, "联名代表"), ({"标题": "路"}, "标题"),
        ({"建议内容": "修路"}, "建议内容"), ({"类别": "道路"}, "类别"), ({"建议主办单位": "外星局"}, "建议主办单位"),
        ({"是否公开": "也许"}, "是否公开"), ({"是否公开": "否"}, "不公开理由"), ({"领衔代表": "甲d1（清丰县）"}, "领衔代表"),
    ],
)  # fmt: skip
def test_the_dry_run_says_what_is_wrong_where_and_takes_nothing_in(city, changed, column):
    batch = check(city, ("建议.xlsx", sheet(row(1), row(2, **changed))))
    fault = batch.faults.get()
    assert (batch.state, fault.place, fault.column) == ("refused", "建议.xlsx 第3行", column)
    with pytest.raises(acts.BadBatch):
        acts.import_batch(batch_id=batch.pk, by=city["office"], at=AT)
    assert not Suggestion.objects.exists()
    assert queries.batch(batch.pk, city["office"]).faults.count() == 1


def test_two_deputies_of_one_name_are_told_apart_by_their_unit(city):
    account = people.create_account(username="twin", name="甲d1", password="long-enough-pass-1", at=AT)
    term = people.open_term(organ="pyrd", number=9, starts_on=AT.date(), at=AT)
    people.seat_deputy(term=term, account_id=account.pk, electoral_unit="清丰县", field="", valid_from=AT.date(), at=AT)
    refused = check(city, ("建议.xlsx", sheet(row(1))))
    assert "选举单位" in refused.faults.get().message
    batch = check(city, ("建议.xlsx", sheet(row(1, lead="甲d1(清丰县)"))))
    (made,) = acts.import_batch(batch_id=batch.pk, by=city["office"], at=AT)
    assert made.lead_id == account.pk


def test_the_same_title_twice_in_a_pack_is_a_fault(city):
    batch = check(city, ("建议.xlsx", sheet(row(1), row(1))))
    assert batch.state == "refused" and batch.faults.count() == 2


@pytest.mark.parametrize(
    "files",
    [
        [], [("a.xlsx", b"PK\x03\x04no")], [("a.docx", b"plain words")], [("a.xlsx", sheet(header=["标题"]))],
        [("a.xlsx", sheet())], [("a.xlsx", sheet(["x"], header=[*HEADER, "身份证号"]))],
    ],
)  # fmt: skip
def test_files_that_are_none_are_refused(city, files):
    with pytest.raises(acts.BadBatch):
        check(city, *files)
    assert not ImportBatch.objects.exists()


def test_who_imports(city):
    for who in ("d1", "zjj_head", "foreign"):
        with pytest.raises(NotAllowed):
            check(city, ("建议.xlsx", sheet(row(1))), by=who)


def test_blank_forms_can_be_read_back(city):
    batch = check(city, ("样表.xlsx", queries.blank_table()))
    assert {f.column for f in batch.faults.all()} == {"领衔代表", "联名代表"}  # the invented names of the example
    filled = Document(io.BytesIO(queries.blank_form()))
    for line in filled.tables[0].rows:
        words = {"标题": "关于修好村口道路的建议", "建议内容": BODY, "领衔代表": "甲d1"}.get(line.cells[0].text, "")
        line.cells[1].text = words
    out = io.BytesIO()
    filled.save(out)
    assert check(city, ("专用纸.docx", out.getvalue())).state == "checked"


def test_s10_like_suggestions_are_shown_for_a_joint_answer(city):
    first = city.checked(title="关于修好村口道路的建议")
    second = city.checked("d2", title="关于修好村口道路的建议", body=BODY + "请尽快。")
    city.checked("d3", title="关于增加乡镇卫生院药品的建议", body="乡镇卫生院常用药品不全，老人买药要进城，建议增加配送次数。")
    assert [[s.pk for s in group] for group in queries.alike(OFFICE, city["office"])] == [[first.pk, second.pk]]
    with pytest.raises(NotAllowed):
        queries.alike(OFFICE, city["zjj_head"])


def _release(city, made):
    paper = acts.draft_publication(suggestion_id=made.pk, by=city["office"], at=AT)
    publications.submit_for_review(publication_id=paper.pk, by=city["office"], at=AT)
    return publications.release(publication_id=paper.pk, by=city["releaser"], at=AT)


def test_m38_a_key_suggestions_whole_way_to_the_published_rating(city):
    made, (share,) = city.assigned(cosigners=("d2",))
    handling.choose_key(case_id=made.case_id, roles=ROLES, decision="第20次主任会议", by=city["chair"], at=AT)
    answered = city.answer(share, AT + timedelta(days=10), outcome="B", promise="修建排水管网三公里", promised_for=date(2027, 6, 30))
    with pytest.raises(acts.SuggestionRefused, match="测评以后"):
        acts.draft_publication(suggestion_id=made.pk, by=city["office"], at=AT)
    city.rate(answered, "dissatisfied", "没有明确今年修哪一段。", at=AT + timedelta(days=11))
    again = city.answer(share, AT + timedelta(days=20), outcome="B", promise="今年十月前修完村口一段", promised_for=date(2026, 10, 31))
    city.rate(again, "satisfied", at=AT + timedelta(days=21))
    with pytest.raises(acts.SuggestionRefused, match="督办记录"):
        acts.draft_publication(suggestion_id=made.pk, by=city["office"], at=AT)
    handling.log_supervision(
        case_id=made.case_id, kind="site_visit", on=AT.date(), place="某村村口", present="李某、代表三人", words="要求汛期以前完工。",
        by=city["committee"], at=AT,
    )  # fmt: skip
    paper = _release(city, made)
    for words in ("副市长 王某", "市人大常委会副主任 李某", "市住房和城乡建设局再次答复", "代表测评：不满意。没有明确今年修哪一段。", "代表测评：满意",
                  "某村村口", "今年十月前修完村口一段", "联名代表：1人"):  # fmt: skip
        assert words in paper.body
    assert "0393" not in paper.body and "王工" not in paper.body  # no telephone, no clerk's name
    (found,), total = queries.published(queries.Filters(words="道路", unit="zjj"), "satisfied")
    assert (found.suggestion.pk, total, found.grades) == (made.pk, 1, ("不满意", "满意"))
    assert queries.published(queries.Filters(words="药品"))[1] == 0 == queries.published(queries.Filters(), "basically")[1]


def test_a_key_suggestion_that_nobody_rated_is_not_published(city):
    made, (share,) = city.assigned()
    handling.choose_key(case_id=made.case_id, roles=ROLES, decision="第20次主任会议", by=city["chair"], at=AT)
    handling.log_supervision(
        case_id=made.case_id, kind="meeting", on=AT.date(), place="住建局", present="李某", words="要求汛期以前完工。",
        by=city["committee"], at=AT,
    )  # fmt: skip
    city.answer(share, AT + timedelta(days=10))
    assert handling.lapse(case_id=made.case_id, at=AT + timedelta(days=60))
    with pytest.raises(acts.SuggestionRefused, match="代表测评"):
        acts.draft_publication(suggestion_id=made.pk, by=city["office"], at=AT)


def test_r7_15_what_the_deputy_thinks_unsuitable_is_not_published_and_stays_in_the_catalogue_untitled(city):
    made, (share,) = city.assigned()
    city.rate(city.answer(share, AT + timedelta(days=10)), at=AT + timedelta(days=11))
    paper = acts.draft_publication(suggestion_id=made.pk, by=city["office"], at=AT)
    publications.submit_for_review(publication_id=paper.pk, by=city["office"], at=AT)
    with pytest.raises(NotAllowed):
        acts.set_openness(suggestion_id=made.pk, openness="unsuitable", reason="涉及个人住址", by=city["office"], at=AT)
    with pytest.raises(acts.SuggestionRefused):
        acts.set_openness(suggestion_id=made.pk, openness="unsuitable", reason="", by=city["d1"], at=AT)
    acts.set_openness(suggestion_id=made.pk, openness="unsuitable", reason="涉及个人住址", by=city["d1"], at=AT)
    assert Publication.objects.get().state == "drafted"  # it goes no further
    with pytest.raises(acts.SuggestionRefused, match="不宜公开"):
        acts.draft_publication(suggestion_id=made.pk, by=city["office"], at=AT)
    (line,) = queries.catalogue(None, 2026)
    assert (line.title, line.why_untitled, line.units) == ("", "领衔代表认为不宜公开", ("市住房和城乡建设局",))
    acts.set_openness(suggestion_id=made.pk, openness="shown", reason="", by=city["d1"], at=AT)
    _release(city, made)
    with pytest.raises(acts.SuggestionRefused, match="已经公开"):
        acts.set_openness(suggestion_id=made.pk, openness="unsuitable", reason="涉及个人住址", by=city["d1"], at=AT)
    assert queries.catalogue(None, 2026)[0].title == made.title


def test_r7_04_the_assignment_is_public_at_once(city):
    made, _ = city.assigned(lead="slj", assisting=("czj",))
    (line,) = queries.catalogue(None, 2026)
    assert (line.title, line.units, line.state) == (made.title, ("市财政局", "市水利局"), "assigned")


def test_the_whole_way_late_yellow_red_redo_satisfied(city, monkeypatch):
    from quancheng.handling import queries as handling_queries
    from quancheng.handling import tasks

    made, (lead, assist) = city.assigned(assisting=("jtj",))
    objection = handling.raise_objection(assignment_id=assist.pk, reason="不属于本局职责。", by=city["jtj_clerk"], at=AT)
    handling.decide_objection(objection_id=objection.pk, accept=True, reason="同意退办。", new_unit="czj", by=city["office"], at=AT)
    lights = [handling_queries.record(made.case, on).shares[0].light for on in (date(2026, 3, 20), date(2026, 5, 28), date(2026, 6, 9))]
    assert lights == ["green", "yellow", "red"]
    late = AT.replace(month=6, day=9)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)
    tasks.sweep()
    letter = next(x for x in handling_queries.proposed_letters(city["office"]) if x.unit_id == "zjj")
    handling.send_letter(letter_id=letter.pk, words="请于一周内答复。", by=city["office"], at=late)
    handling.answer_letter(letter_id=letter.pk, words="因雨季停工，本周答复。", by=city["zjj_head"], at=late)
    answer = city.answer(lead, late + timedelta(days=1))
    city.rate(answer, "dissatisfied", "只补了一半。", at=late + timedelta(days=2))
    again = city.answer(lead, late + timedelta(days=9))
    city.rate(again, "satisfied", at=late + timedelta(days=10))
    assert state(made) == "closed"
    assert "代表测评：满意" in _release(city, made).body
