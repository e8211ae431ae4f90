"""Reads of learning: the plan of a year, a course with its materials, places and quiz."""

from dataclasses import dataclass, field

from django.db.models import Count, Prefetch, Q

from quancheng.contact import files
from quancheng.contact.models import (
    Course,
    Material,
    QuizAttempt,
    QuizOption,
    QuizQuestion,
    SignUp,
    StudyPlan,
)
from quancheng.people.permissions import Actor, demand, may


@dataclass(frozen=True)
class PlanPage:
    """The plan of a year with its courses, and which of them the actor has a place in."""

    plan: StudyPlan
    courses: list[Course]
    mine: set[int]


def plan_page(organ: str, year: int, actor: Actor) -> PlanPage | None:
    """Return the study plan of a year, which is public (R8.01; 3 statements); None where there is none."""
    plan = StudyPlan.objects.select_related("organ").filter(organ_id=organ, year=year).first()
    if plan is None:
        return None
    courses = plan.courses.annotate(reading=Count("materials", distinct=True), questions=Count("quiz", distinct=True))
    mine: set[int] = set()
    if actor.account_id is not None:
        held = SignUp.objects.filter(account_id=actor.account_id, course__plan=plan, cancelled_at=None)
        mine = set(held.values_list("course_id", flat=True))
    return PlanPage(plan, list(courses.order_by("starts_at", "pk")), mine)


@dataclass(frozen=True)
class CoursePage:
    """A course whole: its materials, its quiz (which choice is right only once one has tried), who comes (for the office)."""

    course: Course
    materials: list[Material]
    quiz: list[QuizQuestion]
    mine: SignUp | None
    attempts: list[QuizAttempt]
    sign_ups: list[SignUp] = field(default_factory=list)

    @property
    def best(self) -> QuizAttempt | None:
        """The best try, the earlier of two equal ones."""
        return max(self.attempts, key=lambda attempt: (attempt.right, -attempt.pk), default=None)

    @property
    def shows_right(self) -> bool:
        """Whether the right choices are shown: after the first try."""
        return bool(self.attempts)


def course_page(course_id: int, actor: Actor) -> CoursePage:
    """Return a course, for deputies, members and the office (≤8 statements). Raises NotAllowed, Course.DoesNotExist."""
    course = Course.objects.select_related("plan__organ").get(pk=course_id)
    office = may(actor, "study.plan", organ=course.plan.organ_id)
    if not office:
        demand(actor, "study.join")
    quiz = course.quiz.prefetch_related(Prefetch("options", QuizOption.objects.order_by("position")))
    mine = Q(account_id=actor.id)
    return CoursePage(
        course=course, materials=list(course.materials.order_by("position")), quiz=list(quiz.order_by("position")),
        mine=course.sign_ups.filter(mine, cancelled_at=None).first(),
        attempts=list(course.attempts.filter(mine).order_by("pk")),
        sign_ups=list(course.sign_ups.filter(cancelled_at=None).select_related("account").order_by("pk")) if office else [],
    )


def material_file(material_id: int, actor: Actor) -> tuple[Material, bytes]:
    """Return a material's file, for deputies, members and the office. Raises NotAllowed, Material.DoesNotExist, OSError."""
    found = Material.objects.select_related("course__plan").get(pk=material_id)
    if not may(actor, "study.plan", organ=found.course.plan.organ_id):
        demand(actor, "study.join")
    if not found.stored_name:
        raise Material.DoesNotExist(material_id)
    return found, files.path_of(found.stored_name).read_bytes()
