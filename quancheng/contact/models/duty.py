"""Deputies' duty: check-ins, facts, corrections by asking, reports to voters (M36, M56, R6.08, R6.09, R8.06)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TaskTag(models.Model):
    """任务标签: a central task that deputies help with (稳经济, 万人助万企, 民生实事 …), while it runs (M36)."""

    label = models.CharField(max_length=20, unique=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    def __str__(self) -> str:
        return self.label


class CheckIn(models.Model):
    """双报到: a deputy reported at a site, or in his home village or community. Place name and time, no track (S21)."""

    class Kind(models.TextChoices):
        SITE = "site", _("到站点报到")
        HOME = "home", _("到居住地报到")

    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="check_ins")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    site = models.ForeignKey("people.Site", null=True, on_delete=models.PROTECT)
    area = models.ForeignKey("people.Area", null=True, on_delete=models.PROTECT)
    place = models.CharField(max_length=60)
    task = models.ForeignKey(TaskTag, null=True, on_delete=models.PROTECT)
    on = models.DateField()
    at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=0)
    words = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-on"])]
        constraints = [
            models.UniqueConstraint(fields=["account", "kind", "place", "on"], name="one_check_in_a_day"),
            models.CheckConstraint(
                condition=Q(kind="site", site__isnull=False, area=None) | Q(kind="home", site=None, area__isnull=False),
                name="check_in_of_one_kind",
            ),
        ]


class DutyFact(models.Model):
    """履职事实: one thing a deputy did, on a day, from a record; points are counted from facts alone (R6.09, S17).

    `origin` names the record it came of, so that no record counts twice. A fact is struck, never deleted.
    """

    class Kind(models.TextChoices):
        SUGGESTION = "suggestion", _("提出建议")
        INSPECTION = "inspection", _("视察、调研")
        RECEPTION = "reception", _("接待群众")
        CHECK_IN = "check_in", _("双报到")
        ACTIVITY = "activity", _("参加活动")
        REPORT = "report", _("向选民述职")
        CONTACT = "contact", _("联系群众")
        STUDY = "study", _("学习培训")
        ABSENCE = "absence", _("无故缺席")

    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="duty_facts")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    on = models.DateField()
    title = models.CharField(max_length=120)
    number = models.PositiveSmallIntegerField(default=1)  # half days of an absence; one of everything else
    origin = models.CharField(max_length=60, unique=True)
    case = models.ForeignKey("procedures.Case", null=True, on_delete=models.PROTECT, related_name="duty_facts")
    recorded_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-on"])]


class DutyCorrection(models.Model):
    """更正申请: a deputy asks, a named person of the deputy office decides with a reason; both stay on record."""

    class Wish(models.TextChoices):
        ADD = "add", _("补记")
        CHANGE = "change", _("更改")
        STRIKE = "strike", _("删去")

    class State(models.TextChoices):
        WAITING = "waiting", _("待处理")
        ACCEPTED = "accepted", _("已同意")
        REFUSED = "refused", _("未同意")

    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="duty_corrections")
    fact = models.ForeignKey(DutyFact, null=True, on_delete=models.PROTECT, related_name="corrections")
    wish = models.CharField(max_length=8, choices=Wish.choices)
    kind = models.CharField(max_length=12, choices=DutyFact.Kind.choices)
    on = models.DateField()
    title = models.CharField(max_length=120)
    reason = models.TextField()
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    decided_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fact"], condition=Q(state="waiting", fact__isnull=False), name="one_wish_a_fact"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("account")), name="decided_by_another_person"
            ),
        ]


class VotersReport(models.Model):
    """向选民述职: announced, held, voters ask and rate, all answered, closed (R8.06 代表法 58).

    Grades are kept as three counts and a roll of who has voted, with no thread between them (S06).
    """

    class State(models.TextChoices):
        ANNOUNCED = "announced", _("已预告")
        OPEN = "open", _("正在提问和测评")
        CLOSED = "closed", _("已结束")

    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="voters_reports")
    organ = models.ForeignKey("people.Organ", on_delete=models.PROTECT)
    site = models.ForeignKey("people.Site", on_delete=models.PROTECT)
    title = models.CharField(max_length=60)
    body = models.TextField()
    held_on = models.DateField()
    closes_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ANNOUNCED)
    announced_at = models.DateTimeField()
    satisfied = models.PositiveIntegerField(default=0)
    basically = models.PositiveIntegerField(default=0)
    dissatisfied = models.PositiveIntegerField(default=0)
    abstained = models.PositiveIntegerField(default=0)
    paper_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-held_on"])]


class ReportVoter(models.Model):
    """The roll of a report's rating: that a verified number has rated, by keyed digest; never what it said (S06)."""

    report = models.ForeignKey(VotersReport, on_delete=models.PROTECT, related_name="roll")
    person_index = models.BinaryField(max_length=32, primary_key=True)  # keyed with the report: no order, no join


class ReportQuestion(models.Model):
    """选民提问: asked with a verified number, answered by the deputy, or not shown on a ground by the office."""

    report = models.ForeignKey(VotersReport, on_delete=models.PROTECT, related_name="questions")
    public_id = models.CharField(max_length=22, unique=True)
    receipt_code = models.CharField(max_length=12, unique=True)
    submission_key = models.CharField(max_length=64, unique=True)
    body = models.TextField()
    salt = models.BinaryField(max_length=32)
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    withheld_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    withheld_why = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["report", "id"])]
