"""What a tablet took without a network is handed over exactly once, whatever happens on the way."""

import hashlib
import random
import threading
from datetime import UTC, datetime, timedelta

import pytest
from district import NOW, PHONE, ZONE, later, png
from django.db import connection, transaction

from quancheng.contact import acts, queries, tasks
from quancheng.contact.models import ResidentOpinion, Tablet
from quancheng.kernel.words import LETTERS, slip_code
from quancheng.ledger.models import Entry
from quancheng.people import queries as people_queries
from quancheng.people.permissions import NotAllowed
from quancheng.procedures.acts import Conflict
from quancheng.procedures.models import Case

DEVICE = "d" * 32


def item(number: int, **changed) -> acts.Item:
    whole = {"key": f"{number:032x}", "body": f"第{number}件：村东路灯不亮。", "consent_how": "spoken", "said_at": NOW, **changed}
    return acts.Item(**whole)


@pytest.fixture
def tablet(city) -> Tablet:
    return acts.enrol_tablet(site="zd1", device_key=DEVICE, label="一号平板", by=city["station"], at=NOW)


def hand(city, *items, at=NOW, **changed):
    return acts.hand_over(device_key=changed.pop("device", DEVICE), items=items, by=changed.pop("by", city["station"]), at=at, **changed)


def test_each_item_is_stored_with_the_code_that_its_slip_bears(city, tablet):
    done = hand(city, item(1), item(2, pictures=(png(),), phone=PHONE, name="老李"))
    assert [d.state for d in done] == ["stored", "stored"]
    for handed in done:
        digest = hashlib.sha256(b"quancheng:slip:" + handed.key.encode()).digest()  # what tablet.js computes
        assert handed.code == slip_code(handed.key) == "".join(LETTERS[b & 31] for b in digest[:12])
        assert queries.receipt_page(handed.code, NOW.date()).opinion.door == "tablet"
    assert ResidentOpinion.objects.filter(tablet=tablet, entered_by_id=city["station"].id).count() == 2
    assert len(people_queries.subjects_of(PHONE)) == 1


def test_sent_again_in_any_order_it_is_the_same_receipt_and_nothing_more(city, tablet):
    first = {d.key: d.code for d in hand(city, item(1), item(2), item(3))}
    again = hand(city, item(3), item(1), item(2), item(1), at=later(1))
    assert all(d.state == "stored" and d.code == first[d.key] for d in again)
    assert ResidentOpinion.objects.count() == Case.objects.count() == 3
    assert Entry.objects.filter(kind="matter.received").count() == 3
    assert queries.kept_by_tablet([item(1).key, item(9).key], city["station"], "zd1") == {item(1).key: first[item(1).key]}


@pytest.mark.parametrize(
    "said",
    [
        datetime(1970, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=ZONE), datetime(1, 1, 1, tzinfo=ZONE),
        datetime(9999, 12, 31, 23, 59, tzinfo=UTC), datetime(2026, 11, 2, 9), None,
    ],
)  # fmt: skip
def test_a_wrong_clock_neither_stops_nor_moves_the_receipt(city, tablet, said):
    done = hand(city, item(1, said_at=said), device_now=said)
    assert done[0].state == "stored"
    made = ResidentOpinion.objects.get()
    assert made.received_at == NOW and made.case.opened_on == NOW.date()
    if said is not None and 1 < said.year:
        assert made.said_at == (said if said.tzinfo else said.replace(tzinfo=ZONE))
    tablet.refresh_from_db()
    assert tablet.last_seen_at == NOW


def test_how_far_its_clock_is_off_is_kept(city, tablet):
    hand(city, item(1), device_now=NOW - timedelta(days=3))
    tablet.refresh_from_db()
    assert tablet.clock_off_seconds == -3 * 86400


def test_one_that_is_refused_keeps_none_of_the_others(city, tablet):
    done = hand(city, item(1, body="  "), item(2), item(3, consent_how=""), item(4, key="short"), item(5, body="长" * 10_001), item(6))
    assert [d.state for d in done] == ["refused", "stored", "refused", "refused", "refused", "stored"]
    assert all(d.reason for d in done if d.state == "refused")
    assert ResidentOpinion.objects.count() == 2


def test_a_wrong_number_or_a_broken_picture_does_not_lose_the_words(city, tablet):
    done = hand(city, item(1, phone="12", pictures=(b"not a picture", png())), item(2, pictures=(png(),) * 5))
    assert [d.state for d in done] == ["stored", "stored"]
    assert "号码" in done[0].reason and "1张" in done[0].reason and "2张" in done[1].reason
    assert [o.pictures.count() for o in ResidentOpinion.objects.order_by("pk")] == [1, 3]


def test_other_words_under_a_known_key_are_not_taken_for_it(city, tablet):
    hand(city, item(1))
    assert hand(city, item(1, body="换了内容。"))[0].state == "refused"
    assert ResidentOpinion.objects.get().body == item(1).body


def test_only_enrolled_tablets_of_ones_own_site(city, tablet):
    with pytest.raises(acts.UnknownTablet):
        hand(city, item(1), device="e" * 32)
    with pytest.raises(acts.UnknownTablet):
        hand(city, item(1), device="short")
    for name in ("station2", "office", "deputy"):
        with pytest.raises(NotAllowed):
            hand(city, item(1), by=city[name])
    with pytest.raises(Conflict):
        acts.enrol_tablet(site="zd2", device_key=DEVICE, label="别人的", by=city["station2"], at=NOW)
    same = acts.enrol_tablet(site="zd1", device_key=DEVICE, label="一号平板", by=city["station"], at=NOW)
    assert same.pk == tablet.pk and DEVICE.encode() not in bytes(same.key_digest)
    acts.revoke_tablet(tablet_id=tablet.pk, reason="丢失", by=city["office"], at=NOW)
    with pytest.raises(acts.UnknownTablet):
        hand(city, item(1))
    assert not ResidentOpinion.objects.exists()


def test_a_batch_has_an_end(city, tablet):
    with pytest.raises(acts.ContactRefused):
        hand(city, *[item(n) for n in range(101)])


class Cut(Exception):
    """The power goes, or the network does."""


@pytest.mark.django_db(transaction=True)
def test_m52_through_cuts_before_and_after_the_commit_every_item_is_there_once(city, tablet):
    """A tablet sends batches; the server dies at any moment; the tablet knows only what it was told."""
    chance, waiting, told = random.Random(7), {n: item(n) for n in range(120)}, {}
    cuts = 0
    while waiting:
        batch = chance.sample(sorted(waiting), min(len(waiting), 20))
        dies_at = chance.choice([None, None, 0, 3, 11])
        try:
            for position, number in enumerate(batch):
                if position == dies_at:
                    with transaction.atomic():
                        hand(city, waiting[number])
                        raise Cut  # killed before the commit: nothing of it stays
                results = hand(city, waiting[number])
            if chance.random() < 0.5:
                raise Cut  # stored, but the answer is lost
        except Cut:
            cuts += 1
            continue
        results = hand(city, *[waiting[number] for number in batch])
        for result in results:
            told[result.key] = result.code
        waiting = {n: i for n, i in waiting.items() if i.key not in told}
    assert cuts > 5 and len(told) == 120
    assert ResidentOpinion.objects.count() == Case.objects.count() == 120
    assert set(ResidentOpinion.objects.values_list("submission_key", "receipt_code")) == set(told.items())
    assert list(tasks.changed_words()) == []


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_hand_over_at_once_store_each_item_once(city, tablet):
    items, results, faults = [item(n) for n in range(12)], [], []

    def run(order):
        try:
            results.append({d.key: d.code for d in hand(city, *order)})
        except Exception as fault:  # noqa: BLE001  # shown below
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(order,)) for order in (items, items[::-1], items[6:] + items[:6])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults and all(result == results[0] for result in results)
    assert ResidentOpinion.objects.count() == Case.objects.count() == 12
