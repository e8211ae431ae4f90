"""The duty pages in a browser: the deputy's phone, the office's desk."""

from datetime import date

from django.utils import timezone
from playwright.sync_api import Page

from quancheng.people import acts as people
from quancheng.people.models import Account
from tests.browser import steps
from tests.browser.conftest import check_accessible, check_no_overflow
from tests.browser.test_tablet import with_office


def test_a_deputy_checks_in_and_asks_for_a_correction_that_the_office_decides(phone: Page, desktop: Page, town):
    with_office(town)
    deputy = Account.objects.get(username="deputy")
    term = people.open_term(organ="fgw", number=8, starts_on=date(2022, 2, 1), at=timezone.now())
    people.seat_deputy(
        term=term, account_id=deputy.pk, electoral_unit="某县", field="农业", valid_from=date(2022, 2, 1), at=timezone.now()
    )
    steps.sign_in(phone, "deputy", "/desk/duty/")
    phone.get_by_role("link", name="报到", exact=True).click()
    phone.get_by_label("哪个站点").select_option("zd1")
    steps.press(phone, "报到")
    steps.told(phone, "已报到")
    check_accessible(phone)
    check_no_overflow(phone)
    phone.goto("/desk/duty/")
    phone.get_by_text("申请更正", exact=True).click()
    phone.get_by_label("删去这条").check()
    phone.get_by_label("更正哪一条").select_option(index=1)
    phone.get_by_label("理由").fill("当天没有到站，记错了。")
    steps.press(phone, "提出申请")
    check_accessible(phone)
    check_no_overflow(phone)
    steps.sign_in(desktop, "office1", "/desk/duty/office/")
    desktop.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    check_accessible(desktop)
    check_no_overflow(desktop)
    desktop.get_by_label("理由，代表会看到").fill("与站点记录核对属实。")
    steps.press(desktop, "同意")
    steps.told(desktop, "已决定")
    desktop.goto(f"/desk/duty/files/{deputy.pk}/")
    check_accessible(desktop)
    check_no_overflow(desktop)
