"""Minutes drafted from what happened; two people; what stands afterwards; what the ledger sees."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from quancheng.ledger import acts as ledger
from quancheng.meetings import acts, queries, rules
from quancheng.meetings.models import Minutes
from quancheng.meetings.tasks import changed_words
from quancheng.people.permissions import NotAllowed
from quancheng.publications import documents


@pytest.fixture
def results():
    """A package above that tells one result, taken away afterwards."""
    told = []

    def source(meeting_id):
        return [one for one in told if meeting_id]

    rules.register_results(source)
    yield told
    rules._SOURCES.remove(source)


@pytest.fixture
def closed(chamber, results):
    """A closed meeting at which one spoke, one was excused, one absent, and a result was announced."""
    meeting = chamber.called()
    leave = acts.ask_leave(meeting_id=meeting.pk, reason="住院治疗", by=chamber["d5"], at=meeting.starts_at)
    acts.decide_leave(leave_id=leave.pk, granted=True, answer="", by=chamber["secretary"], at=meeting.starts_at)
    for one in chamber.seats(meeting)[:3]:
        acts.check_in(attendee_id=one.pk, by=chamber["registrar"], at=meeting.starts_at)
    at = meeting.starts_at
    acts.open_meeting(meeting_id=meeting.pk, by=chamber["secretary"], at=at)
    first, second = queries.agenda(meeting)
    acts.open_item(meeting_id=meeting.pk, item_id=first.pk, by=chamber["secretary"], at=at)
    speech = acts.ask_to_speak(meeting_id=meeting.pk, by=chamber["d1"], at=at)
    acts.start_speech(speech_id=speech.pk, by=chamber["secretary"], at=at)
    acts.end_speech(speech_id=speech.pk, by=chamber["secretary"], at=at + timedelta(seconds=665))
    acts.write_notes(speech_id=speech.pk, words="建议加快管网改造。", edits=0, by=chamber["secretary"], at=at)
    acts.sign_notes(speech_id=speech.pk, words="建议加快管网改造。", edits=1, by=chamber["d1"], at=at)
    acts.open_item(meeting_id=meeting.pk, item_id=second.pk, by=chamber["secretary"], at=at + timedelta(minutes=20))
    results.append(rules.Announced("供水条例草案", "赞成3票，反对0票，弃权0票，通过。", at + timedelta(minutes=30)))
    return acts.close_meeting(meeting_id=meeting.pk, by=chamber["secretary"], at=at + timedelta(hours=2))


def both(chamber, meeting):
    return [
        acts.draft_minutes(meeting_id=meeting.pk, kind=kind, by=chamber["secretary"], at=meeting.closed_at)
        for kind in ("record", "summary")
    ]


def test_the_record_tells_what_happened(chamber, closed):
    record, summary = both(chamber, closed)
    for words in (
        "应到5人，开会时出席3人", "过半数即3人", "符合法定人数", "请假1人，缺席1人", "甲d1发言，用时11分05秒，超时1分05秒",
        "建议加快管网改造。（本人已签名）", "赞成3票，反对0票，弃权0票，通过。", "| 1 | 甲d1 |  | 09:00 | 出席 |", "| 5 | 甲d5 |  |  | 请假 |",
    ):  # fmt: skip
        assert words in record.body, words
    assert record.body.index("审议供水条例草案") < record.body.index("赞成3票")
    assert "会议听取市政府" in summary.body and "赞成3票" in summary.body and "建议加快管网改造" not in summary.body
    assert "<table" in documents.to_html(record.body) and documents.to_docx(closed.title, record.body)


def test_two_people_and_then_it_stands(chamber, closed):
    record, summary = both(chamber, closed)
    with pytest.raises(acts.MeetingRefused, match="还没有核对"):
        acts.sign_minutes(minutes_id=record.pk, edits=0, by=chamber["head"], at=closed.closed_at)
    acts.check_minutes(minutes_id=record.pk, edits=0, by=chamber["head"], at=closed.closed_at)
    with pytest.raises(acts.MeetingRefused, match="两个人"):
        acts.sign_minutes(minutes_id=record.pk, edits=0, by=chamber["head"], at=closed.closed_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Minutes.objects.filter(pk=record.pk).update(signed_by=chamber["head"].id)
    made = acts.edit_minutes(
        minutes_id=record.pk, body=record.body + "\n补充一句。", edits=0, public=False, by=chamber["secretary2"], at=closed.closed_at
    )
    assert made.checked_by is None  # what was checked is another wording
    with pytest.raises(acts.MeetingRefused, match="别处保存"):
        acts.edit_minutes(minutes_id=record.pk, body=record.body, edits=0, public=False, by=chamber["secretary"], at=closed.closed_at)
    with pytest.raises(acts.MeetingRefused, match="没有重新起草"):
        acts.draft_minutes(meeting_id=closed.pk, kind="record", by=chamber["secretary"], at=closed.closed_at)
    for one in (made, summary):
        acts.check_minutes(minutes_id=one.pk, edits=one.edits, by=chamber["secretary"], at=closed.closed_at)
        with pytest.raises(NotAllowed):
            acts.sign_minutes(minutes_id=one.pk, edits=one.edits, by=chamber["secretary2"], at=closed.closed_at)
        with pytest.raises(acts.MeetingRefused):
            acts.archive(meeting_id=closed.pk, by=chamber["secretary"], at=closed.closed_at)
        acts.sign_minutes(minutes_id=one.pk, edits=one.edits, by=chamber["head"], at=closed.closed_at)
    assert queries.public_minutes(queries.meeting(closed.pk)) == []
    with pytest.raises(acts.MeetingRefused):
        acts.edit_minutes(minutes_id=record.pk, body="改掉已经签署的内容", edits=1, public=True, by=chamber["head"], at=closed.closed_at)
    acts.archive(meeting_id=closed.pk, by=chamber["secretary"], at=closed.closed_at)
    assert [one.kind for one in queries.public_minutes(queries.meeting(closed.pk))] == ["summary"]
    with pytest.raises(Minutes.DoesNotExist):
        queries.public_minutes_of(closed.pk, "record")


def test_the_ledger_notices_changed_minutes(chamber, closed):
    for one in both(chamber, closed):
        acts.check_minutes(minutes_id=one.pk, edits=0, by=chamber["secretary"], at=closed.closed_at)
        acts.sign_minutes(minutes_id=one.pk, edits=0, by=chamber["head"], at=closed.closed_at)
    ledger.seal(at=closed.closed_at)
    assert list(changed_words()) == []
    Minutes.objects.filter(kind="record").update(body="偷改")
    (told,) = changed_words()
    assert "会议记录" in told and "不符" in told


def test_r4_10_withheld_items_keep_the_record_closed(chamber):
    meeting = chamber.plan()
    chamber.item(meeting, "审议一项涉密事项的议程", withheld="经主任会议决定不公开")
    acts.call(meeting_id=meeting.pk, late_reason="", by=chamber["secretary"], at=chamber.plan().starts_at - timedelta(days=9))
    chamber.come(meeting, 4)
    acts.open_meeting(meeting_id=meeting.pk, by=chamber["secretary"], at=meeting.starts_at)
    for item in queries.agenda(meeting):
        acts.open_item(meeting_id=meeting.pk, item_id=item.pk, by=chamber["secretary"], at=meeting.starts_at)
    acts.close_meeting(meeting_id=meeting.pk, by=chamber["secretary"], at=meeting.starts_at)
    meeting.refresh_from_db()
    record, summary = both(chamber, meeting)
    assert "涉密" not in summary.body and "按决定不公开" in summary.body
    assert not meeting.case.events.filter(note__contains="涉密").exists()
    with pytest.raises(acts.MeetingRefused, match="不能公开"):
        acts.edit_minutes(minutes_id=record.pk, body=record.body, edits=0, public=True, by=chamber["secretary"], at=meeting.starts_at)
