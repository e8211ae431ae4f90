"""代表建议 from the deputy's first word to the published rating, by the buttons that people press."""

import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from quancheng.handling import acts as handling
from quancheng.handling import queries as handling_queries
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.suggestions import queries as suggestions

BODY = "每天下午四点半，学校门口接孩子的车排到路口。建议错峰放学，在南侧空地划临时停车位。"
ANSWER = "我们与您一起看了现场，已经在南侧划出三十个临时停车位，本周起错峰放学。"


@pytest.fixture
def hall(db):
    """The office, two units, four deputies with seats; clients by user name."""
    cache.clear()
    at, since = timezone.now() - timedelta(days=60), date(2022, 1, 1)
    people.import_areas(at=at)
    for code, name, kind in (
        ("pyrd", "市人大常委会", "standing_committee"), ("dbgw", "代表工委", "working_body"),
        ("jyj", "市教育局", "government"), ("jtj", "市交通局", "government"), ("jkww", "教科文卫工委", "working_body"),
    ):
        parent = "pyrd" if kind == "working_body" else ""
        people.create_organ(code=code, name=name, kind=kind, area="410900", valid_from=since, parent=parent, at=at)
    term, clients = people.open_term(organ="pyrd", number=8, starts_on=since, at=at), {}
    for username, role, organ in (
        ("d1", "deputy", "pyrd"), ("d2", "deputy", "pyrd"), ("office", "deputy_office", "dbgw"),
        ("chief", "deputy_office_lead", "dbgw"), ("releaser", "releaser", "dbgw"), ("jy", "unit_clerk", "jyj"),
        ("jyh", "unit_head", "jyj"), ("jt", "unit_clerk", "jtj"), ("jth", "unit_head", "jtj"), ("clerk", "clerk", "dbgw"),
        ("chair", "chairpersons", "pyrd"), ("committee", "committee", "jkww"),
    ):
        account = people.create_account(username=username, name="某" + username, password="long-enough-pass-1", at=at)
        people.give_office(account_id=account.pk, organ=organ, role=role, valid_from=since, at=at)
        if role == "deputy":
            people.seat_deputy(term=term, account_id=account.pk, electoral_unit="某县", field="", valid_from=since, at=at)
        clients[username] = Client()
        assert clients[username].post("/sign-in/", {"username": username, "password": "long-enough-pass-1"}).status_code == 302
    return clients


def post(client, path, status=303, **data):
    answer = client.post(path, data)
    assert answer.status_code == status, re.sub(r"<[^>]+>", " ", answer.content.decode())[:900]
    return answer


def write(hall, title="关于缓解学校门口拥堵的建议"):
    made = post(hall["d1"], "/desk/suggestions/new/", title=title, body=BODY, category="education", key="k" * 24)
    return made["Location"]


def pk_of(path):
    return int(path.rstrip("/").rsplit("/", 1)[1])


def actor(hall, username):
    return people_queries.actor_for(people_queries.account_named(username).pk, timezone.localdate())


def record(path, hall):
    return suggestions.detail(pk_of(path), actor(hall, "office"), timezone.localdate())


def test_nonsense_is_refused_and_stays_on_the_page(hall):
    answer = post(hall["d1"], "/desk/suggestions/new/", 400, title="短", body="太短。", category="education", key="k" * 24)
    assert "太短。" in answer.content.decode() and "还在" in answer.content.decode()


def test_r7_03_cosigners_confirm_for_themselves(hall):
    path = write(hall)
    other = people_queries.account_named("d2").pk
    assert "某d2" in hall["d1"].get(path + "?deputy=某d2").content.decode()
    post(hall["d1"], path, do="ask", deputy=other)
    assert path in hall["d2"].get("/desk/suggestions/mine/").content.decode()
    post(hall["d2"], path, do="cosign", edits="0", confirm="yes")
    assert "已确认" in hall["d1"].get(path).content.decode()


def assigned(hall, lead="jyj", assisting="jtj"):
    path = write(hall)
    post(hall["d1"], path, do="submit", edits="0")
    assert hall["office"].get("/desk/suggestions/?q=学校门口").content.decode().count(path) == 1
    assert hall["jy"].get(path).status_code == 403  # R7.04: a unit sees what was assigned to it
    post(hall["office"], path, do="check")
    case = record(path, hall).suggestion.case
    post(hall["office"], path, do="assign", case=case.pk, moves=case.moves, lead=lead, assisting=assisting, note="请办理")
    return path


def share_of(path, hall, unit):
    found = next(s for s in record(path, hall).record.shares if s.assignment.unit_id == unit and s.assignment.ended_at is None)
    return found.assignment.pk


def answer(hall, path, clerk, head, share, text=ANSWER):
    post(hall[clerk], path, do="contact", share=share, manner="visit", on=timezone.localdate().isoformat(), words="一起看了现场")
    post(hall[clerk], path, do="draft", share=share, outcome="A", text=text, edits="", send="yes")
    [waiting] = handling_queries.waiting_for_signature(actor(hall, head))
    assert "等待签发" in hall[head].get("/desk/inbox/").content.decode()
    post(hall[clerk], path, 403, do="sign", answer=waiting.pk, accept="yes")  # R7.09: only the head signs
    post(hall[head], path, do="sign", answer=waiting.pk, accept="yes")
    return waiting.pk


def test_the_whole_way_with_objection_redo_and_publication(hall):
    path = assigned(hall, lead="jtj", assisting="")
    assert "主办答复" in hall["jt"].get("/desk/inbox/?which=lead").content.decode()
    post(hall["jt"], path, do="object", share=share_of(path, hall, "jtj"), reason="学校周边管理由教育部门牵头")
    [objection] = handling_queries.waiting_objections(["dbgw"])
    post(hall["jt"], path, 403, do="decide_objection", objection=objection.pk, accept="yes", reason="同意改办", new_unit="jyj")
    post(hall["office"], path, do="decide_objection", objection=objection.pk, accept="yes", reason="同意改由教育局", new_unit="jyj")
    share = share_of(path, hall, "jyj")
    refused = post(hall["jyh"], path, 400, do="draft", share=share, outcome="B", text=ANSWER, edits="", send="no")
    assert ANSWER in refused.content.decode()  # R7.12: a B answer promises; what was typed stays
    first = answer(hall, path, "jy", "jyh", share)
    post(hall["jyh"], path, 403, do="rate", answer=first, grade="satisfied", reason="")  # hard stop 12, S28
    post(hall["d1"], path, 400, do="rate", answer=first, grade="dissatisfied", reason="")
    post(hall["d1"], path, do="rate", answer=first, grade="dissatisfied", reason="早高峰还是堵")
    assert "重新办理" in hall["jy"].get("/desk/inbox/").content.decode()
    second = answer(hall, path, "jy", "jyh", share, ANSWER + "早高峰增加两名疏导员。")
    late = post(hall["d1"], path, 409, do="rate", answer=first, grade="satisfied", reason="")
    assert "最新的答复" in late.content.decode()
    post(hall["d1"], path, do="rate", answer=second, grade="satisfied", reason="")
    post(hall["office"], path, do="publish")
    queue = hall["releaser"].get("/desk/review/").content.decode()
    review = re.search(r"/desk/review/\d+/", queue)[0]
    post(hall["releaser"], review, do="release")
    public = Client()
    listed = public.get("/suggestions/?q=拥堵&grade=satisfied").content.decode()
    one = re.search(r"/suggestions/suggestion-\d+/", listed)[0]
    text = public.get(one).content.decode()
    assert "疏导员" in text and "不满意" in text and "早高峰还是堵" in text
    assert "/suggestions/suggestion-" not in public.get("/suggestions/?q=不存在的词").content.decode()
    league = hall["chief"].get("/desk/league/").content.decode()
    assert "市教育局" in league and "某jy" not in league  # organs, never people


def test_two_who_assign_at_once(hall):
    path = write(hall)
    post(hall["d1"], path, do="submit", edits="0")
    post(hall["office"], path, do="check")
    case = record(path, hall).suggestion.case
    order = {"do": "assign", "case": case.pk, "moves": case.moves, "note": ""}
    post(hall["office"], path, lead="jyj", **order)
    post(hall["chief"], path, 409, lead="jtj", **order)


def test_s14_extension_gives_its_reason_and_needs_the_chief(hall):
    path = assigned(hall, assisting="")
    share, until = share_of(path, hall, "jyj"), timezone.localdate() + timedelta(days=120)
    wish = {"do": "extend", "share": share, "new_due_on": until.isoformat(), "reason": "需要招标，时间较长"}
    post(hall["office"], path, 403, **wish)
    post(hall["chief"], path, **wish)
    assert "需要招标" in hall["jy"].get(path).content.decode() or "延至" in hall["jy"].get(path).content.decode()


def test_a_stranger_and_other_units_see_nothing(hall):
    path = assigned(hall, assisting="")
    assert hall["jt"].get(path).status_code == 403 and hall["d2"].get(path).status_code == 403
    assert Client().get(path).status_code == 302
    assert Client().get("/suggestions/").content.decode().count("suggestion-") == 0
    with pytest.raises(handling.HandlingRefused):
        handling.assign(
            case_id=record(path, hall).suggestion.case_id, lead="nobody", assisting=[], note="", by=actor(hall, "office"),
            at=timezone.now(),
        )
