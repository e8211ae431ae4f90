"""What the Regulations on petitions ask, by name: intake, classes, routes, grades, the end, withdrawal (R7.30–R7.40)."""

import pytest
from bureau import FACTS, NOW, PHONE, key, later

from quancheng.handling import acts as handling
from quancheng.handling import queries as handling_queries
from quancheng.people.models import Notice
from quancheng.people.permissions import Actor, NotAllowed
from quancheng.people.queries import subjects_of
from quancheng.petitions import acts, queries, tasks
from quancheng.petitions.models import Addition, Mark, Petition, SealedItem
from quancheng.procedures.models import Case, CaseLink


def test_s02_everything_comes_in_sealed_and_unsorted(town):
    code = town.submit()
    assert not Case.objects.filter(procedure="petition").exists()
    raw = b"".join(bytes(v) for v in SealedItem.objects.values_list("body_sealed", "status_sealed", "accused_sealed")[0])
    assert "补偿".encode() not in raw and PHONE.encode() not in raw
    assert queries.find_receipt(code) == code and queries.find_receipt("NOSUCHCODE99") == ""
    assert queries.receipt(code, NOW.date()).state == "已收到，正在登记、甄别"


def test_one_form_gives_one_receipt_and_other_words_under_its_key_are_refused(town):
    form = town.form()
    first = acts.submit(submission=form, by=Actor.public(), at=NOW)
    assert acts.submit(submission=form, by=Actor.public(), at=later(1)) == first
    town.sort(first)
    assert acts.submit(submission=form, by=Actor.public(), at=later(2)) == first
    with pytest.raises(acts.PetitionRefused, match="已经提交过"):
        acts.submit(submission=town.form("完全不同的另外一件事情。", submission_key=form.submission_key), by=Actor.public(), at=NOW)
    assert SealedItem.objects.count() == 0 and Petition.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"names": ()}, "names"), ({"address": ""}, "address"), ({"phone": ""}, "phone"), ({"facts": "短"}, "facts"),
        ({"request": " "}, "request"), ({"about": "nobody"}, "about"),
    ],
)  # fmt: skip
def test_r7_32_names_address_request_facts_are_asked_for(town, changed, field):
    with pytest.raises(acts.PetitionRefused) as refused:
        town.submit(**changed)
    assert refused.value.field == field


def test_r7_32_at_most_five_represent_many_in_person(town):
    six = tuple(f"代表{n}" for n in "一二三四五六")
    with pytest.raises(acts.PetitionRefused, match="不超过5人"):
        town.submit(channel="visit", names=six, headcount=40, by=town["clerk"])
    assert town.submit(channel="visit", names=six[:5], headcount=40, by=town["clerk"])


def test_only_the_office_enters_letters_visits_calls_and_the_box(town):
    for channel in ("letter", "visit", "phone", "box"):
        assert town.submit(channel=channel, phone="", by=town["clerk"])
        with pytest.raises(NotAllowed):
            town.submit(channel=channel, by=town["unit"])


def test_s02_an_accusation_needs_neither_name_nor_number(town):
    code = town.accuse(phone="")
    assert queries.receipt(code, NOW.date()).state == "已收到，正在登记、甄别"


@pytest.mark.parametrize("route", ["court", "arbitration", "party", "administrative"])
def test_r7_35_claims_of_other_routes_are_not_accepted_but_shown_their_way(town, route):
    found = town.sort(town.submit(), route=route)
    with pytest.raises(acts.PetitionRefused, match="途径"):
        acts.accept(petition_id=found.pk, by=town["clerk"], at=NOW)
    acts.not_competent(petition_id=found.pk, where="有管辖权的人民法院", reason="属于诉讼途径", by=town["clerk"], at=NOW)
    assert town.again(found).case.state == "not_competent"
    assert "人民法院" in queries.receipt(found.receipt_code, NOW.date()).papers[-1].text


def test_r7_35_a_class_is_required_before_assignment(town):
    found = town.sort(town.submit())
    with pytest.raises(handling.StepRefused):
        town.assign(found)
    with pytest.raises(acts.PetitionRefused):
        town.sort(town.submit("另一件事情，也请依法处理。"), kind="accusation")


def test_r7_40_the_congress_decides_no_case_of_a_court_but_keeps_a_lead_for_oversight(town):
    found = town.sort(town.submit(), about="court")
    with pytest.raises(acts.PetitionRefused, match="不办理具体案件"):
        acts.accept(petition_id=found.pk, by=town["clerk"], at=NOW)
    acts.note_lead(petition_id=found.pk, words="多件来信反映立案时间过长，建议在执法检查中了解。", by=town["clerk"], at=NOW)
    acts.forward(petition_id=found.pk, where="市中级人民法院", reason="依法属于法院管辖", by=town["clerk"], at=NOW)
    assert town.again(found).case.state == "forwarded"


def test_r7_38_an_officer_of_whom_the_petition_speaks_withdraws(town):
    found = town.sort(town.submit("信访室的周信多次推脱，不给登记我的事情。"), by="clerk2")
    with pytest.raises(acts.PetitionRefused, match="回避"):
        acts.accept(petition_id=found.pk, by=town["clerk"], at=NOW)
    acts.accept(petition_id=found.pk, by=town["clerk2"], at=NOW)


def test_r7_36_the_signed_answers_become_the_written_conclusion(town):
    found = town.concluded(delivered=False)
    page = queries.receipt(found.receipt_code, NOW.date())
    assert found.case.state == "concluded" and page.papers[-1].kind == "conclusion"
    assert "足额发放" in page.papers[-1].text and "复查" in page.papers[-1].text
    assert not handling_queries.record(found.case, NOW.date()).running()


def test_r7_35_an_opinion_is_studied_by_the_office_itself_and_replied(town):
    found = town.sort(town.submit(), kind="suggestion")
    acts.accept(petition_id=found.pk, by=town["clerk"], at=NOW)
    with pytest.raises(NotAllowed):
        acts.conclude(petition_id=found.pk, text="您的建议已经研究采纳，列入明年的监督计划。", by=town["clerk"], at=NOW)
    acts.conclude(petition_id=found.pk, text="您的建议已经研究采纳，列入明年的监督计划。", by=town["lead"], at=NOW)
    assert town.again(found).case.state == "concluded"


def test_r7_34_the_petitioner_rates_office_and_unit_once(town):
    found = town.accepted()
    with pytest.raises(acts.PetitionRefused):
        acts.grade(receipt_code=found.receipt_code, office="satisfied", unit="satisfied", reason="", at=NOW)
    town.answer(town.assign(found), at=NOW)
    acts.grade(receipt_code=found.receipt_code, office="satisfied", unit="dissatisfied", reason="钱少了", at=NOW)
    with pytest.raises(acts.Conflict):
        acts.grade(receipt_code=found.receipt_code, office="satisfied", unit="satisfied", reason="", at=NOW)
    assert queries.grades(town["lead"])["unit"]["dissatisfied"] == 1


def test_r7_37_re_examination_ends_it_and_the_same_facts_are_refused_politely(town):
    found = town.reviewed()
    made = acts.apply_for_review(receipt_code=found.receipt_code, reason="仍然不服复查意见", at=NOW)
    with pytest.raises(acts.PetitionRefused, match="登记由哪个"):
        acts.decide(review_id=made.pk, outcome="upheld", text="经复核，复查意见正确，予以维持。", by=town["clerk"], at=NOW)
    acts.name_reviewer(review_id=made.pk, outside="省信访事项复查复核委员会", by=town["clerk"], at=NOW)
    acts.decide(review_id=made.pk, outcome="upheld", text="经复核，复查意见正确，予以维持。", by=town["clerk"], at=NOW)
    found = town.again(found)
    assert found.case.state == "final"
    with pytest.raises(acts.PetitionRefused, match="已经终结"):
        acts.apply_for_review(receipt_code=found.receipt_code, reason="还是不服这个结果", at=NOW)
    with pytest.raises(acts.PetitionRefused, match="不再受理"):
        town.submit(FACTS)
    with pytest.raises(acts.PetitionRefused, match="不再受理"):
        acts.supplement(receipt_code=found.receipt_code, words="再说一遍同样的事", submission_key=key("s1"), at=NOW)
    assert town.submit("新的事实：今年又扣发了临时安置费，有单据。")
    other = town.submit(FACTS + "（换个说法再写一遍）")
    added = acts.attach(item_id=town.item(other).public_id, petition_id=found.pk, repeat=True, by=town["clerk"], at=NOW)
    assert added.kind == Addition.Kind.REPEAT


def test_r7_37_whoever_concluded_does_not_review(town):
    found = town.sort(town.submit(), kind="suggestion")
    acts.accept(petition_id=found.pk, by=town["clerk"], at=NOW)
    acts.conclude(petition_id=found.pk, text="您的建议已经研究采纳，列入明年的监督计划。", by=town["lead"], at=NOW)
    made = acts.apply_for_review(receipt_code=found.receipt_code, reason="没有真正采纳", at=NOW)
    with pytest.raises(NotAllowed):
        acts.decide(review_id=made.pk, outcome="upheld", text="经复查，原处理意见正确，予以维持。", by=town["lead"], at=NOW)


def test_a_supplement_is_sealed_until_it_is_sorted(town):
    found = town.accepted()
    code = acts.supplement(receipt_code=found.receipt_code, words="补充一份收据的复印件", submission_key=key("s2"), at=NOW)
    assert not found.additions.exists() and queries.find_receipt(code) == code
    acts.attach(item_id=town.item(code).public_id, by=town["clerk"], at=NOW)
    assert [a.facts for a in found.additions.all()] == ["补充一份收据的复印件"]
    assert queries.receipt(code, NOW.date()).state.startswith("补充材料")


def test_withdrawal_stops_everything(town):
    found = town.accepted()
    town.assign(found)
    acts.withdraw(receipt_code=found.receipt_code, reason="已经解决", at=later(1))
    assert town.again(found).case.state == "final"
    assert not found.case.clocks.filter(stopped_at=None).exists()
    with pytest.raises(acts.StepRefused):
        acts.withdraw(receipt_code=found.receipt_code, reason="再撤一次", at=later(1))


def test_s01_name_and_address_are_opened_on_record_and_the_petitioner_sees_by_whom(town):
    found = town.accepted()
    with pytest.raises(NotAllowed):
        acts.open_petitioner(petition_id=found.pk, reason="需要送达文书", by=town["unit"], at=NOW)
    assert acts.open_petitioner(petition_id=found.pk, reason="需要送达文书", by=town["clerk"], at=NOW)["names"] == ["甲某"]
    assert [r.reason for r in queries.receipt(found.receipt_code, NOW.date()).readings] == ["需要送达文书"]


def test_units_see_their_petition_and_others_do_not(town):
    found = town.accepted()
    town.assign(found)
    assert queries.detail(found.pk, town["unit"], NOW.date()).petition.pk == found.pk
    for name in ("unit2", "office", "auditor", "admin", "deputy", "law_lead", "boss"):
        with pytest.raises(NotAllowed):
            queries.detail(found.pk, town[name], NOW.date())


def test_r7_33_forwarding_puts_the_words_under_seal(town):
    found = town.accepted()
    share = town.assign(found)
    handling.draft_answer(
        assignment_id=share.pk, draft=handling.Draft(outcome="A", text="草稿里写了补偿款的来龙去脉，仅供内部使用。"),
        by=town["unit"], at=NOW,
    )  # fmt: skip
    acts.forward(petition_id=found.pk, where="市信访局", reason="属于政府信访渠道", by=town["clerk"], at=later(2))
    found = town.again(found)
    assert (found.title, found.request, found.facts) == ("", "", "")
    with pytest.raises(NotAllowed):
        queries.detail(found.pk, town["unit"], NOW.date())
    assert queries.desk_list(town["clerk"], queries.Filters(), NOW.date()).rows[0].title == "（已按规定转送）"
    assert queries.receipt(found.receipt_code, NOW.date()).state == "已按规定转送有权处理的机关"
    assert not CaseLink.objects.exists()


def test_my_petitions_finds_all_of_a_number_by_the_author_index(town):
    first, second, accusing = town.submit(), town.submit("另外一件事情，请一并依法处理。"), town.accuse(phone=PHONE)
    town.sort(first)
    mine = queries.my_petitions(subjects_of(PHONE))
    assert {line.receipt_code for line in mine} == {first, second, accusing}
    assert [line.title for line in mine].count("信访来件") == 2


def test_the_author_is_told_of_each_paper(town):
    found = town.accepted()
    assert Notice.objects.count() == 2
    assert all(found.receipt_code in text and "补偿" not in text for text in Notice.objects.values_list("text", flat=True))


def test_month_counts_what_was_sorted_and_nothing_under_seal(town):
    town.accepted()
    town.submit("还没有甄别的一件来信，请依法处理。")
    town.accuse()
    received, lines = queries.month(NOW.date().replace(day=1), later(40).date().replace(day=1), NOW.date())
    assert received == 1 and lines == []


def test_two_who_sort_or_accept_at_once_do_not_both_win(town):
    code = town.submit()
    item = town.item(code)
    town.sort(code)
    with pytest.raises(SealedItem.DoesNotExist):
        acts.sort(
            item_id=item.public_id, kind="claim", route="other", about="other", title="同一件来件", by=town["clerk2"], at=NOW,
        )  # fmt: skip
    other = town.item(town.submit("第二件来信反映的事情，请依法处理。"))
    acts.sort_accusation(item_id=other.public_id, accused_name="某人", accused_unit="", by=town["clerk"], at=NOW, moves=0)
    with pytest.raises(acts.Conflict):
        acts.sort_accusation(item_id=other.public_id, accused_name="某人", accused_unit="", by=town["lead"], at=NOW, moves=0)
    found = Petition.objects.get()
    acts.accept(petition_id=found.pk, by=town["clerk"], at=NOW)
    with pytest.raises(acts.StepRefused):
        acts.accept(petition_id=found.pk, by=town["clerk2"], at=NOW)


def test_s13_the_ledger_binds_a_day_by_one_entry_whatever_came_in_and_finds_changed_words(town, monkeypatch):
    from quancheng.ledger.models import Entry

    town.accepted()
    town.accuse()
    acts.open_item(item_id=town.item(town.submit("第三件来信反映的事情，请依法处理。")).public_id, by=town["clerk"], at=NOW)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later(3))
    assert tasks.bind_days() == 4  # three days of the office, and yesterday of the organ above, where nothing came in
    assert tasks.bind_days() == 0
    assert Entry.objects.filter(kind="petition.day", organ="xfs").count() == 3
    assert not Mark.objects.filter(batch=None).exists()
    assert list(tasks.changed_words()) == []
    Petition.objects.update(facts="被人改过的事实")
    assert len(list(tasks.changed_words())) == 1
    SealedItem.objects.all()[:1].get().delete()
    assert len(list(tasks.changed_words())) == 2


def test_s02_where_all_who_might_read_have_to_stand_aside_the_writer_is_told(town):
    fine, stuck = town.accuse(), town.accuse("周信、吴访、郑主任和冯纪检一起分了钱。", accused_name="冯纪检", accused_unit="")
    assert not queries.receipt(fine, NOW.date()).nobody
    assert queries.receipt(stuck, NOW.date()).nobody
    assert len(queries.sealed(town["lead"], NOW.date())) == 1


def test_s05_whoever_opened_the_item_saw_the_name_and_the_petitioner_is_told(town):
    code = town.submit()
    acts.open_item(item_id=town.item(code).public_id, by=town["clerk"], at=NOW)
    town.sort(code)
    [seen] = queries.receipt(code, NOW.date()).readings
    assert (seen.reason, seen.at, seen.account_id) == ("打开来件，甄别归类", NOW, town["clerk"].id)


def test_what_waits_to_be_sorted_is_listed_by_its_day(town):
    town.submit("水箱三年没有清洗，水里有沉淀物。", at=later(3))
    town.submit("路灯坏了半年没有人修，夜里看不见路。", at=NOW)
    found = [line.due_on for line in queries.unsorted(town["clerk"], NOW.date())]
    assert found == sorted(found) and len(found) == 2
