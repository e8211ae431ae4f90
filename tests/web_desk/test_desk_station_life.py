"""A station's desk: profile, hours, rota, reception with its queue, activities, the eight things, the demonstration point."""

import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quancheng.contact import acts as contact
from quancheng.contact import queries as contact_queries
from quancheng.demo.station_life import picture
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import Actor

PLACE = "/desk/stations/zd1/"


@pytest.fixture
def hall(db):
    """The office with two people, two stations with their keepers, two deputies; clients by user name."""
    cache.clear()
    at, since = timezone.now() - timedelta(days=60), date(2022, 1, 1)
    people.import_areas(at=at)
    people.create_organ(code="dgw", name="代表工委", kind="working_body", area="410900", valid_from=since, at=at)
    for code in ("zd1", "zd2"):
        people.create_site(
            code=code, name=f"{code}联络站", area="410928", organ="dgw", address="某路1号", valid_from=since, at=at,
            functions=("liaison",),
        )
    clients = {}
    for username, role, site in (
        ("office", "deputy_office", ""), ("chief", "deputy_office_lead", ""), ("keeper", "site_staff", "zd1"),
        ("other", "site_staff", "zd2"), ("deputy", "deputy", ""), ("deputy2", "deputy", ""), ("unit", "unit_clerk", ""),
    ):
        account = people.create_account(username=username, name="某" + username, password="long-enough-pass-1", at=at)
        people.give_office(account_id=account.pk, organ="dgw", role=role, site=site, valid_from=since, at=at)
        clients[username] = Client()
        assert clients[username].post("/sign-in/", {"username": username, "password": "long-enough-pass-1"}).status_code == 302
    return clients


def actor(username):
    return people_queries.actor_for(people_queries.account_named(username).pk, timezone.localdate())


def post(client, path, status=303, **data):
    answer = client.post(path, data)
    assert answer.status_code == status, re.sub(r"<[^>]+>", " ", answer.content.decode())[:900]
    return answer


def page(client, path):
    found = client.get(path)
    assert found.status_code == 200
    return found.content.decode()


def seen(code="zd1"):
    return contact_queries.site_page(code, timezone.now())


def test_profile_hours_and_closed_days(hall):
    keeper, profile = hall["keeper"], {"do": "profile", "about": "在村委会东侧", "keeper": "张守信", "sealed_box": "大门右侧"}
    kept = post(keeper, PLACE, 400, latitude="115.03", longitude="35.76", **profile).content.decode()
    assert "填反" in kept and "在村委会东侧" in kept
    assert "数字" in post(keeper, PLACE, 400, latitude="三十五", longitude="1", **profile).content.decode()
    assert "数字" in post(keeper, PLACE, 400, latitude="NaN", longitude="1", **profile).content.decode()
    post(keeper, PLACE, latitude="35.76", longitude="115.03", **profile)
    post(keeper, PLACE, 400, do="hours", h0a1="08:30", h0a2="")
    post(keeper, PLACE, do="hours", h0a1="08:30", h0a2="12:00", h0b1="14:30", h0b2="17:30")
    tomorrow = timezone.localdate() + timedelta(days=1)
    post(keeper, PLACE, do="close", day=tomorrow.isoformat(), reason="线路检修")
    found = seen()
    assert found.profile.sealed_box == "大门右侧" and len(found.hours) == 2 and found.closed[0].reason == "线路检修"
    assert 'value="08:30"' in page(keeper, PLACE)
    post(keeper, PLACE, do="open", day=tomorrow.isoformat())
    assert not seen().closed


def test_functions_are_the_offices_and_each_keeps_his_own_station(hall):
    post(hall["keeper"], PLACE, 403, do="functions", functions=["liaison", "legislation"])
    post(hall["office"], PLACE, do="functions", functions=["liaison", "legislation"])
    assert len(seen().functions) == 2
    for path in (PLACE, PLACE + "days/", PLACE + "activities/", PLACE + "checks/"):
        assert hall["other"].get(path).status_code == 403 and hall["unit"].get(path).status_code == 403
    assert "zd2联络站" not in page(hall["keeper"], "/desk/stations/")
    assert "zd2联络站" in page(hall["office"], "/desk/stations/")


def plan(hall, day, **changed):
    form = {
        "do": "plan", "day": day.isoformat(), "starts": "00:00", "ends": "23:59", "capacity": "2",
        "deputies": [actor("deputy").id, actor("deputy2").id],
    }  # fmt: skip
    post(hall["keeper"], PLACE + "days/", **{**form, **changed})
    found = contact_queries.open_receptions(timezone.localdate(), site="zd1")[-1]
    return found, f"/desk/receptions/{found.pk}/"


def test_r8_03_rota(hall):
    day, who = timezone.localdate() + timedelta(days=2), actor("deputy").id
    form = {"do": "rota", "day": day.isoformat(), "starts": "09:00", "ends": "11:00"}
    post(hall["keeper"], PLACE + "days/", 400, account=actor("office").id, **form)
    post(hall["keeper"], PLACE + "days/", account=who, **form)
    again = post(hall["keeper"], PLACE + "days/", 400, account=who, **form).content.decode()
    assert "已有值班" in again and day.isoformat() in again
    [turn] = seen().rota
    post(hall["keeper"], PLACE + "days/", do="off", turn=turn.pk)
    assert not seen().rota


def test_a_reception_from_plan_to_end(hall):
    refused = post(hall["keeper"], PLACE + "days/", 400, do="plan", day="", starts="09:00", topic="听养老的意见").content.decode()
    assert "听养老的意见" in refused
    found, path = plan(hall, timezone.localdate())
    booking = contact.BookingForm(submission_key="b" * 24, phone="13800000001", about="问路灯")
    contact.book(reception_id=found.pk, form=booking, by=Actor.public(), at=timezone.now())
    post(hall["keeper"], path, do="number", key="n" * 24, name="赵大爷", about="渠边护栏")
    post(hall["keeper"], path, do="number", key="n" * 24, name="赵大爷", about="渠边护栏")  # pressed twice: one number
    assert "等候2人" in page(hall["keeper"], path)
    post(hall["keeper"], path, 400, do="end")
    post(hall["keeper"], path, do="call")
    called = page(hall["keeper"], path)
    assert "问路灯" in called and "13800000001" not in called
    first = contact_queries.queue(found.pk, actor("keeper")).bookings[0]
    made = contact.submit(
        matter=contact.Matter(body="路灯坏了", submission_key="m" * 24, site="zd1", consent_how="signed"), by=actor("keeper"),
        at=timezone.now(),
    )
    post(hall["keeper"], path, do="finish", booking=first.pk, came="yes", opinion=made.pk)
    post(hall["keeper"], path, do="call")
    second = contact_queries.queue(found.pk, actor("keeper")).bookings[1]
    post(hall["keeper"], path, do="finish", booking=second.pk, came="no")
    post(hall["keeper"], path, 409, do="finish", booking=second.pk, came="yes")
    post(hall["keeper"], path, do="came", account=actor("deputy").id)
    post(hall["keeper"], path, do="end")
    states = [b.state for b in contact_queries.queue(found.pk, actor("keeper")).bookings]
    assert states == ["seen", "absent"]
    assert "接待2人次" in page(hall["keeper"], PLACE + "days/")
    assert hall["other"].get(path).status_code == 403 and hall["deputy"].get(path).status_code == 403


def test_a_mobile_station_is_cancelled_with_its_reason(hall):
    _found, path = plan(hall, timezone.localdate() + timedelta(days=3), place="集市东头")
    assert "流动站" in page(hall["keeper"], path)
    post(hall["keeper"], path, 400, do="cancel", reason="雨")
    post(hall["keeper"], path, do="cancel", reason="大雨预警，改到下周")
    assert "大雨预警" in page(hall["office"], path)
    assert not contact_queries.open_receptions(timezone.localdate(), site="zd1")


ACTIVITY = {
    "do": "record", "function": "gather", "title": "条例草案征求意见会", "words": "逐条讨论条例草案，收集意见九条，都已录入。",
    "present": "30", "key": "a" * 24,
}  # fmt: skip


def test_r8_14_an_activity_is_shown_by_another_person(hall):
    path, today = PLACE + "activities/", timezone.localdate().isoformat()
    kept = post(hall["keeper"], path, 400, **{**ACTIVITY, "function": "", "held_on": today}).content.decode()
    assert "逐条讨论条例草案" in kept
    image = SimpleUploadedFile("a.png", picture(1), "image/png")
    lacking = post(hall["keeper"], path, 400, **ACTIVITY, held_on=today, picture0=image, caption0="")
    assert "看不见图片的人" in lacking.content.decode()
    image.seek(0)
    post(hall["keeper"], path, **ACTIVITY, held_on=today, picture0=image, caption0="会场", deputies=[actor("deputy").id])
    [made], total = contact_queries.activities_of(seen().site)
    shown = f"/desk/activities/pictures/{made.pictures.all()[0].pk}"
    assert total == 1 and not seen().activities and Client().get(shown).status_code in (302, 403)
    assert hall["keeper"].get(shown).status_code == 200
    post(hall["keeper"], path, 400, do="show", activity=made.pk)
    post(hall["office"], path, do="show", activity=made.pk)
    assert seen().activities and Client().get(shown).status_code == 200
    post(hall["office"], path, do="hide", activity=made.pk, reason="图上有孩子的脸")
    assert not seen().activities


def test_r8_13_the_eight_things(hall):
    path = PLACE + "checks/"
    found = {f"met-{k}": "yes" for k in ("room", "sign", "rules", "staff", "activities", "ledger", "results")}
    kept = post(hall["keeper"], path, 400, do="eight", words="逐项看过", **found).content.decode()
    assert "有经费" in kept and "逐项看过" in kept
    post(hall["keeper"], path, do="eight", words="逐项看过", **found, **{"met-funds": "no", "said-funds": "正在申请"})
    assert "八项做到7项" in page(hall["office"], path)


def test_m49_a_point_is_named_by_another_person(hall):
    path = PLACE + "checks/"
    post(hall["office"], path, do="nominate", host="镇人大主席团", grounds="接待走访常态化，群众来得多，台账齐全。")
    point = contact_queries.point_of(seen().site).pk
    post(hall["keeper"], path, 403, do="check", point=point, findings="看了场所和台账，情况属实。")
    post(hall["office"], path, do="check", point=point, findings="看了场所和台账，情况属实。")
    post(hall["office"], path, 403, do="name", point=point)
    post(hall["chief"], path, do="name", point=point)
    assert "到期复查的示范点" not in page(hall["office"], "/desk/stations/")
    marks = {f"mark-{k}": "有记录" for k in ("study", "practice", "display", "publicity", "radiate")}
    post(hall["office"], path, 400, do="review", point=point, outcome="kept", words="五项功能都在发挥作用。")
    post(hall["office"], path, do="review", point=point, outcome="kept", words="五项功能都在发挥作用。", **marks)
    assert "五项功能都在发挥作用" in page(hall["keeper"], path)


def test_m49_a_review_that_is_over_is_told(hall):
    at, office = timezone.now() - timedelta(days=500), actor("office")
    made = contact.nominate_point(site="zd2", host="镇人大主席团", grounds="接待走访常态化，台账齐全。", by=office, at=at)
    contact.check_point(point_id=made.pk, findings="实地看了场所和台账，情况属实。", by=office, at=at)
    contact.name_point(point_id=made.pk, by=actor("chief"), at=at)
    told = page(hall["office"], "/desk/stations/")
    assert "到期复查的示范点" in told and "已过期限" in told
    assert "到期复查的示范点" not in page(hall["other"], "/desk/stations/")


@pytest.mark.parametrize("count", [1, 20, 60])
def test_pages_cost_the_same_whatever_there_is(hall, count):
    now, keeper = timezone.now(), actor("keeper")
    for number in range(count):
        day = timezone.localdate() + timedelta(days=1 + number)
        form = contact.ReceptionForm(
            site="zd1", day=day, starts=now.time().replace(hour=9), ends=now.time().replace(hour=11), capacity=5,
            deputies=(actor("deputy").id,),
        )
        made = contact.plan_reception(form=form, by=keeper, at=now)
        contact.record_activity(
            form=contact.ActivityForm(
                site="zd1", function="learn", title="学习代表法", words="一起学习新修改的代表法。", held_on=timezone.localdate(),
                submission_key=f"cost-{number:03d}-{'k' * 20}", pictures=((picture(number), "会场"),),
            ),
            by=keeper, at=now,
        )
    for path, who, most in (
        (PLACE, "office", 15), (PLACE + "days/", "keeper", 15), (PLACE + "activities/", "keeper", 15),
        (PLACE + "checks/", "keeper", 15), (f"/desk/receptions/{made.pk}/", "keeper", 15), ("/desk/stations/", "office", 12),
    ):
        with CaptureQueriesContext(connection) as ran:
            assert hall[who].get(path).status_code == 200
        assert len(ran) <= most, path
