"""Who belongs to whom: codes on the wall, grids and deputies, pairings, residents' groups and their topics."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Code(models.Model):
    """代表码、站点码: what a QR code on the wall leads to; it leads nowhere once it is revoked."""

    code = models.CharField(max_length=8, primary_key=True)
    account = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="codes")
    site = models.ForeignKey("people.Site", null=True, on_delete=models.PROTECT, related_name="codes")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_why = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=False, site=None) | Q(account=None, site__isnull=False), name="code_of_one"
            ),
            models.UniqueConstraint(fields=["account"], condition=Q(revoked_at=None), name="one_code_a_deputy"),
            models.UniqueConstraint(fields=["site"], condition=Q(revoked_at=None), name="one_code_a_site"),
        ]


class GridSeat(models.Model):
    """代表进网格: which deputy a village or community turns to, from when to when (M55, R8.15)."""

    area = models.ForeignKey("people.Area", on_delete=models.PROTECT, related_name="grid_seats")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="grid_seats")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "account"], condition=Q(valid_to=None), name="one_grid_seat_once")
        ]


class ResidentGroup(models.Model):
    """居民小组: residents of a place whom a deputy keeps in touch with. Its members are not listed (S04)."""

    name = models.CharField(max_length=40)
    area = models.ForeignKey("people.Area", on_delete=models.PROTECT)
    site = models.ForeignKey("people.Site", null=True, on_delete=models.PROTECT)
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "name"], name="one_group_one_name")]

    def __str__(self) -> str:
        return self.name


class Pairing(models.Model):
    """双联系: a member of the standing committee and a deputy, or a deputy and a residents' group (M34, M35, R8.02).

    `due_on` is the day by which they are in touch again; a contact moves it, and the contact stays on record.
    """

    class Kind(models.TextChoices):
        MEMBER = "member", _("常委会组成人员联系代表")
        GROUP = "group", _("代表联系群众")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    organ = models.ForeignKey("people.Organ", on_delete=models.PROTECT)
    holder = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="pairings_held")
    deputy = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="pairings_in")
    group = models.ForeignKey(ResidentGroup, null=True, on_delete=models.PROTECT, related_name="pairings")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    due_on = models.DateField()
    working = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["due_on"], condition=Q(valid_to=None), name="pairing_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="member", deputy__isnull=False, group=None)
                | Q(kind="group", deputy=None, group__isnull=False),
                name="pairing_of_one_kind",
            ),
            models.UniqueConstraint(
                fields=["holder", "deputy"], condition=Q(valid_to=None, kind="member"), name="one_pairing_once"
            ),
            models.UniqueConstraint(
                fields=["holder", "group"], condition=Q(valid_to=None, kind="group"), name="one_group_pairing_once"
            ),
        ]


class ContactNote(models.Model):
    """联系记录: that the two were in touch, how, and what was said; what needs handling becomes a case."""

    class Manner(models.TextChoices):
        VISIT = "visit", _("走访")
        MEETING = "meeting", _("座谈")
        CALL = "call", _("电话")
        MESSAGE = "message", _("书信、信息")

    pairing = models.ForeignKey(Pairing, on_delete=models.PROTECT, related_name="notes")
    submission_key = models.CharField(max_length=64, unique=True)
    on = models.DateField()
    manner = models.CharField(max_length=10, choices=Manner.choices)
    words = models.TextField()
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    old_due_on = models.DateField()
    new_due_on = models.DateField()
    opinion = models.ForeignKey("contact.ResidentOpinion", null=True, on_delete=models.PROTECT, related_name="+")


class ContactReminder(models.Model):
    """A reminder that the two were not in touch by the day set; one for each day that passed over."""

    pairing = models.ForeignKey(Pairing, on_delete=models.PROTECT, related_name="reminders")
    due_on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pairing", "due_on"], name="reminded_once")]


class GroupTopic(models.Model):
    """议题: what a deputy talks over with his residents' group, and what came of it."""

    class State(models.TextChoices):
        OPEN = "open", _("正在讨论")
        CLOSED = "closed", _("已小结")

    group = models.ForeignKey(ResidentGroup, on_delete=models.PROTECT, related_name="topics")
    title = models.CharField(max_length=60)
    words = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    opened_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    summary = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    opinion = models.ForeignKey("contact.ResidentOpinion", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["group", "-id"])]


class TopicVoice(models.Model):
    """发言: what one resident said to a topic. Who he is stands sealed apart (S01)."""

    topic = models.ForeignKey(GroupTopic, on_delete=models.PROTECT, related_name="voices")
    public_id = models.CharField(max_length=22, unique=True)
    receipt_code = models.CharField(max_length=12, unique=True)
    submission_key = models.CharField(max_length=64, unique=True)
    body = models.TextField()
    salt = models.BinaryField(max_length=32)
    name = models.CharField(max_length=20, blank=True)
    consent_how = models.CharField(max_length=10, blank=True)
    entered_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["topic", "-id"])]
        constraints = [
            models.CheckConstraint(  # S19
                condition=Q(entered_by=None) | ~Q(consent_how=""), name="voice_on_behalf_has_consent"
            )
        ]
