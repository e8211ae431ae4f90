"""An invented city for the tests of handling and of suggestions: organs, units, deputies with seats, short ways to act."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from quancheng.handling import acts as handling
from quancheng.handling.models import Answer, Assignment, Commitment, Contact, Rating
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.models import Area
from quancheng.people.permissions import Actor
from quancheng.procedures.models import Case, Clock
from quancheng.suggestions import acts
from quancheng.suggestions.models import Suggestion

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 2, 9, tzinfo=ZONE)  # a Monday
SINCE = date(2022, 2, 1)
OFFICE = "dbgw"
BODY = "村口道路坑洼多年，雨天积水，老人和孩子出行不便，建议今年列入修缮计划。"
TEXT = "我们与您一起看了现场，已经安排养护单位修补路面并疏通排水沟。"
ORGANS = (
    ("pyrd", "市人大常委会", "standing_committee", ""), (OFFICE, "市人大常委会代表工委", "working_body", ""),
    ("cjw", "市人大常委会城建工委", "working_body", ""), ("dbgw2", "另一个代表工委", "working_body", ""),
    ("zjj", "市住房和城乡建设局", "government", "濮建"), ("jtj", "市交通运输局", "government", "濮交"),
    ("czj", "市财政局", "government", "濮财"), ("slj", "市水利局", "government", "濮水"),
)  # fmt: skip
OFFICES = (
    ("office", "deputy_office", OFFICE), ("office2", "deputy_office", OFFICE), ("approver", "deputy_office_lead", OFFICE),
    ("releaser", "releaser", OFFICE), ("foreign", "deputy_office", "dbgw2"), ("chair", "chairpersons", "pyrd"),
    ("member", "sc_member", "pyrd"), ("committee", "committee", "cjw"), ("admin", "admin", "pyrd"),
    *((f"{unit}_{who}", f"unit_{who}", unit) for unit in ("zjj", "jtj", "czj", "slj") for who in ("clerk", "head")),
    *((f"d{n}", "deputy", "pyrd") for n in range(1, 13)),
)  # fmt: skip


def day(on: date) -> datetime:
    """Nine in the morning of a day."""
    return datetime(on.year, on.month, on.day, 9, tzinfo=ZONE)


def state(of: Any) -> str:
    """The state in which the case of something is now."""
    return Case.objects.get(pk=of.case_id).state


def clock(case_id: int, key: str) -> Clock:
    """A running clock of a case."""
    return Clock.objects.get(case_id=case_id, key=key, stopped_at=None)


@dataclass
class City:
    """What the tests speak about, and short ways to act."""

    actors: dict[str, Actor] = field(default_factory=dict)
    written: int = 0

    def __getitem__(self, name: str) -> Actor:
        return self.actors[name]

    def again(self, name: str, on: date) -> Actor:
        """The actor as a page finds him on a later day, with the offices in force then; kept from here on."""
        self.actors[name] = people_queries.actor_for(self.actors[name].id, on)
        return self.actors[name]

    def paper(self, **changed: str) -> acts.Paper:
        """What a deputy writes."""
        return acts.Paper(**{"title": "关于修好村口道路的建议", "body": BODY, "category": "urban", **changed})

    def draft(self, who: str = "d1", at: datetime = AT, **changed: str) -> Suggestion:
        """A draft of a deputy's."""
        self.written += 1
        key = f"suggestion-{self.written:06d}-{'k' * 12}"
        return acts.draft(paper=self.paper(**changed), organ=OFFICE, submission_key=key, by=self[who], at=at)

    def signed(
        self, who: str = "d1", *, cosigners: tuple[str, ...] = (), at: datetime = AT, **changed: str
    ) -> Suggestion:
        """A suggestion handed in, signed by those deputies as well."""
        made = self.draft(who, at, **changed)
        if cosigners:
            acts.ask_cosigners(suggestion_id=made.pk, account_ids=[self[n].id for n in cosigners], by=self[who], at=at)
        for name in cosigners:
            acts.answer_cosign(suggestion_id=made.pk, confirm=True, edits=0, by=self[name], at=at)
        return acts.submit(suggestion_id=made.pk, edits=0, by=self[who], at=at)

    def checked(
        self, who: str = "d1", *, cosigners: tuple[str, ...] = (), at: datetime = AT, **changed: str
    ) -> Suggestion:
        """A suggestion that the office has taken."""
        made = self.signed(who, cosigners=cosigners, at=at, **changed)
        acts.check(suggestion_id=made.pk, by=self["office"], at=at)
        return Suggestion.objects.select_related("case", "session").get(pk=made.pk)

    def assigned(
        self, *, lead: str = "zjj", assisting: tuple[str, ...] = (), separate: tuple[str, ...] = (), complex: bool = False,
        cosigners: tuple[str, ...] = (), at: datetime = AT, **changed: str,
    ) -> tuple[Suggestion, list[Assignment]]:
        """A suggestion in the hands of units, with their shares."""
        made = self.checked(cosigners=cosigners, at=at, **changed)
        shares = handling.assign(
            case_id=made.case_id, lead="" if separate else lead, assisting=list(assisting), separate=list(separate), note="",
            complex=complex, by=self["office"], at=at,
        )  # fmt: skip
        made.refresh_from_db()
        return made, shares

    def contact(self, share: Assignment, at: datetime) -> Contact:
        """Let the unit note that it spoke with the deputy that day."""
        return handling.record_contact(
            assignment_id=share.pk, manner="visit", on=at.date(), words="与代表一起看了现场。",
            by=self[f"{share.unit_id}_clerk"], at=at,
        )  # fmt: skip

    def drafted(self, share: Assignment, at: datetime, **changed: Any) -> Answer:
        """A unit's draft of its answer."""
        draft = {"outcome": "A", "text": TEXT, "contact_name": "王工", "telephone": "0393-6660000", **changed}
        return handling.draft_answer(
            assignment_id=share.pk, draft=handling.Draft(**draft), by=self[f"{share.unit_id}_clerk"], at=at
        )

    def answer(self, share: Assignment, at: datetime, *, contact: bool = True, **changed: Any) -> Answer:
        """Let the unit speak with the deputy, draft, and its head sign."""
        if contact and share.principal:
            self.contact(share, at)
        made = self.drafted(share, at, **changed)
        return handling.sign_answer(answer_id=made.pk, by=self[f"{share.unit_id}_head"], at=at)

    def rate(
        self, answer: Answer, grade: str = "satisfied", reason: str = "", *, by: str = "d1", at: datetime = AT
    ) -> Rating:
        """Let the lead sponsor rate an answer."""
        return acts.rate(answer_id=answer.pk, grade=grade, reason=reason, by=self[by], at=at)

    def promise(self, **changed: Any) -> tuple[Suggestion, Commitment]:
        """A suggestion with a satisfied deputy and a promise that is still to be kept."""
        made, (share,) = self.assigned(**changed)
        answer = self.answer(
            share, AT + timedelta(days=9), outcome="B", promise="修建排水管网三公里", promised_for=date(2028, 6, 30)
        )
        self.rate(answer, at=AT + timedelta(days=10))
        made.refresh_from_db()
        return made, Commitment.objects.get(answer=answer)


def build_city() -> City:
    """The city: a standing committee, its office and committees, four units, twelve deputies with seats."""
    made = City()
    Area.objects.get_or_create(code="410900", defaults={"name": "濮阳市", "kind": "city", "valid_from": SINCE})
    for code, name, kind, mark in ORGANS:
        people.create_organ(
            code=code, name=name, kind=kind, area="410900", valid_from=SINCE, document_mark=mark,
            parent="" if code == "pyrd" or kind == "government" else "pyrd", at=AT,
        )  # fmt: skip
    term = people.open_term(organ="pyrd", number=8, starts_on=SINCE, at=AT)
    for username, role, organ in OFFICES:
        account = people.create_account(username=username, name=f"甲{username}", password="long-enough-pass-1", at=AT)
        people.give_office(account_id=account.pk, organ=organ, role=role, valid_from=SINCE, at=AT)
        if role == "deputy":
            people.seat_deputy(
                term=term, account_id=account.pk, electoral_unit="华龙区", field="", valid_from=SINCE, at=AT
            )
        made.actors[username] = people_queries.actor_for(account.pk, AT.date())
    return made
