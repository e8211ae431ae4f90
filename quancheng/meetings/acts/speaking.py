"""The speaking list: asked for from the phone or at the desk, ordered, called, timed, paused for an intervention (R4.13)."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone

from quancheng.ledger import acts as ledger
from quancheng.meetings import rules
from quancheng.meetings.models import AgendaItem, Attendee, Meeting, Speech
from quancheng.meetings.recording import MeetingRefused, enter, meeting_of, own_seat, text
from quancheng.people.permissions import Actor, NotAllowed, demand

LONGEST_NOTES = 10_000
_LIVE = (Speech.State.SPEAKING, Speech.State.PAUSED)


def ask_to_speak(*, meeting_id: int, by: Actor, at: datetime) -> Speech:
    """Ask for the floor as somebody who is in the hall, for the item that is open. Raises NotAllowed, MeetingRefused."""
    seat = own_seat(meeting_id, by, "open")
    return _ask(seat, by, at)


def enter_speaker(*, attendee_id: int, by: Actor, at: datetime) -> Speech:
    """Put somebody who is in the hall on the speaking list, as the secretariat. Raises NotAllowed, MeetingRefused."""
    seat = Attendee.objects.select_related("meeting__case__organ").get(pk=attendee_id)
    meeting_of(seat.meeting_id, by, "meeting.run", "open")
    return _ask(seat, by, at)


def _ask(seat: Attendee, by: Actor, at: datetime) -> Speech:
    if not seat.is_in:
        raise MeetingRefused(f"{seat.name}不在会场，签到后才能申请发言。")
    last = Speech.objects.filter(meeting=seat.meeting).aggregate(last=Max("place"))["last"] or 0
    item = AgendaItem.objects.filter(meeting=seat.meeting, opened_at__isnull=False, closed_at=None).first()
    try:
        with transaction.atomic():
            made = Speech.objects.create(
                meeting=seat.meeting, item=item, attendee=seat, kind=Speech.Kind.SPEECH, place=last + 1, asked_at=at
            )
            enter("floor_asked", seat.meeting, {"attendee": seat.pk}, at)
    except IntegrityError:
        raise MeetingRefused(f"{seat.name}已经在发言名单中。") from None
    return made


def withdraw_request(*, speech_id: int, by: Actor, at: datetime) -> None:
    """Take a request off the list: one's own, or as the secretariat. Raises NotAllowed, MeetingRefused."""
    found = _speech(speech_id)
    if found.attendee.account_id != by.account_id or by.account_id is None:
        demand(by, "meeting.run", organ=found.meeting.case.organ_id)
    with transaction.atomic():
        gone = Speech.objects.filter(pk=found.pk, state=Speech.State.ASKED).update(
            state=Speech.State.WITHDRAWN, ended_at=at
        )
        if not gone:
            raise MeetingRefused("已经开始发言，不能撤回。")
        enter("floor_withdrawn", found.meeting, {"attendee": found.attendee_id}, at)


def _speech(speech_id: int) -> Speech:
    return Speech.objects.select_related("meeting__case__organ", "attendee", "item").get(pk=speech_id)


def _running(speech_id: int, by: Actor) -> Speech:
    """Return a speech of an open meeting whose row is held, for those who run it."""
    found = _speech(speech_id)
    meeting_of(found.meeting_id, by, "meeting.run", "open", lock=True)
    found.refresh_from_db()
    return found


def move_request(*, speech_id: int, place: int, by: Actor, at: datetime) -> None:
    """Put a waiting request at another place of the list, 1 first. Raises NotAllowed, MeetingRefused."""
    with transaction.atomic():
        found = _running(speech_id, by)
        if found.state != Speech.State.ASKED:
            raise MeetingRefused("已经不在等候发言的名单中。")
        rows = list(Speech.objects.filter(meeting=found.meeting, state=Speech.State.ASKED).order_by("place", "id"))
        places = [row.place for row in rows]
        order = [row for row in rows if row.pk != found.pk]
        order.insert(max(0, min(place, len(rows)) - 1), next(row for row in rows if row.pk == found.pk))
        for row, number in zip(order, places, strict=True):
            row.place = number
        Speech.objects.bulk_update(order, ["place"])
        enter("floor_moved", found.meeting, {"place": place, "speech": found.pk}, at)


def start_speech(*, speech_id: int, by: Actor, at: datetime) -> Speech:
    """Give the floor and start the clock, with the time that the rule gives (R4.13). Raises NotAllowed, MeetingRefused."""
    with transaction.atomic():
        found = _running(speech_id, by)
        if found.state != Speech.State.ASKED:
            raise MeetingRefused("已经不在等候发言的名单中。")
        if Speech.objects.filter(meeting=found.meeting, state__in=_LIVE).exists():
            raise MeetingRefused("还有人在发言，请先结束。")
        now_open = AgendaItem.objects.filter(meeting=found.meeting, opened_at__isnull=False, closed_at=None).first()
        found.item = now_open or found.item
        form = found.item.form if found.item else AgendaItem.Form.PLENARY
        before = Speech.objects.filter(
            meeting=found.meeting, item=found.item, attendee=found.attendee, kind=Speech.Kind.SPEECH, state=Speech.State.DONE
        ).exists()
        found.limit = rules.speech_limit(found.meeting, form, before, timezone.localdate(at))
        found.state, found.began_at, found.running_since = Speech.State.SPEAKING, at, at
        found.save(update_fields=["item", "limit", "state", "began_at", "running_since"])
        enter("floor_given", found.meeting, {"attendee": found.attendee_id, "limit": found.limit}, at)
    return found


def intervene(*, attendee_id: int, by: Actor, at: datetime) -> Speech:
    """Let somebody put in a word: the speaker's clock stops, the other's runs. Raises NotAllowed, MeetingRefused."""
    seat = Attendee.objects.get(pk=attendee_id)
    with transaction.atomic():
        meeting = meeting_of(seat.meeting_id, by, "meeting.run", "open", lock=True)
        if not seat.is_in:
            raise MeetingRefused(f"{seat.name}不在会场。")
        speaker = Speech.objects.filter(meeting=meeting, running_since__isnull=False).select_related("item").first()
        if speaker is None or speaker.kind == Speech.Kind.INTERVENTION:
            raise MeetingRefused("没有人在发言，不用插话。")
        if speaker.attendee_id == seat.pk:
            raise MeetingRefused("他正在发言。")
        _stand_still(speaker, Speech.State.PAUSED, at)
        made = Speech.objects.create(
            meeting=meeting, item=speaker.item, attendee=seat, kind=Speech.Kind.INTERVENTION, state=Speech.State.SPEAKING,
            place=speaker.place, asked_at=at, began_at=at, running_since=at,
        )  # fmt: skip
        enter("intervened", meeting, {"attendee": seat.pk, "speech": speaker.pk}, at)
    return made


def _stand_still(found: Speech, state: str, at: datetime) -> None:
    if found.running_since is not None:
        found.spent += max(0, int((at - found.running_since).total_seconds()))
    found.running_since, found.state = None, state
    if state == Speech.State.DONE:
        found.ended_at = at
    found.save(update_fields=["spent", "running_since", "state", "ended_at"])


def pause_speech(*, speech_id: int, by: Actor, at: datetime) -> Speech:
    """Stop the clock of the speaker. Raises NotAllowed, MeetingRefused."""
    with transaction.atomic():
        found = _running(speech_id, by)
        if found.running_since is None:
            raise MeetingRefused("他的计时没有在走。")
        _stand_still(found, Speech.State.PAUSED, at)
        enter("clock_stopped", found.meeting, {"spent": found.spent, "speech": found.pk}, at)
    return found


def resume_speech(*, speech_id: int, by: Actor, at: datetime) -> Speech:
    """Let the clock of a speaker who paused go on. Raises NotAllowed, MeetingRefused."""
    with transaction.atomic():
        found = _running(speech_id, by)
        if found.state != Speech.State.PAUSED:
            raise MeetingRefused("他的计时没有暂停。")
        if Speech.objects.filter(meeting=found.meeting, running_since__isnull=False).exists():
            raise MeetingRefused("还有人在发言，请先结束。")
        found.state, found.running_since = Speech.State.SPEAKING, at
        found.save(update_fields=["state", "running_since"])
        enter("clock_started", found.meeting, {"spent": found.spent, "speech": found.pk}, at)
    return found


def give_time(*, speech_id: int, minutes: int, by: Actor, at: datetime) -> Speech:
    """Give a speaker more minutes with the chair's leave. Raises NotAllowed, MeetingRefused."""
    if not 1 <= minutes <= 60:
        raise MeetingRefused("请填写1至60分钟。", "minutes")
    with transaction.atomic():
        found = _running(speech_id, by)
        if found.state not in _LIVE:
            raise MeetingRefused("他没有在发言。")
        Speech.objects.filter(pk=found.pk).update(limit=F("limit") + 60 * minutes)
        enter("time_given", found.meeting, {"minutes": minutes, "speech": found.pk}, at)
    found.refresh_from_db()
    return found


def end_speech(*, speech_id: int, by: Actor, at: datetime) -> Speech:
    """End a speech or an intervention; the clock stands still for good. Raises NotAllowed, MeetingRefused."""
    with transaction.atomic():
        found = _running(speech_id, by)
        if found.state not in _LIVE:
            raise MeetingRefused("他没有在发言。")
        _stand_still(found, Speech.State.DONE, at)
        enter("floor_ended", found.meeting, {"spent": found.spent, "speech": found.pk}, at)
    return found


def write_notes(*, speech_id: int, words: str, edits: int, by: Actor, at: datetime) -> Speech:
    """Keep the notes of a speech; the speaker signs them later (R4.14). `edits` is the count that the page showed.

    Raises NotAllowed, MeetingRefused.
    """
    found = _speech(speech_id)
    meeting_of(found.meeting_id, by, "meeting.prepare", "open", "closed")
    body = text(words, 1, LONGEST_NOTES, "请写发言的内容", "notes")
    _save_notes(found, body, edits, at)
    return found


def _save_notes(found: Speech, body: str, edits: int, at: datetime) -> None:
    if found.state != Speech.State.DONE:
        raise MeetingRefused("发言还没有结束。")
    with transaction.atomic():
        saved = Speech.objects.filter(pk=found.pk, notes_edits=edits, notes_signed_at=None).update(
            notes=body, notes_edits=F("notes_edits") + 1
        )
        if not saved:
            raise MeetingRefused("这份发言记录已经签名，或者刚刚在别处保存过。您写的还在，请先对照。", "notes")
        enter("notes_written", found.meeting, {"notes": body, "speech": found.pk}, at)
    found.refresh_from_db()


def sign_notes(*, speech_id: int, words: str, edits: int, by: Actor, at: datetime) -> Speech:
    """Sign the notes of one's own speech, with corrections where needed; from then on they stand (R4.14).

    Raises NotAllowed, MeetingRefused.
    """
    found = _speech(speech_id)
    if found.attendee.account_id is None or found.attendee.account_id != by.account_id:
        raise NotAllowed("meeting.attend")
    _still_writing(found.meeting)
    body = text(words, 1, LONGEST_NOTES, "发言记录不能是空的", "notes")
    with transaction.atomic():
        if body != found.notes:
            _save_notes(found, body, edits, at)
            edits += 1
        salt = ledger.new_salt()
        signed = Speech.objects.filter(pk=found.pk, notes_edits=edits, notes_signed_at=None).exclude(notes="").update(
            notes_signed_at=at, notes_salt=salt
        )
        if not signed:
            raise MeetingRefused("这份发言记录已经签名，或者刚刚有人改过，请刷新后再看。", "notes")
        enter("notes_signed", found.meeting, {"notes": body, "speech": found.pk}, at, salt)
    found.refresh_from_db()
    return found


def _still_writing(meeting: Meeting) -> None:
    if meeting.case.state not in ("open", "closed"):
        raise MeetingRefused("会议记录已经签署，发言记录不能再改。")
