"""今天等我办的: for each office that a person holds, how much waits and where. One table, one line a matter."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from quancheng.contact import queries as contact
from quancheng.handling import queries as handling
from quancheng.meetings import queries as meetings
from quancheng.meetings.queries import inviting, remarking
from quancheng.people.permissions import Actor, may
from quancheng.petitions import queries as petitions
from quancheng.suggestions import queries as suggestions


@dataclass(frozen=True)
class Tile:
    """A number of things that wait, and the page on which they are done. `late`: they are over their day."""

    label: str
    count: int
    path: str
    late: bool = False


def _own(actor: Actor, on: date) -> list[Tile]:
    path = reverse("desk_suggestions_mine")
    return [
        Tile("请我联名", len(suggestions.asked(actor)), path),
        Tile("等我测评的答复", len(suggestions.to_rate(actor)), path),
        Tile("没看过的告知", handling.unseen(actor), reverse("desk_messages")),
    ]


def _letters(actor: Actor, on: date) -> list[Tile]:
    return [Tile("等我转交的来信", contact.letters(actor, on, waiting=True).total, reverse("desk_letters"))]


def _matters(actor: Actor, on: date) -> list[Tile]:
    path, found = reverse("desk_matters"), contact.waiting_at_office(actor, on)
    return [
        Tile("待交办的群众意见", found.to_assign, path + "?state=new&sort=due"),
        Tile("群众意见有期限已过", found.late, path + "?late=yes&sort=due", late=found.late > 0),
        *([Tile("等我审核公开的群众意见", found.to_release, path)] if may(actor, "matter.release") else []),
    ]


def _station(actor: Actor, on: date) -> list[Tile]:
    today, fresh = contact.waiting_at_station(actor, on)
    return [Tile("今天的接待", today, reverse("desk_site")), Tile("还没有转交的群众意见", fresh, reverse("desk_site_matters"))]


def _unit(actor: Actor, on: date) -> list[Tile]:
    path, counts = reverse("desk_inbox"), handling.inbox(actor, on).counts
    return [
        Tile("已逾期", counts["late"], path + "?which=late", late=counts["late"] > 0),
        Tile("今天到期", counts["today"], path + "?which=today"),
        Tile("本周到期", counts["week"], path + "?which=week"),
        Tile("正在办理", counts["all"], path),
        Tile("没看过的告知", handling.unseen(actor), reverse("desk_messages")),
    ]


def _signing(actor: Actor, on: date) -> list[Tile]:
    path, letters = reverse("desk_inbox"), len(handling.letters_to_answer(actor))
    return [
        Tile("等我签发", len(handling.waiting_for_signature(actor)), path + "#signing"),
        Tile("等我回复的督办函", letters, path + "#letters", late=letters > 0),
    ]


def _checking(actor: Actor, on: date) -> list[Tile]:
    organs = [o.organ for o in actor.offices if may(actor, "suggestion.check", organ=o.organ)]
    path, counts = reverse("desk_suggestions"), suggestions.state_counts(organs[0], actor)
    return [
        Tile("待审核的建议", counts.get("submitted", 0), reverse("desk_suggestions_assign")),
        Tile("待交办的建议", counts.get("checked", 0), reverse("desk_suggestions_assign")),
        Tile("等待研究的退办", len(handling.waiting_objections(organs)), path),
        Tile("拟发的督办函", handling.letters_waiting(actor), reverse("desk_supervision_letters")),
    ]



def _choosing(actor: Actor, on: date) -> list[Tile]:
    counts = suggestions.state_counts(suggestions.offices_of(actor)[0], actor)
    return [
        Tile("已审核、可以列为重点督办", counts.get("checked", 0), reverse("desk_suggestions") + "?state=checked"),
        Tile("重点督办的建议", len(handling.key_files(actor)), reverse("desk_key_files")),
    ]


def _supervising(actor: Actor, on: date) -> list[Tile]:
    committee = next((o.organ for o in actor.offices if o.role == "committee"), "")
    files = handling.key_files(actor, committee)
    path = reverse("desk_key_files")
    return [
        Tile("还没有督办的重点件", sum(not getattr(file, "visits", 0) for file in files), path),
        Tile("由我委督办的重点件", len(files), path),
    ]


def _petitions(actor: Actor, on: date) -> list[Tile]:
    counts, path = {key: n for key, _label, n in petitions.state_counts(actor)}, reverse("desk_petitions")
    waiting = petitions.unsorted(actor, on)
    return [
        Tile("待甄别的来件", len(waiting), reverse("desk_petitions_incoming"), late=any(w.light == "red" for w in waiting)),
        Tile("待受理的信访", counts.get("claim", 0) + counts.get("suggestion", 0), path),
        Tile("待转送承办单位", counts.get("accepted", 0), path + "?state=accepted"),
        Tile("待我复查、复核", len(petitions.reviews_waiting(actor)), path),
    ]


def _sealed(actor: Actor, on: date) -> list[Tile]:
    waiting = [line for line in petitions.sealed(actor, on) if line.row.state == "waiting"]
    return [Tile("待办的检举控告", len(waiting), reverse("desk_petitions_sealed"))]


def _bonds(actor: Actor, on: date) -> list[Tile]:
    late = sum(line.light == "red" for line in contact.my_pairings(actor, on))
    return [Tile("到期没有联系", late, reverse("desk_bonds"), late=late > 0)]


def _days(actor: Actor, on: date) -> list[Tile]:
    soon = sum(row.reception.day <= on + timedelta(days=7) for row in contact.my_receptions(actor, on))
    return [Tile("七天内我的接待", soon, reverse("desk_duty_days"))]


def _kept(actor: Actor, on: date) -> list[Tile]:
    return [
        Tile("逾期未联系", len(contact.overdue(actor, on)), reverse("desk_bonds_office") + "?late=1"),
        Tile("履职更正申请", len(contact.corrections_waiting(actor)), reverse("desk_duty_office")),
    ]


def _meetings(actor: Actor, on: date) -> list[Tile]:
    path, found = reverse("desk_meetings"), meetings.waiting(actor)
    return [
        Tile("已通知和正在举行的会议", found.running, path),
        *([
            Tile("筹备中的会议", found.planned, path + "?state=planned"),
            Tile("待答复的请假", found.leaves, path + "?state=called", late=found.leaves > 0),
            Tile("待写、待签、待归档的会议记录", found.minutes, path + "?state=closed"),
        ] if may(actor, "meeting.prepare") else []),
    ]


def _public_side(actor: Actor, on: date) -> list[Tile]:
    path, found = reverse("desk_remarks"), remarking.waiting(actor, on)
    return [
        Tile("待书面答复的会议意见", found.open, path + "?state=received", late=found.late > 0),
        *([Tile("待公开的会议意见", found.unreleased, path + "?state=unreleased")] if may(actor, "remark.release") else []),
        Tile("待核对的旁听申请", found.applied, reverse("desk_meetings") + "?state=called"),
    ]


def _my_meetings(actor: Actor, on: date) -> list[Tile]:
    path, (unconfirmed, invited) = reverse("desk_meetings_mine"), inviting.asked_of(actor, on)
    return [
        Tile("待答复的列席邀请", invited, reverse("desk_invitations_mine")),
        Tile("待确认的会议通知", unconfirmed, path),
        Tile("待签名的发言记录", meetings.notes_to_sign(actor), path),
    ]


SOURCES: tuple[tuple[str, Callable[[Actor, date], list[Tile]]], ...] = (
    ("matter.receive", _letters),
    ("matter.read", _matters),
    ("matter.enter", _station),
    ("duty.keep", _days),
    ("suggestion.write", _own),
    ("contact.log", _bonds),
    ("handling.answer", _unit),
    ("handling.sign", _signing),
    ("suggestion.check", _checking),
    ("handling.choose_key", _choosing),
    ("handling.supervise_key", _supervising),
    ("petition.handle", _petitions),
    ("petition.sealed", _sealed),
    ("duty.decide", _kept),
    ("meeting.register", _meetings),
    ("remark.manage", _public_side),
    ("meeting.attend", _my_meetings),
)


def tiles(actor: Actor, on: date) -> list[Tile]:
    """Return what waits for the actor, in the order of the table."""
    return [tile for permission, count in SOURCES if may(actor, permission) for tile in count(actor, on)]
