"""What is found out about a project before the vote: the dossier, units' views, reviews, what deputies and people ask."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Dossier(models.Model):
    """论证档案: content, site, cost, source of money, owner, time, feasibility (R7.52). Money in 万元 with two decimals."""

    project = models.OneToOneField("projects.Project", on_delete=models.PROTECT, related_name="dossier")
    title = models.CharField(max_length=60)
    content = models.TextField()
    location = models.CharField(max_length=200)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    benefit = models.CharField(max_length=200)
    cost = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    owner = models.ForeignKey("people.Organ", null=True, on_delete=models.PROTECT, related_name="+")
    finish_on = models.DateField(null=True)
    feasibility = models.TextField()
    number = models.PositiveSmallIntegerField(null=True)  # its place on the ballot
    edits = models.PositiveIntegerField(default=0)
    edited_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField()


class Money(models.Model):
    """资金来源: how much of a project's cost comes from where, in 万元."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="money")
    source = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "source"], name="one_amount_a_source"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="money_is_more_than_nothing"),
        ]


class View(models.Model):
    """单位论证意见: what a unit says of a project's feasibility (R7.51); empty until it has answered."""

    class Stand(models.TextChoices):
        FEASIBLE = "feasible", _("可行")
        CONDITIONS = "conditions", _("有条件可行")
        NOT_FEASIBLE = "not_feasible", _("不可行")

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="views")
    unit = models.ForeignKey("people.Organ", on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    stand = models.CharField(max_length=14, choices=Stand.choices, blank=True)
    words = models.TextField(blank=True)
    by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "unit"], name="one_view_a_unit"),
            models.CheckConstraint(condition=Q(stand="") | (~Q(words="") & Q(by__isnull=False)), name="view_has_words"),
        ]


class Review(models.Model):
    """会议研究: 主任会议 looked at the list (R7.51), or the standing committee heard a report in the middle of the year (R7.57)."""

    class Kind(models.TextChoices):
        LIST = "list", _("主任会议研究候选项目")
        MIDYEAR = "midyear", _("常委会年中听取汇报")

    call = models.ForeignKey("projects.Call", on_delete=models.PROTECT, related_name="reviews")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    held_on = models.DateField()
    meeting = models.CharField(max_length=60)
    words = models.TextField()
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Question(models.Model):
    """代表提问和意见: what a deputy asks or says about a project before the vote or while it is carried out, and the answer."""

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="questions")
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    words = models.TextField()
    unit = models.ForeignKey("people.Organ", null=True, on_delete=models.PROTECT, related_name="+")  # who is to answer
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["unit", "-id"], condition=Q(answered_at=None), name="question_waits")]


class Remark(models.Model):
    """公众意见: what somebody with a verified number says of a candidate while the list is put before the public (R7.51)."""

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="remarks")
    public_id = models.CharField(max_length=22, unique=True)
    submission_key = models.CharField(max_length=64, unique=True)
    words = models.TextField()
    salt = models.BinaryField(max_length=32)
    at = models.DateTimeField()
