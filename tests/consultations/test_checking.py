"""`quancheng ledger verify` finds whatever was done to opinions behind the ledger (S13)."""

from datetime import timedelta

import pytest

from quancheng.consultations import acts, checking
from quancheng.consultations.models import ClauseChange, DecisionRecord, Opinion
from quancheng.ledger import acts as ledger
from quancheng.ledger import commands, keys, queries
from quancheng.texts import acts as texts
from tests.consultations.conftest import DRAFT, OPENING, OVER

REFUSAL = "维护井盖需要成本，暂不宜作统一规定。"


@pytest.fixture
def lived(town, asked):
    """Opinions that went through everything that can happen to them."""
    lead, clerk = town.actors["lead"], town.actors["clerk"]
    leader = town.say(asked, "当天补上", anchor="a3", display_name="老李", area_code="410928")
    same = town.say(asked, "当日补上", anchor="a3", visibility="private")
    split = town.say(asked, "当日要补上", anchor="a3")
    away = town.say(asked, "换成塑料的")
    hidden, gone = town.say(asked, "王某电话在此"), town.say(asked, "我想收回")
    back = town.say(asked, "误会", visibility="private")
    acts.merge(leader_id=leader.pk, opinion_ids=[same.pk, split.pk], by=clerk, at=OVER)
    acts.split(opinion_id=split.pk, by=clerk, at=OVER)
    town.decide(leader, split, hidden, gone, back)
    town.decide(away, decision="covered")
    town.decide(away, decision="not_adopted", reason=REFUSAL)
    for opinion in (hidden, back):
        acts.withhold(opinion_id=opinion.pk, ground="personal_data", explanation="写了他人电话", by=clerk, at=OVER)
    found = acts.appeal(receipt_code=back.receipt_code, text="没有写别人的电话。", at=OVER)
    acts.decide_appeal(moderation_id=found.pk, uphold=False, reason="确实没有，恢复。", by=lead, at=OVER)
    acts.erase_words(opinion_id=gone.pk, ground="本人到场申请删除", by=lead, at=OVER)
    later = texts.draft_next(
        version_id=asked.version_id, source=DRAFT.replace("二十四", "十二"), label="修改稿", explanation="说明", by=lead, at=OVER
    )
    for anchor in ("a3", "a2"):
        acts.link_change(opinion_ids=[leader.pk], version_id=later.pk, anchor=anchor, by=clerk, at=OVER)
    acts.unlink_change(opinion_id=leader.pk, version_id=later.pk, anchor="a2", by=clerk, at=OVER)
    return {"leader": leader, "same": same, "split": split, "away": away, "hidden": hidden, "gone": gone, "back": back}


def faults() -> str:
    return "\n".join(checking.changed_opinions())


def test_what_was_done_by_acts_is_whole_before_and_after_the_reply(town, asked, lived, capsys):
    assert faults() == ""
    town.sorted(asked)
    town.answered(asked)
    assert faults() == ""
    ledger.seal(at=OVER)
    assert list(queries.faults(keys.verifier())) == []
    Opinion.objects.filter(pk=lived["away"].pk).update(body="换成好的")
    assert commands.main_ledger(["verify"]) == 1
    assert lived["away"].public_id in capsys.readouterr().out


@pytest.mark.parametrize(("who", "changed", "word"), [
    ("leader", {"body": ""}, "摘要不符"),
    ("leader", {"body": "", "salt": b"", "erased_at": OVER}, "没有删除的记录"),
    ("leader", {"body": "", "legal_wording": "", "salt": b"", "erased_at": OVER, "display_name": ""}, "没有删除的记录"),
    ("gone", {"erased_at": None}, "抹去"), ("gone", {"body": "另一句话"}, "又有了文字"), ("gone", {"erased_at": OPENING}, "抹去|没有删除"),
    ("leader", {"anchor": "a2"}, "摘要不符"), ("leader", {"display_name": "别人"}, "摘要不符"), ("leader", {"area": None}, "摘要不符"),
    ("leader", {"channel": "paper"}, "摘要不符"), ("leader", {"quoted": "别的条文"}, "摘要不符"), ("leader", {"organisation": "某公司"}, "摘要不符"),
    ("leader", {"received_at": OPENING}, "收到时间"), ("away", {"reason": "因为没有经费，不能采纳。"}, "决定或者理由"),
    ("away", {"decision": "adopted"}, "决定或者理由"), ("away", {"decided_at": OPENING}, "决定或者理由"),
    ("away", {"state": "received"}, "状态"), ("same", {"state": "received", "merged_into": None}, "状态"),
    ("same", {"merged_into": "away"}, "并入"), ("same", {"visibility": "shown"}, "公开状态"), ("hidden", {"visibility": "shown"}, "公开状态"),
    ("leader", {"visibility": "withheld"}, "公开状态"), ("leader", {"replied_at": OVER}, "答复时间"),
])  # fmt: skip
def test_s13_every_silent_change_is_found(lived, who, changed, word):
    if "merged_into" in changed and changed["merged_into"]:
        changed = {"merged_into": lived[changed["merged_into"]]}
    Opinion.objects.filter(pk=lived[who].pk).update(**changed)
    found = faults()
    assert lived[who].public_id in found and any(one in found for one in word.split("|")), found


def test_s13_a_decision_changed_together_with_its_record_is_found(lived):
    away = lived["away"]
    values = {"decision": "adopted", "reason": "意见很好，已经写进第三条。"}
    Opinion.objects.filter(pk=away.pk).update(**values)
    DecisionRecord.objects.filter(opinion=away, decision="not_adopted").update(**values)
    assert "台账摘要不符" in faults()


def test_s13_a_decision_taken_off_the_record_is_found(lived):
    DecisionRecord.objects.filter(opinion=lived["away"], decision="covered").delete()
    assert "有1次决定的记录，台账中有2次" in faults()


def test_s13_an_answer_changed_after_it_was_given_is_found(town, asked, lived):
    town.sorted(asked)
    town.answered(asked)
    same = Opinion.objects.get(pk=lived["same"].pk)
    Opinion.objects.filter(pk=same.pk).update(reason=same.reason + "。")
    DecisionRecord.objects.filter(opinion=same).update(reason=same.reason + "。")
    found = faults()
    assert "决定记录" in found and "答复与台账摘要不符" in found
    Opinion.objects.filter(pk=lived["split"].pk).update(state="decided", replied_at=None)
    assert lived["split"].public_id in faults()


def test_s13_an_opinion_removed_is_found(lived):
    split = Opinion.objects.get(pk=lived["split"].pk)
    split.decision_records.all().delete()
    Opinion.objects.filter(pk=split.pk).delete()
    assert f"台账中的意见 {split.public_id} 在数据库里不存在" in faults()


def test_s13_an_opinion_added_without_an_entry_is_found(lived):
    made = Opinion.objects.get(pk=lived["away"].pk)
    made.pk, made.public_id, made.receipt_code, made.submission_key = None, "o" + "Z" * 20, "Z" * 12, "z" * 20
    made.save(force_insert=True)
    assert f"意见 {made.public_id} 没有入账" in faults()


def test_s13_links_to_clauses_are_checked(lived):
    change = ClauseChange.objects.get()
    ClauseChange.objects.filter(pk=change.pk).update(anchor="a1")
    assert "与条文 a1 的关联和台账摘要不符" in faults()
    ClauseChange.objects.all().delete()
    assert "关联了0处条文，台账中有1处" in faults()


def test_the_check_goes_through_many_in_steps(town, asked, monkeypatch):
    monkeypatch.setattr(checking, "CHUNK", 2)
    said = [town.say(asked, f"话{n}", at=OPENING + timedelta(minutes=n)) for n in range(5)]
    assert faults() == ""
    Opinion.objects.filter(pk__in=[said[0].pk, said[4].pk]).update(body="改")
    assert len(faults().splitlines()) == 2
