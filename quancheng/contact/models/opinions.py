"""Residents' opinions, taken at stations and through deputies; advice, hand-over to other doors; tablets."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Tablet(models.Model):
    """站点平板: a device of a site that hands opinions over after a time without a network; known by its key's digest."""

    site = models.ForeignKey("people.Site", on_delete=models.PROTECT, related_name="tablets")
    key_digest = models.BinaryField(max_length=32, unique=True)
    label = models.CharField(max_length=40)
    enrolled_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    enrolled_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(null=True)
    clock_off_seconds = models.BigIntegerField(null=True)  # its clock less ours, when it was last seen
    revoked_at = models.DateTimeField(null=True)


class ResidentOpinion(models.Model):
    """群众意见: one matter that a resident brought, with a case of its own. Who he is is not here (S01).

    The words never change. They can be erased at his lawful request, and are sealed when they are an accusation;
    the ledger's proof stays whole.
    """

    class Door(models.TextChoices):
        DEPUTY = "deputy", _("扫代表码")
        STATION = "station", _("扫站点码")
        WALK_IN = "walk_in", _("到站反映，工作人员代录")
        TABLET = "tablet", _("站点平板记录")
        CONTACT = "contact", _("代表联系群众时收到")

    class Visibility(models.TextChoices):
        SHOWN = "shown", _("同意公开办理情况")
        PRIVATE = "private", _("不公开")

    class Consent(models.TextChoices):
        SIGNED = "signed", _("本人签名")
        SPOKEN = "spoken", _("本人口头同意")
        GUARDIAN = "guardian", _("未满14周岁，监护人同意")

    case = models.OneToOneField("procedures.Case", on_delete=models.PROTECT, related_name="resident_opinion")
    public_id = models.CharField(max_length=22, unique=True)
    receipt_code = models.CharField(max_length=12, unique=True)
    submission_key = models.CharField(max_length=64, unique=True)
    door = models.CharField(max_length=10, choices=Door.choices)
    deputy = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="letters")
    site = models.ForeignKey("people.Site", null=True, on_delete=models.PROTECT, related_name="matters")
    area = models.ForeignKey("people.Area", null=True, on_delete=models.PROTECT)
    tablet = models.ForeignKey(Tablet, null=True, on_delete=models.PROTECT, related_name="opinions")
    body = models.TextField()
    legal_wording = models.TextField(blank=True)
    salt = models.BinaryField(max_length=32)
    name = models.CharField(max_length=20, blank=True)
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.SHOWN)
    consent_how = models.CharField(max_length=10, choices=Consent.choices, blank=True)
    witness = models.CharField(max_length=40, blank=True)  # who was there when he agreed by word of mouth (S19)
    entered_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    told_round = models.PositiveSmallIntegerField(default=0)  # of the newest answer that the author was told of
    reminded_round = models.PositiveSmallIntegerField(default=0)  # of the answer that he was asked to rate in time
    said_at = models.DateTimeField(null=True)  # what the tablet's clock said; only received_at counts
    title = models.CharField(max_length=60, blank=True)  # given at release, with nothing personal in it
    released_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["deputy", "-id"]),
            models.Index(fields=["site", "-id"]),
            models.Index(fields=["-released_at"], condition=Q(released_at__isnull=False), name="matter_released"),
        ]
        constraints = [
            models.CheckConstraint(  # S19: entered on somebody's behalf only with his consent
                condition=Q(door__in=["deputy", "station"]) | ~Q(consent_how=""), name="on_behalf_has_consent"
            ),
            models.CheckConstraint(  # S02, S05: what is sealed or erased is not on the public page
                condition=Q(released_at=None) | Q(erased_at=None, sealed_at=None), name="released_has_words"
            ),
        ]


class OpinionPicture(models.Model):
    """A picture that came with an opinion, kept under the data folder by its digest, without its metadata."""

    opinion = models.ForeignKey(ResidentOpinion, on_delete=models.PROTECT, related_name="pictures")
    stored_name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()


class Advice(models.Model):
    """转交意见: what the deputy advises. It binds nobody: he advises and passes on, he does not instruct (R7.20).

    `warned_at`: he was told that courts, police and tenders are not his to speak to, and went on (S22 代表法 59).
    """

    opinion = models.ForeignKey(ResidentOpinion, on_delete=models.PROTECT, related_name="advice")
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    words = models.TextField()
    warned_at = models.DateTimeField(null=True)


class HandOver(models.Model):
    """转其他途径: where the resident was told to turn, and which office took it over (R7.22 信访工作条例 22、30、31).

    The words of an accusation are sealed here and gone from the opinion; only those who may read sealed accusations
    open them (S02).
    """

    class Way(models.TextChoices):
        PETITION = "petition", _("信访")
        ACCUSATION = "accusation", _("检举控告")
        LAWSUIT = "lawsuit", _("诉讼、仲裁、行政复议")
        OTHER = "other", _("其他机关、单位")

    opinion = models.OneToOneField(ResidentOpinion, on_delete=models.PROTECT, related_name="hand_over")
    way = models.CharField(max_length=12, choices=Way.choices)
    where = models.CharField(max_length=60)
    reason = models.TextField()
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    sealed_words = models.BinaryField(null=True)
    taken_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    case = models.ForeignKey("procedures.Case", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(  # an accusation's new file is not named here (S02)
                condition=~Q(way="accusation") | Q(case=None), name="no_thread_to_an_accusation"
            ),
            models.CheckConstraint(condition=Q(taken_by=None) | ~Q(taken_by=F("by")), name="taken_by_another_person"),
        ]


class SealedReading(models.Model):
    """Who read sealed words, and when (S02: read log)."""

    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, related_name="readings")
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
