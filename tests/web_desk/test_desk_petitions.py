"""信访 on the pages: from the form to 复核, through unit and level above; entering; what pages cost; what is kept."""

import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import Actor
from quancheng.petitions import acts
from quancheng.petitions.models import Petition, SealedItem
from quancheng.procedures import queries as procedures_queries

PHONE = "13800000007"
FACTS = "小区二次供水水箱三年没有清洗，水里有沉淀物，多次向物业和街道反映没有结果。"
ANSWER = "经现场检查，已责成物业于本月十五日前清洗水箱并公示水质检测报告，今后每半年清洗一次。"
PEOPLE = (
    ("pclerk", "周信", "petition_clerk", "xfs"), ("plead", "郑主任", "petition_lead", "xfs"),
    ("upper", "王上级", "petition_lead", "root"), ("disc", "冯纪检", "discipline", "root"),
    ("zj", "陈经办", "unit_clerk", "zjj"), ("zjh", "褚局长", "unit_head", "zjj"), ("sw", "卫水务", "unit_clerk", "swj"),
)  # fmt: skip


@pytest.fixture
def office(db):
    """The petition office, the level above, two units; clients by user name, the public's as ''."""
    cache.clear()
    at, since = timezone.now() - timedelta(days=90), date(2022, 1, 1)
    people.import_areas(at=at)
    for code, name, kind, parent in (
        ("root", "某市人大常委会", "standing_committee", ""), ("xfs", "某市人大信访室", "working_body", "root"),
        ("zjj", "住房建设局", "government", ""), ("swj", "水务局", "government", ""),
    ):
        people.create_organ(code=code, name=name, kind=kind, area="410900", parent=parent, valid_from=since, at=at)
    clients = {"": Client()}
    for username, name, role, organ in PEOPLE:
        account = people.create_account(username=username, name=name, password="long-enough-pass-1", at=at)
        people.give_office(account_id=account.pk, organ=organ, role=role, valid_from=since, at=at)
        clients[username] = Client()
        assert clients[username].post("/sign-in/", {"username": username, "password": "long-enough-pass-1"}).status_code == 302
    return clients


def actor(username):
    return people_queries.actor_for(people_queries.account_named(username).pk, timezone.localdate())


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def post(client, path, status=303, **data):
    answer = client.post(path, data)
    assert answer.status_code == status, text_of(answer)[:900]
    return answer


def page(client, path, status=200) -> str:
    found = client.get(path)
    assert found.status_code == status, f"{path} {found.status_code}"
    return found.content.decode()


def form(key="walk", **changed):
    return {
        "key": f"{key}-{'k' * 30}", "names": "甲某", "headcount": "1", "address": "某路12号院3号楼", "about": "government",
        "request": "请责成清洗水箱", "facts": FACTS, "phone": PHONE, "accuse": "", **changed,
    }  # fmt: skip


def hand_in(client, key="walk", **changed) -> str:
    """Fill the public form in, with a code to the telephone; the receipt code."""
    people_code = re.search(r'class="code">(\d{6})<', post(client, "/petitions/new/", 200, **form(key, action="code", **changed)).content.decode())
    sent = post(client, "/petitions/new/", 303, **form(key, code=people_code[1] if people_code else "", **changed))
    return sent["Location"].split("/")[2]


def many(count: int, start: int = 0) -> None:
    """So many petitions, sorted and accepted."""
    for number in range(start, start + count):
        submission = acts.Submission(
            request="请求依法处理", facts=f"第{number}件来信反映的事实和理由，请依法处理。", submission_key=f"many-{number:05d}-{'k' * 20}",
            names=("乙某",), address="某县某村", phone=PHONE, about="government",
        )
        at = timezone.now()
        code = acts.submit(submission=submission, by=Actor.public(), at=at, organ="xfs")
        item = SealedItem.objects.order_by("-pk")[0]
        made = acts.sort(item_id=item.public_id, kind="claim", route="other", about="government", title=f"第{number}件事项", by=actor("pclerk"), at=at)
        assert made.receipt_code == code
        acts.accept(petition_id=made.pk, by=actor("pclerk"), at=at)


def statements(client, path) -> int:
    with CaptureQueriesContext(connection, ) as counted:
        page(client, path)
    return len(counted)


def sort(office, who="pclerk", **changed) -> Petition:
    """Open the newest item that came in and class it; the petition."""
    path = re.search(r'href="(/desk/petitions/items/[^"]+)"', page(office[who], "/desk/petitions/incoming/"))[1]
    assert FACTS not in page(office[who], path)
    opened = post(office[who], path, 200, do="open").content.decode()
    assert FACTS in opened
    whole = {"do": "sort", "moves": 0, "kind": "claim", "route": "other", "about": "government", "title": "反映水箱未清洗", **changed}
    location = post(office[who], path, 303, **whole)["Location"]
    return Petition.objects.get(pk=location.split("/")[3])


def test_a_petition_walks_from_the_form_to_re_examination(office, settings):
    settings.DEMO = True
    public, clerk, lead = office[""], office["pclerk"], office["plead"]
    assert "60日内" in page(public, "/petitions/")
    code = hand_in(public)
    assert "已收到，正在登记、甄别" in page(public, f"/p/{code}/?new=1")
    made = sort(office)
    path = f"/desk/petitions/{made.pk}/"
    assert "登记告知书" in page(public, f"/p/{code}/")
    post(clerk, path, do="accept")
    assert "受理告知书" in page(public, f"/p/{code}/")
    case = Petition.objects.select_related("case").get(pk=made.pk).case
    post(clerk, path, do="assign", case=case.pk, moves=case.moves, lead="zjj", assisting=[])
    share = case.assignments.get()
    assert case.number in page(office["zj"], "/desk/inbox/")
    led = office["zj"].get(f"/desk/handling/{case.pk}/")
    assert led.status_code == 303 and led["Location"] == path
    shown = page(office["zj"], path)
    assert FACTS in shown and "甲某" not in shown and PHONE not in shown
    assert office["sw"].get(path).status_code == 403
    until = share.case.clocks.get(key=f"answer:{share.pk}").due_on + timedelta(days=20)
    assert "没有这项权限" in text_of(post(clerk, path, 403, do="extend", share=share.pk, new_due_on=until, reason="情况复杂，需要检测"))
    post(lead, path, do="extend", share=share.pk, new_due_on=until, reason="情况复杂，需要检测")
    post(office["zj"], path, do="draft", share=share.pk, outcome="A", text=ANSWER, edits="", send="yes")
    answer = share.answers.get()
    post(office["zjh"], path, do="sign", answer=answer.pk, accept="yes")
    shown = page(public, f"/p/{code}/")
    assert "处理意见书" in shown and "延期告知书" in shown and "半年清洗一次" in shown
    post(clerk, path, do="deliver", on=timezone.localdate(), how="当面送达")
    post(public, f"/p/{code}/", 200, do="grade", office_grade="satisfied", unit_grade="dissatisfied", reason="没有说以后怎么办")
    kept = post(public, f"/p/{code}/", 400, do="review", reason="不服")
    assert "不服的理由" in text_of(kept) and "不服" in kept.content.decode()
    post(public, f"/p/{code}/", 200, do="review", reason="没有公布检测报告")
    review = made.reviews.get()
    assert case.number in page(office["upper"], "/desk/petitions/")
    assert "作出意见" not in page(lead, path)
    post(office["upper"], path, do="decide", review=review.pk, outcome="changed", text="经复查，责成于十日内公布检测报告，其余维持。", document="")
    assert "复查意见书" in page(public, f"/p/{code}/")
    post(clerk, path, do="deliver", on=timezone.localdate(), how="邮寄送达")
    post(public, f"/p/{code}/", 200, do="review", reason="公布的报告不完整")
    last = made.reviews.get(stage="re_examination")
    post(clerk, path, do="name_reviewer", review=last.pk, outside="省信访事项复查复核办公室")
    post(clerk, path, do="hear", review=last.pk, first=timezone.localdate(), last=timezone.localdate() + timedelta(days=2))
    post(clerk, path, do="decide", review=last.pk, outcome="upheld", text="经复核，复查意见认定事实清楚，予以维持。", document="豫信复核〔2026〕1号")
    shown = page(public, f"/p/{code}/")
    assert "已办结" in shown and "不再受理" in shown and 'value="review"' not in shown
    refused = post(public, f"/p/{code}/", 400, do="supplement", words="还是同样的事情", key="again-" + "k" * 30)
    assert "感谢您的理解" in text_of(refused)


def test_what_was_typed_is_kept_when_something_is_missing(office):
    kept = post(office[""], "/petitions/new/", 400, **form(phone="", address="")).content.decode()
    assert FACTS in kept and "甲某" in kept and "手机" in kept


def test_an_accusation_asks_for_nothing_but_its_words_and_only_who_may_sees_it(office):
    sent = post(office[""], "/petitions/new/", 303, **form("acc", accuse="1", names="", address="", phone="", accused_name="褚局长", accused_unit="住房建设局"))
    code = sent["Location"].split("/")[2]
    assert "已收到，正在登记、甄别" in page(office[""], f"/p/{code}/")
    path = f"/desk/petitions/items/{SealedItem.objects.get().public_id}/"
    for who in ("plead", "disc"):
        assert path in page(office[who], "/desk/petitions/sealed/")
    for who in ("pclerk", "upper"):
        assert path not in page(office[who], "/desk/petitions/incoming/")
    assert office["pclerk"].get(path).status_code == 404
    assert office["zjh"].get(path).status_code == 403
    post(office["disc"], path, 200, do="open")
    post(office["disc"], path, 303, do="accusation", moves=0, accused_name="褚局长", accused_unit="住房建设局")
    assert "不得转给" in text_of(post(office["disc"], path, 400, do="transfer", to="住房建设局"))
    post(office["disc"], path, 303, do="transfer", to="市纪委监委", document="")
    assert "已按规定转送" in page(office[""], f"/p/{code}/")
    post(office["disc"], path, 303, do="close", feedback="已依规办理，感谢您的监督。")
    assert "感谢您的监督" in page(office[""], f"/p/{code}/")


def test_letters_visits_calls_are_entered_and_sealed(office):
    shown = post(
        office["pclerk"], "/desk/petitions/enter/", 200, key="e" * 32, channel="visit", names="甲某、乙某", headcount="12",
        address="某村", about="government", request="请求核查", facts="口头反映的事实，已读给本人听。", phone="",
    ).content.decode()
    code = "".join(re.search(r'class="code">([^<]+)<', shown)[1].split())
    assert page(office[""], f"/p/{code}/")
    made = sort_first(office)
    assert made.headcount == 12 and made.channel == "visit"


def sort_first(office) -> Petition:
    path = re.search(r'href="(/desk/petitions/items/[^"]+)"', page(office["pclerk"], "/desk/petitions/incoming/"))[1]
    location = post(
        office["pclerk"], path, 303, do="sort", moves=0, kind="claim", route="duty", about="government", title="反映核查事项"
    )["Location"]
    return Petition.objects.get(pk=location.split("/")[3])


def test_name_and_address_are_shown_once_on_record(office):
    many(1)
    made = Petition.objects.get()
    path = f"/desk/petitions/{made.pk}/"
    assert "乙某" not in page(office["pclerk"], path)
    assert "乙某" in post(office["pclerk"], path, 200, do="person", reason="需要送达书面意见").content.decode()
    assert "乙某" not in page(office["pclerk"], path)
    assert "需要送达书面意见" in page(office[""], f"/p/{made.receipt_code}/")


def test_reception_is_published_as_the_law_asks(office):
    post(
        office["plead"], "/desk/petitions/reception/", do="", address="市府路1号", telephone="0393-6660001", place="一楼接待室",
        hours="工作日上午九时至十二时", how_to_ask="凭回执号在网上查询。",
    )
    cache.clear()
    assert "一楼接待室" in page(Client(), "/petitions/")
    assert "请写" in text_of(post(office["plead"], "/desk/petitions/reception/", 400, address=""))


def test_the_list_filters_sorts_and_exports_without_names(office):
    many(3)
    client = office["pclerk"]
    found = page(client, "/desk/petitions/?q=第1件&kind=claim&state=accepted&sort=due&about=government")
    assert "第1件事项" in found and "第2件事项" not in found
    table = client.get("/desk/petitions/list.csv?sort=old")
    words = table.content.decode("utf-8-sig")
    assert table.status_code == 200 and words.count("第") >= 3 and "乙某" not in words and PHONE not in words


def test_pages_cost_the_same_however_many_there_are(office):
    client, paths = office["pclerk"], ("/desk/petitions/", "/desk/petitions/?sort=due&q=件", "/desk/")
    many(1)
    made = Petition.objects.get()
    detail, mine = f"/desk/petitions/{made.pk}/", f"/p/{made.receipt_code}/"
    page(client, detail)  # what is asked once for many pages is asked now
    one = {path: statements(client, path) for path in (*paths, detail)} | {mine: statements(office[""], mine)}
    many(20, 1)
    assert one == {path: statements(client, path) for path in (*paths, detail)} | {mine: statements(office[""], mine)}
    many(60, 21)
    assert one == {path: statements(client, path) for path in (*paths, detail)} | {mine: statements(office[""], mine)}
    assert max(one[path] for path in paths[:2]) <= 12 and one[mine] <= 12 and one[detail] <= 15
    for path in ("/desk/petitions/incoming/", "/desk/petitions/enter/"):
        assert statements(client, path) <= 12
    assert statements(office[""], "/petitions/new/") <= 12


def test_handing_in_stays_within_its_statements(office):
    page(office[""], "/petitions/new/?accuse=1")
    with CaptureQueriesContext(connection) as counted:
        post(office[""], "/petitions/new/", 303, **form("acc", accuse="1", names="", address="", phone="", accused_name="褚局长"))
    assert len(counted) <= 15


def test_handing_in_a_petition_stays_within_its_statements(office, settings):
    settings.DEMO = True
    code = re.search(r'class="code">(\d{6})<', post(office[""], "/petitions/new/", 200, **form("cost", action="code")).content.decode())
    procedures_queries.forget_kept()  # as in a transaction of its own
    with CaptureQueriesContext(connection) as counted:
        post(office[""], "/petitions/new/", 303, **form("cost", code=code[1]))
    said = [query["sql"] for query in counted.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(said) <= 15, "\n".join(said)
