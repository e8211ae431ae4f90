"""A deputy drafts, asks others to sign, each of whom confirms for himself, submits, revises, withdraws (R7.01–R7.03)."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from quancheng.handling import acts as handling
from quancheng.handling.recording import tell
from quancheng.ledger import acts as ledger
from quancheng.people.models import Organ
from quancheng.people.permissions import Actor, NotAllowed, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures import declare
from quancheng.procedures import queries as procedure_queries
from quancheng.procedures.acts import Conflict
from quancheng.suggestions import procedure as _declared  # noqa: F401  # registers the procedures
from quancheng.suggestions import rules
from quancheng.suggestions.models import Session, Sponsor, Suggestion, UnitProposal
from quancheng.suggestions.papers import Paper, SuggestionRefused, checked

declare.name_events(
    {
        "suggestion.edited": "修改内容",
        "suggestion.asked": "邀请联名",
        "suggestion.confirmed": "联名代表确认",
        "suggestion.declined": "代表不参加联名",
        "suggestion.signature_withdrawn": "联名代表退出",
        "suggestion.sponsor_replaced": "领衔代表变更",
        "suggestion.openness": "代表对公开的意见",
        "suggestion.publication": "起草公开文稿",
    }
)


def open_session(
    *, organ: str, name: str, opens_on: date, closes_on: date, motions_until: date, by: Actor, at: datetime
) -> Session:
    """Enter a session of the congress with the last day on which motions are taken. Raises NotAllowed, SuggestionRefused."""
    demand(by, "suggestion.check", organ=organ)
    if len(name.strip()) < 4 or not opens_on <= motions_until <= closes_on:
        raise SuggestionRefused("请写会议全称；议案截止日应当在会期之内。", "motions_until")
    try:
        with transaction.atomic():
            return Session.objects.create(
                organ_id=organ, name=name.strip()[:60], opens_on=opens_on, closes_on=closes_on, motions_until=motions_until
            )
    except IntegrityError:
        raise Conflict("这次会议已经登记。") from None


def draft(*, paper: Paper, organ: str, submission_key: str, by: Actor, at: datetime) -> Suggestion:
    """Begin a suggestion or motion as its lead sponsor, once for each key; `organ` is the office that takes it.

    Raises NotAllowed, SuggestionRefused.
    """
    own = rules.organ_of(by)
    demand(by, "suggestion.write", organ=own or None)
    if by.id not in rules.seated({by.id}, timezone.localdate(at)):
        raise NotAllowed("suggestion.write")
    if len(submission_key) < 20:
        raise SuggestionRefused("表单不完整，请刷新页面后重新提交。写下的内容还在。")
    earlier = Suggestion.objects.filter(submission_key=submission_key, lead_id=by.id).first()
    if earlier is not None:
        return earlier
    values = checked(paper)
    with transaction.atomic():
        return create(values, paper.proposed_unit, organ, submission_key, by.id, by, at)


def create(
    values: dict[str, str], proposed_unit: str, organ: str, submission_key: str, lead: int, by: Actor, at: datetime,
    source: str = Suggestion.Source.DEPUTY,
) -> Suggestion:
    """Write a draft with its case and its lead sponsor; for the acts that begin one."""
    case = procedures.open_case(procedure=values["kind"], organ=organ, by=by, at=at)
    made = Suggestion.objects.create(
        case=case, lead_id=lead, submission_key=submission_key, drafted_at=at, source=source,
        entered_by_id=by.account_id if by.account_id != lead else None, **values,
    )
    Sponsor.objects.create(
        suggestion=made, account_id=lead, place=0, state=Sponsor.State.CONFIRMED, asked_at=at, answered_at=at
    )
    _propose(made, proposed_unit)
    return made


def _propose(made: Suggestion, unit: str) -> None:
    UnitProposal.objects.filter(suggestion=made).delete()
    if not unit:
        return
    if not Organ.objects.filter(pk=unit, kind=Organ.Kind.GOVERNMENT, valid_to=None).exists():
        raise SuggestionRefused("请从现有单位中选择建议的承办单位，或者留空。", "proposed_unit")
    UnitProposal.objects.create(suggestion=made, unit_id=unit, role=UnitProposal.Role.LEAD)


def of_lead(suggestion_id: int, by: Actor) -> Suggestion:
    """Return a suggestion for its lead sponsor, who is still a deputy. Raises NotAllowed."""
    found = Suggestion.objects.select_related("case__organ", "session").get(pk=suggestion_id)
    demand(by, "suggestion.write", organ=rules.organ_of(by) or None)
    if found.lead_id != by.id:
        raise NotAllowed("suggestion.write")
    return found


def _in_hand(found: Suggestion) -> None:
    if found.case.state not in ("draft", "returned"):
        raise SuggestionRefused("已经提交，不能再改；退回修改或者撤回以后可以重写。")


def edit(*, suggestion_id: int, paper: Paper, edits: int, by: Actor, at: datetime) -> Suggestion:
    """Change a draft or a returned suggestion; `edits` is the count that the page showed.

    Who had confirmed the former wording is asked anew. Raises NotAllowed, SuggestionRefused, Conflict.
    """
    found = of_lead(suggestion_id, by)
    _in_hand(found)
    values = checked(paper)
    if values.pop("kind") != found.kind:
        raise SuggestionRefused("建议和议案不能互换，请另写一件。", "kind")
    changed = any(values[name] != getattr(found, name) for name in ("title", "body", "grounds", "plan"))
    with transaction.atomic():
        if not Suggestion.objects.filter(pk=found.pk, edits=edits).update(edits=F("edits") + 1, **values):
            raise Conflict("这件刚刚在别处保存过。您的修改还在下方，请先对照后再保存。")
        _propose(found, paper.proposed_unit)
        if changed:
            signed = Sponsor.objects.filter(suggestion=found, state=Sponsor.State.CONFIRMED).exclude(account_id=by.id)
            again = list(signed.values_list("account_id", flat=True))
            signed.update(state=Sponsor.State.ASKED, answered_at=None)
            tell(again, found.case, "cosign", f"“{values['title']}”内容有修改，请重新确认是否联名。", at)
    found.refresh_from_db()
    return found


def ask_cosigners(*, suggestion_id: int, account_ids: list[int], by: Actor, at: datetime) -> int:
    """Ask deputies to sign; each answers for himself (R7.03). Returns how many were asked anew.

    Raises NotAllowed, SuggestionRefused.
    """
    found = of_lead(suggestion_id, by)
    _in_hand(found)
    known = set(Sponsor.objects.filter(suggestion=found).values_list("account_id", flat=True))
    fresh = [pk for pk in dict.fromkeys(account_ids) if pk not in known]
    if set(fresh) - rules.seated(set(fresh), timezone.localdate(at)):
        raise SuggestionRefused("只能邀请在任代表联名。", "account_ids")
    if len(known) + len(fresh) > rules.MOST_SPONSORS:
        raise SuggestionRefused(f"联名代表最多{rules.MOST_SPONSORS}人。", "account_ids")
    with transaction.atomic():
        Sponsor.objects.bulk_create(
            [
                Sponsor(suggestion=found, account_id=pk, place=len(known) + number, asked_at=at)
                for number, pk in enumerate(fresh)
            ]
        )
        tell(fresh, found.case, "cosign", f"{by.name}代表邀请您联名提出“{found.title}”，请查看后确认。", at)
        procedures.note(
            case=found.case, event="suggestion.asked", words=str(len(fresh)), by=by, at=at, held="suggestion.write"
        )
    return len(fresh)


def answer_cosign(
    *, suggestion_id: int, confirm: bool, edits: int, by: Actor, at: datetime, reason: str = ""
) -> Sponsor:
    """Confirm or decline to sign, for the wording that the page showed (R7.03). Raises NotAllowed, SuggestionRefused, Conflict."""
    found = Suggestion.objects.select_related("case__organ").get(pk=suggestion_id)
    demand(by, "suggestion.write", organ=rules.organ_of(by) or None)
    if by.id not in rules.seated({by.id}, timezone.localdate(at)):
        raise NotAllowed("suggestion.write")
    _in_hand(found)
    if found.edits != edits:
        raise Conflict("内容刚刚有修改，请看过新的内容再确认。")
    state = Sponsor.State.CONFIRMED if confirm else Sponsor.State.DECLINED
    open_for_him = Sponsor.objects.filter(suggestion=found, account_id=by.id).exclude(account_id=found.lead_id)
    with transaction.atomic():
        changed = open_for_him.exclude(state=state).update(
            state=state, answered_at=at, wording=edits, reason=reason.strip()[:200]
        )
        if not changed:
            raise SuggestionRefused("没有邀请您联名，或者已经这样答复过。")
        procedures.note(
            case=found.case, event=f"suggestion.{'confirmed' if confirm else 'declined'}", words=reason, by=by, at=at,
            held="suggestion.write",
        )
        verb = "确认联名" if confirm else "不参加联名"
        tell([found.lead_id], found.case, "cosign", f"{by.name}代表{verb}：“{found.title}”。", at)
    return Sponsor.objects.get(suggestion=found, account_id=by.id)


def withdraw_signature(*, suggestion_id: int, reason: str, by: Actor, at: datetime) -> Sponsor:
    """Take back one's signature as a co-signer, until it is answered; the suggestion goes on without it (R7.03).

    A motion that no longer has enough signatures cannot be filed. Raises NotAllowed, SuggestionRefused.
    """
    found = Suggestion.objects.select_related("case__organ").get(pk=suggestion_id)
    demand(by, "suggestion.write", organ=rules.organ_of(by) or None)
    if found.lead_id == by.id:
        raise SuggestionRefused("领衔代表请用“撤回”。")
    if found.case.state not in ("draft", "returned", "submitted", "checked", "assigned", "contacting"):
        raise SuggestionRefused("已经答复，不能再退出联名。")
    with transaction.atomic():
        mine = Sponsor.objects.filter(suggestion=found, account_id=by.id, state=Sponsor.State.CONFIRMED)
        if not mine.update(state=Sponsor.State.WITHDRAWN, answered_at=at, reason=reason.strip()[:200]):
            raise SuggestionRefused("您没有联名这一件，或者已经退出。")
        procedures.note(
            case=found.case, event="suggestion.signature_withdrawn", words=reason, by=by, at=at, held="suggestion.write"
        )
        tell([found.lead_id], found.case, "cosign", f"{by.name}代表退出联名：“{found.title}”。", at)
    return Sponsor.objects.get(suggestion=found, account_id=by.id)


def submit(*, suggestion_id: int, edits: int, by: Actor, at: datetime) -> Suggestion:
    """Hand in a suggestion or motion, with the signatures confirmed for this wording and held by deputies in office.

    A motion needs its signatures and its session's deadline (R7.01, R0.20).
    Raises NotAllowed, SuggestionRefused, StepRefused, Conflict.
    """
    found = of_lead(suggestion_id, by)
    day = timezone.localdate(at)
    states = dict(Sponsor.objects.filter(suggestion=found).values_list("account_id", "state"))
    ids = {pk for pk, state in states.items() if state == Sponsor.State.CONFIRMED}
    holding = rules.seated(ids, day)
    if by.id not in holding:
        raise NotAllowed("suggestion.write")
    session = Session.objects.filter(organ=found.case.organ, opens_on__lte=day, closes_on__gte=day).first()
    if found.kind == Suggestion.Kind.MOTION:
        demand_motion(found, session, len(holding), day)
    with transaction.atomic():
        if ids - holding:
            gone = Sponsor.objects.filter(suggestion=found, account_id__in=ids - holding, state=Sponsor.State.CONFIRMED)
            gone.update(state=Sponsor.State.LAPSED, reason="代表资格已经终止")
        if Sponsor.State.ASKED in states.values():
            Sponsor.objects.filter(suggestion=found, state=Sponsor.State.ASKED).update(state=Sponsor.State.LAPSED)
        if not Suggestion.objects.filter(pk=found.pk, edits=edits).update(session=session):
            raise Conflict("这件刚刚在别处保存过，请看过新的内容再提交。")
        hand_in(found, "submit", by, at, organ=rules.organ_of(by))
    found.session = session
    return found


def hand_in(found: Suggestion, step: str, by: Actor, at: datetime, organ: str = "") -> None:
    """Move a suggestion to the office and put the digest of its words into the ledger."""
    procedures.perform(case=found.case, step=step, by=by, at=at, organ=organ)
    salt = ledger.new_salt()
    Suggestion.objects.filter(pk=found.pk).update(submitted_at=at, salt=salt)
    found.submitted_at, found.salt = at, salt
    ledger.append(
        kind="suggestion.submitted", at=at, organ=found.case.organ_id, subject=found.case.number,
        content=rules.content_of(found), salt=salt, detail={"kind": found.kind},
    )


def demand_motion(found: Suggestion, session: Session | None, signatures: int, day: date) -> None:
    """Raise SuggestionRefused unless a motion may be handed in now (R0.20 地方组织法 22)."""
    if session is None or day > session.motions_until:
        raise SuggestionRefused("现在不在大会的议案截止日以前，可以作为建议提出。", "kind")
    needed = procedure_queries.parameter("motion.min_signatures", area=found.case.organ.area_id, on=day)
    if signatures < needed:
        raise SuggestionRefused(f"议案须有{needed}名以上代表联名，现有{signatures}名确认。", "account_ids")


def withdraw(*, suggestion_id: int, reason: str, by: Actor, at: datetime) -> Suggestion:
    """Take a suggestion back as its lead sponsor, before it is answered; co-signers and units are told.

    Raises NotAllowed, StepRefused, SuggestionRefused, Conflict.
    """
    found = of_lead(suggestion_id, by)
    if len(reason.strip()) < 5:
        raise SuggestionRefused("请写明撤回的理由。", "reason")
    with transaction.atomic():
        procedures.perform(
            case=found.case, step="withdraw", by=by, at=at, note=reason.strip(), organ=rules.organ_of(by)
        )
        handling.withdraw_handling(
            case_id=found.case_id, reason=reason.strip(), by=by, at=at, held="suggestion.write"
        )
        others = [pk for pk in rules.authors(found.case) if pk != by.id]
        tell(others, found.case, "withdrawn", f"“{found.title}”已由领衔代表撤回。", at)
    found.refresh_from_db()
    return found
