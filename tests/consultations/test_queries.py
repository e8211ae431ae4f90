"""What is read: the work list narrowed and sorted, what others may see, the author's thread, the counts."""

import json
from datetime import timedelta

import pytest

from quancheng.consultations import acts, queries, reporting
from quancheng.consultations.models import Consultation, Opinion, Tally
from quancheng.kernel import receipts
from quancheng.ledger import acts as ledger
from quancheng.people.permissions import NotAllowed
from quancheng.procedures.models import CaseEvent
from tests.consultations.conftest import OPENING, OVER

F = queries.Filters


@pytest.fixture
def said(town, asked):
    """Seven opinions, one of each kind that a filter can ask for."""
    station, clerk = town.actors["station"], town.actors["clerk"]
    site = {"channel": "site", "site_code": "zd1", "phone": "", "consent": True, "consent_how": "signed", "by": station}
    found = {
        "plain": town.say(asked, "井盖当天补上", anchor="a3", area_code="410902"),
        "village": town.say(asked, "村口的井盖", anchor="a3", area_code="410928100"),
        "site": town.say(asked, "井盖没人管", anchor="a2", legal_wording="明确责任单位", area_code="410928", **site),
        "organisation": town.say(asked, "100%赞成_", channel="organisation", organisation="某公司"),
        "paper": town.say(asked, "写得通俗些 Wifi", channel="paper", phone="", by=clerk),
        "decided": town.say(asked, "全部换成塑料", anchor="a1"),
        "mine": town.say(asked, "路口的井盖要亮灯", anchor="a4"),
    }  # fmt: skip
    town.decide(found["decided"], decision="not_adopted")
    acts.assign(opinion_ids=[found["mine"].pk], assignee_id=clerk.id, by=clerk, at=OVER)
    acts.refresh_tallies(at=OVER)
    return {name: opinion.pk for name, opinion in found.items()}


def listed(town, asked, number=1, who="clerk", **filters):
    return queries.desk_list(asked.pk, F(**filters), town.actors[who], number)


@pytest.mark.parametrize(("filters", "names"), [
    ({}, "mine decided paper organisation site village plain"), ({"anchor": "a3"}, "village plain"),
    ({"anchor": "a1"}, "decided"), ({"anchor": "-"}, "paper organisation"), ({"site": "zd1"}, "site"),
    ({"state": "decided"}, "decided"), ({"state": "received", "channel": "site"}, "site"), ({"channel": "paper"}, "paper"),
    ({"decision": "not_adopted"}, "decided"), ({"area": "410928"}, "site village"), ({"area": "410928100"}, "village"),
    ({"area": "410902"}, "plain"), ({"area": "-"}, "mine decided paper organisation"), ({"text": "井盖"}, "mine site village plain"),
    ({"text": "井盖 补"}, "plain"), ({"text": "责任单位"}, "site"), ({"text": "wifi"}, "paper"), ({"text": "100%"}, "organisation"),
    ({"text": "%"}, "organisation"), ({"text": "_"}, "organisation"), ({"text": "没有这个词"}, ""), ({"text": "\x00井盖\u202e没"}, "site"),
    ({"sort": "old"}, "plain village site organisation paper decided mine"),
    ({"sort": "clause"}, "paper organisation decided site village plain mine"),
    ({"sort": "site", "anchor": "a2"}, "site"), ({"sort": "channel", "area": "410928"}, "site village"),
    ({"sort": "state", "text": "井盖"}, "mine site village plain"), ({"sort": "nonsense"}, "mine decided paper organisation site village plain"),
    ({"state": "nonsense"}, "mine decided paper organisation site village plain"), ({"decision": "\x00"}, "mine decided paper organisation site village plain"),
    ({"site": "none"}, ""), ({"anchor": "a99"}, ""), ({"area": "99"}, ""), ({"site": "\x00"}, "mine decided paper organisation site village plain"),
])  # fmt: skip
def test_the_work_list_is_narrowed_and_sorted(town, asked, said, filters, names):
    page = listed(town, asked, **filters)
    wanted = [said[name] for name in names.split()]
    assert [row.pk for row in page.rows] == wanted and page.total == len(wanted)


def test_the_work_list_by_assignee_and_by_public_id(town, asked, said):
    mine = town.actors["clerk"].id
    assert [row.pk for row in listed(town, asked, assignee_id=mine).rows] == [said["mine"]]
    assert listed(town, asked, assignee_id=10**12).rows == []
    one = Opinion.objects.get(pk=said["paper"])
    assert [row.pk for row in listed(town, asked, text=one.public_id).rows] == [one.pk]


@pytest.mark.parametrize(("number", "count"), [(1, 50), (2, 11), (0, 50), (-7, 50), (3, 0), (10**30, 0)])
def test_pages_of_the_work_list(town, asked, number, count):
    for n in range(61):
        town.say(asked, f"话{n}")
    acts.refresh_tallies(at=OVER)
    page = listed(town, asked, number)
    assert (len(page.rows), page.total) == (count, 61)
    assert len(listed(town, asked, number, text="话").rows) == count


@pytest.mark.parametrize("who", ["station", "deputy", "foreign"])
def test_r10_08_the_work_list_is_the_organs_own(town, asked, who):
    one = town.say(asked)
    for read in (
        lambda by: queries.desk_list(asked.pk, F(), by), lambda by: queries.opinion_detail(one.pk, by),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            read(town.actors[who])


def test_s03_what_is_private_withheld_or_erased_is_shown_to_nobody(town, asked):
    shown = town.say(asked, "大家都能看", anchor="a3")
    hidden = [town.say(asked, f"不公开{n}", anchor="a3", visibility="private" if n == 0 else "shown") for n in range(3)]
    acts.withhold(opinion_id=hidden[1].pk, ground="spam", explanation="是一则广告", by=town.actors["clerk"], at=OVER)
    acts.erase_words(opinion_id=hidden[2].pk, ground="本人到场申请删除", by=town.actors["lead"], at=OVER)
    acts.refresh_tallies(at=OVER)
    assert [row.pk for row in queries.clause_opinions(asked.slug, "a3", 1).rows] == [shown.pk]
    page = queries.public_page(asked.slug, OPENING.date())
    assert {row.pk for rows in page.recent.values() for row in rows} == {shown.pk}
    assert page.counts == {"a3": 1} and page.total == 4
    public = [row["text"] for row in reporting.open_data(asked.pk)]
    assert [text for text in public if text] == ["大家都能看"]
    town.decide(*Opinion.objects.all(), decision="not_adopted")
    assert "不公开" not in reporting.report_body(asked.pk).split("## 少数意见")[1].split("## ")[0]


@pytest.mark.parametrize("number", [-3, 0, 1, 2, 99])
def test_pages_of_what_others_said(town, asked, number):
    said = [town.say(asked, f"话{n}", anchor="a3") for n in range(21)]
    page = queries.clause_opinions(asked.slug, "a3", number)
    assert page.total == 21 and page.pages == 2
    assert [row.pk for row in page.rows] == [o.pk for o in (reversed(said[1:]) if number < 2 else said[:1])]
    assert queries.clause_opinions(asked.slug, "a\x00", 1).rows == []


# the author's page


def now_steps(opinion: Opinion) -> list[str]:
    return [step.label for step in queries.by_receipt(opinion.receipt_code).thread if step.status == "now"]


def test_the_thread_has_exactly_one_present_step_until_the_end(town, asked):
    said = town.say(asked)
    assert now_steps(said) == ["记入公开台账"]
    ledger.seal(at=OVER)
    assert now_steps(said) == ["截止"]
    late = town.say(asked, "又")
    assert now_steps(late) == ["记入公开台账"]
    town.decide(said, late)
    town.sorted(asked)
    assert now_steps(said) == ["完成逐条研究"]
    town.answered(asked)
    assert now_steps(late) == ["记入公开台账"] and now_steps(said) == ["公布征求意见结果"]
    ledger.seal(at=OVER)
    assert now_steps(late) == ["公布征求意见结果"]
    acts.publish_result(consultation_id=asked.pk, publication_slug="r", by=town.actors["releaser"], at=OVER)
    assert now_steps(said) == [] and queries.by_receipt(said.receipt_code).thread[-1].status == "done"


def test_a_receipt_is_one_file_that_proves_itself(town, asked):
    said = town.say(asked, "井盖应当当天补上。", anchor="a3")
    assert queries.receipt_file(said.receipt_code)["status"] == "pending"
    ledger.seal(at=OVER)
    file = json.loads(json.dumps(queries.receipt_file(said.receipt_code)))
    assert receipts.verify(file).ok and json.loads(file["content"])["body"] == "井盖应当当天补上。"
    assert not receipts.verify({**file, "content": file["content"].replace("当天", "改天")}).ok
    with pytest.raises(Opinion.DoesNotExist):
        queries.by_receipt("0" * 12)


def test_s05_the_person_finds_all_he_sent(town, asked):
    said = [town.say(asked, f"话{n}") for n in range(2)]
    found = queries.by_public_ids([o.public_id for o in said])
    assert [o.pk for o in found] == [said[1].pk, said[0].pk]


# the desk's figures


def test_what_waits_is_told_to_each(town, asked, said):
    [line] = queries.my_work(town.actors["clerk"])
    assert (line.undecided, line.mine, line.others) == (6, 1, 0)
    [line] = queries.my_work(town.actors["clerk2"])
    assert (line.mine, line.others) == (0, 1)
    assert queries.my_work(town.actors["foreign"]) == []


def test_appeals_wait_for_the_organs_own_reviewers(town, asked):
    said = town.say(asked)
    acts.withhold(opinion_id=said.pk, ground="spam", explanation="是一则广告", by=town.actors["clerk"], at=OVER)
    acts.appeal(receipt_code=said.receipt_code, text="这不是广告。", at=OVER)
    assert [row.opinion_id for row in queries.appeals(town.actors["releaser"])] == [said.pk]
    assert queries.appeals(town.actors["foreign"]) == []
    with pytest.raises(NotAllowed):
        queries.appeals(town.actors["clerk"])


# counts


def counted(consultation: Consultation, facet: str) -> dict[str, int]:
    return dict(Tally.objects.filter(consultation=consultation, facet=facet).values_list("key", "count"))


def test_counts_follow_to_the_published_end_and_beyond(town, asked):
    said = [town.say(asked, f"话{n}", anchor="a3", area_code="410928100") for n in range(3)]
    assert acts.refresh_tallies(at=OVER) == 1
    assert counted(asked, "area") == {"410928": 3}
    town.decide(*said[:2])
    town.decide(said[2], decision="covered")
    town.sorted(asked)
    town.answered(asked)
    acts.publish_result(consultation_id=asked.pk, publication_slug="r", by=town.actors["releaser"], at=OVER)
    acts.refresh_tallies(at=OVER)
    assert counted(asked, "state") == {"replied": 3} and counted(asked, "decision") == {"adopted": 2, "covered": 1}
    ledger.seal(at=OVER)
    acts.refresh_tallies(at=OVER)
    acts.erase_words(opinion_id=said[0].pk, ground="本人到场申请删除", by=town.actors["lead"], at=OVER)
    acts.refresh_tallies(at=OVER)
    assert counted(asked, "shown") == {"a3": 2} and counted(asked, "all") == {"": 3}


def test_only_what_has_news_is_counted(town, asked):
    other = town.open(slug="other")
    town.say(asked)
    town.say(other)
    assert acts.refresh_tallies(at=OVER) == 2
    ledger.seal(at=OVER)
    assert acts.refresh_tallies(at=OVER) == 2  # what was counted before it was sealed is counted once more
    assert acts.refresh_tallies(at=OVER) == 0
    town.say(other, "又")
    assert acts.refresh_tallies(at=OVER) == 1 and counted(other, "all") == {"": 2}
    case = CaseEvent.objects.filter(case=asked.case).count()
    acts.close(consultation_id=asked.pk, by=town.actors["clerk"], at=OVER + timedelta(hours=1))
    ledger.seal(at=OVER)
    assert acts.refresh_tallies(at=OVER) == 1 and CaseEvent.objects.filter(case=asked.case).count() == case + 1
    assert acts.refresh_tallies(at=OVER) == 0
