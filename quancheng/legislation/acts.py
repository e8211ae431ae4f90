"""Acts on regulation bills."""

from datetime import datetime
from typing import Any

from django.db import transaction

from quancheng.consultations import acts as consultations
from quancheng.consultations.models import Consultation
from quancheng.legislation import procedure as _declared  # noqa: F401  # registers the procedure
from quancheng.legislation.models import RegulationBill
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.texts import acts as texts
from quancheng.texts.models import Version


class BillRefused(ValueError):
    """The bill's packet is not complete, or its field is not the city's to legislate on."""


def submit_bill(
    *, title: str, field: str, granting_law: str, sponsor: str, organ: str, source: str, explanation: str,
    imported_from: str, by: Actor, at: datetime,
) -> RegulationBill:
    """Submit a bill with its draft text; the text becomes version 1 on the bill's case.

    Raises NotAllowed, BillRefused, texts.TextRefused. R2.01 立法法 81: one of the four fields, or the granting law.
    """
    demand(by, "bill.open", organ=organ)
    if field not in RegulationBill.Field.values:
        raise BillRefused("请选择立法事项所属范围：设区的市只能就法律规定的四类事项立法（立法法第八十一条）。")
    if field == RegulationBill.Field.GRANTED and not granting_law.strip():
        raise BillRefused("四类事项以外的，须写明授权的法律及条款（立法法第八十一条）。")
    if not sponsor.strip():
        raise BillRefused("请填写提案人。")
    with transaction.atomic():
        case = procedures.open_case(procedure="regulation_bill", organ=organ, by=by, at=at)
        version = texts.import_text(
            case=case, source=source, label="草案", explanation=explanation, imported_from=imported_from, by=by, at=at
        )
        return RegulationBill.objects.create(
            case=case, title=(title.strip() or version.title)[:200], field=field, granting_law=granting_law.strip(),
            sponsor=sponsor.strip()[:80],
        )


def put_on_agenda(*, bill_id: int, by: Actor, at: datetime) -> RegulationBill:
    """Put a bill on the agenda of the standing committee (R2.08 立法法 58; hard stop 4).

    Raises BillRefused without explanation, and for an amended version without the matches that make its
    comparison table; NotAllowed, StepRefused, Conflict.
    """
    bill = RegulationBill.objects.select_related("case").get(pk=bill_id)
    newest = Version.objects.filter(text__case=bill.case).order_by("-number").first()
    if newest is None or not newest.explanation.strip():
        raise BillRefused("没有草案说明，不能列入会议议程（立法法第五十八条）。")
    procedures.perform(case=bill.case, step="put_on_agenda", by=by, at=at)
    return bill


def open_consultation(*, subject_case_id: int, by: Actor, at: datetime, **window: Any) -> Consultation:
    """Open a consultation on a bill's case (arguments as in consultations.acts.open_consultation).

    The first one moves the bill to 已公开征求意见; it must have been put on the agenda before (R1.01 立法法 40).
    Raises BillRefused, NotAllowed, and what consultations.acts.open_consultation raises.
    """
    bill = RegulationBill.objects.select_related("case").get(case_id=subject_case_id)
    if bill.case.state == "submitted":
        raise BillRefused("法规案列入常委会会议议程以后，才能公布草案征求意见（立法法第四十条）。")
    with transaction.atomic():
        found = consultations.open_consultation(subject_case_id=subject_case_id, by=by, at=at, **window)
        if bill.case.state == "first_reading":
            procedures.perform(case=bill.case, step="consult", by=by, at=at)
    return found


def revise(*, bill_id: int, by: Actor, at: datetime) -> RegulationBill:
    """Record that the revised draft was put forward. Raises NotAllowed, StepRefused, Conflict."""
    bill = RegulationBill.objects.select_related("case").get(pk=bill_id)
    procedures.perform(case=bill.case, step="revise", by=by, at=at)
    return bill
