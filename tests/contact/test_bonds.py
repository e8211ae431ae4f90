"""Codes, grids, pairings and their reminders, residents' groups and topics; what ends with a seat."""

from datetime import timedelta

import pytest
from district import NOW, PHONE, TODAY, key, later
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quancheng.contact import acts, queries, tasks
from quancheng.contact.models import (
    Code,
    ContactNote,
    ContactReminder,
    DutyFact,
    GridSeat,
    GroupTopic,
    Pairing,
    ResidentOpinion,
    TopicVoice,
)
from quancheng.people import queries as people_queries
from quancheng.people.models import Area, Site
from quancheng.people.permissions import Actor, NotAllowed
from quancheng.procedures.acts import Conflict


def test_r8_13_a_code_is_short_stable_and_leads_to_one(city):
    code = acts.make_code(account_id=city["deputy"].id, by=city["office"], at=NOW)
    assert acts.make_code(account_id=city["deputy"].id, by=city["office_lead"], at=later(9)).pk == code.pk
    site = acts.make_code(site="zd1", by=city["office"], at=NOW)
    assert len(code.pk) == len(site.pk) == 8
    assert queries.resolve(code.pk.lower(), TODAY).account.pk == city["deputy"].id
    assert queries.resolve(site.pk, TODAY).site.pk == "zd1"
    assert queries.resolve("NOSUCHXX", TODAY) is None
    assert {c.pk for c in queries.codes_to_print(city["office"], TODAY)} == {code.pk, site.pk}
    assert queries.codes_to_print(city["county"], TODAY) == []
    for who in ("county", "station", "deputy", "clerk"):
        with pytest.raises(NotAllowed):
            acts.make_code(account_id=city["deputy"].id, by=city[who], at=NOW)
    for wrong in ({}, {"account_id": city["deputy"].id, "site": "zd1"}):
        with pytest.raises(acts.ContactRefused):
            acts.make_code(by=city["office"], at=NOW, **wrong)


def test_a_code_that_was_misused_is_replaced_and_leads_nowhere(city):
    old = acts.make_code(account_id=city["deputy"].id, by=city["office"], at=NOW)
    new = acts.make_code(account_id=city["deputy"].id, by=city["office"], at=NOW, renew=True)
    assert queries.resolve(old.pk, TODAY) is None and queries.resolve(new.pk, TODAY) is not None
    acts.revoke_code(code=new.pk, reason="张贴处有误", by=city["office"], at=NOW)
    with pytest.raises(Conflict):
        acts.revoke_code(code=new.pk, reason="张贴处有误", by=city["office"], at=NOW)
    assert queries.resolve(new.pk, TODAY) is None


def test_what_ends_with_a_seat(city):
    code = city.code()
    seat = acts.seat_in_grid(area=city.village, account_id=city["deputy"].id, valid_from=TODAY, by=city["office"], at=NOW)
    pairing, _group = paired(city)
    GridSeat.objects.filter(pk=seat.pk).update(valid_from=TODAY - timedelta(days=400))
    Pairing.objects.update(valid_from=TODAY - timedelta(days=400))
    assert tasks.revoke_ended() == 0
    city.end_seat("deputy", TODAY - timedelta(days=400))
    assert queries.resolve(code, TODAY) is None  # at once, before any sweep
    assert queries.deputies_of(city.village, TODAY)[1] == []
    assert tasks.revoke_ended() == 3
    assert tasks.revoke_ended() == 0
    assert Code.objects.get(pk=code).revoked_at is not None and Pairing.objects.get(pk=pairing.pk).valid_to is not None
    with pytest.raises(acts.ContactRefused):
        acts.make_code(account_id=city["deputy"].id, by=city["office"], at=NOW)


def test_a_closed_sites_code_leads_nowhere(city):
    code = acts.make_code(site="zd1", by=city["office"], at=NOW)
    Site.objects.filter(pk="zd1").update(valid_to=TODAY - timedelta(days=400))
    assert queries.resolve(code.pk, TODAY) is None
    assert tasks.revoke_ended() == 1


def test_m55_who_is_my_deputy_in_two_statements(city):
    acts.seat_in_grid(area=city.village, account_id=city["deputy"].id, valid_from=TODAY, by=city["office"], at=NOW)
    acts.seat_in_grid(area=city.village, account_id=city["deputy"].id, valid_from=TODAY, by=city["office"], at=NOW)
    code = city.code()
    with CaptureQueriesContext(connection) as ran:
        place, found = queries.deputies_of(city.village, TODAY)
    assert len(ran) == 2 and place.pk == city.village
    assert [(d.name, d.electoral_unit, d.field, d.code) for d in found] == [("甲deputy", "某县选举单位", "农业", code)]
    township = Area.objects.get(pk=city.village).parent_id
    assert [d.account_id for d in queries.deputies_of(township, TODAY)[1]] == [city["deputy"].id]
    assert queries.deputies_of(city.village, TODAY - timedelta(days=1))[1] == []
    assert len(queries.grid_table(city["office"], "410900", TODAY)) == 1
    seat = GridSeat.objects.get()
    acts.leave_grid(seat_id=seat.pk, last_day=TODAY, by=city["office"], at=NOW)
    assert queries.deputies_of(city.village, TODAY + timedelta(days=1))[1] == []
    with pytest.raises(Conflict):
        acts.leave_grid(seat_id=seat.pk, last_day=TODAY, by=city["office"], at=NOW)


def test_grids_are_villages_and_deputies_sit(city):
    with pytest.raises(acts.ContactRefused):
        acts.seat_in_grid(area="410928", account_id=city["deputy"].id, valid_from=TODAY, by=city["office"], at=NOW)
    with pytest.raises(acts.ContactRefused):
        acts.seat_in_grid(area=city.village, account_id=city["clerk"].id, valid_from=TODAY, by=city["office"], at=NOW)
    with pytest.raises(NotAllowed):
        acts.seat_in_grid(area=city.village, account_id=city["deputy"].id, valid_from=TODAY, by=city["county"], at=NOW)


def test_the_grid_table_comes_in_whole_or_not_at_all(city):
    villages = list(Area.objects.filter(parent_id=Area.objects.get(pk=city.village).parent_id).values_list("pk", flat=True)[:3])
    good = "area,username\n" + "".join(f"{v},deputy\n" for v in villages)
    with pytest.raises(acts.ContactRefused) as refusal:
        acts.import_grid(text=good + "410928,deputy\n", valid_from=TODAY, by=city["office"], at=NOW)
    assert f"第{len(villages) + 2}行" in str(refusal.value) and not GridSeat.objects.exists()
    for bad in ("", "a,b\n1,2\n", good + f"{city.village},nobody\n", good + "999,deputy\n"):
        with pytest.raises(acts.ContactRefused):
            acts.import_grid(text=bad, valid_from=TODAY, by=city["office"], at=NOW)
    assert acts.import_grid(text="\ufeff" + good, valid_from=TODAY, by=city["office"], at=NOW) == len(villages)
    assert acts.import_grid(text=good, valid_from=TODAY, by=city["office"], at=NOW) == 0


def paired(city):
    group = acts.make_group(name="东关居民小组", area=city.village, site="zd1", by=city["office"], at=NOW)
    made = acts.pair(
        kind="group", organ="dgw", holder_id=city["deputy"].id, other_id=group.pk, valid_from=TODAY, by=city["office"], at=NOW
    )
    return made, group


def member(city) -> Pairing:
    return acts.pair(
        kind="member", organ="dgw", holder_id=city["member"].id, other_id=city["deputy"].id, valid_from=TODAY,
        by=city["office"], at=NOW,
    )


def contact(name="c", **changed) -> acts.ContactForm:
    whole = {"on": TODAY, "manner": "visit", "words": "到家中走访，谈了道路照明。", "submission_key": key(name), **changed}
    return acts.ContactForm(**whole)


def test_r8_02_a_pairing_falls_due_and_a_contact_moves_its_day_on_record(city):
    pairing = member(city)
    assert pairing.due_on == TODAY + timedelta(days=91)  # ninety days end on a Sunday
    assert "90日" in pairing.working and "代表法第四十四条" in pairing.working
    with pytest.raises(Conflict):
        member(city)
    note = acts.log_contact(pairing_id=pairing.pk, form=contact(on=TODAY + timedelta(days=30)), by=city["member"], at=later(31))
    assert acts.log_contact(pairing_id=pairing.pk, form=contact(), by=city["member"], at=later(32)).pk == note.pk
    pairing.refresh_from_db()
    assert (note.old_due_on, note.new_due_on) == (TODAY + timedelta(days=91), pairing.due_on) and pairing.due_on > note.old_due_on
    acts.log_contact(pairing_id=pairing.pk, form=contact("old"), by=city["deputy"], at=later(32))  # of an earlier day
    due, pairing = pairing.due_on, Pairing.objects.get(pk=pairing.pk)
    assert pairing.due_on == due
    assert DutyFact.objects.get(kind="contact").account_id == city["deputy"].id
    line, notes = queries.pairing_page(pairing.pk, city["office"], TODAY)
    assert [n.by_id for n in notes] == [city["member"].id, city["deputy"].id] and line.light == "green"


def test_only_the_two_write_the_log_and_only_they_and_their_office_read_it(city):
    pairing = member(city)
    for name in ("deputy2", "office", "station", "clerk"):
        with pytest.raises(NotAllowed):
            acts.log_contact(pairing_id=pairing.pk, form=contact(), by=city[name], at=NOW)
    for name in ("deputy2", "county", "clerk"):
        with pytest.raises(NotAllowed):
            queries.pairing_page(pairing.pk, city[name], TODAY)
    assert [line.pairing.pk for line in queries.my_pairings(city["deputy"], TODAY)] == [pairing.pk]
    assert queries.my_pairings(city["deputy2"], TODAY) == []
    for wrong in ({"manner": "x"}, {"words": ""}, {"on": TODAY + timedelta(days=1)}, {"on": TODAY - timedelta(days=1)}):
        with pytest.raises(acts.ContactRefused):
            acts.log_contact(pairing_id=pairing.pk, form=contact(**wrong), by=city["member"], at=NOW)


@pytest.mark.parametrize(
    ("holder", "other", "kind"), [("office", "deputy", "member"), ("member", "clerk", "member"), ("clerk", None, "group"), ("deputy", "x", "y")]
)
def test_pairings_of_the_wrong_people_are_refused(city, holder, other, kind):
    group = acts.make_group(name="东关居民小组", area=city.village, site="", by=city["office"], at=NOW)
    other_id = city[other].id if other in city.actors else group.pk
    with pytest.raises(acts.ContactRefused):
        acts.pair(kind=kind, organ="dgw", holder_id=city[holder].id, other_id=other_id, valid_from=TODAY, by=city["office"], at=NOW)


def test_overdue_pairings_are_reminded_of_once_for_each_day_passed_over(city):
    pairing = member(city)
    assert tasks.remind_overdue() == 0 and queries.overdue(city["office"], TODAY) == []
    Pairing.objects.update(due_on=TODAY - timedelta(days=400))
    assert (tasks.remind_overdue(), tasks.remind_overdue()) == (1, 0)
    assert [line.light for line in queries.overdue(city["office"], TODAY)] == ["red"]
    assert queries.overdue(city["county"], TODAY) == []
    with pytest.raises(NotAllowed):
        queries.overdue(city["deputy"], TODAY)
    Pairing.objects.update(due_on=TODAY - timedelta(days=390))
    assert tasks.remind_overdue() == 1 and ContactReminder.objects.filter(pairing=pairing).count() == 2
    acts.unpair(pairing_id=pairing.pk, last_day=TODAY, reason="届中调整联系安排。", by=city["office"], at=NOW)
    assert tasks.remind_overdue() == 0 and queries.my_pairings(city["deputy"], TODAY) == []
    with pytest.raises(Conflict):
        acts.unpair(pairing_id=pairing.pk, last_day=TODAY, reason="届中调整联系安排。", by=city["office"], at=NOW)


def test_m34_an_issue_becomes_a_case_with_consent(city):
    pairing, _group = paired(city)
    issue = contact("i", issue="东关小学门口没有斑马线。")
    with pytest.raises(acts.ContactRefused):
        acts.log_contact(pairing_id=pairing.pk, form=issue, by=city["deputy"], at=NOW)
    assert not ContactNote.objects.exists() and not ResidentOpinion.objects.exists()
    issue = contact("i", issue="东关小学门口没有斑马线。", consent_how="spoken")
    note = acts.log_contact(pairing_id=pairing.pk, form=issue, by=city["deputy"], at=NOW)
    again = acts.log_contact(pairing_id=pairing.pk, form=issue, by=city["deputy"], at=NOW)
    assert again.pk == note.pk and ResidentOpinion.objects.count() == 1
    assert (note.opinion.door, note.opinion.deputy_id, note.opinion.case.state) == ("contact", city["deputy"].id, "registered")
    assert note.opinion.area_id == city.village
    other = member(city)
    with pytest.raises(acts.ContactRefused):  # members leave it to the deputy
        acts.log_contact(pairing_id=other.pk, form=contact("m", issue="路灯不亮。", consent_how="spoken"), by=city["member"], at=NOW)


def test_m53_a_topic_gathers_voices_and_ends_in_a_summary_and_a_case(city):
    _pairing, group = paired(city)
    topic = acts.open_topic(group_id=group.pk, title="东关路怎么修", words="先修哪一段，施工期间怎么走，请大家说。", by=city["deputy"], at=NOW)
    with pytest.raises(NotAllowed):
        acts.open_topic(group_id=group.pk, title="别人的议题", words="另一位代表不能在这里开议题。", by=city["deputy2"], at=NOW)
    mine = acts.VoiceForm("先修学校门口那一段。", key("v1"), phone=PHONE)
    voice = acts.say_on_topic(topic_id=topic.pk, form=mine, by=Actor.public(), at=NOW)
    assert acts.say_on_topic(topic_id=topic.pk, form=mine, by=Actor.public(), at=NOW).pk == voice.pk
    behalf = acts.VoiceForm("晚上施工太吵。", key("v2"), consent_how="spoken")
    acts.say_on_topic(topic_id=topic.pk, form=behalf, by=city["deputy"], at=NOW)
    for form, by in (
        (acts.VoiceForm("没有号码。", key("v3")), Actor.public()), (acts.VoiceForm("", key("v4"), phone=PHONE), Actor.public()),
        (acts.VoiceForm("代录没有写同意。", key("v5"), consent_how="x"), city["deputy"]),
    ):  # fmt: skip
        with pytest.raises(acts.ContactRefused):
            acts.say_on_topic(topic_id=topic.pk, form=form, by=by, at=NOW)
    with pytest.raises(NotAllowed):
        acts.say_on_topic(topic_id=topic.pk, form=acts.VoiceForm("代录。", key("v6"), consent_how="spoken"), by=city["deputy2"], at=NOW)
    page = queries.topic_page(topic.pk)
    assert page.total == 2 and page.voices[0].body == "晚上施工太吵。"
    assert people_queries.subjects_of(PHONE) == [voice.public_id]
    assert queries.my_groups(city["deputy"])[0].open_topics == 1 and queries.groups_of(city.village)[0].group == group
    done = acts.close_topic(
        topic_id=topic.pk, summary="大家希望先修学校门口一段，白天施工。", issue="请先修学校门口一段，白天施工。",
        consent_how="spoken", by=city["deputy"], at=later(5),
    )
    assert done.opinion.door == "contact" and done.state == "closed"
    with pytest.raises(Conflict):
        acts.close_topic(topic_id=topic.pk, summary="大家希望先修学校门口一段，白天施工。", by=city["deputy"], at=later(5))
    with pytest.raises(acts.ContactRefused):
        acts.say_on_topic(topic_id=topic.pk, form=acts.VoiceForm("晚了一步。", key("v7"), phone=PHONE), by=Actor.public(), at=later(6))
    assert list(tasks.changed_words()) == []
    TopicVoice.objects.filter(pk=voice.pk).update(body="改过。")
    assert len(list(tasks.changed_words())) == 1


def test_s02_a_topic_that_raised_an_accusation_shows_nothing_any_more(city):
    _pairing, group = paired(city)
    topic = acts.open_topic(group_id=group.pk, title="张某某的事", words="张某某收了钱，大家怎么看。", by=city["deputy"], at=NOW)
    done = acts.close_topic(
        topic_id=topic.pk, summary="都说张某某收了钱，应当查。", issue="张某某收了钱。", consent_how="spoken", by=city["deputy"], at=NOW
    )
    acts.refer(opinion_id=done.opinion_id, way="accusation", where="", reason="涉嫌违纪违法。", by=city["office"], at=NOW)
    topic = GroupTopic.objects.get(pk=topic.pk)
    assert "张" not in topic.title + topic.words + topic.summary and queries.topic_page(topic.pk).voices == []
