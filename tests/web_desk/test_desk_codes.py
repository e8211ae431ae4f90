"""The codes on the wall with their posters, the grid table with its check, a station's tablets."""

import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quancheng.contact import acts as contact
from quancheng.contact import queries as contact_queries
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.models import Area


@pytest.fixture
def hall(db):
    """The office, two stations, twenty deputies; clients by user name."""
    cache.clear()
    at, since = timezone.now() - timedelta(days=60), date(2022, 1, 1)
    people.import_areas(at=at)
    people.create_organ(code="dgw", name="代表工委", kind="working_body", area="410900", valid_from=since, at=at)
    for code in ("zd1", "zd2"):
        people.create_site(
            code=code, name=f"{code}联络站", area="410928", organ="dgw", address="某路1号", valid_from=since, at=at,
            functions=("liaison",),
        )
    staff = [("office", "deputy_office", ""), ("keeper", "site_staff", "zd1"), ("unit", "unit_clerk", "")]
    clients = {}
    for username, role, site in [*staff, *((f"d{number}", "deputy", "") for number in range(20))]:
        account = people.create_account(username=username, name="某" + username, password="long-enough-pass-1", at=at)
        people.give_office(account_id=account.pk, organ="dgw", role=role, site=site, valid_from=since, at=at)
        if role != "deputy":
            clients[username] = Client()
            clients[username].post("/sign-in/", {"username": username, "password": "long-enough-pass-1"})
    return clients


def actor(username):
    return people_queries.actor_for(people_queries.account_named(username).pk, timezone.localdate())


def post(client, path, status=303, **data):
    answer = client.post(path, data)
    assert answer.status_code == status, re.sub(r"<[^>]+>", " ", answer.content.decode())[:900]
    return answer


def page(client, path):
    found = client.get(path)
    assert found.status_code == 200
    return found.content.decode()


def running():
    return contact_queries.codes_to_print(actor("office"), timezone.localdate())


def test_all_codes_at_once_and_each_leads_somewhere(hall):
    assert "代表20位，站点2个" in page(hall["office"], "/desk/codes/")
    post(hall["office"], "/desk/codes/", do="all")
    assert len(running()) == 22 and "一次做齐" not in page(hall["office"], "/desk/codes/")
    post(hall["office"], "/desk/codes/", do="all")
    assert len(running()) == 22
    for code in running():
        assert Client().get(f"/d/{code.pk}/").status_code == 200
    assert len(re.findall("某d", page(hall["office"], "/desk/codes/?kind=deputies"))) >= 20
    assert "某d1" not in page(hall["office"], "/desk/codes/?kind=sites&q=zd1")


def test_a_code_is_renewed_or_revoked_with_a_reason(hall):
    post(hall["office"], "/desk/codes/", do="all")
    old = next(code for code in running() if code.account_id == actor("d1").id)
    post(hall["office"], "/desk/codes/", do="renew", account=old.account_id, site="")
    new = next(code for code in running() if code.account_id == actor("d1").id)
    assert new.pk != old.pk and contact_queries.resolve(old.pk, timezone.localdate()) is None
    post(hall["office"], "/desk/codes/", 400, do="revoke", code=new.pk, reason="")
    post(hall["office"], "/desk/codes/", do="revoke", code=new.pk, reason="海报被人调换")
    post(hall["office"], "/desk/codes/", 409, do="revoke", code=new.pk, reason="海报被人调换")
    assert contact_queries.resolve(new.pk, timezone.localdate()) is None
    assert hall["office"].get(f"/desk/codes/{new.pk}/poster/").status_code == 404


def test_posters_and_sheet_show_the_address(hall):
    post(hall["office"], "/desk/codes/", do="all")
    site = next(code for code in running() if code.site_id == "zd1")
    other = next(code for code in running() if code.site_id == "zd2")
    deputy = next(code for code in running() if code.account_id)
    shown = page(hall["office"], f"/desk/codes/{deputy.pk}/poster/")
    assert f"/d/{deputy.pk}/" in shown and "<svg" in shown and "指派" not in shown
    assert f"/desk/codes/{site.pk}/poster/" in page(hall["keeper"], "/desk/stations/zd1/")
    assert page(hall["keeper"], f"/desk/codes/{site.pk}/poster/")
    for code in (other, deputy):
        assert hall["keeper"].get(f"/desk/codes/{code.pk}/poster/").status_code == 403
    assert page(hall["office"], "/desk/codes/sheet/").count("<svg") >= 22
    assert page(hall["office"], "/desk/codes/sheet/?kind=sites").count('role="img"') == 2


def villages(count):
    return list(Area.objects.filter(kind="village", code__startswith="410928").order_by("code").values_list("pk", flat=True)[:count])


def test_m55_the_table_is_checked_without_writing_and_taken_whole_or_not_at_all(hall):
    some = villages(3)
    bad = f"area,username\n{some[0]},d1\n410928,d2\n{some[1]},nobody\n{some[2]},office\n999,d1\n"
    told = page_of(hall, do="check", text=bad)
    for words in ("第3行", "村或者社区", "第4行", "没有这个账户", "第5行", "在任代表", "第6行", "不归您管理", "不对的4行"):
        assert words in told
    assert f"{some[2]},office" in told  # what was pasted stays
    assert "第3行" in post(hall["office"], "/desk/grids/", 400, do="import", text=bad).content.decode()
    assert not contact_queries.grid_table(actor("office"), "410928", timezone.localdate())
    for nothing in ("", "a,b\n1,2\n", '"'):
        assert "area" in page_of(hall, 400, do="check", text=nothing)
    good = "area,username\n" + "".join(f"{code},d{n}\n" for n, code in enumerate(some)) + f"{some[0]},d0\n"
    table = SimpleUploadedFile("表.csv", good.encode("gb18030"))
    post(hall["office"], "/desk/grids/", do="import", file=table)
    seats = contact_queries.grid_table(actor("office"), "410928", timezone.localdate())
    assert {(s.area_id, s.account.username) for s in seats} == {(code, f"d{n}") for n, code in enumerate(some)}
    assert "某d0" in page(hall["office"], "/desk/grids/?area=410928")
    assert "已经有的4行" in page_of(hall, do="check", text=good)


def page_of(hall, status=200, **data):
    return post(hall["office"], "/desk/grids/?area=410928", status, **data).content.decode()


def test_a_grid_seat_is_added_and_ended(hall):
    [one] = villages(1)
    post(hall["office"], "/desk/grids/", 400, do="add", area=one, account=actor("office").id)
    post(hall["office"], "/desk/grids/", do="add", area=one, account=actor("d3").id)
    [seat] = contact_queries.grid_table(actor("office"), "410928", timezone.localdate())
    post(hall["office"], "/desk/grids/", do="leave", seat=seat.pk)
    post(hall["office"], "/desk/grids/", 409, do="leave", seat=seat.pk)
    assert hall["unit"].get("/desk/grids/").status_code == 403


def test_a_lost_tablet_is_taken_out_of_use(hall):
    made = contact.enrol_tablet(site="zd1", device_key="t" * 40, label="接待室的平板", by=actor("keeper"), at=timezone.now())
    path = "/desk/stations/zd1/tablets/"
    assert "接待室的平板" in page(hall["keeper"], path) and "在用" in page(hall["office"], path)
    post(hall["keeper"], path, 400, tablet=made.pk, reason="")
    post(hall["keeper"], path, tablet=made.pk, reason="下乡时丢失")
    assert "已停用" in page(hall["office"], path)
    with pytest.raises(contact.UnknownTablet):
        contact.hand_over(device_key="t" * 40, items=[], by=actor("keeper"), at=timezone.now())
    assert hall["unit"].get(path).status_code == 403


def cost(act):
    with CaptureQueriesContext(connection) as ran:
        act()
    return len(ran)


@pytest.mark.parametrize("count", [1, 20, 300])
def test_statements_do_not_grow_with_the_table(hall, count):
    some = villages(count)
    table = "area,username\n" + "".join(f"{code},d{n % 20}\n" for n, code in enumerate(some))
    assert cost(lambda: page_of(hall, do="check", text=table)) <= 15
    taken = cost(lambda: post(hall["office"], "/desk/grids/", do="import", text=table))
    assert taken <= 17  # two of them open and close the transaction's savepoint
    assert cost(lambda: post(hall["office"], "/desk/codes/", do="all")) <= 15
    for path in ("/desk/grids/?area=410928", "/desk/codes/", "/desk/codes/sheet/"):
        assert cost(lambda path=path: page(hall["office"], path)) <= 12, path
