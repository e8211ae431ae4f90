"""The spine: cases, what happened to them, their clocks and links; parameters; working days; jobs."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Case(models.Model):
    """案卷: any matter's file. It carries no business field; matters hold a one-to-one to it."""

    number = models.CharField(max_length=40, unique=True)
    procedure = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=30)
    organ = models.ForeignKey("people.Organ", on_delete=models.PROTECT)
    opened_on = models.DateField()
    moves = models.PositiveIntegerField(default=0)  # raised by every move; two moves at once cannot both win

    class Meta:
        indexes = [
            models.Index(fields=["organ", "procedure", "state"]),
            models.Index(fields=["procedure", "opened_on"]),  # how many of a year there are, for the next number
        ]

    def __str__(self) -> str:
        return self.number


class CaseEvent(models.Model):
    """案卷记事: one step that was taken, by whom, in what capacity, under which article. Never changed (R10.12)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    account = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT)
    capacity = models.CharField(max_length=60)
    step = models.CharField(max_length=40)
    from_state = models.CharField(max_length=30)
    to_state = models.CharField(max_length=30)
    note = models.TextField(blank=True)
    article = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [models.Index(fields=["case", "at"])]


class Clock(models.Model):
    """期限: a stored due date with its working; lateness is derived when asked (S14)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    key = models.CharField(max_length=40)
    label = models.CharField(max_length=60)
    organ = models.ForeignKey("people.Organ", on_delete=models.PROTECT)
    started_on = models.DateField()
    due_on = models.DateField()
    working = models.TextField()
    article = models.CharField(max_length=80, blank=True)
    stopped_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)  # a sweep claimed it when it came near
    swept_at = models.DateTimeField(null=True)  # a sweep claimed it when it was over

    class Meta:
        indexes = [
            models.Index(fields=["organ", "due_on"], condition=Q(stopped_at=None), name="clock_running"),
            models.Index(
                fields=["due_on"], condition=Q(stopped_at=None, reminded_at=None), name="clock_to_remind"
            ),
            models.Index(fields=["due_on"], condition=Q(stopped_at=None, swept_at=None), name="clock_to_sweep"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "key"], condition=Q(stopped_at=None), name="one_running_clock")
        ]


class ClockExtension(models.Model):
    """延期: a due date moved, with reason and approver; never silently (S14)."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="extensions")
    old_due_on = models.DateField()
    new_due_on = models.DateField()
    reason = models.TextField()
    approver = models.ForeignKey("people.Account", on_delete=models.PROTECT)
    at = models.DateTimeField()


class CaseLink(models.Model):
    """关联: one case came of, or serves, another."""

    source = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links_out")
    target = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links_in")
    relation = models.CharField(max_length=30)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "target", "relation"], name="one_link_once")]


class ParameterValue(models.Model):
    """参数: a value set by a named person for an area, from a date; bounds stand in the library (R10.11)."""

    key = models.CharField(max_length=60)
    area = models.ForeignKey("people.Area", on_delete=models.PROTECT)
    value = models.IntegerField()
    valid_from = models.DateField()
    basis = models.CharField(max_length=200)
    set_by = models.ForeignKey("people.Account", on_delete=models.PROTECT)
    set_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "area", "valid_from"])]


class CalendarDay(models.Model):
    """工作日历: a rest day or make-up working day of a year beyond the shipped data (调休)."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("放假")
        WORKDAY = "workday", _("上班")

    day = models.DateField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    note = models.CharField(max_length=60, blank=True)


class Job(models.Model):
    """后台任务: written in the caller's transaction, done at least once, with lease, retry and progress."""

    class State(models.TextChoices):
        READY = "ready", _("等待")
        RUNNING = "running", _("进行中")
        DONE = "done", _("完成")
        DEAD = "dead", _("失败")

    name = models.CharField(max_length=60)
    argument = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=120, null=True, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READY)
    run_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=40, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["run_at", "id"], condition=Q(state="ready"), name="job_ready"),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="job_running"),
        ]
