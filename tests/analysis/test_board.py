"""The sheet for a meeting, two drafts side by side, and the topics in the report and before everybody."""

import io
import zipfile

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quancheng.analysis import acts, board, queries, reading
from quancheng.analysis.models import Place, Topic
from quancheng.consultations import acts as consultations
from quancheng.consultations import queries as opinions
from quancheng.people.permissions import Actor, NotAllowed
from quancheng.procedures import jobs
from quancheng.publications import documents
from tests.analysis.conftest import COMMON
from tests.browser.town import PASSWORD


@pytest.fixture
def sorted_out(heard, lead, now):
    """The consultation with its topics; returns (town, consultation, opinions)."""
    reading.read_news()
    acts.request_topics(consultation_id=heard[1].pk, by=lead, at=now)
    assert jobs.run_due("test")
    return heard


def signed_in(client: Client) -> Client:
    assert client.post("/sign-in/", {"username": "lead", "password": PASSWORD}).status_code in (302, 303)
    return client


def the_sheet(found, lead) -> board.Board:
    return board.board(found.pk, lead, timezone.localdate())


def test_the_sheet_counts_what_there_is(sorted_out, lead):
    _town, found, rows = sorted_out
    b = the_sheet(found, lead)
    assert b.total == 60 and b.state.read == 59 and b.channels == [("网站", 60)]
    assert sum(n for _name, n in b.clauses) == 60 and ("第八条", 20) in b.clauses
    assert sum(sum(row.weeks) for row in b.growth) == sum(line.size for line in b.state.lines) == 59
    assert b.crowds[0].size == 20 and b.crowds[0].leader.pk == rows[0].pk
    rows_ = board.sheet(b)
    assert ("概况", "意见", 60) in rows_ and {head for head, *_ in rows_} >= {"主题", "渠道", "条文", "县（区）", "同类的组"}


def test_before_any_run_the_sheet_says_so(heard, lead):
    b = the_sheet(heard[1], lead)
    assert "还没有归纳主题" in board.stamp(b) and b.growth == [] and b.apart == [] and b.total == 60


def test_only_who_may_read_sees_it(sorted_out):
    town, found, _rows = sorted_out
    for who in (Actor.public(), town.actors["station"]):
        for ask in (the_sheet, lambda found, who: board.others(found.pk, who), lambda found, who: board.beside(found.pk, found.pk, who, timezone.localdate())):
            with pytest.raises(NotAllowed):
                ask(found, who)


def test_the_sheet_costs_the_same_however_much_was_said(sorted_out, lead):
    town, found, _rows = sorted_out
    with CaptureQueriesContext(connection) as few:
        the_sheet(found, lead)
    for i in range(15):
        town.say(found, f"{COMMON}{i}", "第十五条")
    reading.read_news()
    with CaptureQueriesContext(connection) as many:
        the_sheet(found, lead)
    assert len(few) == len(many) <= 27


def test_the_files_hold_the_numbers(sorted_out, lead):
    town, found, rows = sorted_out
    client = signed_in(Client())
    base = f"/desk/consultations/{found.slug}/analysis/board"
    page = client.get(f"{base}/").content.decode()
    assert "制表时间" in page and "说法不同的" in page
    words = zipfile.ZipFile(io.BytesIO(client.get(f"{base}.docx").content)).read("word/document.xml").decode()
    assert "20条" in words and "](/" not in words
    assert client.get(f"{base}.pdf").content[:4] == b"%PDF"
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{base}.xlsx").content))
    assert ["概况", "意见", "60"] in [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert "概况,意见,60" in client.get(f"{base}.csv").content.decode("utf-8-sig")
    assert client.get(f"{base}.exe").status_code == 404
    body = board.board_body(the_sheet(found, lead), lambda name, key: f"/desk/{name}/{key}/")
    assert f'<a href="/desk/group/{rows[0].pk}/">20条</a>' in documents.to_html(body)


def test_two_drafts_side_by_side(sorted_out, lead, now):
    town, found, _rows = sorted_out
    version = town.revise(found)
    other = town.consultation("xiugaigao", started=2, title="修改稿征求意见")
    type(other).objects.filter(pk=other.pk).update(version=version)
    town.say(type(other).objects.get(pk=other.pk), COMMON, "第八条")
    assert [one.pk for one in board.others(found.pk, lead)] == [other.pk]
    pair = board.beside(found.pk, other.pk, lead, timezone.localdate())
    [eighth] = [row for row in pair.clauses if row.name == "第八条"]
    assert (eighth.other, eighth.first, eighth.second) == ("第八条", 20, 1)
    assert sum(row.first for row in pair.clauses) == 60 and sum(row.second for row in pair.clauses) == 1
    assert pair.channels == [board.Pair("网站", "网站", 60, 1)]
    client = signed_in(Client())
    page = client.get(f"/desk/consultations/{found.slug}/analysis/beside/", {"with": other.slug}).content.decode()
    assert "主题（同名的排在一行）" in page and "修改稿征求意见" in page
    assert client.get(f"/desk/consultations/{found.slug}/analysis/beside/?with=%00'").status_code == 200


def test_r1_13_the_report_tells_topics_that_stay(sorted_out, lead, now):
    town, found, _rows = sorted_out
    told = queries.themes(found.pk, timezone.localdate())
    body = opinions.report_body(found.pk, [(one.name, one.size, f"/c/{found.slug}/theme/{one.number}/") for one in told])
    section = body.split("## 意见的主题")[1].split("## ")[0]
    assert f"| {told[0].name} | [{told[0].size}](/c/{found.slug}/theme/{told[0].number}/) |" in section.splitlines()
    assert f'<a href="/c/{found.slug}/theme/{told[0].number}/">{told[0].size}</a>' in documents.to_html(body)
    assert "意见的主题" not in opinions.report_body(found.pk)
    assert acts.keep_reported(consultation_id=found.pk, by=lead, at=now) > 0
    before = dict(Place.objects.values_list("opinion_id", "topic__number"))
    acts.request_topics(consultation_id=found.pk, by=lead, at=timezone.now())
    assert jobs.run_due("test")
    assert dict(Place.objects.values_list("opinion_id", "topic__number")) == before
    with pytest.raises(NotAllowed):
        acts.keep_reported(consultation_id=found.pk, by=town.actors["station"], at=now)


def test_s03_everybody_reads_a_topic_after_the_result_and_only_what_is_shown(sorted_out, lead, now):
    town, found, rows = sorted_out
    topic = Place.objects.get(opinion=rows[0]).topic
    path = f"/c/{found.slug}/theme/{topic.number}/"
    nobody, office = Client(), signed_in(Client())
    assert nobody.get(path).status_code == 404
    assert office.get(path).headers["Location"] == f"/desk/analysis/topics/{topic.pk}/"
    consultations.withhold(opinion_id=rows[1].pk, ground="spam", explanation="是一则广告", by=lead, at=now)
    consultations.erase_words(opinion_id=rows[2].pk, ground="本人来信要求删除", by=lead, at=now)
    page = queries.theme(found.pk, topic.number)
    assert page is not None and page.shown == page.size - 1
    found.case.state = "result_published"
    found.case.save()
    shown = nobody.get(path)
    assert shown.status_code == 200 and topic.name in shown.content.decode()
    assert nobody.get(f"/c/{found.slug}/theme/999/").status_code == 404
    assert Topic.objects.filter(pk=topic.pk).exists()


@pytest.mark.parametrize(
    ("line", "html"),
    [
        ("[12](/c/a/theme/3/)", '<p><a href="/c/a/theme/3/">12</a></p>'),
        ("[x](//evil.example/)", "<p>[x](//evil.example/)</p>"),
        ("[x](https://evil.example/)", "<p>[x](https://evil.example/)</p>"),
        ("[<b>](/a\"onclick=1)", '<p><a href="/a&quot;onclick=1">&lt;b&gt;</a></p>'),
    ],
)  # fmt: skip
def test_links_in_documents_stay_on_the_site(line, html):
    assert documents.to_html(line) == html
