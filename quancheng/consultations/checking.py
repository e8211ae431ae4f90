"""The check of opinions against the ledger (S13): whatever was changed, removed or added behind it is found.

The ledger is read again entry by entry; what it tells must be what the tables hold.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from quancheng.consultations.models import ClauseChange, DecisionRecord, Opinion
from quancheng.consultations.words import change_content, content_of, decision_content
from quancheng.kernel import receipts
from quancheng.ledger.models import Entry

CHUNK = 500


@dataclass
class _Told:
    """What the ledger tells about one opinion."""

    received: list[Entry] = field(default_factory=list)
    decided: list[Entry] = field(default_factory=list)
    linked: list[bytes] = field(default_factory=list)
    unlinked: int = 0
    state: str = ""
    leader: str = ""
    visibility: str = ""
    received_at: datetime | None = None
    replied_at: datetime | None = None
    erased_at: datetime | None = None
    reply: bytes = b""


def changed_opinions() -> Iterator[str]:
    """Yield a line for everything about an opinion that is not as the ledger tells it."""
    last = 0
    while some := list(Opinion.objects.filter(id__gt=last).select_related("merged_into").order_by("id")[:CHUNK]):
        last = some[-1].pk
        yield from _check(some)
    last = 0
    while entries := list(
        Entry.objects.filter(kind="opinion.received", id__gt=last).order_by("id").values_list("id", "subject")[:CHUNK]
    ):
        last = entries[-1][0]
        subjects = [subject for _, subject in entries]
        there = set(Opinion.objects.filter(public_id__in=subjects).values_list("public_id", flat=True))
        for subject in subjects:
            if subject not in there:
                yield f"台账中的意见 {subject} 在数据库里不存在：已被删除。"


def _check(opinions: list[Opinion]) -> Iterator[str]:
    entries: dict[str, list[Entry]] = defaultdict(list)
    names = [opinion.public_id for opinion in opinions]
    for entry in Entry.objects.filter(subject__in=names, kind__startswith="opinion.").order_by("id"):
        entries[entry.subject].append(entry)
    records: dict[int, list[DecisionRecord]] = defaultdict(list)
    for record in DecisionRecord.objects.filter(opinion__in=opinions).order_by("id"):
        records[record.opinion_id].append(record)
    links: dict[int, list[ClauseChange]] = defaultdict(list)
    for link in ClauseChange.objects.filter(opinion__in=opinions).select_related("version"):
        links[link.opinion_id].append(link)
    for opinion in opinions:
        told = _told(entries[opinion.public_id])
        for fault in _faults(opinion, told, records[opinion.pk], links[opinion.pk]):
            yield f"意见 {opinion.public_id} {fault}"


def _told(entries: list[Entry]) -> _Told:
    told = _Told()
    chosen = "shown"
    for entry in entries:
        detail = json.loads(entry.detail) if entry.detail else {}
        match entry.kind:
            case "opinion.received":
                told.received.append(entry)
                told.state, chosen = "received", detail.get("visibility", "shown")
                told.visibility = chosen
                stated = detail.get("received_at")
                told.received_at = datetime.fromisoformat(stated) if stated else entry.at
            case "opinion.merged":
                told.state, told.leader = "merged", detail["into"]
            case "opinion.split":
                told.state, told.leader = "received", ""
            case "opinion.decided":
                told.state = "decided"
                told.decided.append(entry)
            case "opinion.replied":
                told.state, told.replied_at, told.reply = "replied", entry.at, bytes(entry.digest)
            case "opinion.changed_clause":
                told.linked.append(bytes(entry.digest))
            case "opinion.unlinked_clause":
                told.unlinked += 1
            case "opinion.withheld":
                told.visibility = "withheld"
            case "opinion.appeal_decided" if detail.get("outcome") == "reversed":
                told.visibility = chosen
            case "opinion.erased":
                told.erased_at = entry.at
    return told


def _faults(
    opinion: Opinion, told: _Told, records: list[DecisionRecord], links: list[ClauseChange]
) -> Iterator[str]:
    if len(told.received) != 1:
        yield "没有入账。" if not told.received else "入账不止一次。"
        return
    yield from _word_faults(opinion, told)
    yield from _decision_faults(opinion, told, records)
    if opinion.received_at != told.received_at:
        yield "的收到时间被改动过。"
    if opinion.state != told.state:
        yield f"的状态（{opinion.get_state_display()}）与台账不符。"
    if (opinion.merged_into.public_id if opinion.merged_into else "") != told.leader:
        yield "并入的意见与台账不符。"
    if opinion.visibility != told.visibility:
        yield f"的公开状态（{opinion.get_visibility_display()}）与台账不符。"
    yield from _link_faults(told, links)


def _word_faults(opinion: Opinion, told: _Told) -> Iterator[str]:
    if opinion.erased_at != told.erased_at:
        yield "的原文被删除，台账中没有删除的记录。" if opinion.erased_at else "依申请删除的记录被抹去。"
    elif opinion.erased_at is not None:
        if opinion.body or opinion.legal_wording or bytes(opinion.salt):
            yield "的原文已依申请删除，现在又有了文字。"
    elif receipts.digest(bytes(opinion.salt), content_of(opinion)) != bytes(told.received[0].digest):
        yield "的原文与台账摘要不符。"


def _decision_faults(opinion: Opinion, told: _Told, records: list[DecisionRecord]) -> Iterator[str]:
    if len(records) != len(told.decided):
        yield f"有{len(records)}次决定的记录，台账中有{len(told.decided)}次。"
        return
    for record, entry in zip(records, told.decided, strict=True):
        stated = receipts.digest(bytes(record.salt), decision_content(record.decision, record.reason))
        if stated != bytes(entry.digest) or record.at != entry.at:
            yield f"的决定记录（{record.get_decision_display()}）与台账摘要不符。"
    now = (opinion.decision, opinion.reason, opinion.decided_by_id, opinion.decided_at)
    last = (records[-1].decision, records[-1].reason, records[-1].by_id, records[-1].at) if records else ("", "", None, None)
    if now != last:
        yield "的决定或者理由与最后一次决定的记录不符。"
    if opinion.replied_at != told.replied_at:
        yield "的答复时间与台账不符。"
    elif told.replied_at and told.reply != receipts.digest(
        bytes(records[-1].salt) if records else b"", decision_content(opinion.decision, opinion.reason)
    ):
        yield "的答复与台账摘要不符。"


def _link_faults(told: _Told, links: list[ClauseChange]) -> Iterator[str]:
    if len(links) != len(told.linked) - told.unlinked:
        yield f"关联了{len(links)}处条文，台账中有{len(told.linked) - told.unlinked}处。"
    for link in links:
        if receipts.digest(bytes(link.salt), change_content(link.version.number, link.anchor)) not in told.linked:
            yield f"与条文 {link.anchor} 的关联和台账摘要不符。"
