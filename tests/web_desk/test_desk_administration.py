"""Parameters, calendar, accounts, second factor, audit; and who may see what."""

import re

import pyotp
import pytest

from quancheng.people import queries as people
from quancheng.procedures import queries as procedures
from quancheng.web.parts import showing
from quancheng.web.parts.consulting import choices


def test_stranger_is_sent_to_sign_in(client, db):
    answer = client.get("/desk/")
    assert answer.status_code == 302 and "/sign-in/?next=" in answer["Location"]


@pytest.mark.parametrize("role", ["clerk", "lead", "releaser", "site_staff", "deputy", "auditor", "admin"])
def test_today_opens_for_every_role(city, role):
    answer = city.clients[role].get("/desk/")
    assert answer.status_code == 200 and "今天" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_r10_11_parameter_is_bounded_and_needs_its_basis(city):
    admin, path = city.clients["admin"], "/desk/parameters/consultation.min_days/"
    assert "不少于30日" in admin.get("/desk/parameters/").content.decode()
    low = admin.post(path, {"value": "29", "basis": "主任会议决定", "valid_from": "2026-01-01"})
    assert low.status_code == 400 and "不得少于30日" in low.content.decode() and "主任会议决定" in low.content.decode()
    assert admin.post(path, {"value": "x", "basis": "主任会议决定"}).status_code == 400
    assert admin.post(path, {"value": "45", "basis": "主任会议决定", "valid_from": "2026-01-01"}).status_code == 303
    assert procedures.parameter("consultation.min_days", area="410900", on=city.at.date()) == 45
    assert "45" in city.clients["clerk"].get(path).content.decode()
    assert city.clients["clerk"].post(path, {"value": "60", "basis": "主任会议决定"}).status_code == 403
    assert admin.get("/desk/parameters/none/").status_code == 404


def test_calendar_is_checked_before_it_is_imported(city):
    admin, table = city.clients["admin"], "date,kind,note\n2031-01-01,holiday,元旦\n"
    checked = admin.post("/desk/calendar/", {"do": "check", "table": table})
    assert checked.status_code == 200 and "导入1天" in checked.content.decode() and procedures.calendar_years() == {}
    wrong = admin.post("/desk/calendar/", {"do": "import", "table": "date,kind,note\n2031-13-01,holiday,元旦\n"})
    assert wrong.status_code == 400 and "2031-13-01" in wrong.content.decode()
    assert admin.post("/desk/calendar/", {"do": "import", "table": table}).status_code == 303
    assert procedures.calendar_years() == {2031: 1}
    assert city.clients["clerk"].get("/desk/calendar/").status_code == 403


def test_accounts_are_created_given_offices_and_closed(city):
    admin = city.clients["admin"]
    weak = admin.post("/desk/accounts/", {"do": "create", "username": "wang", "name": "王某", "password": "short"})
    assert weak.status_code == 400 and "王某" in weak.content.decode() and 'value="short"' not in weak.content.decode()
    made = admin.post("/desk/accounts/", {"do": "create", "username": "wang", "name": "王某", "password": "a-good-long-one-9"})
    assert made.status_code == 303
    account = people.account_named("wang")
    office = {"do": "office", "account": account.pk, "role": "clerk", "organ": "fgw", "valid_from": "2026-01-01"}
    assert admin.post("/desk/accounts/", office | {"role": "king"}).status_code == 400
    assert admin.post("/desk/accounts/", office).status_code == 303
    unsure = admin.post("/desk/accounts/", {"do": "close", "account": account.pk})
    assert unsure.status_code == 400 and people.account_named("wang")
    assert admin.post("/desk/accounts/", {"do": "close", "account": account.pk, "sure": "yes"}).status_code == 303
    assert people.account_named("wang") is None


def test_second_factor_is_switched_on_by_one_right_code(city):
    client = city.clients["clerk"]
    page = client.get("/desk/account/totp/").content.decode()
    secret = re.search(r'<code class="code">([A-Z2-7 ]+)</code>', page)[1].replace(" ", "")
    wrong = client.post("/desk/account/totp/", {"code": "000000x"})
    assert wrong.status_code == 400 and "动态口令不正确" in wrong.content.decode()
    assert client.post("/desk/account/totp/", {"code": pyotp.TOTP(secret).now()}).status_code == 303
    assert people.second_factor_set(city.actors["clerk"].id)


def test_s05_audit_shows_who_looked(city):
    page = city.clients["auditor"].get("/desk/audit/").content.decode()
    assert "没有人查看过" in page
    assert city.clients["clerk"].get("/desk/audit/").status_code == 403


def test_paths_lead_nowhere_else():
    assert showing.back_path("/desk/texts/", "/x") == "/desk/texts/"
    for raw in ("https://evil.example/", "//evil.example", "/desk//evil", "/desk/\\evil", "", "/other/"):
        assert showing.back_path(raw, "/x") == "/x"


def test_choices_carry_the_declared_words():
    found = choices()
    assert ("not_adopted", "未采纳") in found.decisions and len(found.decisions) == 7
    assert ("site", "站点代录") in found.channels and len(found.grounds) == 3
