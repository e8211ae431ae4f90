"""Not showing an opinion: on a listed ground, told, appealable to another; words erased at a lawful request."""

import json
from datetime import date, timedelta

import pytest

from quancheng.consultations import acts, queries
from quancheng.consultations.models import Moderation, Opinion
from quancheng.kernel import receipts
from quancheng.ledger import acts as ledger
from quancheng.ledger.models import Entry
from quancheng.people import queries as people_queries
from quancheng.people.models import Notice
from quancheng.people.permissions import NotAllowed
from tests.consultations.conftest import OVER, PHONE

AT = OVER
WHY = "文中写了邻居的姓名和门牌号"


def withhold(town, opinion, ground="personal_data", by="clerk", **more):
    return acts.withhold(
        **{"opinion_id": opinion.pk, "ground": ground, "explanation": WHY, "by": town.actors[by], "at": AT, **more}
    )


def appealed(town, opinion, **more):
    withhold(town, opinion, **more)
    return acts.appeal(receipt_code=opinion.receipt_code, text="我没有写全名。", at=AT)


def decide(town, found, uphold, by="releaser", reason="门牌号不完整，恢复显示。"):
    return acts.decide_appeal(moderation_id=found.pk, uphold=uphold, reason=reason, by=town.actors[by], at=AT)


@pytest.mark.parametrize("ground", ["prohibited", "personal_data", "spam"])
def test_s11_withheld_only_on_a_listed_ground_and_still_worked_on(town, asked, ground):
    said = town.say(asked)
    found = withhold(town, said, ground)
    said.refresh_from_db()
    assert (said.visibility, said.state, found.appeal_due_on) == ("withheld", "received", date(2026, 12, 18))
    assert queries.clause_opinions(asked.slug, "", 1).rows == []
    assert town.decide(said) == 1
    assert json.loads(Entry.objects.get(kind="opinion.withheld").detail) == {"ground": ground}


@pytest.mark.parametrize("wrong", [
    {"ground": "critical"}, {"ground": ""}, {"explanation": "不妥"}, {"explanation": "\u200b" * 9}, {"explanation": "长" * 301},
])  # fmt: skip
def test_s11_criticism_is_no_ground_and_the_author_is_owed_an_explanation(town, asked, wrong):
    said = town.say(asked)
    with pytest.raises(acts.ModerationRefused):
        withhold(town, said, **wrong)
    said.refresh_from_db()
    assert said.visibility == "shown" and not Moderation.objects.exists()


def test_s11_the_author_is_told_with_ground_and_term(town, asked):
    said = town.say(asked)
    withhold(town, said)
    text = Notice.objects.get().text
    assert said.receipt_code in text and "含他人个人信息" in text and "15日内" in text
    page = queries.by_receipt(said.receipt_code)
    assert page.moderation.explanation == WHY and page.opinion.body == "井盖应当当天补上。"


def test_s11_not_twice_and_not_what_is_erased(town, asked):
    said, gone = town.say(asked), town.say(asked, "又")
    withhold(town, said)
    acts.erase_words(opinion_id=gone.pk, ground="本人来电申请删除", by=town.actors["lead"], at=AT)
    for opinion in (said, gone):
        with pytest.raises(acts.ModerationRefused):
            withhold(town, opinion)


@pytest.mark.parametrize("who", ["releaser", "station", "deputy", "foreign"])
def test_s11_only_named_staff_of_the_organ_withhold(town, asked, who):
    with pytest.raises(NotAllowed):
        withhold(town, town.say(asked), by=who)


def test_s11_the_author_appeals_once_and_in_time(town, asked):
    said = town.say(asked)
    with pytest.raises(acts.ModerationRefused):
        acts.appeal(receipt_code=said.receipt_code, text="没有被隐藏就申诉", at=AT)
    withhold(town, said)
    for text in ("短", "\u202e" * 9, "长" * 2001):
        with pytest.raises(acts.ModerationRefused):
            acts.appeal(receipt_code=said.receipt_code, text=text, at=AT)
    with pytest.raises(acts.ModerationRefused):
        acts.appeal(receipt_code="", text="我没有写全名。", at=AT)
    with pytest.raises(acts.ModerationRefused, match="2026年12月18日届满"):
        acts.appeal(receipt_code=said.receipt_code, text="我没有写全名。", at=AT + timedelta(days=16))
    acts.appeal(receipt_code=said.receipt_code, text="我没有写全名。", at=AT + timedelta(days=15))
    with pytest.raises(acts.ModerationRefused, match="已经申诉过"):
        acts.appeal(receipt_code=said.receipt_code, text="我没有写全名。", at=AT)


def test_s11_the_appeal_goes_to_another_person(town, asked):
    found = appealed(town, town.say(asked), by="lead")
    with pytest.raises(acts.ModerationRefused, match="另一人"):
        decide(town, found, uphold=True, by="lead")
    for who in ("clerk", "foreign", "station"):
        with pytest.raises(NotAllowed):
            decide(town, found, uphold=True, by=who)
    with pytest.raises(acts.ModerationRefused):
        decide(town, found, uphold=True, reason="不")
    assert decide(town, found, uphold=True).state == "upheld"
    with pytest.raises(acts.ModerationRefused, match="已经处理"):
        decide(town, found, uphold=False, by="lead2")


@pytest.mark.parametrize(("uphold", "chosen", "after", "words"), [
    (False, "shown", "shown", "撤销不公开显示的决定"), (False, "private", "private", "撤销不公开显示的决定"),
    (True, "shown", "withheld", "维持不公开显示"), (True, "private", "withheld", "维持不公开显示"),
])  # fmt: skip
def test_s11_a_reversal_gives_back_what_the_author_had_chosen_and_he_is_told(town, asked, uphold, chosen, after, words):
    said = town.say(asked, visibility=chosen)
    found = appealed(town, said)
    Notice.objects.all().delete()
    decide(town, found, uphold)
    said.refresh_from_db()
    assert said.visibility == after
    assert len(queries.clause_opinions(asked.slug, "", 1).rows) == (after == "shown")
    told = Notice.objects.get().text
    assert words in told and said.receipt_code in told


def test_s11_after_a_reversal_it_may_be_withheld_again_and_appealed_again(town, asked):
    said = town.say(asked, visibility="private")
    decide(town, appealed(town, said), uphold=False)
    found = appealed(town, said, by="clerk2")
    decide(town, found, uphold=False, by="lead")
    said.refresh_from_db()
    assert said.visibility == "private" and Moderation.objects.count() == 2


def test_s11_the_public_count_is_by_month_and_ground(town, asked):
    a, b, c = (town.say(asked, f"话{n}") for n in range(3))
    withhold(town, a)
    withhold(town, b, "spam", at=AT - timedelta(days=3))  # in November
    decide(town, appealed(town, c), uphold=False)
    assert queries.moderation_counts(date(2026, 11, 1), date(2027, 1, 1)) == {
        date(2026, 11, 1): {"spam": 1}, date(2026, 12, 1): {"personal_data": 2, "reversed": 1},
    }  # fmt: skip
    assert list(queries.moderation_counts(date(2026, 11, 1), date(2026, 12, 1))) == [date(2026, 11, 1)]


# erasing


def erase(town, opinion, **more):
    acts.erase_words(
        **{"opinion_id": opinion.pk, "ground": "本人持身份证到场申请删除", "by": town.actors["lead"], "at": AT, **more}
    )


def test_s05_words_are_erased_at_the_persons_request_and_the_proof_stays_whole(town, asked):
    said = town.say(asked, "我家住在三号院", display_name="老李", legal_wording="规范表述")
    ledger.seal(at=AT)
    erase(town, said)
    said.refresh_from_db()
    assert (said.body, said.legal_wording, said.display_name, bytes(said.salt), said.erased_at) == ("", "", "", b"", AT)
    file = queries.receipt_file(said.receipt_code)
    result = receipts.verify(json.loads(json.dumps(file)))
    assert result.ok and file["erased"] and any("删除" in line for line in result.lines)
    assert queries.clause_opinions(asked.slug, "", 1).rows == []
    assert town.decide(said) == 1  # it is answered all the same


def test_s05_with_the_words_go_the_appeal_and_the_number_after_a_last_message(town, asked):
    said = town.say(asked)
    appealed(town, said)
    Notice.objects.all().delete()
    erase(town, said)
    assert Moderation.objects.get().appeal == "" and people_queries.subjects_of(PHONE) == []
    assert "已依申请删除" in Notice.objects.get().text and "0393-1234567" in Notice.objects.get().text
    with pytest.raises(acts.ModerationRefused, match="已经删除"):
        erase(town, said)


@pytest.mark.parametrize(("ground", "reversed_", "kept"), [("prohibited", False, 1), ("prohibited", True, 0), ("spam", False, 0)])
def test_s05_of_prohibited_content_a_record_is_kept(town, asked, ground, reversed_, kept):
    said = town.say(asked)
    found = appealed(town, said, ground=ground)
    if reversed_:
        decide(town, found, uphold=False)
    erase(town, said)
    assert len(people_queries.subjects_of(PHONE)) == kept and Opinion.objects.get().body == ""


def test_s05_the_witness_goes_too(town, asked):
    said = town.say(
        asked, channel="site", site_code="zd1", consent=True, consent_how="spoken", witness="王某", by=town.actors["station"]
    )
    erase(town, said)
    said.refresh_from_db()
    assert (said.witness, said.consent_how) == ("", "spoken")


@pytest.mark.parametrize(("who", "ground", "error"), [
    ("clerk", "本人申请删除原文", NotAllowed), ("foreign", "本人申请删除原文", NotAllowed), ("lead", "申请", acts.ModerationRefused),
])  # fmt: skip
def test_s13_nobody_erases_without_right_and_reason(town, asked, who, ground, error):
    said = town.say(asked)
    with pytest.raises(error):
        erase(town, said, by=town.actors[who], ground=ground)
    said.refresh_from_db()
    assert said.body and said.erased_at is None
