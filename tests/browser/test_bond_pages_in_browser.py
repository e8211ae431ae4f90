"""The pages of 双联系 in a browser: a deputy's phone, a member's phone, the office's desk, a resident's phone."""

from datetime import date, timedelta

from django.utils import timezone
from playwright.sync_api import Page

from quancheng.contact import acts
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.models import Account, Area
from quancheng.people.permissions import Actor
from tests.browser import steps
from tests.browser.conftest import check_accessible, check_no_overflow
from tests.browser.test_tablet import with_office


def test_every_page_of_bonds_fits_and_speaks(phone: Page, desktop: Page, town):
    with_office(town)
    at, today = timezone.now() - timedelta(days=100), timezone.localdate()
    deputy = Account.objects.get(username="deputy")
    term = people.open_term(organ="fgw", number=8, starts_on=date(2022, 2, 1), at=at)
    people.seat_deputy(term=term, account_id=deputy.pk, electoral_unit="某县", field="农业", valid_from=date(2022, 2, 1), at=at)
    office = people_queries.actor_for(Account.objects.get(username="office1").pk, today)
    village = Area.objects.filter(kind="village", code__startswith="410928").first()
    group = acts.make_group(name="东头小组", area=village.pk, site="", by=office, at=at)
    pairing = acts.pair(
        kind="group", organ="fgw", holder_id=deputy.pk, other_id=group.pk, valid_from=today - timedelta(days=100), by=office, at=at
    )
    steps.sign_in(phone, "deputy", "/desk/bonds/")
    check_accessible(phone)
    check_no_overflow(phone)
    phone.goto(f"/desk/bonds/{pairing.pk}/")
    phone.get_by_label("方式").select_option("visit")
    phone.get_by_label("情况").fill("走访了三户人家，问了浇地的事。")
    steps.press(phone, "记下")
    steps.told(phone, "已记下")
    check_accessible(phone)
    check_no_overflow(phone)
    phone.goto(f"/desk/groups/{group.pk}/")
    phone.get_by_label("议题").fill("村口路灯装在哪")
    phone.get_by_label("想听什么意见").fill("先装哪几处，大家说说看法。")
    steps.press(phone, "发起")
    phone.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    check_accessible(phone)
    check_no_overflow(phone)
    phone.get_by_role("link", name="公开页面").click()
    check_accessible(phone)
    check_no_overflow(phone)
    form = acts.VoiceForm(body="先装学校门口，孩子们天天走。", submission_key="k" * 32, phone="13900000001")
    said = acts.say_on_topic(topic_id=group.topics.get().pk, form=form, by=Actor.public(), at=timezone.now())
    for path, words in ((f"/r/{said.receipt_code}/", "先装学校门口"), (f"/deputies/{deputy.pk}/", "村口路灯装在哪")):
        phone.goto(path)
        assert phone.get_by_text(words).count()
        check_accessible(phone)
        check_no_overflow(phone)
    steps.sign_in(desktop, "office1", "/desk/bonds/office/")
    desktop.goto("/desk/bonds/office/?place=" + village.name[:2])
    check_accessible(desktop)
    check_no_overflow(desktop)
