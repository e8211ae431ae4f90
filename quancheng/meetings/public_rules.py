"""Rules of the public side of meetings: seats and notice of 旁听, what observers keep to, what a street council is not."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from quancheng.kernel import receipts
from quancheng.meetings.models import Meeting
from quancheng.procedures import queries as procedures

ADVISORY = "参考性，不具法定效力"  # S29: stands beside every result of a poll that only advises
OBSERVED = (
    Meeting.Kind.CONGRESS, Meeting.Kind.STANDING_COMMITTEE, Meeting.Kind.TOWNSHIP_PRESIDIUM, Meeting.Kind.STREET_COUNCIL,
)  # fmt: skip  # R4.11, R4.21 地方组织法 88
NO_RESOLUTIONS = (Meeting.Kind.STREET_COUNCIL, Meeting.Kind.SEMINAR)  # they advise (R4.19, R4.20)
HEADS = ("人民政府", "监察委员会", "人民法院", "人民检察院")  # R4.07 地方组织法 51: their heads attend the standing committee
REMARKS = 3  # written remarks of one observer on one meeting
WHO_MAY = "年满18周岁、具有完全民事行为能力、没有被剥夺政治权利的公民"  # R4.11
RULES = (  # R4.11
    "凭旁听证和本人身份证入场，旁听证只限本人使用。",
    "在旁听席就座，不发言、不提问、不鼓掌，没有表决权。",
    "会议期间手机静音；未经许可不录音、不录像、不摄影、不直播。",
    "对会议有意见的，可以会后书面提出，都会登记入账并书面答复。",
    "不公开的议程不安排旁听，进行到时请先退场。",
    "违反纪律经提醒不改的，工作人员会请您离场，并记录理由。",
)


@dataclass(frozen=True)
class Seats:
    """What the city's parameters say about 旁听 at a meeting: how many seats, how many days before it (R4.11)."""

    seats: int
    notice_days: int


def seats_for(kind: str, area: str, on: date) -> Seats:
    """Return seats and days of notice for a kind of meeting in an area on a day."""
    which = "congress" if kind == Meeting.Kind.CONGRESS else "sc"
    return Seats(
        procedures.parameter(f"observer.seats_{which}", area=area, on=on),
        procedures.parameter(f"observer.notice_days_{which}", area=area, on=on),
    )


def days_before(starts_at: datetime, at: datetime) -> int:
    """Return how many whole days lie between a day and that of the meeting (会议举行若干日前)."""
    return (timezone.localdate(starts_at) - timezone.localdate(at)).days


def application_content(code: str, name: str, draw: str) -> bytes:
    """Return the canonical bytes of an application to observe: what the ledger's salted digest stands for."""
    return receipts.canonical({"code": code, "draw": draw, "name": name.strip()})


def remark_content(number: str, kind: str, body: str) -> bytes:
    """Return the canonical bytes of a written remark: what the ledger's salted digest stands for."""
    return receipts.canonical({"body": body, "kind": kind, "number": number})
