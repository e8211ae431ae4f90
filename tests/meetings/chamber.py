"""A city with a congress of nine deputies, four of them members of its standing committee, a secretariat and a registrar."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from quancheng.meetings import acts
from quancheng.meetings.models import Attendee, Meeting
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.models import Area
from quancheng.people.permissions import Actor

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 2, 9, tzinfo=ZONE)
SINCE = date(2022, 2, 1)
STAFF = (
    ("secretary", "secretariat"), ("secretary2", "secretariat"), ("head", "secretariat_lead"), ("registrar", "registrar"),
)  # fmt: skip
PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


@dataclass
class Chamber:
    """What the tests speak about, and short ways to act."""

    deputies: int = 9
    members: int = 5
    actors: dict[str, Actor] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Actor:
        return self.actors[name]

    def plan(self, kind: str = "standing_committee", days: int = 10, by: str = "secretary", **changed: Any) -> Meeting:
        """A meeting so many days from AT, with two items on its agenda."""
        title = {"congress": "某市第八届人民代表大会第六次会议"}.get(kind, "某市人大常委会第二十次会议")
        wanted = acts.Plan(**{"kind": kind, "title": title, "place": "市人民会堂", "starts_at": AT + timedelta(days=days), **changed})
        made = acts.plan(plan=wanted, organ="pyrd", by=self[by], at=AT)
        self.item(made, "听取市政府关于供水工作的报告", kind="hear")
        self.item(made, "审议供水条例草案", kind="deliberate", form="group")
        return made

    def item(self, meeting: Meeting, title: str, **changed: Any) -> Any:
        """One more item of the agenda."""
        wanted = acts.Item(**{"title": title, "kind": "deliberate", **changed})
        return acts.add_item(meeting_id=meeting.pk, item=wanted, by=self["secretary"], at=AT)

    def called(self, kind: str = "standing_committee", days: int = 10, reason: str = "", **changed: Any) -> Meeting:
        """A meeting whose notice was sent at AT."""
        made = self.plan(kind, days, **changed)
        return acts.call(meeting_id=made.pk, late_reason=reason, by=self["secretary"], at=AT)

    def seats(self, meeting: Meeting) -> list[Attendee]:
        """Who is called, in the order of their numbers."""
        return list(Attendee.objects.filter(meeting=meeting).order_by("number"))

    def come(self, meeting: Meeting, count: int, at: datetime | None = None) -> None:
        """Let the first so many who are out check in."""
        out = [one for one in self.seats(meeting) if not one.is_in]
        for one in out[:count]:
            acts.check_in(attendee_id=one.pk, by=self["registrar"], at=at or meeting.starts_at)

    def opened(self, kind: str = "standing_committee", came: int = 9, **changed: Any) -> Meeting:
        """An open meeting, with its first item open and everybody there."""
        made = self.called(kind, reason="事项紧急，经主任会议决定", **changed)
        self.come(made, came)
        acts.open_meeting(meeting_id=made.pk, by=self["secretary"], at=made.starts_at)
        acts.open_item(meeting_id=made.pk, item_id=made.items.all()[0].pk, by=self["secretary"], at=made.starts_at)
        made.refresh_from_db()
        return made


def build_chamber(deputies: int = 9, members: int = 5) -> Chamber:
    """The chamber: `d1`… are deputies, the first of them members of the standing committee."""
    made = Chamber(deputies, members)
    for code, kind, name in (("410900", "city", "某市"), ("410928", "county", "某县")):
        Area.objects.get_or_create(code=code, defaults={"name": name, "kind": kind, "valid_from": SINCE})
    people.create_organ(code="pyrd", name="某市人大常委会", kind="standing_committee", area="410900", valid_from=SINCE, at=AT)
    people.create_organ(code="other", name="某县人大常委会", kind="standing_committee", area="410928", valid_from=SINCE, at=AT)
    terms = {code: people.open_term(organ=code, number=8, starts_on=SINCE, at=AT) for code in ("pyrd", "other")}
    for username, role in (*STAFF, *((f"d{n}", "deputy") for n in range(1, deputies + 1))):
        account = people.create_account(username=username, name=f"甲{username}", password=None, at=AT)
        people.give_office(account_id=account.pk, organ="pyrd", role=role, valid_from=SINCE, at=AT)
        if role == "deputy":
            unit = "东城区" if int(username[1:]) % 2 else "西城区"
            people.seat_deputy(term=terms["pyrd"], account_id=account.pk, electoral_unit=unit, field="", valid_from=SINCE, at=AT)
            if int(username[1:]) <= members:
                people.give_office(account_id=account.pk, organ="pyrd", role="sc_member", valid_from=SINCE, at=AT)
        made.actors[username] = people_queries.actor_for(account.pk, AT.date())
    foreign = people.create_account(username="foreign", name="甲foreign", password=None, at=AT)
    people.give_office(account_id=foreign.pk, organ="other", role="secretariat_lead", valid_from=SINCE, at=AT)
    made.actors["foreign"] = people_queries.actor_for(foreign.pk, AT.date())
    return made
