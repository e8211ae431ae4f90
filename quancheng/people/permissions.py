"""One table of named permissions: who may do what. Pages, acts and tests all read it (R10.08).

A permission is held through an office: (organ, role, site) from–to. The public holds only `public`.
"""

from dataclasses import dataclass, field

ROLES = (
    "clerk", "lead", "releaser", "site_staff", "deputy", "auditor", "admin", "deputy_office", "deputy_office_lead",
    "unit_clerk", "unit_head", "chairpersons", "committee", "petition_clerk", "petition_lead", "discipline", "sc_member",
    "secretariat", "secretariat_lead", "registrar", "project_office", "project_government",
)  # fmt: skip

# permission -> roles that hold it. "public" stands for everybody, logged in or not.
PERMISSIONS: dict[str, frozenset[str]] = {
    "public": frozenset({"public"}),
    "signed_in": frozenset(ROLES),
    "text.read": frozenset({"clerk", "lead", "releaser", "auditor"}),
    "text.edit": frozenset({"clerk", "lead"}),
    "bill.open": frozenset({"clerk", "lead"}),
    "consultation.read": frozenset({"clerk", "lead", "releaser", "auditor"}),
    "consultation.open": frozenset({"lead"}),
    "consultation.move": frozenset({"clerk", "lead"}),
    "opinion.read": frozenset({"clerk", "lead", "releaser"}),
    "opinion.decide": frozenset({"clerk", "lead"}),
    "opinion.assign": frozenset({"clerk", "lead"}),
    "opinion.moderate": frozenset({"clerk", "lead"}),
    "opinion.appeal": frozenset({"lead", "releaser"}),
    "opinion.erase": frozenset({"lead"}),
    "opinion.import": frozenset({"clerk", "lead"}),
    "opinion.enter": frozenset({"site_staff"}),
    "opinion.say_as_deputy": frozenset({"deputy"}),
    "site.read": frozenset({"site_staff"}),
    "identity.open": frozenset({"lead"}),
    "report.edit": frozenset({"clerk", "lead", "deputy_office", "deputy_office_lead", "project_office"}),
    "report.release": frozenset({"releaser"}),
    "matter.read": frozenset({"deputy_office", "deputy_office_lead"}),
    "matter.enter": frozenset({"site_staff"}),
    "matter.receive": frozenset({"deputy"}),
    "matter.forward": frozenset({"deputy", "site_staff", "deputy_office", "deputy_office_lead"}),
    "matter.hand_over": frozenset({"deputy_office", "deputy_office_lead"}),
    "matter.submit": frozenset({"public"}),
    "matter.rate": frozenset({"public"}),  # by whoever holds the receipt
    "matter.take_over": frozenset({"petition_clerk", "petition_lead"}),
    "matter.open_sealed": frozenset({"petition_lead", "discipline"}),  # S02 信访工作条例 30
    "matter.release": frozenset({"deputy_office_lead"}),
    "matter.erase": frozenset({"deputy_office_lead"}),
    "contact.manage": frozenset({"deputy_office", "deputy_office_lead"}),
    "contact.keep_site": frozenset({"site_staff", "deputy_office", "deputy_office_lead"}),
    "contact.name_point": frozenset({"deputy_office_lead"}),
    "contact.log": frozenset({"sc_member", "deputy"}),
    "contact.overdue": frozenset({"deputy_office", "deputy_office_lead"}),
    "duty.keep": frozenset({"deputy"}),  # one's own: check in, ask for a correction, report to voters
    "duty.decide": frozenset({"deputy_office", "deputy_office_lead"}),
    "voters.read": frozenset({"deputy", "site_staff", "deputy_office", "deputy_office_lead"}),
    "study.plan": frozenset({"deputy_office", "deputy_office_lead"}),
    "study.read": frozenset({"deputy", "sc_member", "deputy_office", "deputy_office_lead"}),
    "study.join": frozenset({"deputy", "sc_member"}),
    "handling.read": frozenset({
        "unit_clerk", "unit_head", "deputy_office", "deputy_office_lead", "chairpersons", "committee", "petition_clerk",
        "petition_lead", "sc_member",
    }),
    "handling.assign": frozenset({"deputy_office", "deputy_office_lead"}),
    "handling.object": frozenset({"unit_clerk", "unit_head"}),
    "handling.answer": frozenset({"unit_clerk", "unit_head"}),
    "handling.sign": frozenset({"unit_head"}),
    "handling.extend": frozenset({"deputy_office_lead"}),
    "handling.supervise": frozenset({"deputy_office", "deputy_office_lead"}),
    "handling.choose_key": frozenset({"chairpersons"}),  # R7.13 代表法 52: 主任会议
    "handling.supervise_key": frozenset({"committee"}),
    "handling.league": frozenset({
        "deputy_office", "deputy_office_lead", "chairpersons", "committee", "sc_member", "auditor",
    }),
    "handling.rate": frozenset({"public"}),  # by whoever holds the receipt: the act has found the case by it
    "suggestion.write": frozenset({"deputy"}),
    "suggestion.rate": frozenset({"deputy"}),
    "suggestion.read": frozenset({
        "deputy_office", "deputy_office_lead", "chairpersons", "committee", "sc_member", "auditor",
    }),
    "suggestion.check": frozenset({"deputy_office", "deputy_office_lead"}),
    "suggestion.assign": frozenset({"deputy_office", "deputy_office_lead"}),
    "suggestion.extend": frozenset({"deputy_office_lead"}),
    "suggestion.pressure": frozenset({"deputy_office_lead"}),  # R7.16: told to the head of the office alone
    "suggestion.import": frozenset({"deputy_office", "deputy_office_lead"}),
    "petition.assign": frozenset({"petition_clerk", "petition_lead"}),
    "petition.extend": frozenset({"petition_lead"}),
    "petition.submit": frozenset({"public"}),
    "petition.ask": frozenset({"public"}),  # by whoever holds the receipt: the act has found the petition by it
    "petition.enter": frozenset({"petition_clerk", "petition_lead"}),
    "petition.sort": frozenset({"petition_clerk", "petition_lead"}),
    "petition.handle": frozenset({"petition_clerk", "petition_lead"}),
    "petition.identity": frozenset({"petition_clerk", "petition_lead"}),
    "petition.conclude": frozenset({"petition_lead"}),
    "petition.review": frozenset({"petition_clerk", "petition_lead"}),  # in the organ above; asked for that organ
    "petition.publish": frozenset({"petition_lead"}),
    "petition.items": frozenset({"petition_clerk", "petition_lead", "discipline"}),  # which of them: vault.reaches
    "petition.sealed": frozenset({"petition_lead", "discipline"}),  # S02 信访工作条例 30
    "meeting.prepare": frozenset({"secretariat", "secretariat_lead"}),
    "meeting.run": frozenset({"secretariat", "secretariat_lead"}),
    "meeting.lead": frozenset({"secretariat_lead"}),
    "meeting.register": frozenset({"registrar", "secretariat", "secretariat_lead"}),
    "meeting.attend": frozenset({"deputy", "sc_member"}),
    "meeting.invite": frozenset({"secretariat", "secretariat_lead"}),
    "observer.apply": frozenset({"public"}),
    "observer.manage": frozenset({"secretariat", "secretariat_lead"}),
    "observer.admit": frozenset({"registrar", "secretariat", "secretariat_lead"}),
    "remark.write": frozenset({"deputy"}),  # who attended without a vote; an observer writes by his receipt
    "remark.manage": frozenset({"secretariat", "secretariat_lead"}),
    "remark.release": frozenset({"secretariat_lead"}),
    "council.manage": frozenset({"secretariat", "secretariat_lead"}),
    "vote.prepare": frozenset({"secretariat", "secretariat_lead"}),
    "vote.run": frozenset({"secretariat", "secretariat_lead"}),
    "vote.announce": frozenset({"secretariat_lead"}),
    "vote.register": frozenset({"registrar"}),
    "poll.open": frozenset({"secretariat", "secretariat_lead", "project_office", "deputy_office", "deputy_office_lead"}),
    "poll.answer": frozenset({"public"}),  # who proved a telephone number: the face has asked for it
    "vote.press": frozenset({"deputy", "sc_member"}),  # who is in the hall: the act asks the meeting
    "vote.scrutinise": frozenset({"deputy", "sc_member"}),  # those named for the vote: the act asks which
    "project.manage": frozenset({"project_office"}),
    "project.carry_out": frozenset({"project_government"}),
    "project.propose": frozenset({"public"}),
    "project.enter": frozenset({"site_staff"}),
    "project.speak": frozenset({"deputy"}),  # propose, ask, note what was seen on the spot; instructs nobody
    "project.view": frozenset({"unit_clerk", "unit_head"}),  # a unit's own: its view, its answers, its reports
    "project.read": frozenset({
        "project_office", "project_government", "unit_clerk", "unit_head", "deputy", "sc_member", "chairpersons", "auditor",
    }),
    "parameter.read": frozenset({"clerk", "lead", "releaser", "auditor", "admin", "deputy_office", "deputy_office_lead"}),
    "parameter.set": frozenset({"admin"}),
    "calendar.import": frozenset({"admin"}),
    "account.manage": frozenset({"admin"}),
    "ledger.read": frozenset({"public"}),
    "audit.read": frozenset({"auditor", "admin"}),
}


@dataclass(frozen=True)
class HeldOffice:
    """An office in force: organ and site by code."""

    organ: str
    role: str
    site: str = ""


@dataclass(frozen=True)
class Actor:
    """Who acts: an account with the offices in force now. The public is `Actor.public()`."""

    account_id: int | None
    name: str = ""
    offices: tuple[HeldOffice, ...] = field(default=())

    @classmethod
    def public(cls) -> "Actor":
        """Return the actor who is not signed in."""
        return cls(account_id=None)

    @property
    def id(self) -> int:
        """Account id of a signed-in actor. Raises NotAllowed for the public."""
        if self.account_id is None:
            raise NotAllowed("signed_in")
        return self.account_id

    def roles(self) -> frozenset[str]:
        """Return every role in force."""
        return frozenset(office.role for office in self.offices)


class NotAllowed(Exception):
    """The actor lacks a permission. `permission` names it."""

    def __init__(self, permission: str) -> None:
        super().__init__(f"您的职务没有这项权限（{permission}）。")
        self.permission = permission


def may(actor: Actor, permission: str, *, organ: str | None = None, site: str | None = None) -> bool:
    """Tell whether `actor` holds `permission`, where given for that organ or site.

    Raises KeyError for a permission that is not in the table.
    """
    roles = PERMISSIONS[permission]
    if "public" in roles:
        return True
    return any(
        office.role in roles
        and (organ is None or office.organ == organ)
        and (site is None or office.site == site)
        for office in actor.offices
    )


def demand(actor: Actor, permission: str, *, organ: str | None = None, site: str | None = None) -> None:
    """Raise NotAllowed unless `may`."""
    if not may(actor, permission, organ=organ, site=site):
        raise NotAllowed(permission)


def capacity(actor: Actor, permission: str) -> str:
    """Return the role and organ in which the actor holds the permission, for the record (R10.12)."""
    roles = PERMISSIONS[permission]
    for office in actor.offices:
        if office.role in roles:
            return f"{office.role}@{office.organ}"
    return "public"
