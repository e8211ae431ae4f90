"""Learning: the plan, courses and materials, sign-up, attendance, the quiz (M56, M59, R8.11)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from quancheng.contact import files, rules
from quancheng.contact.models import (
    Course,
    Material,
    QuizAnswer,
    QuizAttempt,
    QuizOption,
    QuizQuestion,
    SignUp,
    StudyPlan,
)
from quancheng.contact.recording import ContactRefused, add_fact, check_key, need, record
from quancheng.kernel.words import clean
from quancheng.people.permissions import Actor, NotAllowed, demand
from quancheng.procedures import queries as procedure_queries
from quancheng.procedures.acts import Conflict

QUESTIONS = 20
_PASS = "study.quiz_pass"


def make_plan(
    *, organ: str, year: int, title: str, words: str, basis: str, by: Actor, at: datetime
) -> StudyPlan:
    """Make the study plan of a year, with the meeting that adopted it (R8.01, R8.11 代表法 47).

    Raises NotAllowed, ContactRefused, Conflict.
    """
    demand(by, "study.plan", organ=organ)
    title = need(title, 4, "请写一个标题", "title", 60)
    basis = need(basis, rules.SHORTEST_REASON, "请写明通过计划的会议", "basis", 120)
    if not 2000 <= year <= 2100:
        raise ContactRefused("年份不对。", "year")
    try:
        with transaction.atomic():
            made = StudyPlan.objects.create(
                organ_id=organ, year=year, title=title, words=need(words, 0, "", "words", 10_000), basis=basis,
                made_by_id=by.id, made_at=at,
            )
            record("study_plan", f"plan:{made.pk}", made.words, at, organ, year=year)
    except IntegrityError:
        raise Conflict(f"{year}年已有学习计划。") from None
    return made


@dataclass(frozen=True)
class CourseForm:
    """A course of a plan. `access`: what help there is for minority and disabled deputies (R8.11)."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    capacity: int
    words: str = ""
    access: str = ""


def add_course(*, plan_id: int, form: CourseForm, by: Actor, at: datetime) -> Course:
    """Add a course to a plan. Raises NotAllowed, ContactRefused."""
    plan = StudyPlan.objects.get(pk=plan_id)
    demand(by, "study.plan", organ=plan.organ_id)
    title, place = need(form.title, 4, "请写课程名称", "title", 60), need(form.place, 2, "请写地点", "place", 60)
    if form.ends_at <= form.starts_at or timezone.localdate(form.starts_at).year != plan.year:
        raise ContactRefused(f"课程应当在{plan.year}年，开始要早于结束。", "starts_at")
    if not 1 <= form.capacity <= 2000:
        raise ContactRefused("名额应在1至2000之间。", "capacity")
    with transaction.atomic():
        made = Course.objects.create(
            plan=plan, title=title, words=need(form.words, 0, "", "words", 5000), starts_at=form.starts_at,
            ends_at=form.ends_at, place=place, access=clean(form.access)[:120], capacity=form.capacity,
        )
        record("course", f"course:{made.pk}", made.words, at, plan.organ_id)
    return made


def cancel_course(*, course_id: int, reason: str, by: Actor, at: datetime) -> Course:
    """Cancel a course that has not begun. Raises NotAllowed, ContactRefused, Conflict."""
    course = _course(course_id)
    demand(by, "study.plan", organ=course.plan.organ_id)
    reason = need(reason, rules.SHORTEST_REASON, "请写明取消的原因", "reason")
    with transaction.atomic():
        if not Course.objects.filter(pk=course_id, cancelled_at=None, starts_at__gt=at).update(cancelled_at=at):
            raise Conflict("课程已经开始或者取消。")
        record("course_cancelled", f"course:{course_id}", reason, at, course.plan.organ_id)
    course.refresh_from_db()
    return course


def _course(course_id: int) -> Course:
    return Course.objects.select_related("plan__organ").get(pk=course_id)


def add_material(*, course_id: int, title: str, words: str, data: bytes, by: Actor, at: datetime) -> Material:
    """Add something to read to a course: words, and where given a picture or PDF (`data`).

    Raises NotAllowed, ContactRefused.
    """
    course = _course(course_id)
    demand(by, "study.plan", organ=course.plan.organ_id)
    title = need(title, 2, "请写材料名称", "title", 60)
    words = need(words, 0, "", "words", 50_000)
    if not words and not data:
        raise ContactRefused("请写下内容，或者选择文件。", "words")
    try:
        stored = files.keep_document(data) if data else None
    except files.BadFile as error:
        raise ContactRefused(str(error), "file") from error
    with transaction.atomic():
        Course.objects.select_for_update().get(pk=course_id)
        made = Material.objects.create(
            course=course, position=course.materials.count() + 1, title=title, words=words,
            stored_name=stored.name if stored else "", kind=stored.kind if stored else "", size=stored.size if stored else 0,
        )
        record("material", f"course:{course_id}", words, at, course.plan.organ_id, file=made.stored_name)
    return made


@dataclass(frozen=True)
class QuestionForm:
    """A question of a quiz: its choices, which of them is right (from 0), and why."""

    text: str
    options: tuple[str, ...]
    right: int
    explanation: str = ""


def set_quiz(*, course_id: int, questions: list[QuestionForm], by: Actor, at: datetime) -> list[QuizQuestion]:
    """Set the quiz of a course; not once somebody has taken it. Raises NotAllowed, ContactRefused, Conflict."""
    course = _course(course_id)
    demand(by, "study.plan", organ=course.plan.organ_id)
    if not 1 <= len(questions) <= QUESTIONS:
        raise ContactRefused(f"测验应有1至{QUESTIONS}题。", "questions")
    for number, question in enumerate(questions, start=1):
        options = [clean(option) for option in question.options]
        plain = all(options) and len(set(options)) == len(options)
        if len(clean(question.text)) < 4 or not 2 <= len(options) <= 6 or not plain or not 0 <= question.right < len(options):
            raise ContactRefused(f"第{number}题：请写明题目、两个以上不同的选项和正确的一项。", "questions")
    with transaction.atomic():
        Course.objects.select_for_update().get(pk=course_id)
        if course.attempts.exists():
            raise Conflict("已经有人答题，不能再改。")
        QuizOption.objects.filter(question__course=course).delete()
        course.quiz.all().delete()
        made = [_write(course, number, question) for number, question in enumerate(questions, start=1)]
        record("quiz", f"course:{course_id}", "", at, course.plan.organ_id, questions=len(made))
    return made


def _write(course: Course, number: int, question: QuestionForm) -> QuizQuestion:
    made = QuizQuestion.objects.create(
        course=course, position=number, text=clean(question.text)[:300], explanation=clean(question.explanation)[:300]
    )
    QuizOption.objects.bulk_create(
        [
            QuizOption(question=made, position=place, text=clean(text)[:200], right=place == question.right)
            for place, text in enumerate(question.options)
        ]
    )
    return made


def sign_up(*, course_id: int, by: Actor, at: datetime) -> SignUp:
    """Take a place in a course; asked twice, it is one place. Raises NotAllowed, ContactRefused."""
    demand(by, "study.join")
    earlier = SignUp.objects.filter(course_id=course_id, account_id=by.id, cancelled_at=None).first()
    if earlier is not None:
        return earlier
    try:
        with transaction.atomic():
            places = Course.objects.filter(pk=course_id, cancelled_at=None, starts_at__gt=at, taken__lt=F("capacity"))
            if not places.update(taken=F("taken") + 1):
                raise ContactRefused("名额已满，或者课程已经开始、取消。")
            made = SignUp.objects.create(course_id=course_id, account_id=by.id, at=at)
            record("signed_up", f"course:{course_id}", "", at)
    except IntegrityError:
        return SignUp.objects.get(course_id=course_id, account_id=by.id, cancelled_at=None)
    return made


def leave_course(*, course_id: int, by: Actor, at: datetime) -> SignUp:
    """Give one's place back before the course begins. Raises NotAllowed, Conflict."""
    demand(by, "study.join")
    with transaction.atomic():
        held = SignUp.objects.filter(course_id=course_id, account_id=by.id, cancelled_at=None, course__starts_at__gt=at)
        found = held.first()
        if found is None or not SignUp.objects.filter(pk=found.pk, cancelled_at=None).update(cancelled_at=at):
            raise Conflict("没有报名，或者课程已经开始。")
        Course.objects.filter(pk=course_id).update(taken=F("taken") - 1)
        record("left_course", f"course:{course_id}", "", at)
    found.refresh_from_db()
    return found


def mark_attended(*, course_id: int, account_ids: list[int], by: Actor, at: datetime) -> int:
    """Record who came to a course; each deputy's file has a fact. Returns how many are new. Raises NotAllowed, ContactRefused."""
    course = _course(course_id)
    demand(by, "study.plan", organ=course.plan.organ_id)
    if at < course.starts_at or course.cancelled_at is not None:
        raise ContactRefused("课程还没有开始，或者已经取消。")
    day, done = timezone.localdate(course.starts_at), 0
    with transaction.atomic():
        for account in dict.fromkeys(account_ids):
            if account == by.account_id:
                raise NotAllowed("study.plan")
            came = SignUp.objects.filter(course=course, account_id=account, cancelled_at=None, attended_at=None)
            if came.update(attended_at=at):
                done += 1
                if rules.is_sitting(account, day):
                    add_fact(account, "study", day, course.title, f"course:{course.pk}:{account}", by, at)
        record("attended", f"course:{course_id}", "", at, course.plan.organ_id, number=done)
    return done


def take_quiz(*, course_id: int, chosen: dict[int, int], submission_key: str, by: Actor, at: datetime) -> QuizAttempt:
    """Take the quiz of a course one has a place in: question id -> option id; again if one likes, the best counts.

    Raises NotAllowed, ContactRefused.
    """
    demand(by, "study.join")
    earlier = QuizAttempt.objects.filter(submission_key=check_key(submission_key), account_id=by.id).first()
    if earlier is not None:
        return earlier
    course = _course(course_id)
    if not SignUp.objects.filter(course=course, account_id=by.id, cancelled_at=None).exists():
        raise ContactRefused("请先报名。")
    options = {o.pk: o for o in QuizOption.objects.filter(question__course=course)}
    questions = {o.question_id for o in options.values()}
    answers = [options[o] for q, o in chosen.items() if o in options and options[o].question_id == q]
    if not questions or {o.question_id for o in answers} != questions:
        raise ContactRefused("每一题都要选一项。", "questions")
    least = procedure_queries.parameter(_PASS, area=course.plan.organ.area_id, on=timezone.localdate(at))
    right = sum(option.right for option in answers)
    try:
        with transaction.atomic():
            made = QuizAttempt.objects.create(
                course=course, account_id=by.id, submission_key=submission_key, at=at, right=right, asked=len(questions),
                passed=right * 100 >= least * len(questions),
            )
            QuizAnswer.objects.bulk_create([QuizAnswer(attempt=made, option=option) for option in answers])
            record("quiz_taken", f"course:{course_id}", "", at)
    except IntegrityError:
        raise ContactRefused("这份答卷已经提交，请刷新页面。") from None
    return made
