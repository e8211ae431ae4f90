"""Structured legal texts: a text, its versions, the provisions of each, and how anchors carry over."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LegalText(models.Model):
    """法规文本: one text through all its versions."""

    case = models.OneToOneField("procedures.Case", on_delete=models.PROTECT, related_name="legal_text")
    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.title


class Version(models.Model):
    """文本版本. `source` is the whole text in the form of rulebook C.2; provisions are read from it.

    A version is `drafting` until fixed; what was fixed never changes (S13).
    """

    class State(models.TextChoices):
        DRAFTING = "drafting", _("整理中")
        FIXED = "fixed", _("已定稿")

    text = models.ForeignKey(LegalText, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFTING)
    title = models.CharField(max_length=200)
    source = models.TextField()
    explanation = models.TextField(blank=True)
    imported_from = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("people.Account", on_delete=models.PROTECT)
    fixed_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    edits = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["text", "number"], name="one_version_number")]

    def __str__(self) -> str:
        return f"{self.title} {self.label}"


class Provision(models.Model):
    """条文单位: a part, chapter, section, article, paragraph, item or sub-item of a version, in reading order."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="provisions")
    position = models.PositiveIntegerField()
    anchor = models.CharField(max_length=40)
    parent_anchor = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=12)
    label = models.CharField(max_length=40, blank=True)
    heading = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "anchor"], name="one_anchor_in_a_version"),
            models.UniqueConstraint(fields=["version", "position"], name="one_position_in_a_version"),
        ]


class AnchorMatch(models.Model):
    """条文对应: where a provision went in the next version; a doubtful match waits for a named person."""

    class State(models.TextChoices):
        CERTAIN = "certain", _("内容相符")
        DOUBTFUL = "doubtful", _("待确认")
        CONFIRMED = "confirmed", _("已确认")

    old = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="matches_out")
    new = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="matches_in")
    old_anchor = models.CharField(max_length=40)
    new_anchor = models.CharField(max_length=40, blank=True)  # empty: deleted
    score = models.FloatField()
    state = models.CharField(max_length=10, choices=State.choices)
    confirmed_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["old", "new", "old_anchor"], name="one_match_an_anchor")]
