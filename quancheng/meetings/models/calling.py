"""Meetings: what was called, for whom, where and when, with which agenda and papers, and who is in the hall."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Meeting(models.Model):
    """会议: a session of a congress, a meeting of its standing committee or of another body. The procedure is `meeting`.

    `base` is everybody who has a vote: seats actually filled, suspended ones with them (E6); `quorum` is how many of
    them must be present (R0.1, R0.5), fixed when the meeting is called.
    """

    class Kind(models.TextChoices):
        CONGRESS = "congress", _("人民代表大会会议")
        STANDING_COMMITTEE = "standing_committee", _("常委会会议")
        CHAIRPERSONS = "chairpersons", _("主任会议")
        TOWNSHIP_PRESIDIUM = "township_presidium", _("乡镇人大主席团会议")
        SEMINAR = "seminar", _("座谈会")
        STREET_COUNCIL = "street_council", _("街道议政会")

    case = models.OneToOneField("procedures.Case", on_delete=models.PROTECT, related_name="meeting")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    title = models.CharField(max_length=80)
    place = models.CharField(max_length=80)
    starts_at = models.DateTimeField()
    base = models.PositiveSmallIntegerField()
    quorum = models.PositiveSmallIntegerField()
    called_at = models.DateTimeField(null=True)
    late_reason = models.CharField(max_length=200, blank=True)  # why the notice is shorter than the rule (R4.04)
    motions_until = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    opened_present = models.PositiveSmallIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["starts_at"])]

    def __str__(self) -> str:
        return self.title


class Attendee(models.Model):
    """到会人员: who is called to a meeting, in which capacity, and when he came and left. Presence is public, votes never.

    `number` and `card` stand on his check-in card; `came_at` and `left_at` are of the last time (all times: `Arrival`).
    """

    class Capacity(models.TextChoices):
        MEMBER = "member", _("出席")
        NON_VOTING = "non_voting", _("列席")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendees")
    account = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT)
    name = models.CharField(max_length=40)
    delegation = models.CharField(max_length=60, blank=True)
    capacity = models.CharField(max_length=12, choices=Capacity.choices)
    number = models.PositiveSmallIntegerField(null=True)
    card = models.CharField(max_length=12, null=True, unique=True)
    acknowledged_at = models.DateTimeField(null=True)  # he has the notice
    came_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["meeting", "capacity"])]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "account"], condition=models.Q(account__isnull=False), name="called_once"
            ),
            models.UniqueConstraint(
                fields=["meeting", "number"], condition=Q(number__isnull=False), name="one_number_in_a_hall"
            ),
        ]

    @property
    def is_in(self) -> bool:
        """Whether he is in the hall now."""
        return self.came_at is not None and self.left_at is None


class AgendaItem(models.Model):
    """议程: one item, in order; `case` is what it is about, where the platform has it. `present` is taken when it opens."""

    class Kind(models.TextChoices):
        HEAR = "hear", _("听取报告")
        DELIBERATE = "deliberate", _("审议")
        VOTE = "vote", _("表决")
        ELECT = "elect", _("选举")
        APPOINT = "appoint", _("任免")
        OTHER = "other", _("其他")

    class Form(models.TextChoices):  # R4.13: the time to speak depends on it
        PLENARY = "plenary", _("全体会议")
        JOINT = "joint", _("联组会议")
        GROUP = "group", _("分组会议")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    place = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    form = models.CharField(max_length=10, choices=Form.choices, default=Form.PLENARY)
    case = models.ForeignKey("procedures.Case", null=True, on_delete=models.PROTECT, related_name="agenda_items")
    withheld = models.CharField(max_length=200, blank=True)  # by which decision it is not shown to the public (R4.10)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    present = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["place", "id"]
        indexes = [models.Index(fields=["meeting", "place"])]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(opened_at__isnull=False, closed_at=None), name="one_item_at_a_time"
            )
        ]


class Paper(models.Model):
    """会议材料: a file for the members, kept by its digest, theirs from `visible_on`. Who opened it is not recorded."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="papers")
    item = models.ForeignKey(AgendaItem, null=True, on_delete=models.PROTECT, related_name="papers")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    visible_on = models.DateField()
    due_on = models.DateField()  # until when it should have been with the members (R4.05)
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["meeting", "id"])]


class Arrival(models.Model):
    """签到记录: every time somebody came, left or was taken back, as it was entered; never changed."""

    class What(models.TextChoices):
        CAME = "came", _("到会")
        LEFT = "left", _("离会")
        UNDONE = "undone", _("更正")

    attendee = models.ForeignKey(Attendee, on_delete=models.PROTECT, related_name="arrivals")
    what = models.CharField(max_length=8, choices=What.choices)
    at = models.DateTimeField()
    by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")


class Leave(models.Model):
    """请假: a member asks, the secretariat decides (R4.22 代表法 62)."""

    attendee = models.ForeignKey(Attendee, on_delete=models.PROTECT, related_name="leaves")
    reason = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    granted = models.BooleanField(null=True)
    answer = models.CharField(max_length=200, blank=True)
    decided_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attendee"], condition=Q(granted=None), name="one_leave_asked"),
        ]
