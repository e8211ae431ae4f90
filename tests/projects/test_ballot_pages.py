"""代表决 on the pages: dossier, views, briefing, questions, the list, the outcome from the hall; everything typed is kept."""

import json
import re

import pytest
from county import PHONE, REASON, later
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quancheng.ledger import acts as ledger
from quancheng.meetings.models import Meeting
from quancheng.procedures import acts as procedures
from quancheng.projects import queries
from quancheng.projects.models import Project, Remark
from quancheng.publications.models import Publication
from quancheng.voting.models import Option, Question, Result, Vote


@pytest.fixture(autouse=True)
def demo(settings):
    settings.DEMO = True


def words_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def post(client, path, status=303, **data):
    answer = client.post(path, data)
    assert answer.status_code == status, words_of(answer)[:900]
    return answer


def page(client, path, status=200, most=0) -> str:
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        found = client.get(path)
    assert found.status_code == status, f"{path} {found.status_code}"
    assert not most or len(asked) <= most, f"{len(asked)}\n" + "\n".join(q["sql"][:160] for q in asked)
    return found.content.decode()


DOSSIER = {
    "do": "dossier", "edits": "0", "title": "人民路便民菜市场", "content": "新建便民菜市场一处，八百平方米。", "location": "人民路口",
    "benefit": "三千户", "cost": "1,200", "owner": "zjj", "finish_on": "2027-11-30", "money": "市级财政 800\n区级财政：400万元",
    "feasibility": "用地已落实，年内可以完工。",
}  # fmt: skip


def test_from_screening_to_candidate_by_pages_alone(city, clients):
    call = city.call()
    made = city.screened(call)
    office, unit, deputy, path = clients["office"], clients["unit"], clients["d1"], f"/desk/projects/{made.pk}/"
    assert "列为候选还缺" in page(office, path, most=25)
    refused = post(office, path, 400, **DOSSIER | {"money": "市级财政"})
    assert "人民路便民菜市场" in refused.content.decode()
    post(office, path, **DOSSIER)
    assert [(m.source, str(m.amount)) for m in made.money.order_by("-amount")] == [("市级财政", "800.00"), ("区级财政", "400.00")]
    post(office, path, 409, **DOSSIER)  # somebody saved in between
    post(office, path, do="ask_units", units=["zjj", "jyj"])
    assert "提出论证意见" in page(unit, "/desk/projects/", most=15)
    assert "请住房建设局提出论证意见" in page(unit, path)
    post(unit, path, 400, do="view", stand="", words="年内可以完成，用地已经落实。")
    post(unit, path, do="view", stand="feasible", words="年内可以完成，用地已经落实。")
    post(office, path, do="list")
    assert "人民路便民菜市场" in page(clients[""], f"/projects/{made.code}/", most=15)
    assert "1,200万元" in page(deputy, f"/desk/projects/calls/{call.pk}/briefing/", most=12)
    post(deputy, path, do="question", words="摊位租金怎样定？")
    assert "摊位租金怎样定" in page(unit, path)
    question = made.questions.get()
    post(unit, path, do="answer", question=question.pk, words="实行政府指导价。")
    assert "实行政府指导价" in page(clients[""], f"/projects/{made.code}/")
    remark = f"/projects/{made.code}/remark/"
    shown = post(clients[""], remark, 200, action="code", phone=PHONE, body="希望离学校近一点。", key="r" * 30).content.decode()
    code = re.search(r'class="code">(\d{6})<', shown)[1]
    post(clients[""], remark, action="submit", phone=PHONE, code=code, body="希望离学校近一点。", key="r" * 30)
    assert Remark.objects.count() == 1 and "希望离学校近一点" in page(office, path)
    assert "希望离学校近一点" not in page(clients[""], f"/projects/{made.code}/")


def test_the_list_and_the_outcome_by_pages(city, clients, days):
    call, made = city.call(), []
    for _ in range(5):
        made.append(city.candidate(call))
    office, path = clients["office"], f"/desk/projects/calls/{call.pk}/"
    days.set(later(41))
    clients["office"].post("/sign-in/", {"username": "office", "password": "long-enough-pass-1"})
    post(office, path, do="close")
    post(office, path, 400, do="fix", places="4", candidate=[p.pk for p in made])
    post(office, path, do="review", kind="list", meeting="第四十次主任会议", held_on="2026-10-12", words="同意将候选项目提请大会票决。")
    refused = post(office, path, 400, do="fix", places="5", candidate=[p.pk for p in made])
    assert "差额须在10%至30%之间" in words_of(refused)
    numbers = {f"number-{p.pk}": str(5 - n) for n, p in enumerate(made)}
    post(office, path, do="fix", places="4", candidate=[p.pk for p in made], **numbers)
    assert queries.candidates(2027, "pyrd")[0][0] == made[4].case_id
    assert "记入票决结果" in page(office, path, most=25)
    counts = {"base": "100", "present": "90", "cast": "90", "valid": "90", "vote_number": "濮人票〔2026〕1号", "announced_on": "2026-10-12"}
    votes = {f"votes-{p.case_id}": str(70 - n) for n, p in enumerate(made)}
    bad = post(office, path, 400, do="adopt", chosen=[p.case_id for p in made], **counts, **votes)
    assert "应当通过4个" in words_of(bad) and 'value="70"' in bad.content.decode()
    post(office, path, do="adopt", chosen=[p.case_id for p in made[:4]], **counts, **votes)
    assert [city.state(p) for p in made] == ["adopted"] * 4 + ["dropped"]
    paper = Publication.objects.get()
    assert made[4].dossier.title not in paper.body and made[0].dossier.title in paper.body
    post(office, path, do="resolution", paper=paper.pk, edits=paper.edits, body=paper.body + "\n- 附一句", send="yes")
    paper.refresh_from_db()
    assert paper.state == "in_review"
    assert "得70票" in words_of(clients[""].get(f"/projects/{made[0].code}/"))
    assert "未通过" in page(clients[""], f"/projects/{made[4].code}/")


def test_numbers_of_the_hall_are_read_not_typed(city):
    """An announced vote on the candidates, with a second one among the tied, gives the outcome as it was announced."""
    call, made = city.listed()
    ids, at = [p.case_id for p in made], later(170)
    case = procedures.open_case(procedure="meeting", organ="pyrd", by=city["office"], at=at)
    meeting = Meeting.objects.create(case=case, kind="congress", title="第五次会议", place="会堂", starts_at=at, base=100, quorum=67)

    def vote(cases, totals, outcome, after=None):
        case = procedures.open_case(procedure="ballot", organ="pyrd", by=city["office"], at=at)
        case.state = "announced"
        case.save()
        found = Vote.objects.create(case=case, meeting=meeting, title="票决", mode="paper", force="statutory", base=100, after=after)
        question = Question.objects.create(vote=found, number=1, title="票决", least=0, most=4, rule="rank", seats=4)
        for n, one in enumerate(cases, 1):
            Option.objects.create(question=question, number=n, title=str(n), subject_id=one)
        body = json.dumps({"questions": [{"totals": totals, "valid": 89, "outcome": outcome}]})
        Result.objects.create(vote=found, present=90, issued=90, cast=90, found=body, counted_at=at, announced_at=at)
        return found

    assert queries.announced_ballot(call) is None
    first = vote(ids, [80, 70, 60, 55, 55], {"chosen": ["q1o1", "q1o2", "q1o3"], "revote": ["q1o4", "q1o5"], "open": 1})
    vote(ids[3:], [30, 58], {"chosen": ["q1o2"], "revote": [], "open": 0}, after=first)
    hall = queries.announced_ballot(call)
    assert hall is not None and hall.number == first.case.number and (hall.base, hall.present, hall.cast, hall.valid) == (100, 90, 90, 89)
    assert hall.votes == dict(zip(ids, [80, 70, 60, 55, 55], strict=True)) and hall.again == {ids[3]: 30, ids[4]: 58}
    assert hall.chosen == [ids[0], ids[1], ids[2], ids[4]]


def test_only_who_may_sees_and_does(city, clients):
    call, made = city.listed()
    for name in ("gov", "unit", "d1", "county"):
        assert clients[name].get(f"/desk/projects/calls/{call.pk}/").status_code == 403
        assert clients[name].post(f"/desk/projects/calls/{call.pk}/", {"do": "adopt"}).status_code == 403
        assert clients[name].post(f"/desk/projects/{made[0].pk}/", {"do": "unlist", "reason": REASON}).status_code == 403
    assert clients["station"].get(f"/desk/projects/{made[0].pk}/").status_code == 403
    ledger.seal(at=later(170))
    assert Project.objects.filter(case__state="balloted").count() == 5
