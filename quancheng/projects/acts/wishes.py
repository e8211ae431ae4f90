"""Taking wishes in, through every door, each exactly once (R7.50, S01, S19); hiding on a ground, objecting, erasing."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from quancheng.kernel.docnum import parse_document_number
from quancheng.kernel.words import clean, letters, one_line
from quancheng.ledger import acts as ledger
from quancheng.people import acts as people
from quancheng.people.models import Area, Site
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.projects import files, rules
from quancheng.projects.models import Call, Hiding, Picture, Project
from quancheng.projects.recording import call_of, content_of, project_of
from quancheng.projects.rules import ProjectRefused

GONE = "（文字已按本人申请删除）"


class NotOpen(ProjectRefused):
    """The call has not begun, or is over."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants done. `phone` was verified by the face when he did it himself.

    At most one of: `site` (entered there with consent), `as_deputy`, `council` (proposed by that street's council, R7.54).
    """

    title: str
    body: str
    submission_key: str
    area: str = ""
    place: str = ""
    latitude: str = ""
    longitude: str = ""
    name: str = ""
    phone: str = ""
    site: str = ""
    as_deputy: bool = False
    council: str = ""
    consent_how: str = ""
    witness: str = ""
    pictures: tuple[bytes, ...] = ()


def check_words(*, title: str, body: str, latitude: str = "", longitude: str = "") -> None:
    """Raise ProjectRefused where the words of a wish, or where it lies, could not be taken. Without at: it writes nothing."""
    rules.line(title, 4, "请用一句话写明想办成什么事", "title", 40)
    rules.need(body, 10, "请写明为什么要办、谁受益", "body", rules.LONGEST)
    rules.place(latitude, longitude)


def submit(*, call_id: int, wish: Wish, by: Actor, at: datetime) -> Project:
    """Take a wish in, durably and once: the same key with the same words gives back what is there (R7.50).

    Raises NotAllowed, ProjectRefused, NotOpen, people's BadPhone.
    """
    earlier = Project.objects.filter(submission_key=rules.check_key(wish.submission_key)).first()
    if earlier is not None:
        return _same(earlier, wish)
    call = call_of(call_id)
    made = _checked(call, wish, by, at)
    kept = files.keep_pictures(wish.pictures, rules.PICTURES)
    try:
        with transaction.atomic():
            made.case = procedures.open_case(procedure="livelihood_project", organ=call.organ_id, by=by, at=at)
            number = parse_document_number(made.case.number)
            made.code = f"{number.year}-{number.n}"
            made.save(force_insert=True)
            Picture.objects.bulk_create([Picture(project=made, **one.__dict__) for one in kept])
            ledger.append(
                kind="project.received", at=at, organ=call.organ_id, subject=made.public_id, salt=bytes(made.salt),
                content=content_of(made, [one.stored_name for one in kept]), detail={"code": made.code, "door": made.door},
            )  # fmt: skip
            if wish.phone:
                people.record_authorship(subject=made.public_id, phone=wish.phone, at=at)
    except IntegrityError:
        earlier = Project.objects.filter(submission_key=wish.submission_key).first()
        if earlier is None:
            raise
        return _same(earlier, wish)
    return made


def _same(earlier: Project, wish: Wish) -> Project:
    """Return what is there for a repeated form; other words under its key are not taken for it."""
    if earlier.erased_at is None and (earlier.body, earlier.title) != (clean(wish.body), one_line(wish.title)):
        raise ProjectRefused("这份表单已经提交过，内容与现在的不同。请重新打开页面，把现在的内容另行提交。", "body")
    return earlier


def _checked(call: Call, wish: Wish, by: Actor, at: datetime) -> Project:
    """Return the wish that is to be stored. Raises NotAllowed, ProjectRefused, NotOpen."""
    day = timezone.localdate(at)
    if call.case.state != "announced" or not call.opens_on <= day <= call.closes_on:
        raise NotOpen(f"征集时间是{call.opens_on:%Y年%-m月%-d日}至{call.closes_on:%Y年%-m月%-d日}，现在不能提交。")
    latitude, longitude = rules.place(wish.latitude, wish.longitude)
    made = Project(
        call=call, year=call.year, public_id="w" + letters(20), receipt_code=letters(12),
        submission_key=wish.submission_key, salt=ledger.new_salt(), latitude=latitude, longitude=longitude,
        title=rules.line(wish.title, 4, "请用一句话写明想办成什么事", "title", 40),
        body=rules.need(wish.body, 10, "请写明为什么要办、谁受益", "body", rules.LONGEST),
        place=rules.line(wish.place, 0, "", "place", 80), name=one_line(wish.name)[:20], area_id=wish.area or None,
        received_at=at,
    )  # fmt: skip
    if wish.area and not Area.objects.filter(pk=wish.area).exists():
        raise ProjectRefused("没有这个地区，请重新选择。", "area")
    if wish.site or wish.as_deputy or wish.council:
        return _entered(made, wish, by)
    demand(by, "project.propose")
    if not wish.phone:  # R1.15 网络安全法 26
        raise ProjectRefused("请填写手机号码并验证。号码只在后台核验，单独加密保存，不会公开。", "phone")
    made.door = Project.Door.WEB
    return made


def _entered(made: Project, wish: Wish, by: Actor) -> Project:
    """Return the wish as entered at a station, by a deputy, or for a street council."""
    made.entered_by_id = by.id
    if wish.site:
        demand(by, "project.enter", site=wish.site)
        made.site, made.door = Site.objects.get(pk=wish.site), Project.Door.SITE
        made.consent_how, made.witness = wish.consent_how, one_line(wish.witness)[:40]
        if wish.consent_how not in Project.Consent.values:  # S19
            raise ProjectRefused("代为提交须经本人同意，请选择本人怎样同意的。", "consent_how")
        if wish.consent_how == Project.Consent.SPOKEN and len(made.witness) < 2:
            raise ProjectRefused("口头同意的，请写明谁在场见证。", "witness")
    elif wish.as_deputy:
        demand(by, "project.speak")
        made.door, made.name = Project.Door.DEPUTY, by.name[:20]
    else:
        demand(by, "project.manage", organ=made.call.organ_id)
        made.door, made.council = Project.Door.COUNCIL, rules.line(wish.council, 4, "请写明哪个街道的议政会", "council", 40)
    return made


def hide(*, project_id: int, ground: str, words: str, by: Actor, at: datetime) -> Hiding:
    """Take a wish off the public pages on a listed ground; its author is told and may object (S11).

    Raises NotAllowed, ProjectRefused.
    """
    found = project_of(project_id)
    demand(by, "project.manage", organ=found.call.organ_id)
    if ground not in Hiding.Ground.values:
        raise ProjectRefused("请从法定理由中选择一项。", "ground")
    words = rules.need(words, 5, "请写明理由，作者会看到", "words", 300)
    with transaction.atomic():
        if not Project.objects.filter(pk=found.pk, hidden_at=None).update(hidden_at=at):
            raise ProjectRefused("这条建议已经不公开显示。")
        made = Hiding.objects.create(project=found, ground=ground, words=words, by_id=by.id, at=at)
        procedures.note(
            case=found.case, event="project.hidden", words=words, by=by, at=at, held="project.manage",
            shown=str(Hiding.Ground(ground).label), article="网络安全法第四十九条",
        )  # fmt: skip
        people.notify_author(
            subject=found.public_id, at=at,
            text=f"您提的民生实事建议（回执号{found.receipt_code}）没有公开显示，建议照常研究。理由和申诉办法请凭回执号查看。",
        )
    return made


def object_to_hiding(*, receipt_code: str, words: str, at: datetime) -> Hiding:
    """Take the author's objection to not being shown, once (S11). Raises ProjectRefused, Project.DoesNotExist."""
    found = Project.objects.select_related("case").get(receipt_code=receipt_code)
    hiding = found.hidings.filter(decided_at=None).order_by("-pk").first()
    if found.hidden_at is None or hiding is None or hiding.appealed_at is not None:
        raise ProjectRefused("现在不需要申诉，或者已经申诉过。")
    words = rules.need(words, 5, "请写明为什么应当公开", "text", 1000)
    with transaction.atomic():
        Hiding.objects.filter(pk=hiding.pk, appealed_at=None).update(appeal=words, appealed_at=at)
        ledger.append(
            kind="project.objected", at=at, organ=found.case.organ_id, subject=found.public_id, content=words.encode(),
            salt=ledger.new_salt(),
        )  # fmt: skip
    hiding.refresh_from_db()
    return hiding


def decide_objection(*, hiding_id: int, show: bool, reason: str, by: Actor, at: datetime) -> Hiding:
    """Decide an objection: by another person than the one who hid the wish (S11). Raises NotAllowed, ProjectRefused."""
    hiding = Hiding.objects.select_related("project__call", "project__case").get(pk=hiding_id)
    found = hiding.project
    demand(by, "project.manage", organ=found.call.organ_id)
    if by.id == hiding.by_id:
        raise ProjectRefused("决定不公开的人不能复核自己的决定，请由另一人复核。")
    if hiding.appealed_at is None or hiding.decided_at is not None:
        raise ProjectRefused("这件没有等待复核的申诉。")
    reason = rules.need(reason, 5, "请写明复核的理由，作者会看到", "reason", 1000)
    with transaction.atomic():
        Hiding.objects.filter(pk=hiding.pk).update(upheld=not show, reason=reason, decided_by_id=by.id, decided_at=at)
        if show:
            Project.objects.filter(pk=found.pk).update(hidden_at=None)
        procedures.note(
            case=found.case, event="project.shown" if show else "project.hidden", words=reason, by=by, at=at,
            held="project.manage", shown="经复核，恢复公开显示" if show else "经复核，维持不公开显示",
        )  # fmt: skip
        people.notify_author(
            subject=found.public_id, at=at,
            text=f"您对民生实事建议（回执号{found.receipt_code}）不公开显示的申诉已复核，请凭回执号查看。",
        )
    hiding.refresh_from_db()
    return hiding


def erase_words(*, project_id: int, reason: str, by: Actor, at: datetime) -> Project:
    """Erase the author's words at his request; what the congress made of them stays, and the proof too (S05).

    Raises NotAllowed, ProjectRefused.
    """
    found = project_of(project_id)
    demand(by, "project.manage", organ=found.call.organ_id)
    reason = rules.need(reason, 5, "请写明作者怎样申请的", "reason", 300)
    if found.erased_at is not None:
        raise ProjectRefused("文字已经删除。")
    with transaction.atomic():
        Project.objects.filter(pk=found.pk).update(title=GONE, body="", name="", place="", erased_at=at)
        names = list(Picture.objects.filter(project=found, report=None, inspection=None).values_list("stored_name", flat=True))
        Picture.objects.filter(project=found, report=None, inspection=None).delete()
        procedures.note(case=found.case, event="project.erased", words=reason, by=by, at=at, held="project.manage")
        people.forget_authors(subjects=[found.public_id], at=at)
    for name in names:
        if not Picture.objects.filter(stored_name=name).exists():
            files.path_of(name).unlink(missing_ok=True)
    found.refresh_from_db()
    return found
