"""The pages of learning as deputies see them on a phone and the office at a desk."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from quancheng.contact import acts
from quancheng.contact.models import SignUp
from quancheng.people import queries as people_queries
from quancheng.people.models import Account
from tests.browser import steps
from tests.browser.conftest import check_accessible, check_no_overflow
from tests.browser.test_tablet import with_office


@pytest.fixture
def course(town):
    """A course that begins tomorrow, with something to read and a quiz."""
    with_office(town)
    office = people_queries.actor_for(Account.objects.get(username="office1").pk, timezone.localdate())
    at, start = timezone.now(), timezone.localtime() + timedelta(days=1)
    plan = acts.make_plan(
        organ="fgw", year=start.year, title="代表学习计划", words="每季度一课。", basis="第三十次主任会议通过", by=office, at=at
    )
    form = acts.CourseForm("怎样写好一件建议", start, start + timedelta(hours=2), "市委党校", 30)
    made = acts.add_course(plan_id=plan.pk, form=form, by=office, at=at)
    acts.add_material(course_id=made.pk, title="一事一议", words="写清情况、问题和办法。", data=b"", by=office, at=at)
    questions = [acts.QuestionForm("代表建议应当几个月内答复？", ("三个月", "一年"), 0, "代表法规定。")]
    acts.set_quiz(course_id=made.pk, questions=questions, by=office, at=at)
    return made


def test_a_deputy_signs_up_reads_and_passes_on_his_phone(phone: Page, course):
    steps.sign_in(phone, "deputy", "/desk/study/")
    phone.goto(f"/desk/study/?year={course.plan.year}")
    phone.get_by_role("link", name="怎样写好一件建议").click()
    check_accessible(phone)
    steps.press(phone, "报名")
    steps.told(phone, "已报名")
    check_no_overflow(phone)
    phone.get_by_label("三个月").check()
    steps.press(phone, "交卷")
    steps.told(phone, "答对1题，共1题")
    check_accessible(phone)
    check_no_overflow(phone)
    assert SignUp.objects.count() == 1


def test_the_office_keeps_the_course(desktop: Page, course):
    steps.sign_in(desktop, "office1", "/desk/study/")
    desktop.goto(f"/desk/study/courses/{course.pk}/")
    desktop.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    check_accessible(desktop)
    check_no_overflow(desktop)
    expect(desktop.get_by_label("题目").first).to_have_value("代表建议应当几个月内答复？")
