"""旁听: announced in time, applied for once, listed, drawn so that anybody can recompute it, moved up, carded (R4.11, S18)."""

import copy
import json
from datetime import timedelta

import pytest
from django.db import connection

from quancheng.cli import main
from quancheng.kernel import draws
from quancheng.ledger import acts as ledger
from quancheng.meetings import acts
from quancheng.meetings.models import Observation, Observer
from quancheng.meetings.queries import observing
from quancheng.people.models import Notice
from quancheng.people.permissions import NotAllowed
from tests.meetings.chamber import AT

CLOSE, DRAW = AT + timedelta(days=5), AT + timedelta(days=6)
SOURCE = "2026年3月8日福利彩票3D开奖号码"


def form(**changed):
    return acts.ObservationForm(
        **{"seats": 2, "closes_at": CLOSE, "draw_at": DRAW, "draw_place": "市人大信访接待室", "source": SOURCE, **changed}
    )


def announced(chamber, meeting=None, at=AT, **changed):
    meeting = meeting or chamber.called(days=10)
    return acts.announce_observation(meeting_id=meeting.pk, form=form(**changed), by=chamber["secretary"], at=at)


def applied(found, n, at=AT + timedelta(days=1), **changed):
    wanted = {
        "meeting_id": found.meeting_id, "name": f"王小{n}", "phone": f"1380000{n:04d}", "adult": True, "rights": True,
        "submission_key": f"{n:032d}", **changed,
    }  # fmt: skip
    return acts.apply_to_observe(application=acts.Application(**wanted), at=at)


def drawn(chamber, people=5, **changed):
    found = announced(chamber, **changed)
    for n in range(people):
        one = applied(found, n)
        acts.check_observer(observer_id=one.pk, eligible=True, reason="", by=chamber["secretary"], at=AT + timedelta(days=2))
    acts.fix_list(observation_id=found.pk, by=chamber["secretary"], at=CLOSE)
    ledger.seal(at=CLOSE)
    acts.draw_observers(observation_id=found.pk, public_value="4 0 7", by=chamber["secretary"], at=DRAW)
    ledger.seal(at=DRAW)
    found.refresh_from_db()
    return found


def test_r411_short_notice_needs_a_reason(chamber):
    meeting = chamber.called(days=6, reason="事项紧急，经主任会议决定")
    late = {"closes_at": AT + timedelta(days=2), "draw_at": AT + timedelta(days=3)}
    with pytest.raises(acts.MeetingRefused, match="7日") as refused:
        announced(chamber, meeting, **late)
    assert refused.value.field == "late_reason"
    assert announced(chamber, meeting, late_reason="临时会议，经主任会议决定", **late).late_reason


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"seats": 0}, "seats"), ({"closes_at": AT}, "closes_at"), ({"draw_at": CLOSE}, "draw_at"),
     ({"draw_at": AT + timedelta(days=11)}, "draw_at"), ({"draw_place": ""}, "draw_place")],
)  # fmt: skip
def test_r411_a_notice_that_cannot_be(chamber, changed, field):
    with pytest.raises(acts.MeetingRefused) as refused:
        announced(chamber, **changed)
    assert refused.value.field == field
    assert not Observation.objects.exists()


def test_r411_only_the_secretariat_announces_and_only_once(chamber):
    meeting = chamber.called(days=10)
    for who in ("d1", "foreign", "registrar"):
        with pytest.raises(NotAllowed):
            acts.announce_observation(meeting_id=meeting.pk, form=form(), by=chamber[who], at=AT)
    announced(chamber, meeting)
    with pytest.raises(acts.Conflict):
        announced(chamber, meeting)


def test_s01_name_and_number_are_not_readable_in_the_tables(chamber):
    applied(announced(chamber), 7, name="赵钱孙")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608  # names from the database itself
            for row in cursor.fetchall():
                words = " ".join(bytes(v).decode(errors="replace") if isinstance(v, bytes | memoryview) else str(v) for v in row)
                assert "赵钱孙" not in words and "13800000007" not in words, table


def test_r411_one_number_applies_once_and_the_same_form_gives_back_the_same(chamber):
    found = announced(chamber)
    one = applied(found, 1)
    assert applied(found, 1).pk == one.pk
    with pytest.raises(acts.MeetingRefused, match="只能申请一次"):
        applied(found, 2, phone="13800000001")
    acts.give_place_back(receipt_code=one.receipt_code, at=AT + timedelta(days=1))
    assert applied(found, 3, phone="13800000001").pk != one.pk


@pytest.mark.parametrize(("changed", "field"), [({"adult": False}, "adult"), ({"rights": False}, "rights"), ({"name": " "}, "name"), ({"phone": ""}, "phone")])
def test_r411_who_may_observe(chamber, changed, field):
    with pytest.raises(acts.MeetingRefused) as refused:
        applied(announced(chamber), 1, **changed)
    assert refused.value.field == field and not Observer.objects.exists()


def test_r411_after_the_close_nobody_applies(chamber):
    found = announced(chamber)
    with pytest.raises(acts.NotOpen):
        applied(found, 1, at=CLOSE)


def test_s18_the_list_waits_for_the_close_and_for_every_check(chamber):
    found = announced(chamber)
    one = applied(found, 1)
    fix = {"observation_id": found.pk, "by": chamber["secretary"]}
    with pytest.raises(acts.MeetingRefused, match="截止"):
        acts.fix_list(at=CLOSE - timedelta(minutes=1), **fix)
    with pytest.raises(acts.MeetingRefused, match="核对"):
        acts.fix_list(at=CLOSE, **fix)
    refuse = {"observer_id": one.pk, "eligible": False, "by": chamber["secretary"], "at": CLOSE}
    with pytest.raises(acts.MeetingRefused, match="不符合"):
        acts.check_observer(reason="", **refuse)
    acts.check_observer(reason="身份信息经本人确认有误", **refuse)
    with pytest.raises(acts.MeetingRefused, match="没有符合条件"):
        acts.fix_list(at=CLOSE, **fix)
    acts.check_observer(observer_id=one.pk, eligible=True, reason="", by=chamber["secretary"], at=CLOSE)
    fixed = acts.fix_list(at=CLOSE, **fix)
    assert fixed.list_hash == draws.list_hash([one.code])
    with pytest.raises(acts.Conflict):
        acts.check_observer(**refuse | {"reason": "名单固定以后不能再改"})
    with pytest.raises(acts.MeetingRefused, match="已经固定"):
        acts.give_place_back(receipt_code=one.receipt_code, at=CLOSE)


def test_s18_the_seed_is_hidden_until_the_draw(chamber):
    found = announced(chamber)
    assert found.seed == "" and len(found.commitment) == 64
    with pytest.raises(Observation.DoesNotExist):
        observing.draw_record(found.meeting_id)
    assert observing.drawn(found.meeting_id).codes == []
    applied(found, 1)
    with pytest.raises(acts.Conflict):
        acts.draw_observers(observation_id=found.pk, public_value="1", by=chamber["secretary"], at=DRAW)


def test_s18_the_draw_verifies_from_what_is_published_alone(chamber, tmp_path):
    found = drawn(chamber)
    file = tmp_path / "draw.json"
    file.write_text(json.dumps(observing.draw_record(found.meeting_id), ensure_ascii=False), encoding="utf-8")
    assert main(["draw", "verify", str(file)]) == 0
    record = json.loads(file.read_text(encoding="utf-8"))
    result = draws.verify(record)
    assert result.ok and any("承诺先于名单" in said for said in result.lines)
    states = dict(found.observers.values_list("code", "state"))
    assert [states[code] for code in record["order"]] == ["drawn", "drawn", "waiting", "waiting", "waiting"]


def _flip(text):
    return ("1" if text[0] != "1" else "2") + text[1:]


def _another(r):
    """A public value that gives another order; with five codes one in 120 gives the same, and then nothing was changed."""
    return next(v for v in map(str, range(100)) if draws.ranked(r["codes"], seed=r["seed"], public_value=v) != r["order"])


CHANGED = {
    "seed": lambda r: r.update(seed=_flip(r["seed"])),
    "public value": lambda r: r.update(public_value=_another(r)),
    "one code left out": lambda r: r["codes"].pop(),
    "order": lambda r: r["order"].reverse(),
    "seats": lambda r: r.update(seats=3),
    "drawn": lambda r: r["drawn"].reverse(),
    "commitment made to fit another seed": lambda r: r.update(
        seed="ab" * 32, commitment=draws.commitment(draw=r["id"], seats=r["seats"], source=r["source"], seed="ab" * 32)
    ),
    "list made to fit": lambda r: r.update(codes=r["codes"][1:], list_hash=draws.list_hash(r["codes"][1:])),
    "ledger entry": lambda r: r["proofs"]["committed"].update(leaf=r["proofs"]["committed"]["leaf"].replace('"seats":2', '"seats":3')),
    "checkpoint": lambda r: r["proofs"].update(checkpoint=r["proofs"]["checkpoint"].replace("\n", "\n1", 1)),
    "place in the ledger": lambda r: r["proofs"]["fixed"].update(index=r["proofs"]["fixed"]["index"] - 1),
}


@pytest.fixture
def published(chamber):
    return observing.draw_record(drawn(chamber).meeting_id)


def test_s18_anything_changed_is_found(published):
    assert draws.verify(published).ok
    for name, change in CHANGED.items():
        other = copy.deepcopy(published)
        change(other)
        assert not draws.verify(other).ok, name


def test_s18_with_the_ledger_for_a_source_nobody_types_a_value(chamber):
    found = announced(chamber, source="")
    one = applied(found, 1)
    acts.check_observer(observer_id=one.pk, eligible=True, reason="", by=chamber["secretary"], at=CLOSE)
    acts.fix_list(observation_id=found.pk, by=chamber["secretary"], at=CLOSE)
    draw = {"observation_id": found.pk, "public_value": "chosen", "by": chamber["secretary"], "at": DRAW}
    with pytest.raises(acts.MeetingRefused, match="封存"):
        acts.draw_observers(**draw)
    root = bytes(ledger.seal(at=CLOSE).root).hex()
    assert acts.draw_observers(**draw).public_value == root
    ledger.seal(at=DRAW)
    record = observing.draw_record(found.meeting_id)
    assert draws.verify(record).ok
    assert not draws.verify(record | {"public_value": _flip(root)}).ok


def test_s18_not_before_the_announced_hour_and_not_twice(chamber):
    found = announced(chamber)
    one = applied(found, 1)
    acts.check_observer(observer_id=one.pk, eligible=True, reason="", by=chamber["secretary"], at=CLOSE)
    acts.fix_list(observation_id=found.pk, by=chamber["secretary"], at=CLOSE)
    draw = {"observation_id": found.pk, "by": chamber["secretary"]}
    with pytest.raises(acts.MeetingRefused, match="抽签时间"):
        acts.draw_observers(public_value="407", at=CLOSE, **draw)
    with pytest.raises(acts.MeetingRefused, match="公开数"):
        acts.draw_observers(public_value="", at=DRAW, **draw)
    acts.draw_observers(public_value="407", at=DRAW, **draw)
    with pytest.raises(acts.Conflict):
        acts.draw_observers(public_value="408", at=DRAW, **draw)


def test_r411_who_gives_a_place_back_is_followed_by_the_first_who_waits(chamber):
    found = drawn(chamber)
    order = list(found.observers.order_by("rank"))
    Notice.objects.all().delete()
    acts.give_place_back(receipt_code=order[0].receipt_code, at=DRAW)
    states = list(found.observers.order_by("rank").values_list("state", flat=True))
    assert states == ["declined", "drawn", "drawn", "waiting", "waiting"]
    moved = found.observers.get(rank=3)
    assert moved.card and moved.moved_up_at == DRAW and Notice.objects.count() == 1
    assert found.observers.get(rank=1).card is None
    acts.give_place_back(receipt_code=order[4].receipt_code, at=DRAW)  # one who waits frees no seat
    assert found.observers.filter(state="drawn").count() == 2
    assert observing.drawn(found.meeting_id).now[moved.code] == "递补入选"
    assert draws.verify(observing.draw_record(found.meeting_id)).ok


def test_r411_a_card_opens_the_door_once_and_who_disturbs_is_asked_to_leave(chamber):
    found = drawn(chamber)
    start = found.meeting.starts_at
    one = found.observers.get(rank=1)
    with pytest.raises(NotAllowed):
        acts.admit_observer(card=one.card, by=chamber["d1"], at=start)
    with pytest.raises(acts.MeetingRefused, match="没有这张"):
        acts.admit_observer(card="NONESUCH", by=chamber["registrar"], at=start)
    acts.admit_observer(card=one.card, by=chamber["registrar"], at=start)
    with pytest.raises(acts.MeetingRefused, match="已经入场"):
        acts.admit_observer(card=one.card, by=chamber["registrar"], at=start)
    leave = {"observer_id": one.pk, "by": chamber["registrar"], "at": start}
    with pytest.raises(acts.MeetingRefused, match="理由"):
        acts.remove_observer(reason="", **leave)
    acts.remove_observer(reason="经提醒仍大声喧哗", **leave)
    with pytest.raises(acts.MeetingRefused, match="不能再入场"):
        acts.admit_observer(card=one.card, by=chamber["registrar"], at=start)
    with pytest.raises(acts.Conflict):
        acts.remove_observer(reason="经提醒仍大声喧哗", **leave)


def test_r411_a_cancelled_observation_tells_everybody_why(chamber):
    found = announced(chamber)
    applied(found, 1)
    Notice.objects.all().delete()
    with pytest.raises(acts.MeetingRefused, match="理由"):
        acts.cancel_observation(observation_id=found.pk, reason="", by=chamber["secretary"], at=AT)
    acts.cancel_observation(observation_id=found.pk, reason="会议改为内部会议", by=chamber["secretary"], at=AT)
    assert Notice.objects.count() == 1
    with pytest.raises(acts.NotOpen):
        applied(found, 2)


def test_the_secretariat_reads_names_and_others_do_not(chamber):
    found = drawn(chamber)
    page = observing.desk(found.meeting_id, chamber["secretary"])
    assert [one.observer.rank for one in page.lines] == [1, 2, 3, 4, 5] and all(one.name.startswith("王小") for one in page.lines)
    for who in ("d1", "foreign"):
        with pytest.raises(NotAllowed):
            observing.desk(found.meeting_id, chamber[who])
