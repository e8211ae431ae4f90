"""The speaking list: who asks, in which order, for how long; interventions; notes signed by the speaker."""

from datetime import timedelta

import pytest

from quancheng.meetings import acts, queries
from quancheng.people.permissions import NotAllowed


def seconds(meeting, count):
    return meeting.starts_at + timedelta(seconds=count)


def spoken(chamber, meeting, who="d1", start=0, length=60):
    speech = acts.ask_to_speak(meeting_id=meeting.pk, by=chamber[who], at=seconds(meeting, start))
    acts.start_speech(speech_id=speech.pk, by=chamber["secretary"], at=seconds(meeting, start))
    return acts.end_speech(speech_id=speech.pk, by=chamber["secretary"], at=seconds(meeting, start + length))


def test_asked_from_the_phone_or_at_the_desk_ordered_and_withdrawn(chamber):
    meeting = chamber.opened()
    seats = chamber.seats(meeting)
    asked = {name: acts.ask_to_speak(meeting_id=meeting.pk, by=chamber[name], at=meeting.starts_at) for name in ("d1", "d2")}
    third = next(one for one in seats if one.account_id == chamber["d3"].id)
    entered = acts.enter_speaker(attendee_id=third.pk, by=chamber["secretary"], at=meeting.starts_at)
    with pytest.raises(acts.MeetingRefused, match="已经在发言名单中"):
        acts.ask_to_speak(meeting_id=meeting.pk, by=chamber["d1"], at=meeting.starts_at)
    acts.move_request(speech_id=entered.pk, place=1, by=chamber["secretary"], at=meeting.starts_at)
    assert [one.attendee.name for one in queries.floor(meeting).waiting] == ["甲d3", "甲d1", "甲d2"]
    acts.withdraw_request(speech_id=asked["d1"].pk, by=chamber["d1"], at=meeting.starts_at)
    with pytest.raises(NotAllowed):
        acts.withdraw_request(speech_id=asked["d2"].pk, by=chamber["d1"], at=meeting.starts_at)
    assert [one.attendee.name for one in queries.floor(meeting).waiting] == ["甲d3", "甲d2"]
    with pytest.raises(NotAllowed):
        acts.start_speech(speech_id=asked["d2"].pk, by=chamber["d2"], at=meeting.starts_at)
    with pytest.raises(NotAllowed):
        acts.ask_to_speak(meeting_id=meeting.pk, by=chamber["d9"], at=meeting.starts_at)  # not called


def test_only_who_is_in_the_hall_asks(chamber):
    meeting = chamber.called()
    chamber.come(meeting, 3)
    acts.open_meeting(meeting_id=meeting.pk, by=chamber["secretary"], at=meeting.starts_at)
    away = next(one for one in chamber.seats(meeting) if not one.is_in)
    with pytest.raises(acts.MeetingRefused, match="不在会场"):
        acts.enter_speaker(attendee_id=away.pk, by=chamber["secretary"], at=meeting.starts_at)


def test_r4_13_ten_minutes_in_plenary_fifteen_then_ten_in_a_group(chamber):
    meeting = chamber.opened()
    assert spoken(chamber, meeting).limit == 600
    group = queries.agenda(meeting)[1]
    acts.open_item(meeting_id=meeting.pk, item_id=group.pk, by=chamber["secretary"], at=seconds(meeting, 100))
    assert spoken(chamber, meeting, start=100).limit == 900
    assert spoken(chamber, meeting, start=200).limit == 600
    assert spoken(chamber, meeting, "d2", start=300).limit == 900
    assert queries.speaking_totals(meeting)[0] == ("甲d1", 3, 180)


def test_the_clock_stands_still_while_somebody_puts_in_a_word(chamber):
    meeting = chamber.opened()
    first, second = chamber.seats(meeting)[:2]
    speech = acts.enter_speaker(attendee_id=first.pk, by=chamber["secretary"], at=meeting.starts_at)
    acts.start_speech(speech_id=speech.pk, by=chamber["secretary"], at=meeting.starts_at)
    word = acts.intervene(attendee_id=second.pk, by=chamber["secretary"], at=seconds(meeting, 100))
    floor = queries.floor(meeting)
    assert (floor.now.pk, floor.paused.pk, queries.spent(floor.paused, seconds(meeting, 150))) == (word.pk, speech.pk, 100)
    with pytest.raises(acts.MeetingRefused, match="还有人在发言"):
        acts.resume_speech(speech_id=speech.pk, by=chamber["secretary"], at=seconds(meeting, 120))
    acts.end_speech(speech_id=word.pk, by=chamber["secretary"], at=seconds(meeting, 130))
    acts.resume_speech(speech_id=speech.pk, by=chamber["secretary"], at=seconds(meeting, 140))
    acts.give_time(speech_id=speech.pk, minutes=2, by=chamber["secretary"], at=seconds(meeting, 150))
    screen = queries.screen(meeting.pk)
    assert screen.left(seconds(meeting, 200)) == 600 + 120 - 160 and screen.speech.pk == speech.pk
    with pytest.raises(acts.MeetingRefused, match="还有人在发言"):
        acts.close_meeting(meeting_id=meeting.pk, by=chamber["secretary"], at=seconds(meeting, 200))
    ended = acts.end_speech(speech_id=speech.pk, by=chamber["secretary"], at=seconds(meeting, 240))
    assert (ended.spent, ended.limit) == (200, 720)


def test_one_speaks_at_a_time(chamber):
    meeting = chamber.opened()
    rows = [acts.ask_to_speak(meeting_id=meeting.pk, by=chamber[name], at=meeting.starts_at) for name in ("d1", "d2")]
    acts.start_speech(speech_id=rows[0].pk, by=chamber["secretary"], at=meeting.starts_at)
    with pytest.raises(acts.MeetingRefused, match="还有人在发言"):
        acts.start_speech(speech_id=rows[1].pk, by=chamber["secretary"], at=meeting.starts_at)
    with pytest.raises(acts.MeetingRefused, match="名单"):
        acts.start_speech(speech_id=rows[0].pk, by=chamber["secretary"], at=meeting.starts_at)


def test_r4_14_notes_are_signed_by_the_speaker_and_stand(chamber):
    meeting = chamber.opened()
    speech = spoken(chamber, meeting)
    acts.write_notes(speech_id=speech.pk, words="建议加快管网改造。", edits=0, by=chamber["secretary"], at=seconds(meeting, 90))
    assert queries.notes_to_sign(chamber["d1"]) == 1
    with pytest.raises(NotAllowed):
        acts.sign_notes(speech_id=speech.pk, words="建议加快管网改造。", edits=1, by=chamber["d2"], at=seconds(meeting, 99))
    with pytest.raises(acts.MeetingRefused, match="别处保存"):
        acts.write_notes(speech_id=speech.pk, words="另一稿", edits=0, by=chamber["secretary"], at=seconds(meeting, 99))
    signed = acts.sign_notes(
        speech_id=speech.pk, words="建议今年加快管网改造。", edits=1, by=chamber["d1"], at=seconds(meeting, 99)
    )
    assert signed.notes == "建议今年加快管网改造。" and signed.notes_signed_at
    with pytest.raises(acts.MeetingRefused):
        acts.write_notes(speech_id=speech.pk, words="再改", edits=signed.notes_edits, by=chamber["secretary"], at=seconds(meeting, 99))
    assert queries.notes_to_sign(chamber["d1"]) == 0
