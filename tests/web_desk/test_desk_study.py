"""Learning on the desk: the office plans, a deputy signs up, reads, takes the quiz; who came has it in his file."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from quancheng.contact.models import Course, DutyFact, Material, QuizAttempt, SignUp

QUIZ = {
    "do": "quiz", "text-0": "代表建议应当几个月内答复？", "options-0": "三个月\n六个月\n一年", "right-0": "1", "why-0": "代表法规定。",
    "text-1": "代表建议由谁交办？", "options-1": "代表本人\n有关机构", "right-1": "2",
}  # fmt: skip


@pytest.fixture
def people(city):
    return city.clients["deputy_office"], city.clients["deputy"]


@pytest.fixture
def course(city, people) -> str:
    """The path of a course that begins in a minute."""
    office, _deputy = people
    start = timezone.localtime() + timedelta(minutes=2)
    year = start.year
    made = office.post(f"/desk/study/?year={year}", {"title": "代表学习计划", "basis": "第三十次主任会议通过", "words": "每季度一课。"})
    assert made.status_code == 303
    form = {
        "do": "course", "title": "怎样写好一件建议", "place": "市委党校", "capacity": "1",
        "starts_at": f"{start:%Y-%m-%dT%H:%M}", "ends_at": f"{start + timedelta(minutes=1):%Y-%m-%dT%H:%M}",
    }
    if (start + timedelta(minutes=1)).year != year or (start - timedelta(minutes=3)).year != year:
        pytest.skip("the year ends now")
    assert office.post(f"/desk/study/?year={year}", form).status_code == 303
    return f"/desk/study/courses/{Course.objects.get().pk}/"


def test_from_the_plan_to_the_quiz_and_the_duty_file(people, course, monkeypatch):
    office, deputy = people
    pdf = SimpleUploadedFile("讲义.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n", content_type="application/pdf")
    assert office.post(course, {"do": "material", "title": "讲义", "file": pdf}).status_code == 303
    assert office.post(course, QUIZ).status_code == 303
    assert "可以报名" in deputy.get("/desk/study/").content.decode()
    assert deputy.post(course, {"do": "join"}).status_code == 303
    assert deputy.post(course, {"do": "join"}).status_code == 303  # asked twice, one place
    assert SignUp.objects.count() == 1
    page = deputy.get(course).content.decode()
    assert "正确" not in page and "代表法规定" not in page  # not before the first try
    chosen = dict(re.findall(r'name="(q-\d+)" value="(\d+)"', page)[:1])
    refused = deputy.post(course, {"do": "answer", "key": "k" * 32, **chosen})
    assert refused.status_code == 400 and "每一题都要选一项" in refused.content.decode()
    every = {}
    for name, value in re.findall(r'name="(q-\d+)" value="(\d+)"', page):
        every.setdefault(name, value)
    done = deputy.post(course, {"do": "answer", "key": "k" * 32, **every}, follow=True).content.decode()
    assert "答对1题，共2题" in done and "正确" in done and QuizAttempt.objects.count() == 1
    material = deputy.get(f"/desk/study/materials/{Material.objects.get().pk}/")
    assert material["Content-Type"] == "application/pdf" and material.content.startswith(b"%PDF")
    monkeypatch.setattr(timezone, "now", lambda at=timezone.now() + timedelta(minutes=5): at)
    account = SignUp.objects.get().account_id
    assert office.post(course, {"do": "attended", "came": [account]}).status_code == 303
    assert SignUp.objects.get().attended_at is not None
    assert DutyFact.objects.filter(kind="study").count() <= 1  # only who holds a seat has a file


def test_what_is_wrong_is_told_and_kept(people, course):
    office, deputy = people
    for wrong in ({"right-0": "9"}, {"options-0": "只有一项"}, {"text-0": "短"}):
        answer = office.post(course, QUIZ | wrong)
        page = answer.content.decode()
        assert answer.status_code == 400 and "第1题" in page and "代表建议由谁交办" in page
    bad = SimpleUploadedFile("讲义.pdf", b"MZ not a pdf", content_type="application/pdf")
    assert office.post(course, {"do": "material", "title": "讲义", "words": "写了很多", "file": bad}).status_code == 400
    answer = office.post("/desk/study/", {"do": "course", "title": "怎样写好一件建议", "starts_at": "nonsense", "ends_at": ""})
    assert answer.status_code == 400 and "怎样写好一件建议" in answer.content.decode()
    assert Course.objects.count() == 1 and not Material.objects.exists()
    assert deputy.post(course, QUIZ).status_code == 403
    assert deputy.post("/desk/study/", {"do": "course"}).status_code == 403


def test_a_full_course_says_so(city, people, course):
    _office, deputy = people
    deputy.post(course, {"do": "join"})
    assert city.clients["sc_member"].post(course, {"do": "join"}).status_code == 400
    deputy.post(course, {"do": "leave"})
    assert city.clients["sc_member"].post(course, {"do": "join"}).status_code == 303


def test_a_course_is_cancelled_with_a_reason(people, course):
    office, deputy = people
    assert office.post(course, {"do": "cancel", "reason": "短"}).status_code == 400
    assert office.post(course, {"do": "cancel", "reason": "授课老师临时有事，另行安排。"}).status_code == 303
    assert "这门课已经取消" in deputy.get(course).content.decode()
