"""Written remarks around meetings: of observers, of deputies who attended, of a seminar, of a street council."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quancheng.meetings.models.calling import Attendee, Meeting


class Remark(models.Model):
    """会议意见: words put down in writing, answered in writing (M42, M43, R4.20). The procedure is `meeting_remark`.

    An observer's remark has no link to his application: who he is stands sealed behind `public_id` (S01).
    `reply` is the office's own answer; a unit's answer stands with the engine (`handling`).
    """

    class Kind(models.TextChoices):
        OBSERVER = "observer", _("旁听公民的意见")
        NON_VOTING = "non_voting", _("列席代表的意见")
        SEMINAR = "seminar", _("座谈会上的意见")
        COUNCIL = "council", _("议政会上的意见")

    case = models.OneToOneField("procedures.Case", on_delete=models.PROTECT, related_name="remark")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="remarks")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    public_id = models.CharField(max_length=24, unique=True)
    receipt_code = models.CharField(max_length=12, unique=True)
    submission_key = models.CharField(max_length=64, unique=True)
    body = models.TextField()
    salt = models.BinaryField(max_length=32)
    shown = models.BooleanField(default=True)  # the author lets words and answer be published, without his name
    attendee = models.ForeignKey(Attendee, null=True, on_delete=models.PROTECT, related_name="remarks")
    speaker = models.CharField(max_length=60, blank=True)  # who said it, where it was said before all and written down
    entered_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    reply = models.TextField(blank=True)
    replied_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    replied_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["meeting", "kind"]),
            models.Index(fields=["-released_at"], condition=Q(released_at__isnull=False), name="remark_released"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(released_at=None) | Q(shown=True), name="remark_shown_with_consent"),
            models.CheckConstraint(
                condition=Q(released_by=None) | Q(replied_by=None) | ~Q(released_by=models.F("replied_by")),
                name="remark_released_by_another",
            ),
        ]
