"""Two offices and a bill's case, for the acts on texts."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from quancheng.legislation import procedure as _declared  # noqa: F401  # registers the procedure of bills
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import Actor
from quancheng.procedures import acts as procedures
from quancheng.procedures.models import Case
from quancheng.texts import acts
from quancheng.texts.models import Version
from tests.texts import laws

AT = datetime(2026, 11, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
NEXT = laws.FULL.replace("第六条　", "第六条　河长负责组织领导河道保护工作。\n第七条　").replace("十日内", "五日内")


@dataclass
class Office:
    """What the tests speak about, and short ways to act."""

    actors: dict[str, Actor] = field(default_factory=dict)

    def case(self) -> Case:
        return procedures.open_case(procedure="regulation_bill", organ="fgw", by=self.actors["clerk"], at=AT)

    def take_in(self, source: str = laws.FULL, **changed) -> Version:
        whole = {
            "case": changed.pop("case", None) or self.case(), "source": source, "label": "草案", "explanation": "说明。",
            "imported_from": "草案.docx", "by": self.actors["clerk"], "at": AT, **changed,
        }  # fmt: skip
        return acts.import_text(**whole)

    def fix(self, version: Version, by: str = "clerk") -> Version:
        return acts.fix_version(version_id=version.pk, by=self.actors[by], at=AT)

    def fixed(self, source: str = laws.FULL) -> Version:
        return self.fix(self.take_in(source))

    def draft(self, old: Version, source: str = NEXT, by: str = "clerk", label: str = "修改稿") -> Version:
        return acts.draft_next(
            version_id=old.pk, source=source, label=label, explanation="修改说明。", by=self.actors[by], at=AT
        )

    def edit(self, version: Version, source: str, edits: int | None = None, by: str = "clerk") -> Version:
        seen = version.edits if edits is None else edits
        return acts.edit_source(version_id=version.pk, source=source, edits=seen, by=self.actors[by], at=AT)


@pytest.fixture
def office(db) -> Office:
    """An organ with clerk, lead, releaser, site staff, deputy, auditor and administrator; a clerk of another organ."""
    made, since = Office(), date(2022, 2, 1)
    people.import_areas(at=AT)
    people.create_organ(code="fgw", name="法工委", kind="working_body", area="410900", valid_from=since, at=AT)
    people.create_organ(code="other", name="某县人大常委会", kind="standing_committee", area="410928", valid_from=since, at=AT)
    offices = [(role, role, "fgw") for role in ("clerk", "lead", "releaser", "deputy", "auditor", "admin")]
    for username, role, organ in [*offices, ("foreign", "clerk", "other")]:
        account = people.create_account(username=username, name=f"甲{username}", password="long-enough-pass-1", at=AT)
        people.give_office(account_id=account.pk, organ=organ, role=role, site="", valid_from=since, at=AT)
        made.actors[username] = people_queries.actor_for(account.pk, AT.date())
    made.actors["public"] = Actor.public()
    return made
