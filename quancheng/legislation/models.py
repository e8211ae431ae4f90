"""Regulation bills: the matter that a draft regulation belongs to."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RegulationBill(models.Model):
    """法规案: its field (R2.01 立法法 81) and who sponsors it; text and life hang on its case."""

    class Field(models.TextChoices):
        URBAN_RURAL = "urban_rural", _("城乡建设与管理")
        ECOLOGY = "ecology", _("生态文明建设")
        HERITAGE = "heritage", _("历史文化保护")
        GRASSROOTS = "grassroots", _("基层治理")
        GRANTED = "granted", _("法律另有规定")

    case = models.OneToOneField("procedures.Case", on_delete=models.PROTECT, related_name="regulation_bill")
    title = models.CharField(max_length=200)
    field = models.CharField(max_length=12, choices=Field.choices)
    granting_law = models.CharField(max_length=120, blank=True)
    sponsor = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.CheckConstraint(  # R2.01 立法法 81: outside the four fields only where a law grants it
                condition=~models.Q(field="granted") | ~models.Q(granting_law=""), name="granted_field_cites_its_law"
            )
        ]

    def __str__(self) -> str:
        return self.title
