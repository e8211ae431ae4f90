"""Minutes: drafted from what happened, edited, checked by one person, signed by another, archived (R9.05, R4.14)."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from quancheng.kernel import receipts
from quancheng.ledger import acts as ledger
from quancheng.meetings import drafting
from quancheng.meetings.models import Meeting, Minutes
from quancheng.meetings.recording import MeetingRefused, demand_state, enter, meeting_of, note, text
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures

LONGEST = 200_000
_MAKERS = {Minutes.Kind.RECORD: drafting.record, Minutes.Kind.SUMMARY: drafting.summary}


def draft_minutes(*, meeting_id: int, kind: str, by: Actor, at: datetime, again: bool = False) -> Minutes:
    """Draft the 会议记录 or the 会议纪要 of a closed meeting; `again` throws an edited draft away for a new one.

    Raises NotAllowed, MeetingRefused (there is one that was edited or signed).
    """
    if kind not in Minutes.Kind.values:
        raise MeetingRefused("请选择会议记录或者会议纪要。", "kind")
    with transaction.atomic():
        found = meeting_of(meeting_id, by, "meeting.prepare", "closed", lock=True)
        body = _MAKERS[Minutes.Kind(kind)](found)
        old = Minutes.objects.filter(meeting=found, kind=kind).first()
        if old is None:
            made = Minutes.objects.create(
                meeting=found, kind=kind, body=body, drafted_by_id=by.id, drafted_at=at, public=kind == Minutes.Kind.SUMMARY
            )
        else:
            if old.signed_at is not None or (old.edited_by_id is not None and not again):
                raise MeetingRefused("已经有修改过或者签署的稿子，没有重新起草。")
            Minutes.objects.filter(pk=old.pk).update(
                body=body, drafted_by_id=by.id, drafted_at=at, edits=F("edits") + 1, edited_by=None, checked_by=None,
                checked_at=None,
            )  # fmt: skip
            made = old
        enter("minutes_drafted", found, {"body": body, "kind": kind}, at)
    made.refresh_from_db()
    return made


def _minutes(minutes_id: int, by: Actor, held: str) -> Minutes:
    found = Minutes.objects.select_related("meeting__case__organ").get(pk=minutes_id)
    demand(by, held, organ=found.meeting.case.organ_id)
    demand_state(found.meeting, "closed")
    if found.signed_at is not None:
        raise MeetingRefused("已经签署，不能再改。")
    return found


def edit_minutes(*, minutes_id: int, body: str, edits: int, public: bool, by: Actor, at: datetime) -> Minutes:
    """Save a new wording; `edits` is the count that the page showed. A check that was made is void.

    `public`: shown to everybody once the meeting is archived. Raises NotAllowed, MeetingRefused.
    """
    found = _minutes(minutes_id, by, "meeting.prepare")
    words = text(body, 10, LONGEST, "正文不能是空的", "body")
    if public and found.kind == Minutes.Kind.RECORD and found.meeting.items.exclude(withheld="").exists():
        raise MeetingRefused("会议有按决定不公开的议程，会议记录不能公开，可以公开会议纪要。", "public")
    with transaction.atomic():
        saved = Minutes.objects.filter(pk=found.pk, edits=edits, signed_at=None).update(
            body=words, public=public, edits=F("edits") + 1, edited_by_id=by.id, checked_by=None, checked_at=None
        )
        if not saved:
            raise MeetingRefused("这份稿子刚刚在别处保存过。您的修改还在下方，请先对照后再保存。", "body")
        enter("minutes_edited", found.meeting, {"body": words, "kind": found.kind}, at)
    found.refresh_from_db()
    return found


def check_minutes(*, minutes_id: int, edits: int, by: Actor, at: datetime) -> Minutes:
    """Confirm that the minutes were compared with what happened; `edits` is the wording that was seen.

    Raises NotAllowed, MeetingRefused.
    """
    found = _minutes(minutes_id, by, "meeting.prepare")
    with transaction.atomic():
        checked = Minutes.objects.filter(pk=found.pk, edits=edits, signed_at=None).update(checked_by_id=by.id, checked_at=at)
        if not checked:
            raise MeetingRefused("这份稿子刚刚有人改过，请看过新的内容再核对。")
        note("minutes_checked", found.meeting, found.body, by, at, "meeting.prepare", found.get_kind_display(), kind=found.kind)
    found.refresh_from_db()
    return found


def sign_minutes(*, minutes_id: int, edits: int, by: Actor, at: datetime) -> Minutes:
    """Sign checked minutes as another person than who checked them; the words are fixed, their digest is recorded.

    When record and summary are both signed the meeting is minuted. Raises NotAllowed, MeetingRefused, StepRefused.
    """
    found = _minutes(minutes_id, by, "meeting.lead")
    if found.checked_by_id is None:
        raise MeetingRefused("还没有核对，不能签署。")
    if found.checked_by_id == by.id:
        raise MeetingRefused("核对和签署须由两个人分别办理。")
    salt = ledger.new_salt()
    with transaction.atomic():
        signed = Minutes.objects.filter(pk=found.pk, edits=edits, signed_at=None, checked_by=found.checked_by_id).update(
            signed_by_id=by.id, signed_at=at, salt=salt
        )
        if not signed:
            raise MeetingRefused("这份稿子刚刚有人改过，请看过新的内容再签署。")
        ledger.append(
            kind="meeting.minutes", at=at, organ=found.meeting.case.organ_id, subject=found.meeting.case.number,
            content=receipts.canonical({"body": found.body, "kind": found.kind}), salt=salt, detail={"kind": found.kind},
        )
        note("minutes_signed", found.meeting, found.body, by, at, "meeting.lead", found.get_kind_display(), kind=found.kind)
        if Minutes.objects.filter(meeting=found.meeting, signed_at__isnull=False).count() == len(Minutes.Kind.values):
            procedures.perform(case=found.meeting.case, step="sign_minutes", by=by, at=at)
    found.refresh_from_db()
    return found


def archive(*, meeting_id: int, by: Actor, at: datetime) -> Meeting:
    """Archive a meeting whose minutes are signed; what is public of them is shown from now on (R9.01).

    Raises NotAllowed, MeetingRefused, StepRefused, Conflict.
    """
    found = meeting_of(meeting_id, by, "meeting.prepare", "minuted")
    with transaction.atomic():
        procedures.perform(case=found.case, step="archive", by=by, at=at)
    return found
