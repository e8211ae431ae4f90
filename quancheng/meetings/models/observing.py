"""列席 and 旁听: deputies invited in turn, residents who apply, the draw among them, their cards."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quancheng.meetings.models.calling import Attendee, Meeting


class Invitation(models.Model):
    """列席邀请: a deputy invited in his turn (M41 代表法 33), or a head who must attend (R4.07 地方组织法 51).

    `grounds` is what the one who invited saw about the turn. Once accepted it has an `attendee`, without a vote.
    """

    class Kind(models.TextChoices):
        DEPUTY = "deputy", _("邀请列席的代表")
        HEAD = "head", _("依法列席的负责人")

    class Answer(models.TextChoices):
        WAITING = "waiting", _("待答复")
        ACCEPTED = "accepted", _("接受")
        DECLINED = "declined", _("不能到会")
        WITHDRAWN = "withdrawn", _("已撤回")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="invitations")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    account = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="invitations")
    name = models.CharField(max_length=40)
    post = models.CharField(max_length=80, blank=True)
    grounds = models.CharField(max_length=200)
    invited_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.WAITING)
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    attendee = models.OneToOneField(Attendee, null=True, on_delete=models.PROTECT, related_name="invitation")

    class Meta:
        indexes = [models.Index(fields=["account", "invited_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "account"], condition=Q(account__isnull=False) & ~Q(answer="withdrawn"),
                name="invited_once",
            )
        ]


class Observation(models.Model):
    """旁听: the seats that a meeting offers to residents, and the draw among those who apply (R4.11, S18).

    `commitment` binds `seed_sealed` before anybody applies; `list_hash` fixes the list at the close; `seed` is shown
    with the result, never before. `source` is where the public value comes from (kernel.draws).
    """

    case = models.OneToOneField("procedures.Case", on_delete=models.PROTECT, related_name="observation")
    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="observation")
    seats = models.PositiveSmallIntegerField()
    closes_at = models.DateTimeField()
    draw_at = models.DateTimeField()
    draw_place = models.CharField(max_length=80)
    guidance = models.TextField(blank=True)  # what else those who come should know
    late_reason = models.CharField(max_length=200, blank=True)  # why the notice is shorter than the rule
    announced_at = models.DateTimeField()
    source = models.CharField(max_length=120)
    seed_sealed = models.BinaryField()
    commitment = models.CharField(max_length=64)
    list_hash = models.CharField(max_length=64, blank=True)
    fixed_at = models.DateTimeField(null=True)
    public_value = models.CharField(max_length=200, blank=True)
    seed = models.CharField(max_length=64, blank=True)
    drawn_at = models.DateTimeField(null=True)
    drawn_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    forgotten_at = models.DateTimeField(null=True)  # when names and numbers were let go (PIPL 19)

    class Meta:
        indexes = [models.Index(fields=["closes_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(seed="") | ~Q(list_hash=""), name="seed_only_after_list"),
            models.CheckConstraint(condition=Q(seats__gte=1), name="observers_have_seats"),
        ]


class Observer(models.Model):
    """旁听公民: one application. `code` is drawn and published; `receipt_code` opens his page; `card` opens the door.

    The name is sealed; the number stands behind `public_id` alone (S01). `rank` is his place in the draw, from 1.
    """

    class State(models.TextChoices):
        APPLIED = "applied", _("已收到，待核对")
        ELIGIBLE = "eligible", _("符合条件，待抽签")
        REFUSED = "refused", _("不符合条件")
        WITHDRAWN = "withdrawn", _("已撤回")
        DRAWN = "drawn", _("已入选")
        WAITING = "waiting", _("候补")
        DECLINED = "declined", _("已放弃")

    observation = models.ForeignKey(Observation, on_delete=models.PROTECT, related_name="observers")
    public_id = models.CharField(max_length=24, unique=True)
    receipt_code = models.CharField(max_length=12, unique=True)
    submission_key = models.CharField(max_length=64, unique=True)
    code = models.CharField(max_length=8)
    name_sealed = models.BinaryField()
    once = models.BinaryField(max_length=32, null=True)  # keyed digest of the number, for this meeting alone
    salt = models.BinaryField(max_length=32)
    applied_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.APPLIED)
    reason = models.CharField(max_length=200, blank=True)  # of a refusal
    checked_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)
    rank = models.PositiveSmallIntegerField(null=True)
    moved_up_at = models.DateTimeField(null=True)
    card = models.CharField(max_length=12, null=True, unique=True)
    came_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    removed_why = models.CharField(max_length=200, blank=True)
    remarks_left = models.PositiveSmallIntegerField(default=3)

    class Meta:
        indexes = [models.Index(fields=["observation", "state"])]
        constraints = [
            models.UniqueConstraint(fields=["observation", "code"], name="one_code_in_a_draw"),
            models.UniqueConstraint(fields=["observation", "once"], condition=Q(once__isnull=False), name="applies_once"),
            models.UniqueConstraint(fields=["observation", "rank"], condition=Q(rank__isnull=False), name="one_place_in_a_draw"),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(reason=""), name="refused_with_a_reason"),
        ]
