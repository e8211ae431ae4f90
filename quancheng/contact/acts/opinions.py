"""Residents' opinions: taking in, advising, passing on, referring to other doors, rating, release, erasure (R7.20–R7.22)."""

import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from quancheng.contact import files, rules
from quancheng.contact import procedure as _declared  # noqa: F401  # registers the procedure
from quancheng.contact.content import content_of
from quancheng.contact.models import (
    ActivityPicture,
    Advice,
    Booking,
    Code,
    ContactNote,
    GroupTopic,
    HandOver,
    Material,
    OpinionPicture,
    ResidentOpinion,
    SealedReading,
    Tablet,
)
from quancheng.contact.recording import ContactRefused, check_key, need, note_neutrally, record
from quancheng.handling import acts as handling
from quancheng.handling import rules as handling_rules
from quancheng.handling.models import Answer, Rating
from quancheng.kernel.deadlines import Term
from quancheng.kernel.words import clean, letters
from quancheng.ledger import acts as ledger
from quancheng.people import acts as people
from quancheng.people import sealing
from quancheng.people.models import Area, Organ, Site
from quancheng.people.permissions import Actor, demand, may
from quancheng.procedures import acts as procedures
from quancheng.procedures import declare
from quancheng.procedures import queries as procedure_queries
from quancheng.procedures.acts import Conflict
from quancheng.procedures.library import LIBRARY
from quancheng.procedures.models import Case

_TERMS = (("pass_on", "转交", "resident_opinion.pass_on_wd", "workday"), ("close", "办结", "resident_opinion.close_days", "day"))
_NEUTRAL = "依照信访工作条例转有权处理的机关。"

declare.name_events(
    {"contact.advised": "代表提出建议", "contact.taken_over": "有关机关已接收", "contact.withheld": "决定不公开"}
)


class PendingCase(ContactRefused):
    """The deputy's words touch courts, police or a tender; he is warned, and may go on on record (S22 代表法 59)."""


def _settled(case: Case, by: Actor, at: datetime) -> None:
    procedures.stop_clock(case=case, key="close", at=at)


def _beginnings(case_ids: list[int]) -> dict[int, str]:
    rows = ResidentOpinion.objects.filter(case_id__in=case_ids, sealed_at=None, erased_at=None)
    return {case: body[:24] + "…" * (len(body) > 24) for case, body in rows.values_list("case_id", "body")}


handling_rules.register(
    "resident_opinion",
    handling_rules.Matter(heading=lambda case: f"{case.number}群众意见", titles=_beginnings, settled=_settled),
)


@dataclass(frozen=True)
class Matter:
    """What a resident hands in, or somebody on his behalf. `phone` was verified by the face when he did it himself.

    One of: `code` (of a deputy or a station), `site` (entered there with consent), `by_contact` (a deputy heard it).
    """

    body: str
    submission_key: str
    code: str = ""
    site: str = ""
    by_contact: bool = False
    legal_wording: str = ""
    name: str = ""
    phone: str = ""
    area: str = ""
    visibility: str = "shown"
    consent_how: str = ""
    witness: str = ""
    said_at: datetime | None = None
    receipt_code: str = ""  # printed by a tablet before it was handed over
    tablet_id: int | None = None
    pictures: tuple[bytes, ...] = ()


def submit(*, matter: Matter, by: Actor, at: datetime, organ: str = "") -> ResidentOpinion:
    """Take an opinion in, durably and once: the same key with the same words gives back what is there (R7.21).

    `organ`: the office that assigns; without it the nearest one over the place. The case is registered at once, its
    clocks start. Raises NotAllowed, ContactRefused, people's BadPhone.
    """
    earlier = ResidentOpinion.objects.filter(submission_key=check_key(matter.submission_key)).first()
    if earlier is not None:
        return _same(earlier, matter)
    made = _checked(matter, by, at)
    office = Organ.objects.get(pk=organ) if organ else _office(made, at)
    kept = _keep(matter.pictures)
    try:
        with transaction.atomic():
            made.case = procedures.open_case(procedure="resident_opinion", organ=office.pk, by=by, at=at)
            made.case.organ = office
            made.save(force_insert=True)
            OpinionPicture.objects.bulk_create([OpinionPicture(opinion=made, **picture.__dict__) for picture in kept])
            _start_clocks(made, at)
            ledger.append(
                kind="matter.received", at=at, organ=office.pk, subject=made.public_id, salt=bytes(made.salt),
                content=content_of(made, [picture.stored_name for picture in kept]), detail={"door": made.door},
            )
            if matter.phone:
                people.record_authorship(subject=made.public_id, phone=matter.phone, at=at)
    except IntegrityError:
        earlier = ResidentOpinion.objects.filter(submission_key=matter.submission_key).first()
        if earlier is None:
            raise
        return _same(earlier, matter)
    return made


def _same(earlier: ResidentOpinion, matter: Matter) -> ResidentOpinion:
    """Return what is there for a repeated form; other words under its key are not taken for it."""
    there = earlier.erased_at is None and earlier.sealed_at is None
    if there and earlier.body != clean(matter.body):
        raise ContactRefused("这份表单已经提交过，内容与现在的不同。请重新打开页面，把现在的内容另行提交。", "body")
    return earlier


def _start_clocks(made: ResidentOpinion, at: datetime) -> None:
    day, area = timezone.localdate(at), made.case.organ.area_id
    starts = [
        procedures.Start(key, label, Term(procedure_queries.parameter(name, area=area, on=day), unit, LIBRARY[name].article), day)
        for key, label, name, unit in _TERMS
    ]
    procedures.start_clocks(case=made.case, starts=starts, at=at)


def _office(made: ResidentOpinion, at: datetime) -> Organ:
    """Return the office nearest to where the opinion came in. Raises ContactRefused."""
    area = made.site.area_id if made.site else rules.area_of_deputy(made.deputy_id or 0)
    found = rules.office_for(area, timezone.localdate(at))
    if found is None:
        raise ContactRefused("这个地方还没有接收意见的机关，请改用“身边站点”里的联系方式。")
    return found


@dataclass(frozen=True)
class _Kept:
    stored_name: str
    kind: str
    width: int
    height: int
    size: int


def _keep(pictures: tuple[bytes, ...]) -> list[_Kept]:
    if len(pictures) > rules.PICTURES:
        raise ContactRefused(f"图片最多{rules.PICTURES}张。", "pictures")
    kept = []
    for data in pictures:
        try:
            stored = files.keep_picture(data)
        except files.BadFile as error:
            raise ContactRefused(str(error), "pictures") from error
        kept.append(_Kept(stored.name, stored.kind, stored.width, stored.height, stored.size))
    return kept


def _checked(matter: Matter, by: Actor, at: datetime) -> ResidentOpinion:
    """Return the opinion that is to be stored. Raises NotAllowed, ContactRefused."""
    body = need(matter.body, 1, "请写下您要反映的事情", "body", rules.LONGEST)
    wording = need(matter.legal_wording, 0, "", "legal_wording", rules.LONGEST)
    if matter.visibility not in ResidentOpinion.Visibility.values:
        raise ContactRefused("请选择办理情况能不能公开。", "visibility")
    if matter.area and not Area.objects.filter(pk=matter.area).exists():
        raise ContactRefused("没有这个地区，请重新选择。", "area")
    made = ResidentOpinion(
        public_id="m" + letters(20), receipt_code=matter.receipt_code or letters(12), body=body, legal_wording=wording,
        submission_key=matter.submission_key, salt=ledger.new_salt(), name=clean(matter.name)[:20],
        visibility=matter.visibility, area_id=matter.area or None, received_at=at, said_at=matter.said_at,
    )
    if matter.site or matter.by_contact:
        return _on_behalf(made, matter, by, at)
    demand(by, "matter.submit")
    found = Code.objects.select_related("site").filter(code=matter.code, revoked_at=None).first()
    day = timezone.localdate(at)
    if found is None or (found.account_id and not rules.is_sitting(found.account_id, day)):
        raise ContactRefused("这个二维码已经停用，请改用“身边站点”里的联系方式。")
    if not matter.phone:  # R1.15 网络安全法 26
        raise ContactRefused("请填写手机号码并验证。号码只在后台核验，单独加密保存，不会公开。", "phone")
    made.deputy_id, made.site = found.account_id, found.site
    made.door = ResidentOpinion.Door.DEPUTY if found.account_id else ResidentOpinion.Door.STATION
    return made


def _on_behalf(made: ResidentOpinion, matter: Matter, by: Actor, at: datetime) -> ResidentOpinion:
    """Return the opinion as entered by the station's staff or a deputy, with the person's consent (S19)."""
    made.entered_by_id, made.consent_how, made.witness = by.id, matter.consent_how, clean(matter.witness)[:40]
    if matter.site:
        demand(by, "matter.enter", site=matter.site)
        made.site, made.tablet_id = Site.objects.get(pk=matter.site), matter.tablet_id
        made.door = ResidentOpinion.Door.TABLET if matter.tablet_id else ResidentOpinion.Door.WALK_IN
        if made.tablet_id and not Tablet.objects.filter(pk=made.tablet_id, site_id=matter.site).exists():
            raise ContactRefused("这台平板不是本站的。")
    else:
        demand(by, "matter.receive")
        made.deputy_id, made.door = by.id, ResidentOpinion.Door.CONTACT
    if matter.consent_how not in ResidentOpinion.Consent.values:
        raise ContactRefused("代为提交须经本人同意，请选择本人怎样同意的。", "consent_how")
    return made


def _opinion(opinion_id: int) -> ResidentOpinion:
    """Return an opinion whose words are open. Raises ContactRefused."""
    found = ResidentOpinion.objects.select_related("case__organ", "site").get(pk=opinion_id)
    if found.sealed_at is not None:
        raise ContactRefused("没有这件意见，或者已转有权处理的机关。")
    return found


def _hand(found: ResidentOpinion, by: Actor) -> str:
    """Return the organ in which the actor may pass an opinion on: its deputy, its station, its office. Raises NotAllowed."""
    if found.deputy_id is not None and found.deputy_id == by.account_id and may(by, "matter.receive"):
        return next(o.organ for o in by.offices if o.role == "deputy")
    if found.site_id is not None and may(by, "matter.enter", site=found.site_id):
        return next(o.organ for o in by.offices if o.site == found.site_id)
    demand(by, "matter.read", organ=found.case.organ_id)
    return found.case.organ_id


def forward(
    *, opinion_id: int, words: str, by: Actor, at: datetime, warned: bool = False
) -> ResidentOpinion:
    """Pass an opinion on to the office, with advice where a deputy does; it decides nothing (R7.20 代表法 31).

    Raises NotAllowed, StepRefused, Conflict, PendingCase, ContactRefused.
    """
    found = _opinion(opinion_id)
    organ = _hand(found, by)
    with transaction.atomic():
        procedures.perform(case=found.case, step="forward", by=by, at=at, organ=organ)
        if clean(words):
            _advise(found, words, by, at, warned)
    return found


def advise(*, opinion_id: int, words: str, by: Actor, at: datetime, warned: bool = False) -> Advice:
    """Add a deputy's advice to an opinion that residents brought to him, until it is closed (R7.20, R8.15).

    Advice binds nobody. Raises NotAllowed, PendingCase, ContactRefused.
    """
    found = _opinion(opinion_id)
    demand(by, "matter.receive")
    if found.deputy_id != by.account_id:
        raise ContactRefused("只有收到这件意见的代表可以提建议。")
    if declare.get(found.case.procedure, found.case.version).states[found.case.state].final:
        raise ContactRefused("这件意见已经办结。")
    with transaction.atomic():
        return _advise(found, words, by, at, warned)


def _advise(found: ResidentOpinion, words: str, by: Actor, at: datetime, warned: bool) -> Advice:
    words = need(words, rules.SHORTEST_REASON, "请写明建议", "words", 2000)
    touchy = rules.speaks_of_pending(words)
    if touchy and not warned:
        raise PendingCase(
            "您写到了法院、检察、公安办理的案件或者招标投标。代表不得干涉具体案件和招投标（代表法）。"
            "确需说明情况的，请勾选已知悉后再提交，并会记录在案。", "warned",
        )
    made = Advice.objects.create(opinion=found, by_id=by.id, at=at, words=words, warned_at=at if touchy else None)
    procedures.note(
        case=found.case, event="contact.advised", words=words, by=by, at=at,
        held="matter.receive" if may(by, "matter.receive") else "matter.forward", article="代表法第三十一条",
        detail={"warned": touchy},
    )
    return made


def refer(*, opinion_id: int, way: str, where: str, reason: str, by: Actor, at: datetime) -> HandOver:
    """Tell the resident that another door is the right one, and hand over: petition, court, other organ (R7.22).

    Whoever had a share in it has it no more; every clock stops. The words of an accusation are sealed in the same transaction: from then on nobody reads them who does not hold
    matter.open_sealed, and no list or count shows the opinion (S02 信访工作条例 30). Raises NotAllowed, StepRefused,
    Conflict, ContactRefused.
    """
    found = _opinion(opinion_id)
    demand(by, "matter.hand_over", organ=found.case.organ_id)
    if way not in HandOver.Way.values:
        raise ContactRefused("请选择转到哪里。", "way")
    secret = way == HandOver.Way.ACCUSATION
    where = "有权处理的机关" if secret else need(where, 2, "请写明应当找哪里", "where", 60)
    reason = need(reason, rules.SHORTEST_REASON, "请写明为什么，作者会看到", "reason", 1000)
    note = _NEUTRAL if secret else f"请找：{where}。{reason}"
    with transaction.atomic():
        procedures.perform(case=found.case, step="hand_over", by=by, at=at, note=note)
        handling.withdraw_handling(case_id=found.case_id, reason=note, by=by, at=at, held="matter.hand_over")
        made = HandOver.objects.create(
            opinion=found, way=HandOver.Way.PETITION if secret else way, where=where,
            reason=_NEUTRAL if secret else reason, by_id=by.id, at=at,
        )
        if secret:
            _seal(found, made, reason, at)
        sent = way in (HandOver.Way.PETITION, HandOver.Way.ACCUSATION)
        told = f"已转送{where}" if sent else f"应当向{where}提出"
        people.notify_author(
            subject=found.public_id, at=at,
            text=f"您反映的事项（回执号{found.receipt_code}）{told}，请凭回执号查看说明。",
        )
    return made


def _seal(found: ResidentOpinion, made: HandOver, reason: str, at: datetime) -> None:
    """Move every word of an accusation into the sealed record, and out of everything else that repeats it."""
    advice = Advice.objects.filter(opinion=found)
    notes, topics = ContactNote.objects.filter(opinion=found), GroupTopic.objects.filter(opinion=found)
    words = {
        "advice": list(advice.values_list("words", flat=True)),
        "body": found.body,
        "contact": list(notes.values_list("words", flat=True)),
        "legal_wording": found.legal_wording,
        "name": found.name,
        "pictures": list(found.pictures.values_list("stored_name", flat=True)),
        "reason": reason,
        "salt": b64encode(bytes(found.salt)).decode(),
        "topic": list(topics.values_list("title", "words", "summary")),
        "witness": found.witness,
    }
    sealed = sealing.seal("accusation", json.dumps(words, ensure_ascii=False))
    HandOver.objects.filter(pk=made.pk).update(sealed_words=sealed)
    ResidentOpinion.objects.filter(pk=found.pk).update(
        body="", legal_wording="", name="", witness="", salt=b"", sealed_at=at, visibility=ResidentOpinion.Visibility.PRIVATE
    )
    found.pictures.all().delete()
    advice.update(words="")
    notes.update(words="")
    topics.update(title="（已转送）", words="", summary="")
    Booking.objects.filter(opinion=found).update(about="")


def take_over(*, opinion_id: int, by: Actor, at: datetime, case_id: int | None = None) -> HandOver:
    """Record that the office to which an opinion was referred has taken it over, under a case of its own where named.

    A sealed accusation is taken over only by those who may read it, and no case is named (S02).
    Raises NotAllowed, ContactRefused, Conflict.
    """
    made = HandOver.objects.select_related("opinion__case").get(opinion_id=opinion_id)
    demand(by, "matter.open_sealed" if made.sealed_words is not None else "matter.take_over")
    if made.by_id == by.id:
        raise ContactRefused("转送和接收须由两个人分别经手。")
    if made.sealed_words is not None and case_id is not None:
        raise ContactRefused("检举控告不与其他案卷关联。")
    target = Case.objects.get(pk=case_id) if case_id is not None else None
    with transaction.atomic():
        waiting = HandOver.objects.filter(pk=made.pk, taken_at=None)
        if not waiting.update(taken_by_id=by.id, taken_at=at, case=target):
            raise Conflict("这件事项已经接收。")
        if target is not None:
            procedures.link_cases(source=made.opinion.case, target=target, relation="handed_over_to", at=at)
        if made.sealed_words is None:
            procedures.note(
                case=made.opinion.case, event="contact.taken_over", words="", by=by, at=at, held="matter.take_over"
            )
    made.refresh_from_db()
    return made


def read_sealed(*, opinion_id: int, by: Actor, at: datetime) -> dict[str, object]:
    """Return the words of a sealed accusation; every reading is on record (S02). Raises NotAllowed, HandOver.DoesNotExist."""
    demand(by, "matter.open_sealed")
    made = HandOver.objects.get(opinion_id=opinion_id, sealed_words__isnull=False)
    words = sealing.unseal("accusation", bytes(made.sealed_words or b""))
    if rules.speaks_of(by, words):  # alike for what is not there (S02)
        raise HandOver.DoesNotExist
    with transaction.atomic():
        SealedReading.objects.create(hand_over=made, by_id=by.id, at=at)
        note_neutrally(f"sealed:{opinion_id}", at)
    return dict(json.loads(words))


def rate(*, receipt_code: str, answer_id: int, grade: str, reason: str, at: datetime) -> Rating:
    """Rate the newest answer as the author, whom the receipt code shows (R7.21, S28).

    Raises ResidentOpinion.DoesNotExist, ContactRefused, StepRefused, Conflict, handling's HandlingRefused.
    """
    found = ResidentOpinion.objects.select_related("case").get(receipt_code=receipt_code)
    if not Answer.objects.filter(pk=answer_id, assignment__case=found.case, signed_at__isnull=False).exists():
        raise ContactRefused("没有这份答复。")
    return handling.rate(answer_id=answer_id, grade=grade, reason=clean(reason), by=Actor.public(), at=at)


def release(*, opinion_id: int, title: str, by: Actor, at: datetime) -> ResidentOpinion:
    """Publish a closed opinion with its answers and ratings, under a title with nothing personal in it (R9.01, R9.05).

    The author agreed; whoever releases did not assign it. Raises NotAllowed, Conflict, ContactRefused.
    """
    found = _opinion(opinion_id)
    demand(by, "matter.release", organ=found.case.organ_id)
    if found.visibility != ResidentOpinion.Visibility.SHOWN or found.erased_at is not None:
        raise ContactRefused("本人没有同意公开，或者文字已依申请删除。")
    if found.case.state != "closed":
        raise ContactRefused("办结以后才能公开。")
    if found.case.assignments.filter(by_id=by.id).exists():
        raise ContactRefused("交办和公开须由两个人分别经手。")
    title = need(title, 4, "请写一个标题，不写姓名、电话和门牌", "title", 60)
    with transaction.atomic():
        if not ResidentOpinion.objects.filter(pk=found.pk, released_at=None).update(
            released_at=at, released_by_id=by.id, title=title
        ):
            raise Conflict("已经公开。")
        record("matter_released", found.public_id, title, at, found.case.organ_id)
    found.refresh_from_db()
    return found


def withhold(*, opinion_id: int, reason: str, by: Actor, at: datetime) -> ResidentOpinion:
    """Decide with a reason that a closed opinion is not published, though its author agreed (R9.03).

    The reason stands on the thread; a later release remains possible. Raises NotAllowed, ContactRefused.
    """
    found = _opinion(opinion_id)
    demand(by, "matter.release", organ=found.case.organ_id)
    reason = need(reason, rules.SHORTEST_REASON, "请写明不公开的理由", "reason", 300)
    if found.case.state != "closed" or found.released_at is not None:
        raise ContactRefused("只有已办结、还没有公开的意见可以决定不公开。")
    with transaction.atomic():
        procedures.note(
            case=found.case, event="contact.withheld", words=reason, by=by, at=at, held="matter.release", shown=reason
        )
    return found


def withdraw_release(*, opinion_id: int, reason: str, by: Actor, at: datetime) -> ResidentOpinion:
    """Take a published opinion down, with the reason on record (R9.09). Raises NotAllowed, ContactRefused, Conflict."""
    found = _opinion(opinion_id)
    demand(by, "matter.release", organ=found.case.organ_id)
    reason = need(reason, rules.SHORTEST_REASON, "请写明撤下的理由", "reason")
    with transaction.atomic():
        if not ResidentOpinion.objects.filter(pk=found.pk, released_at__isnull=False).update(
            released_at=None, released_by_id=None
        ):
            raise Conflict("没有公开。")
        record("matter_taken_down", found.public_id, reason, at, found.case.organ_id)
    found.refresh_from_db()
    return found


def erase_words(*, opinion_id: int, ground: str, by: Actor, at: datetime) -> ResidentOpinion:
    """Erase the words at the person's lawful request; the proof in the ledger stays whole (S05 个人信息保护法 47).

    Raises NotAllowed, ContactRefused, Conflict.
    """
    found = _opinion(opinion_id)
    demand(by, "matter.erase", organ=found.case.organ_id)
    ground = need(ground, rules.SHORTEST_REASON, "请写明本人申请的情况", "ground")
    with transaction.atomic():
        if not ResidentOpinion.objects.filter(pk=found.pk, erased_at=None).update(
            body="", legal_wording="", name="", witness="", salt=b"", erased_at=at, released_at=None, released_by_id=None
        ):
            raise Conflict("这件意见的原文已经删除。")
        names = set(found.pictures.values_list("stored_name", flat=True))
        found.pictures.all().delete()
        transaction.on_commit(lambda: _forget_files(names))
        record("matter_erased", found.public_id, ground, at, found.case.organ_id)
    found.refresh_from_db()
    return found


def _forget_files(names: set[str]) -> None:
    """Delete stored files that nothing needs any more: no row, no sealed record (S05)."""
    for model in (OpinionPicture, ActivityPicture, Material):
        names = names - set(model.objects.filter(stored_name__in=names).values_list("stored_name", flat=True))
    if names:
        for sealed in HandOver.objects.filter(sealed_words__isnull=False).values_list("sealed_words", flat=True):
            names -= set(json.loads(sealing.unseal("accusation", bytes(sealed or b"")))["pictures"])
    for name in names:
        files.path_of(name).unlink(missing_ok=True)
