"""群众意见 on the desk: the office's list, assigning, objection, late, redo, hand-over, release by a second person."""

import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quancheng.contact import acts as contact
from quancheng.contact import queries as contact_queries
from quancheng.demo.station_life import picture
from quancheng.handling import acts as handling
from quancheng.handling import queries as handling_queries
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import Actor
from quancheng.petitions import queries as petitions
from quancheng.procedures import queries as procedures_queries

WORDS = "小区东门口的窨井盖松了，夜里骑车差点摔倒，请住建局派人看看。"
ANSWER = "我们十一月五日到现场查看，当天更换了窨井盖，并把附近十二处一并检查加固。"
PHONE = "13800000009"


@pytest.fixture
def hall(db):
    """The deputies' office, two units, a station, a deputy; clients by user name."""
    cache.clear()
    at, since = timezone.now() - timedelta(days=60), date(2022, 1, 1)
    people.import_areas(at=at)
    for code, name, kind in (
        ("dgw", "代表工委", "working_body"), ("zjj", "濮阳市住建局", "government"), ("swj", "濮阳市水务局", "government"),
    ):
        people.create_organ(code=code, name=name, kind=kind, area="410900", valid_from=since, at=at)
    people.create_site(
        code="zd1", name="中原路联络站", area="410928", organ="dgw", address="某路1号", valid_from=since, at=at,
        functions=("liaison",),
    )
    clients = {}
    for username, role, organ in (
        ("office", "deputy_office", "dgw"), ("chief", "deputy_office_lead", "dgw"), ("station", "site_staff", "dgw"),
        ("deputy", "deputy", "dgw"), ("zj", "unit_clerk", "zjj"), ("zjh", "unit_head", "zjj"), ("sw", "unit_clerk", "swj"),
        ("swh", "unit_head", "swj"), ("auditor", "auditor", "dgw"), ("petition", "petition_clerk", "dgw"),
        ("petition_lead", "petition_lead", "dgw"), ("discipline", "discipline", "dgw"),
    ):
        account = people.create_account(username=username, name="某" + username, password="long-enough-pass-1", at=at)
        site = "zd1" if role == "site_staff" else ""
        people.give_office(account_id=account.pk, organ=organ, role=role, site=site, valid_from=since, at=at)
        clients[username] = Client()
        assert clients[username].post("/sign-in/", {"username": username, "password": "long-enough-pass-1"}).status_code == 302
    return clients


def actor(username):
    return people_queries.actor_for(people_queries.account_named(username).pk, timezone.localdate())


def write(body=WORDS, number=1, days=0, **changed):
    """Hand an opinion in by the deputy's code, so many days ago."""
    at = timezone.now() - timedelta(days=days)
    code = contact.make_code(account_id=actor("deputy").id, by=actor("office"), at=at).pk
    matter = contact.Matter(body=body, submission_key=f"desk-matter-{number:05d}-{'k' * 20}", phone=PHONE, code=code, **changed)
    return contact.submit(matter=matter, by=Actor.public(), at=at)


def path_of(made):
    return f"/desk/matters/{made.pk}/"


def post(client, path, status=303, **data):
    answer = client.post(path, data)
    assert answer.status_code == status, re.sub(r"<[^>]+>", " ", answer.content.decode())[:900]
    return answer


def shares(made):
    found = contact_queries.detail(made.pk, actor("office"), timezone.localdate())
    return {s.assignment.unit_id: s for s in found.record.running()}


def assign(hall, made, lead="zjj", assisting=(), who="office"):
    case = contact_queries.detail(made.pk, actor("office"), timezone.localdate()).opinion.case
    post(hall[who], path_of(made), do="assign", case=case.pk, moves=case.moves, lead=lead, assisting=list(assisting), note="")


def answer(hall, made, clerk="zj", head="zjh", unit="zjj", text=ANSWER):
    share = shares(made)[unit].assignment.pk
    post(hall[clerk], path_of(made), do="draft", share=share, outcome="A", text=text, edits="", send="yes")
    [waiting] = handling_queries.waiting_for_signature(actor(head))
    post(hall[head], path_of(made), do="sign", answer=waiting.pk, accept="yes")
    return waiting.pk


def close(hall, made):
    assign(hall, made)
    pk = answer(hall, made)
    contact.rate(receipt_code=made.receipt_code, answer_id=pk, grade="satisfied", reason="", at=timezone.now())


def page(client, path):
    found = client.get(path)
    assert found.status_code == 200
    return found.content.decode()


def test_the_whole_way_with_objection_redo_and_release(hall):
    made = write()
    listed = page(hall["office"], "/desk/matters/?q=窨井盖")
    assert path_of(made) in listed and "转交" in listed
    shown = page(hall["office"], path_of(made))
    assert "濮阳市住建局（文中提到这个单位）" in shown  # a proposal; a person assigns
    assign(hall, made, lead="zjj", assisting=["swj"])
    assert made.case.number in page(hall["sw"], "/desk/inbox/")
    assert hall["sw"].get(f"/desk/handling/{made.case_id}/")["Location"] == path_of(made)
    reason = "窨井属于住建部门管理，与我局无关。"
    post(hall["sw"], path_of(made), do="object", share=shares(made)["swj"].assignment.pk, reason=reason)
    assert reason[:10] in page(hall["office"], "/desk/matters/")
    [objection] = handling_queries.waiting_objections(["dgw"])
    told = {"do": "decide_objection", "objection": objection.pk, "accept": "yes", "reason": "同意退办，与该局无关", "new_unit": ""}
    post(hall["sw"], path_of(made), 403, **told)
    post(hall["office"], path_of(made), **told)
    first = answer(hall, made)
    post(hall["zjh"], path_of(made), 400, do="rate", answer=first, grade="satisfied", reason="")  # S28: no unit rates itself
    contact.rate(receipt_code=made.receipt_code, answer_id=first, grade="dissatisfied", reason="旁边一处还松着", at=timezone.now())
    assert "重新办理" in page(hall["zj"], "/desk/inbox/") and "旁边一处还松着" in page(hall["zj"], path_of(made))
    second = answer(hall, made, text=ANSWER + "旁边一处也已更换。")
    contact.rate(receipt_code=made.receipt_code, answer_id=second, grade="satisfied", reason="", at=timezone.now())
    assert "等待公开审核" in page(hall["chief"], "/desk/matters/")
    post(hall["office"], path_of(made), 403, do="release", title="东门口窨井盖松动")
    post(hall["chief"], path_of(made), do="release", title="东门口窨井盖松动")
    assert [o.title for o in contact_queries.published("窨井盖")[0]] == ["东门口窨井盖松动"]
    post(hall["chief"], path_of(made), do="withdraw_release", reason="标题里的地名需要改")
    assert contact_queries.published("窨井盖")[1] == 0


def test_who_assigned_does_not_release(hall):
    made = write()
    assign(hall, made, who="chief")
    pk = answer(hall, made)
    contact.rate(receipt_code=made.receipt_code, answer_id=pk, grade="satisfied", reason="", at=timezone.now())
    refused = post(hall["chief"], path_of(made), 400, do="release", title="东门口窨井盖松动")
    assert "两个人" in refused.content.decode() and "东门口窨井盖松动" in refused.content.decode()


def test_what_is_withheld_gives_its_reason_and_leaves_the_queue(hall):
    made = write()
    close(hall, made)
    post(hall["chief"], path_of(made), 400, do="withhold", reason="短")
    post(hall["chief"], path_of(made), do="withhold", reason="文中能看出是哪一户")
    assert "文中能看出是哪一户" in page(hall["office"], path_of(made))
    assert "等待公开审核" not in page(hall["chief"], "/desk/matters/")


def test_r7_22_an_accusation_is_gone_from_every_page(hall):
    made = write("举报住建局张某某收受工程款。")
    assign(hall, made)
    kept = post(hall["office"], path_of(made), 400, do="refer", way="petition", where="", reason="属于信访事项，请信访办理").content.decode()
    assert "属于信访事项" in kept
    post(hall["office"], path_of(made), do="refer", way="accusation", where="", reason="反映的是具体人员的违法问题")
    for who in ("office", "chief", "zj", "zjh", "deputy", "station"):
        assert hall[who].get(path_of(made)).status_code in (403, 404)
    for path in ("/desk/matters/", "/desk/matters/?q=张某某", "/desk/matters/list.csv"):
        assert "张某某" not in page(hall["office"], path).replace('value="张某某"', "")
        assert made.case.number not in page(hall["office"], path)
    assert made.case.number not in page(hall["zj"], "/desk/inbox/")


def test_late_is_red_gets_a_letter_and_the_head_answers_it(hall):
    made = write(days=45)
    at = timezone.now() - timedelta(days=44)
    handling.assign(case_id=made.case_id, lead="zjj", assisting=[], note="", by=actor("office"), at=at)
    late = page(hall["office"], "/desk/matters/?late=yes&sort=due")
    assert "红灯" in late and path_of(made) in late
    share = shares(made)["zjj"].assignment.pk
    post(hall["office"], path_of(made), do="urge", share=share, kind="supervision", words="已逾期，请三日内办结并说明原因")
    [letter] = shares(made)["zjj"].letters
    assert "请三日内办结" in page(hall["zj"], path_of(made))
    post(hall["zj"], path_of(made), 403, do="letter", what="answer", letter=letter.pk, words="等待配件，三日内完成")
    post(hall["zjh"], path_of(made), do="letter", what="answer", letter=letter.pk, words="等待配件，三日内完成")
    assert "等待配件" in page(hall["office"], path_of(made))


def test_others_see_nothing(hall):
    made = write()
    for who in ("sw", "zj", "auditor"):
        assert hall[who].get(path_of(made)).status_code == 403
    assert Client().get(path_of(made)).status_code == 302
    assert hall["deputy"].get(path_of(made)).status_code == 200
    assert PHONE not in page(hall["office"], path_of(made))  # S01


def test_filters_and_files_agree(hall):
    write("=HYPERLINK(\"x\")路灯坏了", 1)
    other = write("北街下雨积水，走不了路。", 2)
    assign(hall, other, lead="swj")
    only = page(hall["office"], "/desk/matters/?unit=swj")
    assert "北街下雨积水" in only and "路灯坏了" not in only
    table = page(hall["office"], "/desk/matters/list.csv?unit=swj")
    assert "濮阳市水务局" in table and "路灯坏了" not in table
    assert "'=HYPERLINK" in page(hall["office"], "/desk/matters/list.csv")
    assert hall["office"].get("/desk/matters/list.xlsx").content[:2] == b"PK"
    assert "没有符合条件" in page(hall["office"], "/desk/matters/?state=closed&q=没有")


def test_no_ranking_by_person_and_no_author_in_the_file(hall):
    write(name="张三丰")
    assert "张三丰" not in page(hall["office"], "/desk/matters/list.csv")


def cost(client, path):
    with CaptureQueriesContext(connection) as ran:
        assert client.get(path).status_code == 200
    return len(ran)


@pytest.mark.parametrize("count", [1, 20, 70])
def test_pages_cost_the_same_whatever_there_is(hall, count):
    for number in range(count):
        made = write(f"第{number}件：路灯坏了，请修。", number)
        if number % 2:
            handling.assign(
                case_id=made.case_id, lead="zjj", assisting=["swj"], note="", by=actor("office"), at=timezone.now()
            )
    assert cost(hall["office"], "/desk/matters/") <= 12
    assert cost(hall["chief"], "/desk/matters/?late=yes&sort=due&unit=zjj&q=路灯") <= 12
    assert cost(hall["office"], path_of(made)) <= 15 and cost(hall["zj" if count > 1 else "deputy"], path_of(made)) <= 15


def test_assigning_stays_within_its_statements(hall):
    made = write()
    page(hall["office"], path_of(made))
    case = contact_queries.detail(made.pk, actor("office"), timezone.localdate()).opinion.case
    procedures_queries.forget_kept()  # as in a transaction of its own
    with CaptureQueriesContext(connection) as ran:
        post(hall["office"], path_of(made), do="assign", case=case.pk, moves=case.moves, lead="zjj", assisting=["swj"], note="")
    said = [query["sql"] for query in ran.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(shares(made)) == 2 and len(said) <= 15, "\n".join(said)


FORM = {
    "body": "渠边护栏断了一截，孩子上学害怕。", "consent_how": "spoken", "consent": "yes", "witness": "村会计老赵",
    "visibility": "shown", "name": "王大爷", "key": "k" * 32,
}  # fmt: skip


def enter(hall, status=303, **changed):
    return post(hall["station"], "/desk/site/matter/new/", status, **{**FORM, **changed})


def test_s19_a_walk_in_is_entered_once_with_consent_and_gets_a_slip(hall):
    assert enter(hall)["Location"] == "/desk/site/matter/slip/"
    enter(hall)  # pressed twice
    [made] = contact_queries.station_list("zd1", actor("station"), timezone.localdate()).rows
    assert (made.opinion.door, made.opinion.witness, made.opinion.consent_how) == ("walk_in", "村会计老赵", "spoken")
    slip = page(hall["station"], "/desk/site/matter/slip/")
    assert made.opinion.receipt_code[:4] in slip and "护栏断了" not in slip  # a slip left lying about tells no words
    listed = page(hall["station"], "/desk/site/matters/")
    assert "渠边护栏" in listed and "王大爷" not in listed
    assert "王大爷" not in page(hall["office"], path_of(made.opinion))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"body": " "}, "请写下"), ({"consent_how": ""}, "本人同意"), ({"consent": ""}, "念一遍"),
        ({"witness": ""}, "见证"), ({"phone": "12"}, "手机"), ({"key": ""}, "刷新页面"), ({"visibility": "all"}, "公开"),
    ],
)  # fmt: skip
def test_a_form_that_lacks_something_keeps_what_was_typed(hall, changed, told):
    kept = enter(hall, 400, **{**changed, "legal_wording": "护栏缺损的修复"}).content.decode()
    assert told in kept and "护栏缺损的修复" in kept
    assert contact_queries.station_list("zd1", actor("station"), timezone.localdate()).total == 0


def test_s02_an_accusation_is_not_typed_at_the_station(hall):
    kept = enter(hall, 400, body="举报张某某收受回扣。").content.decode()
    assert "密封箱" in kept and "不是检举控告" in kept
    enter(hall, body="有人举报过路灯，还没人来修。", not_accusation="yes")
    [made] = contact_queries.station_list("zd1", actor("station"), timezone.localdate()).rows
    post(hall["office"], path_of(made.opinion), do="refer", way="accusation", where="", reason="反映的是具体人员的问题")
    for path in ("/desk/site/matter/slip/", "/desk/site/matters/", "/desk/"):
        assert made.opinion.case.number not in page(hall["station"], path)


def test_a_station_enters_only_for_itself(hall):
    assert hall["office"].get("/desk/site/matter/new/").status_code == 403
    enter(hall, site="zd9")  # another site's code in the form: the entry is the actor's own site's
    assert contact_queries.station_list("zd1", actor("station"), timezone.localdate()).total == 1


def test_what_is_no_picture_is_refused(hall):
    from django.core.files.uploadedfile import SimpleUploadedFile

    kept = enter(hall, 400, pictures=SimpleUploadedFile("a.jpg", b"MZ not a picture"))
    assert "图片" in kept.content.decode()


@pytest.mark.parametrize("count", [1, 20, 60])
def test_the_stations_pages_cost_the_same(hall, count):
    for number in range(count):
        contact.submit(
            matter=contact.Matter(
                body=f"第{number}件", submission_key=f"st-{number:05d}-{'k' * 20}", site="zd1", consent_how="signed"
            ),
            by=actor("station"), at=timezone.now(),
        )
    assert cost(hall["station"], "/desk/site/matters/") <= 12
    assert cost(hall["station"], "/desk/site/matter/new/") <= 12


def test_today_tells_how_much_waits(hall):
    made = write(days=10)
    write("北街积水，走不了路。", 2)
    at = timezone.now() - timedelta(days=9)
    contact.forward(opinion_id=made.pk, words="", by=actor("office"), at=at)
    home = page(hall["office"], "/desk/")
    assert "待交办的群众意见" in home and "群众意见有期限已过" in home
    listed = page(hall["office"], "/desk/matters/?state=new&sort=due")
    assert listed.index("窨井盖") < listed.index("北街积水")
    assert (contact_queries.waiting_at_office(actor("office"), timezone.localdate())) == contact_queries.Waiting(2, 1, 0)
    enter(hall)
    assert "还没有转交的群众意见" in page(hall["station"], "/desk/")
    assert contact_queries.waiting_at_station(actor("station"), timezone.localdate()) == (0, 1)
    for who in ("office", "chief", "station"):
        assert cost(hall[who], "/desk/") <= 15


def test_proposals_come_from_like_ones_not_from_words_that_all_share(hall):
    for number in range(12):
        made = write(f"请有关单位看看：{'渠里没水，机井坏了' if number % 2 else '电梯坏了，消防通道停满车'}，盼答复。", 10 + number)
        handling.assign(
            case_id=made.case_id, lead="swj" if number % 2 else "zjj", assisting=[], note="", by=actor("office"),
            at=timezone.now(),
        )
    units = handling_queries.units(timezone.localdate())
    [found] = contact_queries.proposals(write("机井坏了半个月，渠里没水，请有关单位看看，盼答复。", 40), units)
    assert found.unit.pk == "swj" and found.why == "办理过相近的意见"
    assert contact_queries.proposals(write("想学跳舞，没有地方。", 41), units) == []


def test_r7_22_a_petition_is_taken_over_by_another_office(hall):
    made = write("拆迁补偿与我算的不一样，请查一查。")
    post(hall["office"], path_of(made), do="refer", way="petition", where="市信访局", reason="属于个人信访事项")
    assert "拆迁补偿" in page(hall["petition"], "/desk/referrals/") and hall["office"].get("/desk/referrals/").status_code == 403
    post(hall["petition"], "/desk/referrals/", opinion=made.pk)
    post(hall["petition"], "/desk/referrals/", 409, opinion=made.pk)
    [line] = petitions.unsorted(actor("petition"), timezone.localdate())
    assert line.row.channel == "site" and "来件" in page(hall["petition"], "/desk/petitions/incoming/")
    assert "拆迁补偿" not in page(hall["petition"], "/desk/referrals/")
    assert "已接收" in page(hall["petition"], "/desk/referrals/?all=1")
    assert "有关机关已接收" in page(hall["office"], path_of(made))


def test_s02_a_sealed_accusation_is_opened_only_by_pressing_and_on_record(hall):
    made = write("举报张某某收受工程款。", pictures=(picture(1),))
    post(hall["office"], path_of(made), do="refer", way="accusation", where="", reason="反映具体人员违法问题")
    one = f"/desk/referrals/sealed/{made.pk}/"
    for who in ("office", "chief", "zj", "deputy", "station", "auditor", "petition"):
        for path in ("/desk/referrals/sealed/", one, one + "pictures/1"):
            assert hall[who].get(path).status_code == 403, (who, path)
    assert made.case.number not in page(hall["petition_lead"], "/desk/referrals/?all=1")
    assert made.case.number in page(hall["discipline"], "/desk/referrals/sealed/")
    closed = page(hall["discipline"], one)
    assert "张某某" not in closed and "还没有人读过" in closed
    read = post(hall["discipline"], one, 200, do="read")
    assert "张某某" in read.content.decode() and read["Cache-Control"] == "no-store"
    assert hall["discipline"].get(one + "pictures/1").content[:4] == b"\x89PNG"
    assert hall["discipline"].get(one + "pictures/2").status_code == 404
    assert page(hall["petition_lead"], one).count("某discipline") >= 2 and "张某某" not in page(hall["petition_lead"], one)
    post(hall["petition_lead"], one, do="take")
    post(hall["discipline"], one, 409, do="take")
    assert hall["discipline"].get("/desk/referrals/sealed/999999/").status_code == 404
