"""群众提 on the pages: three screens without a script, receipt and “my matters”, desk list in bulk, station, deputy, council."""

import csv
import io
import re

import pytest
from county import BODY, PHONE, REASON
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quancheng.demo.station_life import picture
from quancheng.projects.models import Picture, Project

PROPOSE = "/projects/propose/"


@pytest.fixture(autouse=True)
def demo(settings, tmp_path):
    settings.DEMO, settings.MEDIA_ROOT = True, tmp_path


def words_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def post(client, path, status=303, **data):
    answer = client.post(path, data)
    assert answer.status_code == status, words_of(answer)[:900]
    return answer


def page(client, path, status=200, most=0) -> str:
    cache.clear()
    with CaptureQueriesContext(connection, ) as asked:
        found = client.get(path)
    assert found.status_code == status, f"{path} {found.status_code}"
    if most:
        assert len(asked) <= most, "\n".join(q["sql"][:160] for q in asked)
    return found.content.decode()


def form(key="walk", **changed):
    return {
        "key": f"{key}-{'k' * 30}", "title": "在人民路口建一处便民菜市场", "body": BODY, "area": "410902", "place": "人民路口",
        **changed,
    }  # fmt: skip


def propose(client, call, key="walk", files=None, **changed) -> str:
    """Walk the three screens with a code to the telephone; the receipt code."""
    whole = form(key, call=str(call.pk), **changed)
    last = post(client, PROPOSE, 200, action="go", **whole).content.decode()
    assert "留一个手机号" in last and BODY in last
    shown = post(client, PROPOSE, 200, action="code", phone=PHONE, **whole).content.decode()
    code = re.search(r'class="code">(\d{6})<', shown)[1]
    sent = post(client, PROPOSE, 303, action="submit", phone=PHONE, code=code, **whole, **(files or {}))
    return sent["Location"].split("/")[2]


def test_a_resident_proposes_in_three_screens_and_follows_it(city, clients):
    call, resident = city.call(), clients[""]
    assert "提一件民生实事" in page(resident, "/projects/", most=10)
    assert "第1步" in page(resident, PROPOSE, most=10)
    receipt = propose(resident, call, files={"pictures": SimpleUploadedFile("a.png", picture(1), "image/png")})
    made = Project.objects.get()
    mine = page(resident, f"/r/{receipt}/?new=1", most=15)
    assert "已经收到" in mine and made.code in mine
    story = page(resident, f"/projects/{made.code}/", most=15)
    assert made.title in story and PHONE not in story and "全程轴" in story
    image = Picture.objects.get()
    assert resident.get(f"/projects/pictures/{image.pk}/")["Content-Type"] == "image/png"
    assert made.title in page(resident, "/projects/?q=菜市场&year=2027", most=10)
    assert resident.get(f"/r/?code={receipt.lower()}")["Location"].endswith(f"/r/{receipt}/")
    assert made.title in resident.post("/my/", {"phone": "", "action": "list"}).content.decode()
    assert resident.get(f"/r/{receipt}/receipt.json").json()["code"] == receipt


def test_look_alikes_come_before_the_telephone_number(city, clients):
    call, resident = city.call(), clients[""]
    city.wish(call, title="在人民路口建便民菜市场")
    shown = post(resident, PROPOSE, 200, action="look", **form(call=str(call.pk))).content.decode()
    assert "别人也提过" in shown and "仍要提交" in shown and BODY in shown
    other = form(call=str(call.pk), title="疏通下水道", body="雨天积水没过脚面，出不了门，请疏通下水道。")
    assert "留一个手机号" in post(resident, PROPOSE, 200, action="look", **other).content.decode()


def test_what_was_typed_is_kept_and_the_field_is_named(city, clients):
    call, resident = city.call(), clients[""]
    answer = post(resident, PROPOSE, 400, action="look", **form(call=str(call.pk), title="路"))
    text = answer.content.decode()
    assert 'href="#f-title"' in text and BODY in text
    answer = post(resident, PROPOSE, 400, action="submit", phone=PHONE, code="000000", **form(call=str(call.pk)))
    assert "验证码" in words_of(answer) and BODY in answer.content.decode() and not Project.objects.exists()
    broken = {"pictures": SimpleUploadedFile("a.png", b"nothing", "image/png")}
    post(resident, PROPOSE, 200, action="code", phone=PHONE, **form(call=str(call.pk)))
    assert post(resident, PROPOSE, 400, action="submit", phone=PHONE, code="1", **form(call=str(call.pk)), **broken)


def test_the_same_press_twice_gives_one_wish(city, clients):
    call, resident = city.call(), clients[""]
    one = propose(resident, call)
    again = post(resident, PROPOSE, 303, action="submit", **form(call=str(call.pk)))
    assert one in again["Location"] and Project.objects.count() == 1


def test_without_a_call_the_page_says_when(clients, city):
    assert "现在没有征集" in page(clients[""], PROPOSE)
    assert "还没有发出过征集公告" in page(clients[""], "/projects/")
    page(clients[""], "/projects/2026-1/", status=404)
    page(clients[""], "/projects/2026-1/board/", status=404)


def test_the_office_announces_and_gives_fates_in_bulk(city, clients):
    desk = clients["office"]
    typed = {
        "year": "2027", "title": "征集2027年民生实事项目", "words": "征集一年内能办成、多数人受益的实事。不征集个案。",
        "opens_on": "2026-09-01", "closes_on": "2026-09-10", "government": "pyzf", "telephone": "0393-6660000",
    }  # fmt: skip
    refused = post(desk, "/desk/projects/calls/new/", 400, **typed)
    assert "不少于30日" in words_of(refused) and "征集一年内能办成" in refused.content.decode()
    path = post(desk, "/desk/projects/calls/new/", **typed | {"closes_on": "2026-10-10"})["Location"]
    call = Project._meta.get_field("call").related_model.objects.get()
    wishes = [city.wish(call, title=f"第{n}条：修好村里的路") for n in range(6)]
    page(desk, path, most=20)
    listing = f"{path}wishes/"
    assert wishes[0].title in page(desk, listing, most=20)
    bad = post(desk, listing, 400, do="out", wish=[wishes[0].pk], reason=REASON, fate="")
    assert REASON in bad.content.decode() and "checked" in bad.content.decode()
    post(desk, listing, do="in", wish=[wishes[0].pk, wishes[1].pk], reason=REASON)
    post(desk, listing, do="out", wish=[wishes[2].pk], reason=REASON, fate="no_budget")
    post(desk, listing, do="merge", wish=[wishes[3].pk, wishes[4].pk], reason=REASON, leader=wishes[0].pk)
    assert city.again(wishes[0]).voices == 3
    table = list(csv.reader(io.StringIO(desk.get(f"{path}wishes.csv?fate=merged").content.decode("utf-8-sig"))))
    assert len(table) == 3 and table[1][-1] == wishes[0].code
    assert "同类建议" in page(desk, f"{path}alike/", most=20)
    public = page(clients[""], f"/projects/{wishes[2].code}/")
    assert "没有预算资金保障" in public and REASON in public
    assert "已经并入同类建议" in page(clients[""], f"/projects/{wishes[3].code}/")
    assert "未列入" in page(clients[""], "/projects/?stage=out")
    one = f"/desk/projects/{wishes[5].pk}/"
    post(desk, one, do="fate", fate="other_level", reason=REASON)
    post(desk, one, do="reconsider", reason="看错了，应当由本级研究。")
    post(desk, one, do="join", leader=wishes[0].pk, reason=REASON)
    assert city.again(wishes[5]).fate == "merged"
    post(desk, one, 400, do="nothing")


def test_only_the_office_decides(city, clients):
    call = city.call()
    made = city.wish(call)
    for name in ("county", "gov", "unit", "d1", "station"):
        assert clients[name].post(f"/desk/projects/calls/{call.pk}/wishes/", {"do": "in"}).status_code == 403
        answer = clients[name].post(f"/desk/projects/{made.pk}/", {"do": "fate", "fate": "in", "reason": REASON})
        assert answer.status_code == 403
        assert clients[name].get(f"/desk/projects/calls/{call.pk}/wishes.csv").status_code == 403
    assert city.state(made) == "proposed"


def test_hiding_is_objected_to_on_the_receipt_and_decided_by_another(city, clients):
    call = city.call()
    made = city.wish(call)
    post(clients["office"], f"/desk/projects/{made.pk}/", do="hide", ground="personal_data", words="写了邻居的姓名")
    assert BODY not in page(clients[""], f"/projects/{made.code}/")
    assert "提出申诉" in page(clients[""], f"/r/{made.receipt_code}/")
    post(clients[""], f"/r/{made.receipt_code}/appeal/", text="没有写别人的姓名，请复核。")
    path = "/desk/projects/objections/"
    assert "由另一人复核" in page(clients["office"], path)
    hiding = made.hidings.get()
    post(clients["office2"], path, hiding=hiding.pk, do="show", reason="经核对，没有他人信息。")
    assert BODY in page(clients[""], f"/projects/{made.code}/")


def test_station_deputy_and_council_enter_what_they_heard(city, clients):
    call = city.call()
    site = "/desk/site/wish/"
    assert "登记民生实事建议" in page(clients["station"], site, most=20)
    typed = form("paper", call=str(call.pk), site="zd1", phone="", consent_how="spoken")
    refused = post(clients["station"], site, 400, **typed)
    assert "念一遍" in words_of(refused) and BODY in refused.content.decode()
    post(clients["station"], site, 400, **typed, consent="yes")
    post(clients["station"], site, **typed, consent="yes", witness="李某")
    near = post(clients["d1"], "/desk/projects/propose/", 200, **form("own", call=str(call.pk)))
    assert "别人也提过" in words_of(near)
    post(clients["d1"], "/desk/projects/propose/", **form("own", call=str(call.pk), seen="yes"))
    council = f"/desk/projects/calls/{call.pk}/council/"
    post(clients["office"], council, 400, **form("street", call=str(call.pk), seen="yes", council=""))
    post(clients["office"], council, **form("street", call=str(call.pk), seen="yes", council="中原路街道议政会"))
    assert sorted(Project.objects.values_list("door", flat=True)) == ["council", "deputy", "site"]
    assert Project.objects.get(door="site").receipt_code[:4] in page(clients["station"], site)
