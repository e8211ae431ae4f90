"""What the office decides: acceptance, forwarding, extension, conclusion, delivery, oversight leads (R7.33–R7.36, R7.40)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from quancheng.handling import acts as handling
from quancheng.handling.models import Answer
from quancheng.handling.recording import assignment_of
from quancheng.ledger import acts as ledger
from quancheng.people.permissions import Actor, demand
from quancheng.petitions import recording, rules, vault
from quancheng.petitions.models import (
    Addition,
    OversightLead,
    Paper,
    Petition,
    PetitionerReading,
    Reception,
)
from quancheng.petitions.recording import held, paper
from quancheng.petitions.rules import PetitionRefused, clean, need
from quancheng.procedures import acts as procedures
from quancheng.procedures.acts import Conflict
from quancheng.procedures.models import Clock


def accept(*, petition_id: int, by: Actor, at: datetime) -> Petition:
    """Accept a petition and tell its author in writing; the 60 days count from today (R7.33, R7.36).

    What is for courts, arbitration, the Party or administrative procedures is not accepted but shown its way (R7.35).
    Raises NotAllowed, StepRefused, Conflict, PetitionRefused.
    """
    found = recording.petition(petition_id)
    held(found, "petition.handle", by)
    if found.kind == Petition.Kind.CLAIM and found.route not in rules.HANDLED_HERE:
        raise PetitionRefused(
            f"属于“{found.get_route_display()}”途径的，应当告知或者转送，不作为信访程序受理（信访工作条例第三十一条）。", "route"
        )
    if found.kind == Petition.Kind.CLAIM and found.about in rules.NOT_OURS_TO_DECIDE:
        raise PetitionRefused("人大不办理具体案件：请转送有权处理的机关，需要时转为监督线索（地方组织法第五十条）。", "about")
    day = timezone.localdate(at)
    with transaction.atomic():
        procedures.perform(case=found.case, step="accept", by=by, at=at)
        Petition.objects.filter(pk=found.pk).update(accepted_on=day)
        procedures.stop_clock(case=found.case, key="accept", at=at)
        recording.start_clock(found, "pass_on", "办结", "petition.handle_days", day, at)  # until a unit's own clock runs
        last = procedures.due_day(start=day, term=rules.term(found.case.organ, "petition.handle_days", day))
        text = (
            f"您反映的事项（编号{found.case.number}）于{day:%Y年%-m月%-d日}受理，将在{last:%Y年%-m月%-d日}以前作出书面处理意见。"
            "情况复杂的，经批准可以延长，延长不超过三十日，并告知您延长的理由。"
        )
        paper(found, Paper.Kind.ACCEPTED, text, by, at)
    found.accepted_on = day
    return found


def not_competent(*, petition_id: int, where: str, reason: str, by: Actor, at: datetime) -> Petition:
    """Tell the petitioner in writing that the matter is not this office's, and whom to ask (R7.33 信访工作条例 23).

    Raises NotAllowed, StepRefused, Conflict, PetitionRefused.
    """
    found = recording.petition(petition_id)
    held(found, "petition.handle", by)
    where = need(where, 2, "请写明应当向哪个机关、单位提出", "where", 60)
    reason = need(reason, rules.SHORTEST_REASON, "请写明理由，信访人会看到", "reason", 1000)
    with transaction.atomic():
        procedures.perform(case=found.case, step="not_competent", by=by, at=at, note=f"请向{where}提出。")
        recording.stop_clocks(found, at)
        paper(found, Paper.Kind.NOT_COMPETENT, f"您反映的事项不属于本机关受理，请向{where}提出。{reason}", by, at)
    return found


def forward(
    *, petition_id: int, where: str, reason: str, by: Actor, at: datetime, accuses: bool = False, accused_name: str = "",
    accused_unit: str = "",
) -> Petition:
    """Pass a petition to the organ that may deal with it; its words go under seal, whatever it was about (R7.33, S02).

    `accuses`: it turned out to be an accusation. To everybody but the readers of the seal it looks like any other that
    was forwarded. Raises NotAllowed, StepRefused, Conflict, PetitionRefused.
    """
    found = recording.petition(petition_id)
    held(found, "petition.handle", by)
    where = "有权处理的机关" if accuses else need(where, 2, "请写明转送哪个机关、单位", "where", 60)
    reason = need(reason, rules.SHORTEST_REASON, "请写明理由", "reason", 1000)
    with transaction.atomic():
        procedures.perform(case=found.case, step="forward", by=by, at=at)
        handling.withdraw_handling(
            case_id=found.case_id, reason="按规定转送", by=by, at=at, held="petition.handle"
        )
        recording.stop_clocks(found, at)
        _seal(found, where, reason, (clean(accused_name)[:40], clean(accused_unit)[:60]), accuses, by, at)
        paper(found, Paper.Kind.FORWARDED, "您反映的事项已按规定转送有权处理的机关办理，办理结果由该机关告知。", by, at)
    found.refresh_from_db()
    return found


def _seal(
    found: Petition, where: str, reason: str, accused: tuple[str, str], accuses: bool, by: Actor, at: datetime
) -> None:
    """Move the words of a petition, of what was added to it and of drafts about it under seal."""
    person = rules.person_of(found)
    status = vault.Status(
        kind=vault.ACCUSATION if accuses else vault.FORWARDED, state=vault.WAITING, channel=found.channel,
        receipt_code=found.receipt_code, author_key=found.author_key, author=bytes(found.author_index).hex(),
        salt=bytes(found.salt).hex(), about=found.about, headcount=found.headcount, accuses=accuses,
        source_case=found.case_id, transferred_to="" if accuses else where,
        units=vault.accused_units(*accused, timezone.localdate(at)) if any(accused) else [],
    )  # fmt: skip
    words = vault.Words(found.request, found.facts, **person)
    item = vault.new_item(
        found.public_id, found.case.organ_id, found.received_at, words, status, rules.author_index(""), accused
    )
    recording.log(item, status, "转送", f"{where}：{reason}", by, at)
    item.status_sealed = vault.seal_status(item.public_id, status)
    item.save(force_insert=True)
    for added in Addition.objects.filter(petition=found):
        own = vault.Status(
            kind=status.kind, state=vault.WAITING, channel="web", receipt_code=added.receipt_code,
            author_key=added.author_key, author=status.author, salt=bytes(added.salt).hex(), accuses=accuses,
            units=status.units, source_item=found.public_id,
        )  # fmt: skip
        vault.new_item(
            added.public_id, found.case.organ_id, added.received_at, vault.Words(added.request, added.facts), own,
            bytes(added.submission_index), accused,
        ).save(force_insert=True)  # fmt: skip
        added.delete()
    Answer.objects.filter(assignment__case=found.case, signed_at=None).update(text="", promise="")
    Petition.objects.filter(pk=found.pk).update(title="", request="", facts="", moved_at=at)


def extend(*, assignment_id: int, new_due_on: date, reason: str, by: Actor, at: datetime) -> Clock:
    """Extend the 60 days once by at most 30, as the named approver; the petitioner is told the reason (R7.36).

    Raises NotAllowed, StepRefused, handling's HandlingRefused.
    """
    share = assignment_of(assignment_id)
    found = Petition.objects.select_related("case__organ").get(case=share.case)
    held(found, "petition.extend", by)
    with transaction.atomic():
        clock = handling.extend(
            assignment_id=assignment_id, new_due_on=new_due_on, reason=reason, by=by, at=at
        )
        text = f"您反映的事项情况复杂，经批准，办理期限延长至{new_due_on:%Y年%-m月%-d日}。理由：{reason.strip()}"
        paper(found, Paper.Kind.EXTENDED, text, by, at)
    return clock


def conclude(*, petition_id: int, text: str, by: Actor, at: datetime) -> Petition:
    """Give the written conclusion where the office itself handled the matter (处理意见书, R7.35 信访工作条例 32).

    Raises NotAllowed, StepRefused, Conflict, PetitionRefused.
    """
    found = recording.petition(petition_id)
    held(found, "petition.conclude", by)
    text = need(text, rules.SHORTEST_PAPER, "请写明诉求、查明的事实、处理意见和依据", "text", 20_000)
    with transaction.atomic():
        procedures.perform(case=found.case, step="conclude", by=by, at=at)
        procedures.stop_clock(case=found.case, key="pass_on", at=at)
        paper(found, Paper.Kind.CONCLUSION, f"{text}\n{recording.REMEDY}", by, at)
    return found


def deliver(*, petition_id: int, on: date, how: str, by: Actor, at: datetime) -> Petition:
    """Record that the newest conclusion reached the petitioner: his 30 days to ask for review count from it (R7.37).

    Raises NotAllowed, Conflict, PetitionRefused.
    """
    found = recording.petition(petition_id)
    held(found, "petition.handle", by)
    how = need(how, 2, "请写明怎样送达", "how", 60)
    key, label = {"concluded": ("apply_review", "请求复查"), "reviewed": ("apply_re_examination", "请求复核")}.get(
        found.case.state, ("", "")
    )
    if not key:
        raise Conflict("现在没有等待送达的文书，请刷新后再看。")
    newest = found.papers.filter(kind__in=("conclusion", "review")).order_by("-id").first()
    if on > timezone.localdate(at) or (newest and on < timezone.localdate(newest.at)):
        raise PetitionRefused("送达日期应当在文书作出之后、今天以前。", "on")
    with transaction.atomic():
        if not Petition.objects.filter(pk=found.pk, delivered_on=None).update(delivered_on=on):
            raise Conflict("已经记录送达。")
        recording.start_clock(found, key, label, "petition.review_apply_days", on, at)
        procedures.note(
            case=found.case, event="petition.delivered", words=how, by=by, at=at, held="petition.handle",
            shown=f"{on:%Y年%-m月%-d日}，{how}",
        )
    found.delivered_on = on
    return found


def note_lead(*, petition_id: int, words: str, by: Actor, at: datetime) -> OversightLead:
    """Keep for oversight what a petition says of how an organ works; the case itself is not decided here (R7.40).

    Raises NotAllowed, Conflict, PetitionRefused.
    """
    found = recording.petition(petition_id)
    held(found, "petition.handle", by)
    words = need(words, 10, "请写明反映的普遍问题，不写个案和姓名", "words", 2000)
    with transaction.atomic():
        made, new = OversightLead.objects.get_or_create(
            petition=found, defaults={"words": words, "by_id": by.id, "at": at}
        )
        if not new:
            raise Conflict("已经转为监督线索。")
        procedures.note(case=found.case, event="petition.lead", words=words, by=by, at=at, held="petition.handle")
    return made


def open_petitioner(*, petition_id: int, reason: str, by: Actor, at: datetime) -> dict[str, object]:
    """Return name, address and telephone of the petitioner, on record; he sees who looked and why (S01, S05).

    Raises NotAllowed, PetitionRefused.
    """
    found = recording.petition(petition_id)
    held(found, "petition.identity", by)
    reason = need(reason, rules.SHORTEST_REASON, "请写明查看的理由，信访人会看到", "reason", 200)
    with transaction.atomic():
        PetitionerReading.objects.create(petition=found, account_id=by.id, at=at, reason=reason)
        procedures.note(case=found.case, event="petition.opened", words=reason, by=by, at=at, held="petition.identity")
    return dict(rules.person_of(found))


@dataclass(frozen=True)
class Facts:
    """信访公开事项 (R7.31 信访工作条例 18)."""

    address: str
    telephone: str
    place: str
    hours: str
    how_to_ask: str


def publish_reception(*, organ: str, facts: Facts, by: Actor, at: datetime) -> Reception:
    """Publish where, when and how an office takes petitions (R7.31 信访工作条例 18). Raises NotAllowed, PetitionRefused."""
    demand(by, "petition.publish", organ=organ)
    values = {
        "address": need(facts.address, 4, "请写通信地址", "address", 120),
        "telephone": need(facts.telephone, 5, "请写电话", "telephone", 30),
        "place": need(facts.place, 4, "请写接待地点", "place", 120),
        "hours": need(facts.hours, 4, "请写接待时间", "hours", 120),
        "how_to_ask": need(facts.how_to_ask, 4, "请写怎样查询", "how_to_ask", 300),
    }
    with transaction.atomic():
        made, _new = Reception.objects.update_or_create(
            organ_id=organ, defaults={**values, "changed_by_id": by.id, "changed_at": at}
        )
        ledger.append(
            kind="petition.reception", at=at, organ=organ, subject=f"reception:{organ}",
            content="\n".join(values.values()).encode(), salt=ledger.new_salt(),
        )
    return made
