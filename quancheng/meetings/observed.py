"""What the acts of 旁听 share: the locked observation, messages to observers, who moves up."""

from collections.abc import Iterable
from datetime import datetime

from quancheng.kernel.words import letters
from quancheng.ledger import acts as ledger
from quancheng.meetings import procedure_public as _declared  # noqa: F401  # registers the procedures
from quancheng.meetings.models import Observation, Observer
from quancheng.people import acts as people
from quancheng.procedures.acts import Conflict


def locked(observation_id: int, *states: str) -> Observation:
    """Return an observation, its row held until the transaction ends. Raises Conflict in another state."""
    rows = Observation.objects.select_for_update(of=("self",)).select_related("case__organ", "meeting")
    found = rows.get(pk=observation_id)
    if states and found.case.state not in states:
        raise Conflict("旁听的办理已经到了下一步，请刷新后再看。")
    return found


def tell(observers: Iterable[Observer], sentence: str, at: datetime) -> None:
    """Queue a message to observers, each with his receipt code."""
    people.notify_authors(
        texts={one.public_id: f"{sentence}（旁听回执号{one.receipt_code}）" for one in observers}, at=at
    )


def record(kind: str, observer: Observer, organ: str, words: str, at: datetime, **detail: object) -> None:
    """Enter into the ledger what happened to an application; words only as a digest."""
    ledger.append(
        kind=f"observer.{kind}", at=at, organ=organ, subject=observer.public_id, content=words.encode(),
        salt=ledger.new_salt(), detail=dict(detail) or None,
    )


def move_up(found: Observation, at: datetime) -> Observer | None:
    """Give a seat that became free to the first who waits; the caller holds the lock. None where nobody waits."""
    following = found.observers.filter(state=Observer.State.WAITING).order_by("rank").first()
    if following is None:
        return None
    following.state, following.moved_up_at, following.card = Observer.State.DRAWN, at, letters(12)
    following.save(update_fields=["state", "moved_up_at", "card"])
    record("moved_up", following, found.case.organ_id, "", at, code=following.code, draw=found.case.number)
    tell([following], "有人放弃旁听，您已由候补递补入选，请凭回执号查看旁听证。", at)
    return following
