"""What the builders of the demo city share: how large it is, who is in it, on which days it plays."""

import time
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from quancheng.demo.writing import DraftOpinion
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import Actor

SEED = 20260101
ZONE = ZoneInfo("Asia/Shanghai")
CONGRESS, ORGAN, OFFICE = "pyrd", "fgw", "dbgw"  # the standing committee, its legislative and its deputies' office
COMMITTEE, PETITIONS, DISCIPLINE = "hzcj", "xfs", "jbys"
GOVERNMENT = "pyzf"  # the city's government as a whole
PASSWORD = "puyang-demo-2026"  # noqa: S105  # printed at start: accounts of an invented city
SINCE = date(2022, 2, 1)  # the eighth congress


@dataclass(frozen=True)
class Scale:
    """How much there is of each thing. `opinions` are those on draft laws, `matters` what residents bring to deputies."""

    opinions: int
    deputies: int
    sites: int
    units: int
    suggestions: int
    matters: int
    petitions: int


FULL = Scale(opinions=3000, deputies=371, sites=120, units=60, suggestions=900, matters=4000, petitions=600)
SMALL = Scale(opinions=60, deputies=24, sites=24, units=12, suggestions=30, matters=30, petitions=24)


@dataclass(frozen=True)
class Bench:
    """Who acts when something is handled: the deputies' office and its lead, the releaser, the units, the deputies."""

    office: Actor
    lead: Actor
    releaser: Actor
    clerks: dict[str, Actor]
    heads: dict[str, Actor]
    deputies: list[Actor]


@dataclass
class City:
    """What the builders remember between their stages. Actors of offices stand in `actors` under their user name."""

    today: date
    scale: Scale
    loud: bool = False  # say on the terminal what is being built
    actors: dict[str, Actor] = field(default_factory=dict)
    sites: list[str] = field(default_factory=list)
    site_areas: dict[str, str] = field(default_factory=dict)
    site_staff: dict[str, Actor] = field(default_factory=dict)
    deputies: list[Actor] = field(default_factory=list)
    homes: dict[int, str] = field(default_factory=dict)  # of a deputy's account: the village or community he lives in
    members: list[Actor] = field(default_factory=list)  # deputies who are of the standing committee
    units: list[str] = field(default_factory=list)
    clerks: dict[str, Actor] = field(default_factory=dict)  # of a unit, by its code
    heads: dict[str, Actor] = field(default_factory=dict)
    said: dict[int, list[tuple[int, str, DraftOpinion]]] = field(default_factory=dict)
    merged: set[int] = field(default_factory=set)
    _began: float = field(default_factory=time.monotonic)

    @property
    def bench(self) -> Bench:
        """Who acts when something is handled."""
        office, lead, releaser = (self.actors[name] for name in ("office1", "office2", "releaser"))
        return Bench(office, lead, releaser, self.clerks, self.heads, self.deputies)

    @property
    def opened(self) -> datetime:
        """When the main story begins."""
        return self.morning(-200)

    @property
    def now(self) -> datetime:
        """The morning of today."""
        return self.morning(0)

    def morning(self, days: int) -> datetime:
        """Return nine o'clock so many days from today."""
        return morning(self.today + timedelta(days=days))

    def say(self, words: str) -> None:
        """Tell whoever waits what is being built."""
        if self.loud:
            print(f"  {time.monotonic() - self._began:5.1f} 秒　{words}", flush=True)


def morning(day: date) -> datetime:
    """Return nine o'clock of a day."""
    return datetime(day.year, day.month, day.day, 9, tzinfo=ZONE)


@cache
def _password() -> people.CheckedPassword:
    return people.check_new_password(password=PASSWORD)


def account(
    username: str, name: str, role: str, *, organ: str, at: datetime, site: str = "", signs_in: bool = False
) -> Actor:
    """Create an account with an office and return its actor; only who `signs_in` has the demo password."""
    password = _password() if signs_in else None
    made = people.create_account(username=username, name=name, password=password, at=at)
    people.give_office(account_id=made.pk, organ=organ, role=role, site=site, valid_from=SINCE, at=at)
    return people_queries.actor_for(made.pk, at.date())


def by_day(dice: Random, at: datetime, now: datetime) -> datetime:
    """Return a moment of the same day at which people are about, if that is not yet to come."""
    moved = at.astimezone(ZONE).replace(hour=dice.randint(8, 16), minute=dice.randint(0, 59))
    return moved if moved < now - timedelta(hours=2) else at
