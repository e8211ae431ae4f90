"""What is said and moved at a meeting: speeches with their clock, motions with their signatures, the minutes."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quancheng.meetings.models.calling import AgendaItem, Attendee, Meeting


class Speech(models.Model):
    """发言: asked for, called, timed. `spent` are the seconds up to `running_since`; both stand still in a pause (R4.13)."""

    class Kind(models.TextChoices):
        SPEECH = "speech", _("发言")
        INTERVENTION = "intervention", _("插话")

    class State(models.TextChoices):
        ASKED = "asked", _("等候发言")
        SPEAKING = "speaking", _("正在发言")
        PAUSED = "paused", _("暂停")
        DONE = "done", _("已发言")
        WITHDRAWN = "withdrawn", _("已撤回")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="speeches")
    item = models.ForeignKey(AgendaItem, null=True, on_delete=models.PROTECT, related_name="speeches")
    attendee = models.ForeignKey(Attendee, on_delete=models.PROTECT, related_name="speeches")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    place = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    limit = models.PositiveIntegerField(default=0)  # seconds, given when he is called
    spent = models.PositiveIntegerField(default=0)
    running_since = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    notes = models.TextField(blank=True)  # 发言记录 (R4.14)
    notes_edits = models.PositiveIntegerField(default=0)
    notes_signed_at = models.DateTimeField(null=True)
    notes_salt = models.BinaryField(max_length=32, default=b"")

    class Meta:
        indexes = [models.Index(fields=["meeting", "state", "place"])]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(running_since__isnull=False), name="one_speaks_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["meeting", "attendee"], condition=Q(state="asked"), name="asks_to_speak_once"
            ),
        ]


class Motion(models.Model):
    """议案、动议、质询案 moved at a meeting by members together (R0.20–R0.23); `needed` signatures, fixed when it is begun."""

    class Kind(models.TextChoices):
        BILL = "bill", _("议案")
        MOTION = "motion", _("动议")
        INTERPELLATION = "interpellation", _("质询案")

    class State(models.TextChoices):
        COLLECTING = "collecting", _("征集联名")
        SUBMITTED = "submitted", _("已提出")
        ON_AGENDA = "on_agenda", _("列入议程")
        REFERRED = "referred", _("交有关机关办理")
        DECLINED = "declined", _("不列入议程")
        WITHDRAWN = "withdrawn", _("已撤回")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="motions")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    title = models.CharField(max_length=80)
    body = models.TextField()
    addressee = models.CharField(max_length=60, blank=True)  # 质询对象 (R0.22)
    lead = models.ForeignKey(Attendee, on_delete=models.PROTECT, related_name="motions_led")
    needed = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.COLLECTING)
    begun_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    signed_by = models.PositiveSmallIntegerField(null=True)  # how many had signed when it was handed in
    decision = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True)
    item = models.ForeignKey(AgendaItem, null=True, on_delete=models.PROTECT, related_name="motions")
    salt = models.BinaryField(max_length=32, default=b"")

    class Meta:
        indexes = [models.Index(fields=["meeting", "id"])]
        constraints = [
            models.CheckConstraint(  # R0.20–R0.23: below the number it is none
                condition=Q(signed_by=None) | Q(signed_by__gte=models.F("needed")), name="motion_signed_by_enough"
            ),
            models.CheckConstraint(
                condition=~Q(kind="interpellation") | ~Q(addressee=""), name="interpellation_names_whom"
            ),
        ]


class Signature(models.Model):
    """联名: a member signs a motion for himself, or takes his name back before it is handed in."""

    motion = models.ForeignKey(Motion, on_delete=models.PROTECT, related_name="signatures")
    attendee = models.ForeignKey(Attendee, on_delete=models.PROTECT, related_name="signatures")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["motion", "attendee"], name="signs_once")]


class Minutes(models.Model):
    """会议记录、会议纪要: drafted from what happened, edited, checked by one person, signed by another, then fixed."""

    class Kind(models.TextChoices):
        RECORD = "record", _("会议记录")
        SUMMARY = "summary", _("会议纪要")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="minutes")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    body = models.TextField()
    edits = models.PositiveIntegerField(default=0)
    drafted_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    edited_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    checked_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    public = models.BooleanField(default=False)  # shown to everybody once the meeting is archived (R9.01)
    salt = models.BinaryField(max_length=32, default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "kind"], name="one_minutes_of_a_kind"),
            models.CheckConstraint(
                condition=Q(signed_by=None) | (Q(checked_by__isnull=False) & ~Q(signed_by=models.F("checked_by"))),
                name="minutes_signed_by_another",
            ),
        ]
