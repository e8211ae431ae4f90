"""A resident finds his deputy in two taps and books a place, on a phone."""

import re
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from quancheng.contact import acts
from quancheng.contact.models import SiteProfile
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.models import Account, Area
from tests.browser import steps
from tests.browser.conftest import check_accessible, check_no_overflow
from tests.browser.test_tablet import with_office


@pytest.fixture
def place(town) -> Area:
    """A village with a deputy, a station on the map with a reception day and an activity with a picture."""
    with_office(town)
    at, today = timezone.now(), timezone.localdate()
    office = people_queries.actor_for(Account.objects.get(username="office1").pk, today)
    deputy = Account.objects.get(username="deputy")
    term = people.open_term(organ="fgw", number=8, starts_on=date(2022, 2, 1), at=at)
    people.seat_deputy(term=term, account_id=deputy.pk, electoral_unit="某县", field="农业", valid_from=date(2022, 2, 1), at=at)
    village = Area.objects.select_related("parent").filter(kind="village", parent__code__startswith="410928").first()
    acts.seat_in_grid(area=village.pk, account_id=deputy.pk, valid_from=today, by=office, at=at)
    acts.make_code(account_id=deputy.pk, by=office, at=at)
    acts.make_code(site="zd1", by=office, at=at)
    for code, north in (("zd1", "35.76"), ("zd2", "35.80")):
        SiteProfile.objects.create(
            site_id=code, latitude=Decimal(north), longitude=Decimal("115.03"), changed_by_id=office.id, changed_at=at
        )
    form = acts.ReceptionForm("zd1", today + timedelta(days=1), time(9), time(11), 5, (deputy.pk,))
    acts.plan_reception(form=form, by=office, at=at)
    return village


def test_two_taps_to_the_deputy_and_one_to_the_letter(phone: Page, place):
    phone.goto("/")
    phone.get_by_role("link", name="找代表").click()
    check_accessible(phone)
    check_no_overflow(phone)
    phone.locator(f"a[href='?area={place.parent_id}']").click()
    check_no_overflow(phone)
    phone.locator(f"a[href='?area={place.pk}']").click()
    check_accessible(phone)
    phone.get_by_role("link", name="吴代表").click()
    check_accessible(phone)
    check_no_overflow(phone)
    phone.get_by_role("link", name="给代表写信").click()
    expect(phone.get_by_label("要反映的事情")).to_be_visible()


def test_a_station_on_the_map_and_a_place_in_its_queue(phone: Page, desktop: Page, place):
    phone.goto("/sites/")
    phone.get_by_role("link", name="中原路联络站").click()
    expect(phone.locator("svg .here")).to_be_visible()
    for page in (phone, desktop):
        page.goto("/sites/zd1/")
        check_accessible(page)
        check_no_overflow(page)
    phone.locator("h3 a[href^='/receptions/']").click()
    check_accessible(phone)
    check_no_overflow(phone)
    phone.get_by_label(re.compile("^验证码")).fill(steps.ask_code(phone))
    steps.press(phone, "预约")
    expect(phone.get_by_text("1号", exact=True)).to_be_visible()
    check_accessible(phone)
    steps.press(phone, "取消预约")
    expect(phone.get_by_text("已取消").first).to_be_visible()
