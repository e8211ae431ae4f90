"""街道议政会: its roster with a term, its topics, which meetings are its own. It advises; it adopts nothing (R4.19)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quancheng.meetings.models.calling import Meeting


class Council(models.Model):
    """议政会: of a street, for a term (R4.20). The procedure is `street_council`; its clock says when it must meet again."""

    case = models.OneToOneField("procedures.Case", on_delete=models.PROTECT, related_name="council")
    area = models.ForeignKey("people.Area", on_delete=models.PROTECT)
    name = models.CharField(max_length=60)
    basis = models.CharField(max_length=200)  # by which decision it was set up
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["area", "ends_on"])]

    def __str__(self) -> str:
        return self.name


class CouncilMember(models.Model):
    """议政代表: who sits on a council, from where, nominated by whom and how, from when to when. Not a deputy by it."""

    class Source(models.TextChoices):
        DEPUTY = "deputy", _("人大代表")
        CONSULTATIVE = "consultative", _("政协委员")
        RESIDENT = "resident", _("居民")

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="members")
    name = models.CharField(max_length=40)
    source = models.CharField(max_length=12, choices=Source.choices)
    account = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    nominated_by = models.CharField(max_length=80)  # which residents' meeting, unit or body
    nominated_how = models.CharField(max_length=200)  # how: who was there, for and against
    nominated_on = models.DateField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    left_why = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["council", "valid_to"])]
        constraints = [
            models.UniqueConstraint(
                fields=["council", "account"], condition=Q(account__isnull=False, valid_to=None), name="sits_once"
            )
        ]


class CouncilMeeting(models.Model):
    """Which council a meeting is of; how many members it had that day."""

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="meetings")
    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="council_meeting")


class CouncilTopic(models.Model):
    """议题: proposed for a council, taken up at a meeting or not, with the reason."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("已提出")
        TAKEN = "taken", _("列入会议")
        DROPPED = "dropped", _("未列入")

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="topics")
    title = models.CharField(max_length=80)
    words = models.CharField(max_length=500, blank=True)
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    meeting = models.ForeignKey(Meeting, null=True, on_delete=models.PROTECT, related_name="topics")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["council", "state"])]
        constraints = [
            models.CheckConstraint(condition=~Q(state="dropped") | ~Q(reason=""), name="topic_dropped_with_a_reason"),
            models.CheckConstraint(condition=~Q(state="taken") | Q(meeting__isnull=False), name="topic_taken_at_a_meeting"),
        ]
