"""What an item of the agenda must hold before it is kept, and how one is put at its end."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from quancheng.meetings.models import AgendaItem, Meeting
from quancheng.meetings.public_rules import NO_RESOLUTIONS
from quancheng.meetings.recording import MeetingRefused, enter, line
from quancheng.procedures.models import Case

MOST_ITEMS = 60
_CLOSED_TO_AGENDA = ("petition", "resident_opinion", "meeting")  # no person's own matter stands on an agenda by its number


@dataclass(frozen=True)
class Item:
    """What is fixed of an item of the agenda; `withheld` says by which decision the public does not see it (R4.10)."""

    title: str
    kind: str
    form: str = "plenary"
    case_number: str = ""
    withheld: str = ""


def item_values(item: Item) -> dict[str, object]:
    """Return the columns of an item. Raises MeetingRefused."""
    if item.kind not in AgendaItem.Kind.values or item.form not in AgendaItem.Form.values:
        raise MeetingRefused("请选择议程的种类和会议形式。", "kind")
    title = line(item.title, 4, 120, "请写议程的名称", "title")
    withheld = line(item.withheld, 4, 200, "请写明不公开的决定", "withheld") if item.withheld.strip() else ""
    case = None
    if item.case_number.strip():
        case = Case.objects.filter(number=item.case_number.strip()).exclude(procedure__in=_CLOSED_TO_AGENDA).first()
        if case is None:
            raise MeetingRefused("没有这个案号，请核对后再填，或者留空。", "case_number")
    return {"title": title, "kind": item.kind, "form": item.form, "case": case, "withheld": withheld}


def demand_advice_only(meeting: Meeting, item: Item) -> None:
    """Raise MeetingRefused for an item by which a body that only advises would decide (hard rule R4.19 地方组织法 59)."""
    decides = item.kind in (AgendaItem.Kind.ELECT, AgendaItem.Kind.APPOINT) or "决议" in item.title or "决定" in item.title
    if meeting.kind in NO_RESOLUTIONS and decides:
        raise MeetingRefused("议政会、座谈会只提出意见，不作决议、决定，不选举、不任免（地方组织法第五十九条）。", "kind")


def append_item(found: Meeting, item: Item, at: datetime) -> AgendaItem:
    """Write an item at the end of the agenda of a meeting whose row is held; for the acts that add one."""
    values = item_values(item)
    demand_advice_only(found, item)
    last = AgendaItem.objects.filter(meeting=found).aggregate(last=Max("place"))["last"] or 0
    if last >= MOST_ITEMS:
        raise MeetingRefused(f"议程最多{MOST_ITEMS}项。", "title")
    made = AgendaItem.objects.create(meeting=found, place=last + 1, **values)
    enter("item_added", found, {"kind": item.kind, "title": made.title}, at, place=made.place)
    return made
