"""What follows the vote: its outcome, tasks, quarterly reports, changes, followers, ratings, carrying over."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Outcome(models.Model):
    """结果: what one vote said of one project: adopted or not, with its votes (R7.53); or its three grades (R7.57).

    Counts come from the announced result and are never changed.
    """

    class Kind(models.TextChoices):
        BALLOT = "ballot", _("代表票决")
        RATING = "rating", _("代表测评")

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="outcomes")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    year = models.PositiveSmallIntegerField()
    vote_number = models.CharField(max_length=40)
    announced_on = models.DateField()
    base = models.PositiveSmallIntegerField()  # all deputies, or all members of the standing committee
    cast = models.PositiveSmallIntegerField()
    valid = models.PositiveSmallIntegerField()
    votes = models.PositiveSmallIntegerField(default=0)  # of the ballot
    again = models.PositiveSmallIntegerField(null=True)  # votes of the second ballot among those tied at the cut
    satisfied = models.PositiveSmallIntegerField(default=0)
    basically = models.PositiveSmallIntegerField(default=0)
    dissatisfied = models.PositiveSmallIntegerField(default=0)
    abstained = models.PositiveSmallIntegerField(default=0)
    passed = models.BooleanField()
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "kind", "year"], name="one_outcome_a_year")]


class Milestone(models.Model):
    """节点: what is to be reached by when (R7.55)."""

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="milestones")
    words = models.CharField(max_length=120)
    due_on = models.DateField()
    reached_on = models.DateField(null=True)


class Report(models.Model):
    """季度进展: share done and money paid, in words and figures, by the owner; released by the government's office (R7.55)."""

    class State(models.TextChoices):
        DRAFT = "draft", _("起草中")
        SUBMITTED = "submitted", _("已送政府办公室")
        RELEASED = "released", _("已公布")

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="reports")
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField()
    share = models.PositiveSmallIntegerField()  # per cent of the work
    paid = models.DecimalField(max_digits=12, decimal_places=2)  # 万元 since the beginning
    words = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    returned = models.TextField(blank=True)
    released_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "year", "quarter"], name="one_report_a_quarter"),
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4, share__lte=100), name="report_has_a_quarter"),
            models.CheckConstraint(  # R9.05: who releases is not who wrote
                condition=Q(released_by=None) | ~Q(released_by=models.F("by")), name="report_released_by_another"
            ),
        ]


class Change(models.Model):
    """变更: asked for by the government on one of two grounds, decided by the standing committee, published (R7.56)."""

    class Kind(models.TextChoices):
        CONTENT = "content", _("建设内容")
        SITE = "site", _("建设地点")
        MONEY = "money", _("总投资")
        TIME = "time", _("完成时间")
        STOP = "stop", _("停止实施")

    class Ground(models.TextChoices):
        FORCE_MAJEURE = "force_majeure", _("不可抗力")
        POLICY = "policy", _("国家政策调整")

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    ground = models.CharField(max_length=14, choices=Ground.choices)
    old = models.CharField(max_length=300, blank=True)
    new = models.CharField(max_length=300, blank=True)
    words = models.TextField()
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    approved = models.BooleanField(null=True)
    meeting = models.CharField(max_length=60, blank=True)
    document = models.CharField(max_length=40, blank=True)
    decided_on = models.DateField(null=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project"], condition=Q(decided_at=None), name="one_change_waits"),
            models.CheckConstraint(
                condition=Q(approved=None) | (~Q(meeting="") & Q(decided_on__isnull=False)), name="change_has_its_meeting"
            ),
        ]


class Follower(models.Model):
    """跟踪代表: a deputy of the group that follows a project (R7.57)."""

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="followers")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    leads = models.BooleanField(default=False)
    since = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "account"], name="follows_once")]


class Inspection(models.Model):
    """跟踪检查: what a deputy saw on the spot, with pictures (R7.57). It instructs nobody."""

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="inspections")
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    seen_on = models.DateField()
    words = models.TextField()


class Carry(models.Model):
    """转办: an unfinished or poorly rated project goes on in the next year under the same code (R7.57)."""

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="carries")
    from_year = models.PositiveSmallIntegerField()
    to_year = models.PositiveSmallIntegerField()
    measures = models.TextField()  # what is to be put right
    finish_on = models.DateField()
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "from_year"], name="carried_once_a_year")]
