"""What is made public: reviewed by another person, released, corrected in the open, or withheld on a ground."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Publication(models.Model):
    """公开件: one document on its way to the public (rulebook B.12, R9.05)."""

    class State(models.TextChoices):
        DRAFTED = "drafted", _("起草中")
        IN_REVIEW = "in_review", _("待审核")
        RELEASED = "released", _("已公开")
        CORRECTED = "corrected", _("已更正")
        WITHHELD = "withheld", _("不予公开")

    class Ground(models.TextChoices):  # R9.03 政府信息公开条例 14–16（参照）: a closed list
        STATE_SECRET = "state_secret", _("国家秘密")
        FORBIDDEN = "forbidden", _("法律、行政法规禁止公开")
        SECURITY = "security", _("危及国家安全、公共安全、经济安全、社会稳定")
        THIRD_PARTY = "third_party", _("涉及商业秘密、个人隐私")
        INTERNAL = "internal", _("内部事务信息")
        PROCESS = "process", _("过程性信息")
        CASE_FILE = "case_file", _("检举控告、信访案卷")
        WORK_SECRET = "work_secret", _("工作秘密")

    case = models.ForeignKey("procedures.Case", on_delete=models.PROTECT, related_name="publications")
    kind = models.CharField(max_length=40)
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFTED)
    drafted_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    edits = models.PositiveIntegerField(default=0)
    edited_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    released_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    returned_note = models.TextField(blank=True)
    ground = models.CharField(max_length=20, choices=Ground.choices, blank=True)
    review_on = models.DateField(null=True)
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    correction_note = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["-released_at"], condition=Q(state="released"), name="publication_feed")]
        constraints = [
            models.CheckConstraint(  # R9.05: the releaser is neither author nor last editor
                condition=Q(released_by=None)
                | (~Q(released_by=models.F("drafted_by")) & (Q(edited_by=None) | ~Q(released_by=models.F("edited_by")))),
                name="released_by_another_person",
            ),
            models.CheckConstraint(  # S12: withholding needs a ground and a date of next review
                condition=~Q(state="withheld") | (~Q(ground="") & Q(review_on__isnull=False)),
                name="withheld_on_a_ground",
            ),
        ]

    def __str__(self) -> str:
        return self.title
