"""Release by another person, correction in the open, withholding on a ground; documents lose no words."""

import io
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from quancheng.legislation import acts as legislation
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import NotAllowed
from quancheng.publications import acts, documents, queries

AT = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
SOURCE = "某市停车条例（草案）\n第一条　为了规范停车，制定本条例。\n第二条　本条例自公布之日起施行。"


@pytest.fixture
def desk(db):
    people.import_areas(at=AT)
    people.create_organ(code="fgw", name="法工委", kind="working_body", area="410900", valid_from=date(2022, 1, 1), at=AT)
    found = {}
    for name, role in (("clerk", "clerk"), ("lead", "lead"), ("releaser", "releaser")):
        account = people.create_account(username=name, name=name, password="long-enough-pass-1", at=AT)
        people.give_office(account_id=account.pk, organ="fgw", role=role, valid_from=date(2022, 1, 1), at=AT)
        found[name] = people_queries.actor_for(account.pk, AT.date())
    bill = legislation.submit_bill(
        title="", field="grassroots", granting_law="", sponsor="主任会议", organ="fgw", source=SOURCE, explanation="说明",
        imported_from="", by=found["clerk"], at=AT,
    )
    found["case"] = bill.case
    return found


def _draft(desk, body="# 一\n\n正文"):
    return acts.draft(case=desk["case"], kind="report", slug="r", title="报告", body=body, by=desk["clerk"], at=AT)


def test_r9_05_author_and_editor_cannot_release(desk):
    found = _draft(desk)
    found = acts.edit(publication_id=found.pk, body="改过", edits=0, by=desk["lead"], at=AT)
    with pytest.raises(acts.EditedMeanwhile):
        acts.edit(publication_id=found.pk, body="也改过", edits=0, by=desk["clerk"], at=AT)
    acts.submit_for_review(publication_id=found.pk, by=desk["clerk"], at=AT)
    with pytest.raises(NotAllowed):
        acts.release(publication_id=found.pk, by=desk["lead"], at=AT)
    assert queries.published("r") is None
    assert [p.pk for p in queries.review_queue(desk["releaser"])] == [found.pk]
    acts.release(publication_id=found.pk, by=desk["releaser"], at=AT)
    assert queries.published("r").body == "改过"
    with pytest.raises(acts.PublicationRefused):
        acts.edit(publication_id=found.pk, body="偷偷改", edits=1, by=desk["clerk"], at=AT)


def test_reviewer_returns_with_a_note(desk):
    found = _draft(desk)
    acts.submit_for_review(publication_id=found.pk, by=desk["clerk"], at=AT)
    with pytest.raises(acts.PublicationRefused):
        acts.return_to_author(publication_id=found.pk, note="改", by=desk["releaser"], at=AT)
    returned = acts.return_to_author(publication_id=found.pk, note="第二部分数字有误", by=desk["releaser"], at=AT)
    assert (returned.state, returned.returned_note) == ("drafted", "第二部分数字有误")


def test_r9_14_correction_is_a_new_version_with_a_note(desk):
    found = _draft(desk)
    acts.submit_for_review(publication_id=found.pk, by=desk["clerk"], at=AT)
    acts.release(publication_id=found.pk, by=desk["releaser"], at=AT)
    new = acts.correct(publication_id=found.pk, body="更正后", note="人数统计有误，更正", by=desk["clerk"], at=AT)
    assert queries.published("r").pk == found.pk
    acts.submit_for_review(publication_id=new.pk, by=desk["clerk"], at=AT)
    acts.release(publication_id=new.pk, by=desk["releaser"], at=AT)
    assert queries.published("r").body == "更正后"
    assert queries.published("r").corrects_id == found.pk


@pytest.mark.parametrize(("ground", "review_on"), [("because", date(2027, 1, 1)), ("process", date(2026, 11, 20))])
def test_s12_withholding_needs_a_listed_ground_and_a_date(desk, ground, review_on):
    found = _draft(desk)
    acts.submit_for_review(publication_id=found.pk, by=desk["clerk"], at=AT)
    with pytest.raises(acts.PublicationRefused):
        acts.withhold(publication_id=found.pk, ground=ground, review_on=review_on, by=desk["releaser"], at=AT)
    acts.withhold(publication_id=found.pk, ground="process", review_on=date(2027, 1, 1), by=desk["releaser"], at=AT)
    assert [p.ground for p in queries.withheld()] == ["process"]


BODY = "# 甲\n\n说明<b>粗</b>\n\n- 一\n- 二\n\n| 条 | 数 |\n|---|---|\n| 第一条 | 3 |\n\n前[-旧-]{+新+}后"


def test_html_escapes_and_keeps_every_word():
    html = documents.to_html(BODY)
    assert "<b>" not in html and "&lt;b&gt;" in html
    for piece in ("甲", "<li>一</li>", "<th scope=\"col\">条</th>", "<td>3</td>", "<del>旧</del><ins>新</ins>"):
        assert piece in html


def test_docx_holds_the_same_words():
    document = Document(io.BytesIO(documents.to_docx("标题", BODY)))
    words = "\n".join(p.text for p in document.paragraphs) + "".join(
        cell.text for table in document.tables for row in table.rows for cell in row.cells
    )
    for piece in ("标题", "甲", "说明<b>粗</b>", "一", "第一条", "3", "旧", "新"):
        assert piece in words


def test_pdf_is_a_pdf_and_words_are_never_markup():
    data = documents.to_pdf("标题 #panic()", BODY + "\n\n#panic(\"x\") $a$ @b")
    assert data.startswith(b"%PDF-")


@given(st.text(alphabet="#|-{}+[]\\ 甲ab\n", max_size=80))
def test_any_body_can_be_shown(body):
    documents.to_html(body)
    assert all(block.lines or block.rows for block in documents.blocks(body))
