"""A window is opened as the law asks, and every opinion is taken in once, through its own door."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from quancheng.consultations import acts, tasks
from quancheng.consultations.models import Consultation, Opinion, Question
from quancheng.consultations.words import content_of
from quancheng.kernel import receipts
from quancheng.kernel.words import clean
from quancheng.ledger.models import Entry
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import Actor, NotAllowed
from quancheng.people.sealing import BadPhone
from quancheng.procedures.models import Clock
from tests.consultations.conftest import CLOSES, OPENING, OVER, PHONE, ZONE

DECISION = "主任会议第十二次会议决定缩短为十五日"


# opening a window


def test_r1_01_draft_and_explanation_are_published_together(town):
    case_id, version = town.bill(explanation=" \n")
    with pytest.raises(acts.ConsultationRefused, match="草案说明"):
        town.open(subject_case_id=case_id, version_id=version.pk)
    assert not Consultation.objects.exists()


def test_r1_01_only_a_fixed_draft_is_published(town):
    case_id, version = town.bill(fix=False)
    with pytest.raises(acts.ConsultationRefused, match="没有定稿"):
        town.open(subject_case_id=case_id, version_id=version.pk)


def test_the_draft_must_be_that_of_the_case(town):
    case_id, _ = town.bill()
    _, other = town.bill()
    with pytest.raises(acts.ConsultationRefused, match="不属于这个案卷"):
        town.open(subject_case_id=case_id, version_id=other.pk)


@pytest.mark.parametrize(("days", "decision", "allowed"), [
    (30, "", True), (29, "", False), (29, "   ", False), (29, "同意", False), (15, DECISION, True), (366, "", True),
    (367, "", False), (0, DECISION, False), (-1, DECISION, False),
])  # fmt: skip
def test_r1_01_thirty_days_unless_the_chairmens_meeting_decided_otherwise(town, days, decision, allowed):
    closes = OPENING.date() + timedelta(days=days)
    if not allowed:
        with pytest.raises(acts.ConsultationRefused):
            town.open(closes_on=closes, short_window_decision=decision)
        return
    found = town.open(closes_on=closes, short_window_decision=decision)
    assert found.case.state == "open" and Clock.objects.get(case=found.case, key="window").due_on == closes
    assert found.case.events.get(step="open", to_state="open").note == decision


def test_r1_01_a_window_cannot_begin_before_anybody_could_read_the_draft(town):
    yesterday = OPENING.date() - timedelta(days=1)
    with pytest.raises(acts.ConsultationRefused, match="不能早于今天"):
        town.open(opens_on=yesterday)
    # the day is the city's: half past midnight in Puyang is still the day before in UTC
    early = datetime(2026, 11, 3, 0, 30, tzinfo=ZONE).astimezone(timezone.get_fixed_timezone(0))
    with pytest.raises(acts.ConsultationRefused, match="不能早于今天"):
        town.open(opens_on=date(2026, 11, 2), at=early)
    assert town.open(opens_on=date(2026, 11, 3), closes_on=date(2026, 12, 3), at=early).case.state == "open"


@pytest.mark.parametrize("missing", ["title", "contact", "address", "telephone"])
def test_s19_who_is_not_online_can_read_how_to_speak(town, missing):
    with pytest.raises(acts.ConsultationRefused, match="请填写"):
        town.open(**{missing: " "})


@pytest.mark.parametrize(("field", "most"), [
    ("title", 200), ("summary", 300), ("contact", 80), ("address", 120), ("telephone", 30), ("email", 80),
])  # fmt: skip
def test_what_is_too_long_is_told_with_its_count(town, field, most):
    with pytest.raises(acts.ConsultationRefused, match=f"最多{most}字，现有{most + 1}字"):
        town.open(**{field: "长" * (most + 1)})
    assert getattr(town.open(**{field: "长" * most}), field) == "长" * most


@pytest.mark.parametrize("changed", [
    {"slug": "ab"}, {"slug": "Jinggai"}, {"slug": "井盖"}, {"slug": "x" * 61}, {"questions": [("合适吗", "a99")]},
    {"questions": [(" ", "")]}, {"questions": [("长" * 301, "")]}, {"site_codes": ["zd1", "none"]},
])  # fmt: skip
def test_what_is_wrong_in_a_window_is_refused(town, changed):
    with pytest.raises(acts.ConsultationRefused):
        town.open(**changed)
    assert not Consultation.objects.exists() and not Question.objects.exists()


def test_a_short_name_is_given_once(town):
    town.open(slug="jinggai")
    with pytest.raises(acts.ConsultationRefused, match="未被使用"):
        town.open(slug="jinggai")


@pytest.mark.parametrize("who", ["clerk", "releaser", "station", "deputy", "foreign"])
def test_r10_08_only_the_lead_of_the_organ_opens(town, who):
    with pytest.raises(NotAllowed):
        town.open(by=town.actors[who])


def test_r1_01_a_window_set_for_later_waits_for_its_day(town):
    found = town.open(opens_on=date(2026, 11, 5), closes_on=date(2026, 11, 25), short_window_decision=DECISION)
    assert found.case.state == "draft"
    with pytest.raises(acts.NotOpen, match="2026年11月5日开始"):
        town.say(found)
    lead, eve = town.actors["lead"], datetime(2026, 11, 4, 23, 59, tzinfo=ZONE)
    with pytest.raises(acts.NotOpen):
        acts.open_waiting(consultation_id=found.pk, by=lead, at=eve)
    with pytest.raises(NotAllowed):
        acts.open_waiting(consultation_id=found.pk, by=town.actors["clerk"], at=eve)
    acts.open_waiting(consultation_id=found.pk, by=lead, at=eve + timedelta(minutes=1))
    assert town.say(found, at=eve + timedelta(minutes=2)).state == "received"
    assert found.case.events.get(to_state="open").note == DECISION


def test_one_that_cannot_be_opened_keeps_no_other_back(town):
    at = timezone.now() - timedelta(days=3)
    day = timezone.localdate(at)
    dates = {"opens_on": day + timedelta(days=2), "closes_on": day + timedelta(days=40), "at": at}
    first, second = town.open(slug="first", **dates), town.open(slug="second", by=town.actors["lead2"], **dates)
    people.create_account(username="admin", name="甲", password="long-enough-pass-1", at=at)
    admin = people_queries.account_named("admin")
    people.give_office(account_id=admin.pk, organ="fgw", role="admin", valid_from=date(2022, 1, 1), at=at)
    people.close_account(
        account_id=town.actors["lead"].id, by=people_queries.actor_for(admin.pk, day), at=at
    )
    tasks.open_due()
    states = dict(Consultation.objects.values_list("slug", "case__state"))
    assert states == {"first": "draft", "second": "open"} and first.pk < second.pk


# the window


@pytest.mark.parametrize(("at", "taken"), [
    (datetime(2026, 11, 2, 0, 0, tzinfo=ZONE), True), (datetime(2026, 12, 2, 23, 59, 59, tzinfo=ZONE), True),
    (datetime(2026, 11, 1, 23, 59, 59, tzinfo=ZONE), False), (OVER, False),
])  # fmt: skip
def test_r1_01_the_window_counts_to_the_end_of_its_last_day(town, asked, at, taken):
    if taken:
        assert town.say(asked, at=at).received_at == at
        return
    with pytest.raises(acts.NotOpen):
        town.say(asked, at=at)
    assert not Opinion.objects.exists()


@pytest.mark.parametrize(("opened", "minutes", "taken"), [
    (OVER - timedelta(minutes=1), 29, True), (OVER - timedelta(minutes=1), 31, False), (OVER, 5, False),
    (OVER + timedelta(hours=1), 5, False), (None, 1, False),
])  # fmt: skip
def test_nobody_who_was_typing_when_the_window_closed_loses_his_words(town, asked, opened, minutes, taken):
    at = OVER + timedelta(minutes=minutes)
    if taken:
        assert town.say(asked, at=at, opened_at=opened).pk
        acts.close(consultation_id=asked.pk, by=town.actors["clerk"], at=at)
        assert town.say(asked, "又一句", at=at, opened_at=opened).pk
        return
    with pytest.raises(acts.Closed, match="已于2026年12月2日截止.*0393-1234567.*法工委"):
        town.say(asked, at=at, opened_at=opened)


# each once


@pytest.mark.parametrize("key", ["", " ", "x", "x" * 15, "x" * 65, "键" * 20, "batch:1:abcdef0123456789:2"])
def test_a_blank_or_guessable_form_is_refused(town, asked, key):
    with pytest.raises(acts.FormUsed, match="还在下方"):
        town.say(asked, submission_key=key)
    assert not Opinion.objects.exists()


def test_a_form_handed_in_twice_is_one_opinion(town, asked):
    form = town.form("井盖应当当天补上。\r\n\u200b", anchor="a3", display_name="老 李")
    first, again = (
        acts.submit(consultation_id=asked.pk, form=form, by=Actor.public(), at=OPENING + timedelta(minutes=n)) for n in (1, 2)
    )
    assert again.pk == first.pk and again.receipt_code == first.receipt_code
    without = replace(form, phone="")  # the code was used up by the first click; nothing new is taken in
    assert acts.submit(consultation_id=asked.pk, form=without, by=Actor.public(), at=OVER).pk == first.pk
    assert Opinion.objects.count() == 1 and Entry.objects.filter(kind="opinion.received").count() == 1
    assert people_queries.subjects_of(PHONE) == [first.public_id]


@pytest.mark.parametrize("changed", [
    {"body": "别人的话"}, {"anchor": "a2"}, {"visibility": "private"}, {"display_name": "王"}, {"legal_wording": "另"},
    {"channel": "organisation", "organisation": "某公司"},
])  # fmt: skip
def test_a_used_form_with_other_words_reveals_nobodys_receipt(town, asked, changed):
    form = town.form(anchor="a3")
    acts.submit(consultation_id=asked.pk, form=form, by=Actor.public(), at=OPENING)
    with pytest.raises(acts.FormUsed, match="还在下方") as refused:
        acts.submit(consultation_id=asked.pk, form=replace(form, **changed), by=Actor.public(), at=OPENING)
    assert Opinion.objects.get().receipt_code not in str(refused.value)


def test_a_used_form_of_another_consultation_is_no_receipt(town, asked):
    other, form = town.open(slug="other"), town.form()
    acts.submit(consultation_id=asked.pk, form=form, by=Actor.public(), at=OPENING)
    with pytest.raises(acts.FormUsed):
        acts.submit(consultation_id=other.pk, form=form, by=Actor.public(), at=OPENING)


# what was said, and on what


def test_the_clause_is_kept_as_it_stood(town, asked):
    said = town.say(asked, anchor="a3")
    assert said.quoted == "权属单位发现井盖缺失的，应当在二十四小时内补装。"
    assert town.say(asked, "全文都好").quoted == ""


@pytest.mark.parametrize("anchor", ["a99", "a", "A3", "a3-", "%", "a3\x00", "a" * 41])
def test_a_clause_that_is_not_there_is_refused(town, asked, anchor):
    with pytest.raises(acts.BadAnchor):
        town.say(asked, anchor=anchor)


def test_a_question_of_another_consultation_is_refused(town, asked):
    mine = asked.questions.get()
    assert town.say(asked, anchor="a3", question_id=mine.pk).question_id == mine.pk
    other = town.open(slug="other").questions.get()
    for wrong in (other.pk, 10**9):
        with pytest.raises(acts.BadAnchor):
            town.say(asked, question_id=wrong)


SEEN = [
    "井盖应当当天补上。", "𠀀𪚥的路口", "👨‍👩‍👧‍👦说：好👍🏽", "葛\U000e0100城", "❤️", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "🇨🇳",
    "第一行\n\n　　第二行\t末", "<script>alert('1')</script>&amp;", "=cmd|'/C calc'!A0", "a̐é", "ئۇيغۇرچە", "བོད་ཡིག",
]  # fmt: skip


@pytest.mark.parametrize("words", SEEN)
def test_words_that_can_be_seen_are_kept_to_the_last_sign(town, asked, words):
    assert town.say(asked, words).body == words and Opinion.objects.get().body == words


@pytest.mark.parametrize(("typed", "kept"), [
    ("\u202e盖井补\u202c", "盖井补"), ("甲\u2066乙\u2069丙", "甲乙丙"), ("甲\u200e乙\u200f丙\u061c", "甲乙丙"),
    ("甲\u0085乙", "甲\n乙"), ("甲\u2028乙\u2029丙", "甲\n乙\n丙"), ("甲\r\n乙\r丙", "甲\n乙\n丙"), ("甲\x00乙\x1b丙\x9f丁", "甲乙丙丁"),
    ("甲\u200b乙\u2060丙\ufeff\u00ad丁\u200c", "甲乙丙丁"), ("甲\u200d乙", "甲乙"), ("甲\u3164乙", "甲 乙"), ("甲\U000e0041乙", "甲乙"),
    ("甲\ud800乙", "甲乙"), ("甲\uffff乙", "甲乙"),
])  # fmt: skip
def test_signs_that_deceive_the_eye_are_taken_out(town, asked, typed, kept):
    assert town.say(asked, typed).body == kept
    assert clean(kept) == kept


@pytest.mark.parametrize("nothing", ["", "  \n\t", "\u200b\u202e", "\u3164\u2800", "\ufe0f", "\U000e0041"])
def test_nothing_is_no_opinion(town, asked, nothing):
    with pytest.raises(acts.EmptyOpinion):
        town.say(asked, nothing)


def test_ten_thousand_characters_are_taken_as_they_are_and_more_are_refused_with_their_count(town, asked):
    long = "井盖𠀀👍" * 2500
    assert len(long) == 10_000 and town.say(asked, long).body == long
    for body, count in (("长" * 10_001, 10_001), ("长" * 50_000, 50_000)):
        with pytest.raises(acts.TooLong, match=f"最多10000字，现有{count}字.*市府路1号") as refused:
            town.say(asked, body)
        assert refused.value.field == "body"
    with pytest.raises(acts.TooLong, match="规范表述最多10000字，现有10001字") as refused:
        town.say(asked, "好", legal_wording="长" * 10_001)
    assert refused.value.field == "legal_wording" and Opinion.objects.count() == 1


# who, through which door


@pytest.mark.parametrize(("changed", "error"), [
    ({"phone": ""}, acts.IdentityMissing), ({"channel": "organisation"}, acts.IdentityMissing),
    ({"channel": "organisation", "organisation": "某公司", "phone": ""}, acts.IdentityMissing), ({"phone": "123"}, BadPhone),
    ({"channel": "pigeon"}, acts.OpinionRefused), ({"visibility": "withheld"}, acts.OpinionRefused),
    ({"visibility": ""}, acts.OpinionRefused), ({"area_code": "999999"}, acts.OpinionRefused),
    ({"area_code": "\x00"}, acts.OpinionRefused), ({"site_code": "zd1"}, acts.OpinionRefused),
    ({"channel": "deputy"}, NotAllowed), ({"channel": "paper"}, NotAllowed), ({"channel": "hotline"}, NotAllowed),
    ({"channel": "site", "site_code": "zd1", "consent": True, "consent_how": "signed"}, NotAllowed),
    ({"display_name": "名" * 21}, acts.OpinionRefused), ({"channel": "organisation", "organisation": "名" * 81}, acts.OpinionRefused),
])  # fmt: skip
def test_r1_15_each_door_asks_what_it_must(town, asked, changed, error):
    with pytest.raises(error):
        town.say(asked, **changed)
    assert not Opinion.objects.exists() and not Entry.objects.filter(kind="opinion.received").exists()


def test_s01_the_number_is_nowhere_in_what_handling_units_see(town, asked):
    said = town.say(asked)
    row = Opinion.objects.filter(pk=said.pk).values().get()
    assert not [name for name, value in row.items() if PHONE in str(value)]
    assert PHONE not in "".join(Entry.objects.values_list("detail", flat=True))
    assert people_queries.subjects_of(PHONE) == [said.public_id] and row["entered_by_id"] is None


def test_s03_no_name_is_shown_unless_the_person_wants_it(town, asked):
    assert town.say(asked).display_name == ""
    assert town.say(asked, "又", display_name=" 老\n\u202e李 ").display_name == "老 李"


def test_s19_a_station_enters_only_with_consent_and_keeps_how_it_was_given(town, asked):
    by, site = town.actors["station"], {"channel": "site", "site_code": "zd1", "phone": "", "area_code": "410928"}
    with pytest.raises(acts.ConsentMissing) as refused:
        town.say(asked, by=by, consent_how="signed", **site)
    assert refused.value.field == "consent"
    for how in ("", "nodded"):
        with pytest.raises(acts.ConsentMissing) as refused:
            town.say(asked, by=by, consent=True, consent_how=how, **site)
        assert refused.value.field == "consent_how"
    with pytest.raises(NotAllowed):
        town.say(asked, by=by, consent=True, consent_how="signed", **{**site, "site_code": "zd2"})
    said = town.say(
        asked, "井盖丢了没人管", by=by, consent=True, consent_how="spoken", witness="村民组长王某", legal_wording="明确补装时限。", **site
    )
    said.refresh_from_db()
    assert (said.consent_how, said.witness, said.entered_by_id) == ("spoken", "村民组长王某", by.id)
    assert (said.body, said.legal_wording, said.site_id) == ("井盖丢了没人管", "明确补装时限。", "zd1")
    entry = Entry.objects.get(subject=said.public_id)
    assert bytes(entry.digest) == receipts.digest(bytes(said.salt), content_of(said))
    changed = replace_in(said, consent_how="signed")
    assert bytes(entry.digest) != receipts.digest(bytes(said.salt), content_of(changed))
    assert "王某" not in entry.detail


def replace_in(opinion: Opinion, **changed) -> Opinion:
    """The opinion as it would be with other values, not saved."""
    found = Opinion.objects.get(pk=opinion.pk)
    for name, value in changed.items():
        setattr(found, name, value)
    return found


def test_the_other_doors_lead_to_the_same_ledger(town, asked):
    doors = [
        town.say(asked, "一"), town.say(asked, "二", channel="organisation", organisation="某物业公司"),
        town.say(asked, "三", channel="deputy", phone="", by=town.actors["deputy"]),
        town.say(asked, "四", channel="paper", phone="", by=town.actors["clerk"]),
        town.say(asked, "五", channel="hotline", phone="", by=town.actors["lead"]),
        town.say(asked, "六", channel="site", site_code="zd1", consent=True, consent_how="signed", by=town.actors["station"]),
    ]
    entered = dict(Entry.objects.filter(kind="opinion.received").values_list("subject", "organ"))
    assert entered == {opinion.public_id: "fgw" for opinion in doors}
    assert len({opinion.receipt_code for opinion in doors}) == 6 and doors[0].consultation.closes_on == CLOSES
    with pytest.raises(NotAllowed):
        town.say(asked, "七", channel="paper", phone="", by=town.actors["foreign"])


@pytest.mark.parametrize(("changed", "detail"), [({}, False), ({"visibility": "private"}, True)])
def test_s13_the_entry_tells_no_words(town, asked, changed, detail):
    said = town.say(asked, "井盖要当天补上", **changed)
    entry = Entry.objects.get(subject=said.public_id)
    assert ("visibility" in entry.detail) is detail
    assert "井盖要" not in entry.detail and '"channel":"web"' in entry.detail
