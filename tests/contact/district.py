"""A small district for the acts on contact: offices, deputies with seats, a station, units, a village, a real picture."""

import struct
import zlib
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from quancheng.contact import acts
from quancheng.contact.models import ResidentOpinion
from quancheng.handling import acts as handling
from quancheng.handling.models import Answer, Assignment
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import Actor

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 2, 9, tzinfo=ZONE)  # a Monday
TODAY = NOW.date()
SINCE = date(2022, 2, 1)
PHONE = "13800000001"
WORDS = "村口的井盖缺了三天，孩子上学要绕路。"
ANSWER = "经现场查看，井盖已于十一月五日补装，并加固周边路面，今后每月巡查一次。"
OFFICES = [
    ("office", "deputy_office", "dgw"), ("office2", "deputy_office", "dgw"), ("office_lead", "deputy_office_lead", "dgw"),
    ("deputy", "deputy", "dgw"), ("deputy2", "deputy", "dgw"), ("member", "sc_member", "dgw"),
    ("station", "site_staff", "dgw"), ("station2", "site_staff", "dgw"),
    ("clerk", "unit_clerk", "zjj"), ("head", "unit_head", "zjj"), ("clerk2", "unit_clerk", "swj"),
    ("petition", "petition_clerk", "xfb"), ("petition_lead", "petition_lead", "xfb"), ("discipline", "discipline", "jw"),
    ("county", "deputy_office_lead", "county"), ("auditor", "auditor", "dgw"),
]  # fmt: skip


def key(name: str) -> str:
    """A form's key, as a page makes it."""
    return f"{name}-{'k' * 32}"


def later(days: int = 0, hour: int = 9, minute: int = 0) -> datetime:
    """A moment so many days after the first."""
    return (NOW + timedelta(days=days)).replace(hour=hour, minute=minute)


def png(width: int = 4, height: int = 3, extra: bytes = b"") -> bytes:
    """A true PNG, with another chunk before its end where given."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + b"\x80\x40\x20" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    more = chunk(b"tEXt", extra) if extra else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + more + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@dataclass
class District:
    """What the tests speak about, and short ways to act."""

    actors: dict[str, Actor] = field(default_factory=dict)
    village: str = ""
    said: int = 0

    def __getitem__(self, name: str) -> Actor:
        return self.actors[name]

    def again(self, name: str, on: date) -> Actor:
        """The actor as a page finds him on a later day, with the offices in force then."""
        return people_queries.actor_for(self.actors[name].id, on)

    def code(self, name: str = "deputy") -> str:
        """The code of a deputy."""
        return acts.make_code(account_id=self[name].id, by=self["office"], at=NOW).pk

    def matter(self, body: str = WORDS, **changed) -> acts.Matter:
        """What a resident writes to the deputy whose code he scanned."""
        self.said += 1
        whole = acts.Matter(body=body, submission_key=key(f"matter-{self.said:05d}"), phone=PHONE)
        changed = {"code": self.code(), **changed} if "site" not in changed and "by_contact" not in changed else changed
        return replace(whole, **changed)

    def write(self, body: str = WORDS, *, at: datetime = NOW, by: Actor | None = None, **changed) -> ResidentOpinion:
        """Hand in an opinion."""
        return acts.submit(matter=self.matter(body, **changed), by=by or Actor.public(), at=at)

    def enter(self, body: str = WORDS, *, at: datetime = NOW, **changed) -> ResidentOpinion:
        """Let the station enter an opinion on somebody's behalf."""
        whole = {"site": "zd1", "consent_how": "spoken", **changed}
        return self.write(body, at=at, by=self["station"], **whole)

    def assign(self, opinion: ResidentOpinion, *, at: datetime = NOW, assisting: tuple[str, ...] = ()) -> Assignment:
        """Let the office give it to the housing bureau; the lead's share."""
        return handling.assign(
            case_id=opinion.case_id, lead="zjj", assisting=list(assisting), note="", by=self["office"], at=at
        )[0]

    def answer(self, share: Assignment, *, at: datetime, text: str = ANSWER) -> Answer:
        """Let the unit draft, and its head sign."""
        draft = handling.Draft(outcome="A", text=text)
        made = handling.draft_answer(assignment_id=share.pk, draft=draft, by=self["clerk"], at=at)
        handling.send_to_head(answer_id=made.pk, by=self["clerk"], at=at)
        return handling.sign_answer(answer_id=made.pk, by=self["head"], at=at)

    def end_seat(self, name: str, last_day: date) -> None:
        """End a deputy's seat."""
        people.end_seat(account_id=self[name].id, last_day=last_day, ground="依法辞去代表职务。", at=NOW)
