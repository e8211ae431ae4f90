"""Residents' opinions: taken in once, passed on, never instructed; handled, rated by the author, referred, released."""

import json
from datetime import date, timedelta

import pytest
from district import ANSWER, NOW, PHONE, TODAY, WORDS, key, later, png
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quancheng.contact import acts, files, queries, tasks
from quancheng.contact.content import content_of
from quancheng.contact.models import (
    Advice,
    Code,
    HandOver,
    OpinionPicture,
    ResidentOpinion,
    SealedReading,
)
from quancheng.handling import acts as handling
from quancheng.handling import queries as handling_queries
from quancheng.kernel import receipts
from quancheng.ledger import acts as ledger
from quancheng.ledger.models import Entry
from quancheng.people import queries as people_queries
from quancheng.people.models import Authorship, Notice
from quancheng.people.permissions import PERMISSIONS, Actor, NotAllowed
from quancheng.procedures import declare
from quancheng.procedures.acts import Conflict, StepRefused
from quancheng.procedures.models import CaseEvent, CaseLink, Clock

ACCUSED = "举报张某某收受工程款，住建局和代表工委都有人知道。"


def clocks(opinion):
    return {clock.key: clock for clock in Clock.objects.filter(case=opinion.case, stopped_at=None)}


def test_r7_21_an_opinion_is_registered_at_once_with_its_clocks(city):
    made = city.write()
    assert (made.case.state, made.case.organ_id, made.case.opened_on) == ("registered", "dgw", TODAY)
    assert made.door == "deputy" and made.deputy_id == city["deputy"].id
    running = clocks(made)
    assert running["pass_on"].due_on == date(2026, 11, 5)  # three working days
    assert running["close"].due_on >= date(2027, 1, 1)  # sixty days, then the next working day
    assert Entry.objects.filter(kind="matter.received", subject=made.public_id).count() == 1


def test_s01_the_author_is_sealed_apart(city):
    made = city.write()
    assert people_queries.subjects_of(PHONE) == [made.public_id]
    for table in ResidentOpinion._meta.get_fields():
        assert "phone" not in table.name
    detail = queries.detail(made.pk, city["office"], TODAY)
    assert PHONE not in repr(vars(detail.opinion)) and Authorship.objects.count() == 1


def test_the_same_form_is_taken_once_and_other_words_under_its_key_are_refused(city):
    matter = city.matter()
    first = acts.submit(matter=matter, by=Actor.public(), at=NOW)
    assert acts.submit(matter=matter, by=Actor.public(), at=later(1)).pk == first.pk
    with pytest.raises(acts.ContactRefused):
        acts.submit(matter=acts.Matter(**{**matter.__dict__, "body": "别的话，不是这一件。"}), by=Actor.public(), at=NOW)
    assert ResidentOpinion.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"body": " \u200b\n"}, "body"), ({"body": "长" * 10_001}, "body"), ({"phone": ""}, "phone"),
        ({"visibility": "all"}, "visibility"), ({"area": "999"}, "area"), ({"pictures": (b"GIF89a",)}, "pictures"),
        ({"pictures": (b"x",) * 4}, "pictures"), ({"code": "NOSUCHXX"}, ""), ({"submission_key": "short"}, ""),
    ],
)  # fmt: skip
def test_bad_input_says_where_and_stores_nothing(city, change, named):
    with pytest.raises(acts.ContactRefused) as refusal:
        city.write(**{"body": WORDS, **change})
    assert refusal.value.field == named
    assert not ResidentOpinion.objects.exists()


def test_pictures_come_with_it_and_are_part_of_the_proof(city):
    made = city.write(pictures=(png(), png(5, 5)))
    assert made.pictures.count() == 2
    entry = Entry.objects.get(kind="matter.received")
    assert receipts.digest(bytes(made.salt), content_of(made)) == bytes(entry.digest)
    made.pictures.first().delete()
    assert list(tasks.changed_words())


def test_the_station_enters_on_behalf_only_with_consent_and_only_for_itself(city):
    assert city.enter(phone="").door == "walk_in"
    with pytest.raises(acts.ContactRefused) as refusal:
        city.enter(consent_how="")
    assert refusal.value.field == "consent_how"
    with pytest.raises(NotAllowed):
        city.enter(site="zd2")
    with pytest.raises(NotAllowed):
        city.write(by=city["office"], site="zd1", consent_how="spoken")


def test_r7_20_a_deputy_may_only_forward_and_advise(city):
    steps = {s.key for s in declare.get("resident_opinion").steps if "deputy" in PERMISSIONS[s.permission]}
    assert steps == {"forward"}
    made = city.write()
    deputy = city["deputy"]
    with pytest.raises(NotAllowed):
        acts.refer(opinion_id=made.pk, way="petition", where="信访局", reason="个人诉求请走信访。", by=deputy, at=NOW)
    with pytest.raises(NotAllowed):
        handling.assign(case_id=made.case_id, lead="zjj", assisting=[], note="", by=deputy, at=NOW)
    acts.forward(opinion_id=made.pk, words="建议尽快现场查看。", by=deputy, at=NOW)
    made.case.refresh_from_db()
    assert made.case.state == "passed_on" and Advice.objects.get().words == "建议尽快现场查看。"
    acts.advise(opinion_id=made.pk, words="雨天更危险，建议先设警示。", by=deputy, at=later(1))
    assert list(CaseEvent.objects.filter(case=made.case).values_list("step", flat=True)) == [
        "open", "forward", "contact.advised", "contact.advised",
    ]  # fmt: skip
    share = city.assign(made, at=later(1))
    for step in ({"lead": "swj"}, {"lead": "zjj"}):
        with pytest.raises((NotAllowed, StepRefused, Conflict)):
            handling.assign(case_id=made.case_id, assisting=[], note="", by=deputy, at=later(2), **step)
    with pytest.raises(NotAllowed):
        handling.urge(assignment_id=share.pk, kind="reminder", words="请抓紧办。", by=deputy, at=later(2))


def test_another_deputy_neither_sees_nor_forwards(city):
    made = city.write()
    other = city["deputy2"]
    assert queries.letters(other, TODAY).total == 0
    with pytest.raises(NotAllowed):
        queries.detail(made.pk, other, TODAY)
    with pytest.raises(NotAllowed):
        acts.forward(opinion_id=made.pk, words="", by=other, at=NOW)
    with pytest.raises(acts.ContactRefused):
        acts.advise(opinion_id=made.pk, words="建议查看现场。", by=other, at=NOW)


@pytest.mark.parametrize("words", ["请法院尽快判决这个案子。", "建议公安立案侦查。", "这个标段的中标单位不行。"])
def test_s22_words_on_courts_police_and_tenders_are_warned_of_and_logged(city, words):
    made = city.write()
    with pytest.raises(acts.PendingCase):
        acts.forward(opinion_id=made.pk, words=words, by=city["deputy"], at=NOW)
    made.case.refresh_from_db()
    assert made.case.state == "registered" and not Advice.objects.exists()
    acts.forward(opinion_id=made.pk, words=words, by=city["deputy"], at=NOW, warned=True)
    assert Advice.objects.get().warned_at == NOW
    assert json.loads(Entry.objects.get(kind="case.contact.advised").detail)["warned"] is True


def test_two_who_forward_at_once_forward_once(city):
    made = city.write()
    acts.forward(opinion_id=made.pk, words="", by=city["deputy"], at=NOW)
    with pytest.raises((Conflict, StepRefused)):
        acts.forward(opinion_id=made.pk, words="", by=city["office"], at=NOW)


def test_a_deputy_who_lost_his_seat_sees_nothing_and_the_office_goes_on(city):
    made = city.write()
    city.end_seat("deputy", TODAY)
    gone = city.again("deputy", TODAY + timedelta(days=1))
    with pytest.raises(NotAllowed):
        acts.forward(opinion_id=made.pk, words="", by=gone, at=later(1))
    with pytest.raises(NotAllowed):
        queries.letters(gone, TODAY)
    with pytest.raises(NotAllowed):
        queries.detail(made.pk, gone, TODAY)
    acts.forward(opinion_id=made.pk, words="", by=city["office"], at=later(1))
    with pytest.raises(acts.ContactRefused):
        acts.submit(matter=city.matter(code=Code.objects.get().pk), by=Actor.public(), at=later(1))


def closed(city, grade="satisfied", **changed):
    made = city.write(**changed)
    answer = city.answer(city.assign(made, at=later(1)), at=later(3))
    acts.rate(receipt_code=made.receipt_code, answer_id=answer.pk, grade=grade, reason="井盖又松了，没有修好。", at=later(4))
    made.case.refresh_from_db()
    return made


def test_the_whole_way_from_the_code_to_the_published_rating(city):
    made = city.write()
    acts.forward(opinion_id=made.pk, words="建议尽快补装。", by=city["deputy"], at=later(0, 11))
    share = city.assign(made, at=later(1), assisting=("swj",))
    assert "pass_on" not in clocks(made) and f"answer:{share.pk}" in clocks(made)
    answer = city.answer(share, at=later(3))
    page = queries.receipt_page(made.receipt_code, later(3).date())
    assert page.to_rate == answer and page.state == "已答复，待测评"
    acts.rate(receipt_code=made.receipt_code, answer_id=answer.pk, grade="dissatisfied", reason="井盖又松了。", at=later(4))
    made.case.refresh_from_db()
    assert made.case.state == "redo"
    with pytest.raises(Conflict):  # the rating page opened before the redo began
        acts.rate(receipt_code=made.receipt_code, answer_id=answer.pk, grade="satisfied", reason="", at=later(4))
    again = city.answer(share, at=later(6), text=ANSWER + "已换成防盗井盖。")
    acts.rate(receipt_code=made.receipt_code, answer_id=again.pk, grade="satisfied", reason="", at=later(7))
    made.case.refresh_from_db()
    assert made.case.state == "closed" and not clocks(made)
    with pytest.raises(acts.ContactRefused):
        acts.release(opinion_id=made.pk, title="村口井盖缺失", by=Actor(city["office"].id, "", city["office_lead"].offices), at=later(8))
    acts.release(opinion_id=made.pk, title="村口井盖缺失", by=city["office_lead"], at=later(8))
    rows, total = queries.published("井盖")
    assert total == 1 and rows[0].pk == made.pk
    shown = queries.published_page(made.pk)
    assert [handling_queries.rating_of(a).grade for a in shown.answers] == ["dissatisfied", "satisfied"]
    assert queries.published("防盗")[1] == 1 and queries.published("没有这个词")[1] == 0


def test_s28_only_the_receipt_rates_and_only_its_own_answer(city):
    made, other = city.write(), city.write("另一件事：路灯不亮。")
    answer = city.answer(city.assign(made), at=later(2))
    with pytest.raises(acts.ContactRefused):
        acts.rate(receipt_code=other.receipt_code, answer_id=answer.pk, grade="satisfied", reason="", at=later(3))
    with pytest.raises(ResidentOpinion.DoesNotExist):
        acts.rate(receipt_code="NOSUCH", answer_id=answer.pk, grade="satisfied", reason="", at=later(3))


def test_the_author_is_told_once_of_each_answer(city):
    made = city.write()
    city.answer(city.assign(made), at=later(2))
    assert tasks.tell_residents() == 1
    assert tasks.tell_residents() == 0
    assert made.receipt_code in Notice.objects.get().text


def test_release_needs_consent_an_end_and_a_second_person(city):
    private = closed(city, visibility="private")
    with pytest.raises(acts.ContactRefused):
        acts.release(opinion_id=private.pk, title="村口井盖缺失", by=city["office_lead"], at=later(5))
    running = city.write("路灯不亮。")
    with pytest.raises(acts.ContactRefused):
        acts.release(opinion_id=running.pk, title="路灯不亮的事", by=city["office_lead"], at=later(5))
    done = closed(city)
    with pytest.raises(NotAllowed):
        acts.release(opinion_id=done.pk, title="村口井盖缺失", by=city["office"], at=later(5))
    with pytest.raises(NotAllowed):
        acts.release(opinion_id=done.pk, title="村口井盖缺失", by=city["county"], at=later(5))
    acts.release(opinion_id=done.pk, title="村口井盖缺失", by=city["office_lead"], at=later(5))
    acts.withdraw_release(opinion_id=done.pk, reason="文中有门牌号。", by=city["office_lead"], at=later(6))
    assert queries.published()[1] == 0


def test_r7_22_a_grievance_is_told_and_handed_over(city):
    made = city.write()
    with pytest.raises(acts.ContactRefused):
        acts.refer(opinion_id=made.pk, way="petition", where="市信访局", reason="短", by=city["office"], at=NOW)
    acts.refer(opinion_id=made.pk, way="petition", where="市信访局", reason="个人诉求应当走信访渠道。", by=city["office"], at=NOW)
    made.case.refresh_from_db()
    assert made.case.state == "handed_over" and not clocks(made)
    assert "市信访局" in Notice.objects.get().text
    page = queries.receipt_page(made.receipt_code, TODAY)
    assert page.hand_over.where == "市信访局" and "个人诉求" in page.hand_over.reason
    waiting = queries.referrals(city["petition"])
    assert [h.opinion_id for h in waiting] == [made.pk]
    target = city.write("接收后另立的案卷").case
    acts.take_over(opinion_id=made.pk, case_id=target.pk, by=city["petition"], at=later(1))
    assert CaseLink.objects.filter(source=made.case, target=target, relation="handed_over_to").count() == 1
    assert queries.referrals(city["petition"]) == []
    with pytest.raises(Conflict):
        acts.take_over(opinion_id=made.pk, by=city["petition"], at=later(1))
    with pytest.raises(StepRefused):
        acts.refer(opinion_id=made.pk, way="other", where="别处", reason="再转一次看看。", by=city["office"], at=later(1))


def test_what_a_unit_sends_back_can_still_be_referred_but_not_what_is_answered(city):
    made, done = city.write(), city.write("另一件。")
    city.assign(made)
    acts.refer(opinion_id=made.pk, way="lawsuit", where="人民法院", reason="合同纠纷依法应当诉讼。", by=city["office"], at=later(1))
    assert not clocks(made) and not made.case.assignments.filter(ended_at=None).exists()
    city.answer(city.assign(done), at=later(2))
    with pytest.raises(StepRefused):
        acts.refer(opinion_id=done.pk, way="other", where="别处", reason="应当由别处处理。", by=city["office"], at=later(3))


def accusation(city):
    made = city.write(ACCUSED, pictures=(png(),), name="知情人")
    acts.advise(opinion_id=made.pk, words=f"转来：{ACCUSED}"[:60], by=city["deputy"], at=NOW)
    acts.refer(opinion_id=made.pk, way="accusation", where="", reason="涉嫌违纪，张某某相关。", by=city["office"], at=NOW)
    return made


def everything(db_alias="default"):
    """Every text in every table, as a reader of the database would see it."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found += [(table, str(bytes(v) if isinstance(v, memoryview | bytes) else v)) for v in row]
    return found


def test_s02_a_referred_accusation_is_in_no_list_count_search_or_table(city):
    made = accusation(city)
    for word in ("张某某", "收受", "知情人"):
        assert not [table for table, value in everything() if word in value]
    for name in ("office", "office_lead"):
        assert queries.desk_list(city[name], queries.Filters(), TODAY).total == 0
        assert queries.desk_list(city[name], queries.Filters(text="张某某"), TODAY).rows == []
        with pytest.raises(ResidentOpinion.DoesNotExist):
            queries.detail(made.pk, city[name], TODAY)
    assert queries.letters(city["deputy"], TODAY).total == 0
    assert queries.referrals(city["petition"]) == [] and queries.published("张某某")[1] == 0
    assert queries.figures(TODAY) == {}
    for name in ("office", "office_lead", "deputy", "station", "clerk", "head", "petition", "county", "auditor", "member"):
        with pytest.raises(NotAllowed):
            queries.sealed_referrals(city[name])
        with pytest.raises(NotAllowed):
            acts.read_sealed(opinion_id=made.pk, by=city[name], at=NOW)
    for act in (acts.release, acts.erase_words, acts.withdraw_release):
        with pytest.raises((acts.ContactRefused, TypeError)):
            act(opinion_id=made.pk, by=city["office_lead"], at=NOW, **{
                acts.release: {"title": "标题在此"}, acts.erase_words: {"ground": "本人来信申请。"},
                acts.withdraw_release: {"reason": "文中有门牌号。"},
            }[act])


def test_s02_a_sealed_referral_is_not_there_for_the_reader_whom_it_names(city):
    made = city.write(f"反映{city['discipline'].name}收受礼品，有人知情。")
    acts.refer(opinion_id=made.pk, way="accusation", where="", reason="属于检举控告。", by=city["office"], at=NOW)
    assert queries.sealed_referrals(city["discipline"]) == []
    with pytest.raises(HandOver.DoesNotExist):
        acts.read_sealed(opinion_id=made.pk, by=city["discipline"], at=NOW)
    assert len(queries.sealed_referrals(city["petition_lead"])) == 1


def test_s02_only_the_sealed_permission_reads_it_and_every_reading_is_on_record(city):
    made = accusation(city)
    words = acts.read_sealed(opinion_id=made.pk, by=city["petition_lead"], at=NOW)
    assert words["body"] == ACCUSED and len(words["pictures"]) == 1 and "张某某" in words["reason"]
    acts.read_sealed(opinion_id=made.pk, by=city["discipline"], at=NOW)
    assert SealedReading.objects.count() == 2
    noted = Entry.objects.filter(kind="contact.noted")
    assert noted.count() == 2 and {(e.organ, e.detail) for e in noted} == {("", "")}
    with pytest.raises(acts.ContactRefused):
        acts.take_over(opinion_id=made.pk, case_id=made.case_id, by=city["petition_lead"], at=NOW)
    with pytest.raises(NotAllowed):
        acts.take_over(opinion_id=made.pk, by=city["petition"], at=NOW)
    acts.take_over(opinion_id=made.pk, by=city["discipline"], at=NOW)
    assert not CaseLink.objects.exists()


def test_s02_what_the_records_say_does_not_tell_an_accusation_from_a_petition(city):
    made, plain = accusation(city), city.write("普通的诉求。")
    acts.refer(opinion_id=plain.pk, way="petition", where="有权处理的机关", reason="依照信访工作条例转有权处理的机关。",
               by=city["office"], at=NOW)  # fmt: skip
    kinds = [list(Entry.objects.filter(subject=o.case.number).values_list("kind", flat=True)) for o in (made, plain)]
    assert kinds[0] == [*kinds[1][:1], "case.contact.advised", *kinds[1][1:]]
    assert {h.way for h in HandOver.objects.all()} == {"petition"}
    page = queries.receipt_page(made.receipt_code, TODAY)  # the author alone still finds it
    assert page.sealed and page.opinion.body == "" and page.hand_over.where == "有权处理的机关"
    assert list(tasks.changed_words()) == []


def test_the_receipt_is_pending_then_sealed_and_verifies(city):
    made = city.write(pictures=(png(),))
    assert queries.receipt_file(made.receipt_code)["status"] == "pending"
    ledger.seal(at=NOW)
    file = queries.receipt_file(made.receipt_code)
    result = receipts.verify(file)
    assert result.ok and file["case"] == made.case.number
    acts.erase_words(opinion_id=made.pk, ground="本人书面申请删除。", by=city["office_lead"], at=NOW)
    ledger.seal(at=NOW)
    erased = queries.receipt_file(made.receipt_code)
    assert erased["content"] is None and receipts.verify(erased).ok
    assert list(tasks.changed_words()) == []


def test_s13_a_changed_word_is_found(city):
    made = city.write()
    assert list(tasks.changed_words()) == []
    ResidentOpinion.objects.filter(pk=made.pk).update(body="改过的话。")
    assert any(made.public_id in line for line in tasks.changed_words())


def test_my_matters_by_identity_and_by_code(city):
    made = city.write()
    reception = acts.plan_reception(
        form=acts.ReceptionForm("zd1", TODAY, NOW.time().replace(hour=14), NOW.time().replace(hour=17), 5, (city["deputy"].id,)),
        by=city["station"], at=NOW,
    )  # fmt: skip
    booked = acts.book(reception_id=reception.pk, form=acts.BookingForm(key("b"), phone=PHONE), by=Actor.public(), at=NOW)
    found = queries.my_matters(people_queries.subjects_of(PHONE))
    assert {m.receipt_code for m in found} == {made.receipt_code, booked.receipt_code}
    assert [m.kind for m in queries.my_matters(receipt_code=made.receipt_code)] == ["opinion"]
    assert queries.my_matters() == [] and queries.my_matters(receipt_code="NOSUCH") == []


def test_units_see_the_opinion_once_they_handle_it(city):
    made = city.write()
    with pytest.raises(NotAllowed):
        queries.of_case(made.case_id, city["clerk"], TODAY)
    city.assign(made)
    assert queries.of_case(made.case_id, city["clerk"], TODAY).opinion.body == WORDS
    with pytest.raises(NotAllowed):
        queries.of_case(made.case_id, city["clerk2"], TODAY)
    with pytest.raises(NotAllowed):
        queries.detail(made.pk, city["station2"], TODAY)


def test_lists_and_details_keep_their_budget(city):
    for number in range(60):
        city.enter(f"第{number}件：路灯不亮。", phone="")
    made = city.write(pictures=(png(),))
    acts.forward(opinion_id=made.pk, words="建议查看。", by=city["deputy"], at=NOW)
    answer = city.answer(city.assign(made, assisting=("swj",)), at=later(1))
    acts.rate(receipt_code=made.receipt_code, answer_id=answer.pk, grade="dissatisfied", reason="没有修好。", at=later(2))
    for least, read in (
        (12, lambda: queries.desk_list(city["office"], queries.Filters(late=True), TODAY + timedelta(days=30))),
        (12, lambda: queries.desk_list(city["office"], queries.Filters(text="路灯", unit="zjj"), TODAY)),
        (12, lambda: queries.letters(city["deputy"], TODAY)),
        (12, lambda: queries.station_list("zd1", city["station"], TODAY)),
        (15, lambda: queries.receipt_page(made.receipt_code, TODAY)),
        (12, lambda: queries.figures(TODAY)),
        (4, lambda: queries.my_matters(people_queries.subjects_of(PHONE))),
    ):  # fmt: skip
        with CaptureQueriesContext(connection, ) as ran:
            read()
        assert len(ran) <= least + (1 if least == 4 else 0), [q["sql"][:400] for q in ran.captured_queries]
    page = queries.desk_list(city["office"], queries.Filters(), TODAY, number=2)
    assert page.total == 61 and len(page.rows) == 11
    with CaptureQueriesContext(connection) as ran:
        queries.detail(made.pk, city["office"], TODAY)
    assert len(ran) <= 15, [q["sql"][:400] for q in ran.captured_queries]


def test_figures_count_by_organ(city):
    closed(city)
    city.write("还没有人管的事。")
    counts = queries.figures(TODAY)["代表工委"]
    assert (counts["received"], counts["answered"], counts["in_time"], counts["closed"]) == (2, 1, 1, 1)


def test_s05_a_picture_goes_with_the_words_unless_something_else_needs_it(city, django_capture_on_commit_callbacks):
    alone, shared = png(5, 5), png(6, 6)
    made = city.write(pictures=(alone, shared))
    city.write("另一件：同一张照片。", pictures=(shared,))
    sealed = city.write("某局的人收了红包。", pictures=(png(7, 7),))
    names = {p.width: p.stored_name for p in OpinionPicture.objects.all()}
    acts.refer(opinion_id=sealed.pk, way="accusation", where="", reason="反映的是工作人员的问题。", by=city["office"], at=NOW)
    again = city.write("同一张照片，写的是路灯。", pictures=(png(7, 7),))
    with django_capture_on_commit_callbacks(execute=True):
        for opinion in (made, again):
            acts.erase_words(opinion_id=opinion.pk, ground="本人书面申请删除。", by=city["office_lead"], at=NOW)
    assert not files.path_of(names[5]).exists()
    assert files.path_of(names[6]).exists() and files.path_of(names[7]).exists()


def test_the_thread_shows_the_ordinary_way_ahead_with_its_days(city):
    made = city.write()
    page = queries.receipt_page(made.receipt_code, TODAY)
    ahead = [(step.label, step.who, bool(step.due_on)) for step in page.thread if step.status != "done"]
    assert [label for label, _, _ in ahead] == ["转交", "交办", "答复", "测评"]
    assert [due for _, _, due in ahead] == [True, True, True, False] and ahead[0][1] == "代表或者站点" and ahead[-1][1] == "本人"
    assert page.thread[0].label == "收到，登记编号" and page.thread[1].light == "green"  # three days are not yellow at once
    share = city.assign(made)
    [clock] = [c for c in queries.detail(made.pk, city["office"], TODAY).clocks if c.key.startswith("answer:")]
    now = next(step for step in queries.receipt_page(made.receipt_code, TODAY).thread if step.status == "now")
    assert (now.label, now.due_on, now.working, now.who) == ("答复", clock.due_on, clock.working, share.unit.name)
    assert handling_queries.inbox(city["clerk"], TODAY).rows[0].title == made.body[:24] and share
