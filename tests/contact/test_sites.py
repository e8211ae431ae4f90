"""Sites: profile, hours, rota, the eight things, activities with pictures, demonstration points, receptions and queues."""

import threading
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from district import NOW, PHONE, TODAY, ZONE, District, key, later, png
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quancheng.contact import acts, queries, tasks
from quancheng.contact.models import (
    Activity,
    Booking,
    Demonstration,
    DutyFact,
    OpeningHours,
    Reception,
    RotaTurn,
    SiteCheckItem,
)
from quancheng.people.models import Notice, Site
from quancheng.people.permissions import Actor, NotAllowed
from quancheng.procedures.acts import Conflict

MORNING, NOON, EVENING = time(9), time(12), time(18)
EIGHT = {item: (True, "") for item in SiteCheckItem.Item.values}
MARKS = {name: "按计划开展。" for name in ("study", "practice", "display", "publicity", "radiate")}


def profile(city, by="station", **changed):
    whole = {
        "site": "zd1", "latitude": Decimal("35.761829"), "longitude": Decimal("115.029216"), "about": "便民服务中心一楼。",
        "keeper": "王某", "sealed_box": "大厅左侧，每周一由两人开箱。", **changed,
    }  # fmt: skip
    return acts.set_profile(by=city[by], at=NOW, **whole)


def test_m50_the_profile_by_the_sites_staff_or_the_office_over_it(city):
    profile(city)
    made = profile(city, "office", about="搬到二楼。")
    assert Site.objects.get(pk="zd1").profile.pk == made.pk and made.about == "搬到二楼。"
    for name in ("station2", "deputy", "clerk", "county", "auditor"):
        with pytest.raises(NotAllowed):
            profile(city, name)
    with pytest.raises(NotAllowed):
        acts.set_profile(site="zd1", latitude=None, longitude=None, about="", keeper="", sealed_box="", by=Actor.public(), at=NOW)


@pytest.mark.parametrize(("latitude", "longitude"), [("115.03", "35.76"), ("0", "0"), (None, "115"), ("91", "115")])
def test_coordinates_are_looked_at(city, latitude, longitude):
    with pytest.raises(acts.ContactRefused):
        profile(city, latitude=latitude and Decimal(latitude), longitude=longitude and Decimal(longitude))


def test_functions_are_set_by_the_office_alone(city):
    acts.set_functions(site="zd1", functions=("liaison", "legislation"), by=city["office"], at=NOW)
    assert len(queries.site_page("zd1", NOW).functions) == 2
    with pytest.raises(NotAllowed):
        acts.set_functions(site="zd1", functions=("liaison",), by=city["station"], at=NOW)
    with pytest.raises(acts.ContactRefused):
        acts.set_functions(site="zd1", functions=(), by=city["office"], at=NOW)


def test_open_now_by_hours_and_closed_days(city):
    spans = [(0, MORNING, NOON), (0, time(14), EVENING), (2, MORNING, NOON)]
    acts.set_hours(site="zd1", spans=spans, by=city["station"], at=NOW)
    assert OpeningHours.objects.count() == 3
    for moment, open_ in ((NOW, True), (later(0, 12), False), (later(0, 13), False), (later(0, 17), True), (later(1), False)):
        assert queries.site_page("zd1", moment).open_now is open_, moment
    acts.close_day(site="zd1", day=TODAY, reason="检修线路", by=city["station"], at=NOW)
    assert not queries.site_page("zd1", NOW).open_now
    assert [line.open_now for line in queries.directory(NOW)] == [False, False]
    assert acts.open_day(site="zd1", day=TODAY, by=city["station"], at=NOW)
    assert not acts.open_day(site="zd1", day=TODAY, by=city["station"], at=NOW)
    assert [line.open_now for line in queries.directory(NOW)] == [True, False]
    for wrong in ([(0, NOON, MORNING)], [(7, MORNING, NOON)], [(0, MORNING, NOON), (0, time(11), EVENING)]):
        with pytest.raises(acts.ContactRefused):
            acts.set_hours(site="zd1", spans=wrong, by=city["station"], at=NOW)
    assert OpeningHours.objects.count() == 3


def rota(city, name="deputy", day=TODAY, starts=MORNING, ends=NOON, site="zd1", by="station"):
    return acts.put_on_rota(site=site, account_id=city[name].id, day=day, starts=starts, ends=ends, by=city[by], at=NOW)


def test_r8_03_nobody_is_on_the_rota_twice_at_one_time(city):
    turn = rota(city)
    rota(city, "station", starts=time(10))
    rota(city, starts=NOON, ends=EVENING)
    with pytest.raises(acts.ContactRefused):
        rota(city, starts=time(11), ends=time(13), site="zd2", by="station2")
    with pytest.raises(acts.ContactRefused):
        rota(city, "clerk")
    with pytest.raises(acts.ContactRefused):
        rota(city, day=TODAY - timedelta(days=1))
    acts.take_off_rota(turn_id=turn.pk, by=city["station"], at=NOW)
    with pytest.raises(Conflict):
        acts.take_off_rota(turn_id=turn.pk, by=city["station"], at=NOW)
    rota(city, site="zd2", by="station2")
    assert [t.starts for t in queries.site_page("zd1", NOW).rota] == [time(10), NOON]
    city.end_seat("deputy2", TODAY)
    with pytest.raises(acts.ContactRefused):
        rota(city, "deputy2", day=TODAY + timedelta(days=3))
    assert RotaTurn.objects.filter(cancelled_at=None).count() == 3


def test_r8_13_all_eight_are_looked_at_and_what_lacks_says_why(city):
    found = {**EIGHT, "funds": (False, "今年经费尚未拨付。")}
    made = acts.check_site(site="zd1", on=TODAY, found=found, words="", by=city["station"], at=NOW)
    assert made.items.filter(met=False).get().words == "今年经费尚未拨付。"
    for wrong in ({}, {**EIGHT, "funds": (False, "")}, {k: v for k, v in EIGHT.items() if k != "room"}, {**EIGHT, "x": (True, "")}):
        with pytest.raises(acts.ContactRefused):
            acts.check_site(site="zd1", on=TODAY, found=wrong, words="", by=city["station"], at=NOW)
    with pytest.raises(acts.ContactRefused):
        acts.check_site(site="zd1", on=TODAY + timedelta(days=1), found=EIGHT, words="", by=city["station"], at=NOW)
    assert len(queries.site_desk("zd1", city["office"], NOW).checks) == 1


def activity(city: District, name="a", **changed) -> acts.ActivityForm:
    whole = {
        "site": "zd1", "function": "supervise", "title": "视察村道照明", "words": "代表沿村道查看路灯，记下十二处不亮的地方。",
        "held_on": TODAY, "submission_key": key(name), "present": 6, "deputies": (city["deputy"].id,),
        "pictures": ((png(6, 6), "代表查看路灯"),), **changed,
    }  # fmt: skip
    return acts.ActivityForm(**whole)


def test_r8_14_an_activity_is_recorded_once_and_shown_by_a_second_person(city):
    made = acts.record_activity(form=activity(city), by=city["station"], at=NOW)
    assert acts.record_activity(form=activity(city), by=city["station"], at=later(1)).pk == made.pk
    assert Activity.objects.count() == 1 and DutyFact.objects.get().kind == "activity"
    assert queries.site_page("zd1", NOW).activities == []
    picture = made.pictures.get()
    with pytest.raises(NotAllowed):
        queries.activity_picture(picture.pk, Actor.public())
    assert queries.activity_picture(picture.pk, city["station"])[1].startswith(b"\x89PNG")
    with pytest.raises(acts.ContactRefused):
        acts.show_activity(activity_id=made.pk, by=city["station"], at=NOW)
    acts.show_activity(activity_id=made.pk, by=city["office"], at=NOW)
    with pytest.raises(Conflict):
        acts.show_activity(activity_id=made.pk, by=city["office"], at=NOW)
    assert [a.took_part for a in queries.site_page("zd1", NOW).activities] == [1]
    assert queries.activity_picture(picture.pk, Actor.public())[0] == picture
    acts.hide_activity(activity_id=made.pk, reason="图中有未成年人的脸。", by=city["station"], at=NOW)
    with pytest.raises(NotAllowed):
        queries.activity_picture(picture.pk, Actor.public())


@pytest.mark.parametrize(
    "change",
    [
        {"function": "other"}, {"title": "短"}, {"words": "短"}, {"held_on": TODAY + timedelta(days=1)}, {"present": -1},
        {"deputies": (1,)}, {"pictures": ((b"GIF89a", "动图"),)}, {"pictures": ((png(), ""),)},
        {"pictures": ((png(), "图一"),) * 10}, {"submission_key": ""},
    ],
)  # fmt: skip
def test_an_activity_with_something_wrong_is_not_recorded(city, change):
    with pytest.raises(acts.ContactRefused):
        acts.record_activity(form=activity(city, **change), by=city["station"], at=NOW)
    assert not Activity.objects.exists() and not DutyFact.objects.exists()


def named(city) -> Demonstration:
    point = acts.nominate_point(site="zd1", host="某镇人大", grounds="五项功能齐全，群众评价好。", by=city["station"], at=NOW)
    acts.check_point(point_id=point.pk, findings="现场查看，与申报一致。", by=city["office"], at=NOW)
    return acts.name_point(point_id=point.pk, by=city["office_lead"], at=NOW)


def test_m49_a_point_is_nominated_checked_named_reviewed_removed(city):
    point = acts.nominate_point(site="zd1", host="某镇人大", grounds="五项功能齐全，群众评价好。", by=city["office_lead"], at=NOW)
    with pytest.raises(Conflict):
        acts.nominate_point(site="zd1", host="某镇人大", grounds="五项功能齐全，群众评价好。", by=city["station"], at=NOW)
    with pytest.raises(acts.ContactRefused):  # not by the one who nominated it
        acts.name_point(point_id=point.pk, by=city["office_lead"], at=NOW)
    acts.drop_nomination(point_id=point.pk, reason="材料还不齐全。", by=city["office"], at=NOW)
    point = acts.nominate_point(site="zd1", host="某镇人大", grounds="五项功能齐全，群众评价好。", by=city["station"], at=NOW)
    with pytest.raises(Conflict):  # not before it is checked
        acts.name_point(point_id=point.pk, by=city["office_lead"], at=NOW)
    with pytest.raises(NotAllowed):
        acts.check_point(point_id=point.pk, findings="自己查看，一切都好。", by=city["station"], at=NOW)
    acts.check_point(point_id=point.pk, findings="现场查看，与申报一致。", by=city["office"], at=NOW)
    with pytest.raises(NotAllowed):
        acts.name_point(point_id=point.pk, by=city["office"], at=NOW)
    found = acts.name_point(point_id=point.pk, by=city["office_lead"], at=NOW)
    assert found.review_due_on == date(2027, 11, 2) and queries.site_page("zd1", NOW).demonstration == found
    assert queries.points_due(city["office"], TODAY)[0][1] == "green"
    assert queries.points_due(city["office"], date(2027, 12, 1))[0][1] == "red"
    again = {"on": TODAY, "marks": MARKS, "words": "复查情况良好，继续保持。", "at": NOW, "point_id": point.pk}
    with pytest.raises(acts.ContactRefused):
        acts.review_point(outcome="kept", by=city["office"], **{**again, "marks": {"study": "好好"}})
    with pytest.raises(NotAllowed):
        acts.review_point(outcome="removed", by=city["office"], **again)
    acts.review_point(outcome="kept", by=city["office"], **again)
    acts.review_point(outcome="removed", by=city["office_lead"], **again)
    assert queries.site_page("zd1", NOW).demonstration is None
    with pytest.raises(Conflict):
        acts.review_point(outcome="kept", by=city["office"], **again)


def test_reviews_that_are_due_are_reminded_of_once(city):
    point = named(city)
    assert tasks.remind_reviews() == 0
    Demonstration.objects.filter(pk=point.pk).update(review_due_on=TODAY - timedelta(days=400))
    assert (tasks.remind_reviews(), tasks.remind_reviews()) == (1, 0)


def day(city: District, **changed) -> Reception:
    whole = {
        "site": "zd1", "day": TODAY, "starts": time(14), "ends": time(17), "capacity": 2, "deputies": (city["deputy"].id,),
        "topic": "秋季道路安全", **changed,
    }  # fmt: skip
    return acts.plan_reception(form=acts.ReceptionForm(**whole), by=city["station"], at=NOW)


def book(reception, phone, name, at=NOW):
    form = acts.BookingForm(key(name), phone=phone, name="老张", about="问路灯")
    return acts.book(reception_id=reception.pk, form=form, by=Actor.public(), at=at)


def test_places_are_given_once_each_and_one_number_takes_one(city):
    reception = day(city)
    first = book(reception, PHONE, "b1")
    assert first.number == 1 and book(reception, PHONE, "b1").pk == first.pk  # the same form
    with pytest.raises(acts.AlreadyBooked):
        book(reception, "138 0000 0001", "b2")
    second = book(reception, "13800000002", "b3")
    with pytest.raises(acts.FullyBooked):
        book(reception, "13800000003", "b4")
    reception.refresh_from_db()
    assert (reception.taken, second.number) == (2, 2)
    acts.cancel_booking(receipt_code=first.receipt_code, at=NOW)
    with pytest.raises(Conflict):
        acts.cancel_booking(receipt_code=first.receipt_code, at=NOW)
    assert book(reception, PHONE, "b5").number == 3  # cancelled, he may book again
    assert queries.booking(second.receipt_code)[1] == 0


@pytest.mark.parametrize(
    ("change", "at"),
    [({"day": TODAY + timedelta(days=31)}, NOW), ({}, later(0, 17)), ({}, later(1))],
    ids=["too early", "when it ends", "the day after"],
)  # fmt: skip
def test_booking_has_its_time(city, change, at):
    with pytest.raises(acts.ContactRefused):
        book(day(city, **change), PHONE, "b", at=at)
    assert not Booking.objects.exists()


def test_who_came_gets_a_number_and_is_called_in_turn(city):
    reception = day(city, capacity=1)
    booked = book(reception, PHONE, "b1")
    walk_in = acts.BookingForm(key("w1"), name="老李")
    came = acts.take_number(reception_id=reception.pk, form=walk_in, by=city["station"], at=later(0, 14))
    assert came.number == 2 and acts.take_number(reception_id=reception.pk, form=walk_in, by=city["station"], at=NOW).pk == came.pk
    with pytest.raises(NotAllowed):
        acts.take_number(reception_id=reception.pk, form=acts.BookingForm(key("w2")), by=city["deputy"], at=NOW)
    with pytest.raises(acts.ContactRefused):
        acts.take_number(reception_id=reception.pk, form=acts.BookingForm(key("w3")), by=city["station"], at=later(1))
    called = [acts.call_next(reception_id=reception.pk, by=city["station"], at=later(0, 14)) for _ in range(3)]
    assert [c and c.pk for c in called] == [booked.pk, came.pk, None]
    opinion = city.enter(at=later(0, 14), phone="")
    acts.finish_visit(booking_id=came.pk, came=True, opinion_id=opinion.pk, by=city["station"], at=later(0, 15))
    with pytest.raises(Conflict):
        acts.finish_visit(booking_id=came.pk, came=True, by=city["station"], at=later(0, 15))
    with pytest.raises(acts.ContactRefused):  # somebody is still in the room
        acts.close_reception(reception_id=reception.pk, by=city["station"], at=later(0, 17))
    acts.finish_visit(booking_id=booked.pk, came=False, by=city["station"], at=later(0, 15))
    acts.close_reception(reception_id=reception.pk, by=city["station"], at=later(0, 17))
    queue = queries.queue(reception.pk, city["deputy"])
    assert [b.state for b in queue.bookings] == ["absent", "seen"] and queue.waiting == 0
    with pytest.raises(NotAllowed):
        queries.queue(reception.pk, city["deputy2"])
    assert queries.receptions_held(TODAY, TODAY + timedelta(days=7))[-1][1:] == (1, 1)


def test_a_cancelled_reception_tells_everybody(city):
    reception = day(city)
    book(reception, PHONE, "b1")
    acts.cancel_reception(reception_id=reception.pk, reason="代表临时参加会议", by=city["station"], at=NOW)
    assert "代表临时参加会议" in Notice.objects.get().text and Booking.objects.get().state == "cancelled"
    with pytest.raises(acts.ContactRefused):
        book(reception, "13800000002", "b2")
    day(city)  # another may be planned at that time now
    with pytest.raises(Conflict):
        day(city)


def test_a_mobile_station_has_a_place_and_counts_for_the_deputy(city):
    reception = day(city, place="东关集市", area=city.village)
    assert reception.kind == "mobile"
    day(city)
    both = Actor(city["deputy"].id, "", city["deputy"].offices + city["station"].offices)
    with pytest.raises(acts.ContactRefused):  # nobody writes his own duty
        acts.note_deputy_came(reception_id=reception.pk, account_id=both.id, by=both, at=later(0, 15))
    acts.note_deputy_came(reception_id=reception.pk, account_id=city["deputy"].id, by=city["station"], at=later(0, 15))
    with pytest.raises(Conflict):
        acts.note_deputy_came(reception_id=reception.pk, account_id=city["deputy"].id, by=city["station"], at=later(0, 16))
    fact = DutyFact.objects.get()
    assert (fact.kind, fact.title) == ("reception", "在东关集市接待群众")
    assert len(queries.my_receptions(city["deputy"], TODAY)) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"day": TODAY - timedelta(days=1)}, {"ends": time(13)}, {"capacity": 0}, {"deputies": ()}, {"deputies": (1,)},
        {"area": "999"},
    ],
)  # fmt: skip
def test_a_reception_with_something_wrong_is_not_planned(city, change):
    with pytest.raises(acts.ContactRefused):
        day(city, **change)
    assert not Reception.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_who_book_at_once_get_no_more_than_there_are_places(city):
    reception, results = day(city, capacity=3), []

    def run(number):
        try:
            results.append(book(reception, f"1380000{number % 6:04d}", f"r{number}").number)
        except acts.ContactRefused as refusal:
            results.append(type(refusal).__name__)
        except Exception as fault:  # noqa: BLE001  # shown by the assertion below
            results.append(repr(fault))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(r for r in results if isinstance(r, int)) == [1, 2, 3], results
    assert {r for r in results if isinstance(r, str)} <= {"FullyBooked", "AlreadyBooked"}
    reception.refresh_from_db()
    assert reception.taken == Booking.objects.count() == 3


def test_pages_of_sites_keep_their_budget(city):
    profile(city)
    acts.set_hours(site="zd1", spans=[(0, MORNING, NOON)], by=city["station"], at=NOW)
    named(city)
    acts.make_code(site="zd1", by=city["office"], at=NOW)
    for number in range(4):
        made = acts.record_activity(form=activity(city, f"a{number}"), by=city["station"], at=NOW)
        acts.show_activity(activity_id=made.pk, by=city["office"], at=NOW)
        day(city, place=f"集市{number}")
        rota(city, starts=time(9 + number), ends=time(10 + number))
    for least, read in (
        (12, lambda: queries.directory(NOW)), (12, lambda: queries.site_page("zd1", NOW)),
        (15, lambda: queries.site_desk("zd1", city["office"], NOW)), (4, lambda: queries.open_receptions(TODAY)),
    ):  # fmt: skip
        with CaptureQueriesContext(connection) as ran:
            read()
        assert len(ran) <= least, [q["sql"][:90] for q in ran.captured_queries]
    line = queries.directory(NOW, area="410900")[0]
    assert line.code and line.next_reception == TODAY and line.open_now and line.profile.latitude == Decimal("35.761829")
    assert queries.directory(NOW, function="legislation") == []
    assert NOW.tzinfo == ZONE


def test_s02_words_that_may_accuse_stay_hidden_from_the_deputy_who_receives(city):
    reception = day(city, capacity=9)
    said = {"b1": "问路灯", "b2": "我要举报有人收受贿赂", "b3": f"{city['deputy'].name}占了集体的地", "b4": ""}
    for number, (name, about) in enumerate(said.items()):
        form = acts.BookingForm(key(name), phone=f"1380000000{number}", name=name, about=about)
        acts.book(reception_id=reception.pk, form=form, by=Actor.public(), at=NOW)
    shown = [(b.name, b.about) for b in queries.queue(reception.pk, city["deputy"]).bookings]
    assert shown == [("b1", "问路灯"), ("", ""), ("", ""), ("b4", "")]
    days, total = queries.my_days(city["deputy"], TODAY)
    assert total == 1 and [(b.name, b.about) for b in days[0].bookings] == shown
    assert [b.about for b in queries.queue(reception.pk, city["station"]).bookings] == list(said.values())
    assert queries.my_days(city["deputy2"], TODAY) == ([], 0)
    with pytest.raises(NotAllowed):
        queries.my_days(city["station"], TODAY)


def test_a_page_of_my_days_costs_four_statements_and_no_cancelled_turn(city):
    for number in range(12):
        reception = day(city, day=TODAY + timedelta(days=number))
        made = book(reception, PHONE, f"c{number}")
    acts.cancel_booking(receipt_code=made.receipt_code, at=NOW)
    with CaptureQueriesContext(connection) as ran:
        first, total = queries.my_days(city["deputy"], TODAY)
    second, _ = queries.my_days(city["deputy"], TODAY, 2)
    assert len(ran) <= 4 and total == 12 and [len(first), len(second)] == [10, 2] and not second[-1].bookings
