"""Learning: the plan of a year, courses with materials, sign-up and a short quiz (M56, M59, R8.11)."""

from django.db import models
from django.db.models import F, Q


class StudyPlan(models.Model):
    """学习计划: what deputies learn in a year; adopted, then told to all (R8.01)."""

    organ = models.ForeignKey("people.Organ", on_delete=models.PROTECT)
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=60)
    words = models.TextField()
    basis = models.CharField(max_length=120)  # which meeting adopted it
    made_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organ", "year"], name="one_plan_a_year")]


class Course(models.Model):
    """课程: when, where, for how many; `taken` counts the places given."""

    plan = models.ForeignKey(StudyPlan, on_delete=models.PROTECT, related_name="courses")
    title = models.CharField(max_length=60)
    words = models.TextField(blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=60)
    access = models.CharField(max_length=120, blank=True)  # help for minority and disabled deputies (R8.11)
    capacity = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["starts_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="no_more_taken_than_places"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="a_course_has_length"),
        ]


class Material(models.Model):
    """学习材料: text to read, and where given a picture or PDF, kept under the data folder by its digest."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="materials")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=60)
    words = models.TextField(blank=True)
    stored_name = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=20, blank=True)
    size = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "position"], name="one_material_one_place")]


class SignUp(models.Model):
    """报名: a deputy's place in a course, and whether he came."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sign_ups")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="sign_ups")
    at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    attended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course", "account"], condition=Q(cancelled_at=None), name="one_place_in_a_course"
            )
        ]


class QuizQuestion(models.Model):
    """测验题: one question with its choices, one of them right, and why."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="quiz")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    explanation = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "position"], name="one_question_one_place")]


class QuizOption(models.Model):
    """One choice of a question."""

    question = models.ForeignKey(QuizQuestion, on_delete=models.PROTECT, related_name="options")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)
    right = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "position"], name="one_option_one_place"),
            models.UniqueConstraint(fields=["question"], condition=Q(right=True), name="one_right_option"),
        ]


class QuizAttempt(models.Model):
    """答题: one try of one deputy; he may try again, and the best counts."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="attempts")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="quiz_attempts")
    submission_key = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    right = models.PositiveSmallIntegerField()
    asked = models.PositiveSmallIntegerField()
    passed = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["course", "account"])]


class QuizAnswer(models.Model):
    """What was chosen for one question of one try."""

    attempt = models.ForeignKey(QuizAttempt, on_delete=models.CASCADE, related_name="answers")
    option = models.ForeignKey(QuizOption, on_delete=models.PROTECT, related_name="+")
