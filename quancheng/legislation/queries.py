"""Reads of regulation bills."""

from quancheng.legislation import procedure as _declared  # noqa: F401  # registers the procedure
from quancheng.legislation.models import RegulationBill


def bill_of_case(case_id: int) -> RegulationBill | None:
    """Return the bill of a case, or None."""
    return RegulationBill.objects.select_related("case__organ").filter(case_id=case_id).first()


def bills(organ_codes: set[str]) -> list[RegulationBill]:
    """Return the bills of the organs, newest first."""
    found = RegulationBill.objects.filter(case__organ_id__in=organ_codes).select_related("case__organ")
    return list(found.order_by("-id"))


def fields() -> list[tuple[str, str]]:
    """Return the fields in which a city may legislate (R2.01 立法法 81)."""
    return [(str(value), str(label)) for value, label in RegulationBill.Field.choices]
