"""A resident's phone at the code on the wall: the letter, the receipt, the picture, the rating."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from quancheng.contact import acts
from quancheng.contact.models import ResidentOpinion
from quancheng.people import queries as people_queries
from quancheng.people.models import Account
from tests.browser import steps
from tests.browser.conftest import check_accessible, check_no_overflow
from tests.browser.test_tablet import with_office

WORDS = "村口的井盖缺了三天，孩子上学要绕路。"


@pytest.fixture
def code(town) -> str:
    """The code of the town's deputy."""
    with_office(town)
    office = people_queries.actor_for(Account.objects.get(username="office1").pk, timezone.localdate())
    deputy = Account.objects.get(username="deputy")
    return acts.make_code(account_id=deputy.pk, by=office, at=timezone.now()).pk


def test_a_letter_in_one_screen_and_its_receipt(phone: Page, code, tmp_path):
    phone.goto(f"/d/{code}/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("给吴代表代表写信")
    check_accessible(phone)
    check_no_overflow(phone)
    phone.get_by_label("要反映的事情").fill(WORDS)
    phone.get_by_label(re.compile("^验证码")).fill(steps.ask_code(phone))
    expect(phone.get_by_label("要反映的事情")).to_have_value(WORDS)
    check_accessible(phone)
    phone.screenshot(path=tmp_path / "page.png")
    phone.get_by_label(re.compile("^图片")).set_input_files(tmp_path / "page.png")
    steps.press(phone, "提交")
    expect(phone.get_by_text("已经收到。")).to_be_visible()
    expect(phone.get_by_alt_text("您提交的图片1")).to_be_visible()
    check_accessible(phone)
    check_no_overflow(phone)
    assert ResidentOpinion.objects.get().body == WORDS
    phone.goto(f"/d/{code}/")
    expect(phone.get_by_label("要反映的事情")).to_have_value("")  # what was accepted is not offered again


def test_the_window_closes_and_the_words_are_still_there(phone: Page, code):
    phone.goto(f"/d/{code}/")
    phone.get_by_label("要反映的事情").fill(WORDS)
    phone.goto("/")
    phone.goto(f"/d/{code}/")
    expect(phone.get_by_label("要反映的事情")).to_have_value(WORDS)


def test_a_closed_code_leads_to_the_stations(phone: Page, code):
    phone.goto("/d/NOSUCH00/")
    expect(phone.get_by_role("link", name="看身边站点")).to_be_visible()
    check_accessible(phone)
    check_no_overflow(phone)
