"""The life of the demo city's stations: profile, hours, rota, reception days, activities, checks, points, codes, grids."""

import struct
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from quancheng.contact import acts as contact
from quancheng.demo import writing
from quancheng.demo.stage import Bench, City
from quancheng.people import queries as people
from quancheng.people.permissions import Actor

SEED = 20260404
PLACES = {  # about where the counties and districts lie; the rest is the seed's
    "410902": (35.76, 115.03), "410922": (35.90, 115.11), "410923": (36.08, 115.20), "410926": (35.86, 115.50),
    "410927": (36.00, 115.85), "410928": (35.71, 115.03), "410971": (35.77, 115.15), "410972": (35.75, 114.97),
}  # fmt: skip
CENTRE = (35.76, 115.03)
ABOUT = "{name}欢迎您：进门左手是接待室，有代表照片墙、接待时间表和密封箱。无障碍坡道在东侧。"
BOX = "大门内右侧墙上，由有权处理的机关每周三开箱，站点工作人员没有钥匙"
KEEPERS = ("张守信", "李为民", "王知行", "刘明理", "陈向群", "赵听潮", "周可亲", "孙有声")
ACTIVITIES = (
    ("contact", "代表进村听意见", "三位代表到村里走访，听了{n}户人家的意见，当场记下路灯、吃水、托管等事，都已登记转办。"),
    ("gather", "条例草案征求意见会", "请村民代表、商户和教师逐条讨论条例草案，收集意见{n}条，原话都录入系统。"),
    ("supervise", "看一看背街小巷改造", "代表和居民一起看了{n}条小巷，对照承诺逐项核对，发现两处没有做完，已请主管单位限期补上。"),
    ("govern", "网格里的小事一起商量", "代表参加网格议事，为停车和晾晒的事商量出{n}条办法，由居民自己约定执行。"),
    ("learn", "代表法学习", "站里的代表和联络员一起学习新修改的代表法，做了{n}道练习，联系身边的事讨论。"),
)  # fmt: skip
ABOUTS = ("问一问路灯什么时候修", "想说说孩子放学没人接的事", "反映村里吃水的问题", "对条例草案有意见", "")
TOPICS = ("听取对社区养老的意见", "听取对背街小巷管护的意见", "", "办事难在哪里，请您说", "")
EIGHT = ("room", "sign", "rules", "staff", "funds", "activities", "ledger", "results")
FIVE = {
    "study": "每季度组织一次研习", "practice": "接待、走访、议事都有记录", "display": "展板常换常新",
    "publicity": "宪法法律宣传进村", "radiate": "带动周边两个站点",
}  # fmt: skip


@dataclass
class _Town:
    bench: Bench
    random: Random
    now: datetime


def build_station_life(
    *, bench: Bench, site_staff: dict[str, Actor], now: datetime, seed: int = SEED
) -> None:
    """Give every station its profile and its days; the first of each dozen lives fully. The caller holds the transaction.

    `site_staff`: site -> who keeps it.
    """
    town = _Town(bench, Random(seed), now)  # noqa: S311  # invented data, nothing secret
    for number, (site, keeper) in enumerate(site_staff.items()):
        _profile(town, number, site, keeper)
        contact.make_code(site=site, by=bench.office, at=now - timedelta(days=300))
        _days(town, number, site, keeper)
        if number % 12 < 5:
            _activities(town, number, site, keeper)
            _eight(town, number, site, keeper)
        if number % 12 == 1:
            letters = "".join(town.random.choices("0123456789abcdef", k=32))
            contact.enrol_tablet(
                site=site, device_key=letters, label="接待室的平板", by=keeper, at=now - timedelta(days=40)
            )
    for deputy in bench.deputies:
        contact.make_code(account_id=deputy.id, by=bench.office, at=now - timedelta(days=300))
    _points(town, list(site_staff.items()))


def _profile(town: _Town, number: int, site: str, keeper: Actor) -> None:
    found, at = people.site(site), town.now - timedelta(days=310)
    north, east = PLACES.get(found.area_id[:6], CENTRE)
    shift = [Decimal(town.random.randint(-600, 600)) / 10000 for _ in range(2)]
    contact.set_profile(
        site=site, latitude=Decimal(str(north)) + shift[0], longitude=Decimal(str(east)) + shift[1],
        about=ABOUT.format(name=found.name), keeper=KEEPERS[number % len(KEEPERS)], sealed_box=BOX, by=keeper, at=at,
    )
    half = [(day, time(8, 30), time(12)) for day in range(5)] + [(day, time(14, 30), time(17, 30)) for day in range(5)]
    more = [(5, time(9), time(11, 30))] if number % 3 == 0 else []
    contact.set_hours(site=site, spans=half + more, by=keeper, at=at)
    if number % 12 == 2:
        contact.close_day(site=site, day=_workday(town.now.date(), 6), reason="线路检修停电", by=keeper, at=town.now)


def _workday(day: date, after: int) -> date:
    """Return a weekday so many days on, the Monday after where it is a weekend."""
    day += timedelta(days=after)
    return day + timedelta(days=(7 - day.weekday()) if day.weekday() > 4 else 0)


def _deputies(town: _Town, number: int, count: int) -> tuple[int, ...]:
    every = town.bench.deputies
    return tuple(every[(number * 3 + step) % len(every)].id for step in range(min(count, len(every))))


def _days(town: _Town, number: int, site: str, keeper: Actor) -> None:
    """Plan the coming days of a station, and let some past ones have been held."""
    today, plan = town.now.date(), town.now - timedelta(days=35)
    starts = time(9 + number % 2 * 6, number * 7 % 12 * 5)  # so that nobody is wanted at two stations at once
    for week in range(2):
        day = _workday(today, 1 + week * 7 + number % 4)
        for account in _deputies(town, number + week * 5, 1):
            ends = time(starts.hour + 1, starts.minute)
            try:
                contact.put_on_rota(site=site, account_id=account, day=day, starts=starts, ends=ends, by=keeper, at=town.now)
            except contact.ContactRefused:
                continue  # that deputy is elsewhere then
    coming = contact.ReceptionForm(
        site=site, day=_workday(today, 3 + number % 9), starts=starts, ends=time(starts.hour + 2), capacity=8,
        deputies=_deputies(town, number, 2), topic=TOPICS[number % len(TOPICS)],
        place="" if number % 6 else "村文化广场的流动接待车",
    )  # fmt: skip
    made = contact.plan_reception(form=coming, by=keeper, at=plan if number % 2 else town.now - timedelta(days=1))
    for guest in range(number % 4):
        contact.book(
            reception_id=made.pk, form=_booking(town, number, guest, "soon"), by=Actor.public(), at=town.now - timedelta(hours=5)
        )
    if number % 12 < 6:
        _held(town, number, site, keeper)


def _booking(town: _Town, number: int, guest: int, when: str) -> contact.BookingForm:
    return contact.BookingForm(
        submission_key=f"demo-booking-{when}-{number:04d}-{guest:02d}", phone=f"136{number:04d}{guest:04d}",
        name=("王先生", "李女士", "赵大爷", "")[guest % 4], about=ABOUTS[(number + guest) % len(ABOUTS)],
    )


def _held(town: _Town, number: int, site: str, keeper: Actor) -> None:
    """Let a reception day have been: numbers taken, called, seen; the deputies noted; the day closed."""
    day = _workday(town.now.date(), -21 + number % 5)
    at = datetime.combine(day, time(9), tzinfo=town.now.tzinfo)
    form = contact.ReceptionForm(
        site=site, day=day, starts=time(9, number % 12), ends=time(11, 30), capacity=8, deputies=_deputies(town, number, 2)
    )
    made = contact.plan_reception(form=form, by=keeper, at=at - timedelta(days=12))
    contact.book(reception_id=made.pk, form=_booking(town, number, 0, "past"), by=Actor.public(), at=at - timedelta(days=3))
    for guest in range(1, 4):
        contact.take_number(
            reception_id=made.pk, form=_booking(town, number, guest, "past"), by=keeper, at=at + timedelta(minutes=guest * 6)
        )
    for turn in range(4):
        called = contact.call_next(reception_id=made.pk, by=keeper, at=at + timedelta(minutes=30 + turn * 15))
        if called is not None:
            contact.finish_visit(
                booking_id=called.pk, came=turn != 1, by=keeper, at=at + timedelta(minutes=42 + turn * 15)
            )
    for account in form.deputies[: 1 + number % 2]:
        contact.note_deputy_came(reception_id=made.pk, account_id=account, by=keeper, at=at + timedelta(hours=2))
    contact.close_reception(reception_id=made.pk, by=keeper, at=at + timedelta(hours=2, minutes=30))


def _activities(town: _Town, number: int, site: str, keeper: Actor) -> None:
    for step in range(3):
        function, title, words = ACTIVITIES[(number + step) % len(ACTIVITIES)]
        held = town.now.date() - timedelta(days=9 + step * 24 + number % 7)
        at = datetime.combine(held, time(17), tzinfo=town.now.tzinfo)
        form = contact.ActivityForm(
            site=site, function=function, title=title, words=words.format(n=4 + (number + step) % 9), held_on=held,
            submission_key=f"demo-activity-{site}-{step}-{'k' * 12}", place="", present=12 + (number * 5 + step) % 40,
            deputies=_deputies(town, number, 2), pictures=((picture(number * 3 + step), "活动现场的示意图"),) if step == 0 else (),
        )  # fmt: skip
        made = contact.record_activity(form=form, by=keeper, at=at)
        if step or number % 3:
            contact.show_activity(activity_id=made.pk, by=town.bench.office, at=at + timedelta(days=1))


def picture(seed: int) -> bytes:
    """Return an invented picture as PNG: bands of colour, no people."""
    colours = [bytes(((seed * 37 + band * 23) % 120 + 90, (seed * 11 + band * 31) % 110 + 110, 150)) for band in range(8)]
    rows = b"".join(b"\0" + colours[y // 15] * 160 for y in range(120))

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 160, 120, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _eight(town: _Town, number: int, site: str, keeper: Actor) -> None:
    lacking = EIGHT[number % len(EIGHT)] if number % 2 else ""
    found = {item: (item != lacking, "正在申请，下月补上" if item == lacking else "") for item in EIGHT}
    on = town.now.date() - timedelta(days=20 + number % 9)
    contact.check_site(
        site=site, on=on, found=found, words="对照标准逐项看过。", by=keeper if number % 2 else town.bench.office,
        at=town.now - timedelta(days=19),
    )


def _points(town: _Town, sites: list[tuple[str, Actor]]) -> None:
    """Nominate four demonstration points: two named, one of them reviewed, one checked, one waiting."""
    bench, at = town.bench, town.now - timedelta(days=400)
    for number, (site, keeper) in enumerate(sites[:4]):
        made = contact.nominate_point(
            site=site, host="乡镇人大主席团", grounds="接待走访常态化，群众来得多，台账齐全，带动了周边站点。", by=keeper, at=at
        )
        if number == 3:
            continue
        contact.check_point(
            point_id=made.pk, findings="实地查看了场所、台账和三次活动记录，走访了附近住户，情况属实。", by=bench.office,
            at=at + timedelta(days=10),
        )
        if number == 2:
            continue
        contact.name_point(point_id=made.pk, by=bench.lead, at=at + timedelta(days=20))
        if number == 1:
            contact.review_point(
                point_id=made.pk, on=(town.now - timedelta(days=10)).date(), marks=FIVE, outcome="kept",
                words="五项功能都在发挥，接待记录完整，保留命名。", by=bench.office, at=town.now - timedelta(days=9),
            )


def seat_in_grids(city: City) -> None:
    """Let every village and community of the city have a deputy whom its county elected; the nearest, where one lives there."""
    elected: dict[str, list[str]] = {}
    home: dict[str, str] = {}
    for number, deputy in enumerate(city.deputies, start=1):
        area = city.homes[deputy.id]
        home.setdefault(area, f"deputy{number}")
        elected.setdefault(area[:6], []).append(f"deputy{number}")
    everybody = [f"deputy{number}" for number in range(1, len(city.deputies) + 1)]
    rows = ["area,username"]
    for number, area in enumerate(a.code for a in writing.areas() if a.kind in ("village", "community")):
        there = elected.get(area[:6], everybody)
        rows.append(f"{area},{home.get(area, there[number // 3 % len(there)])}")
    since = city.now - timedelta(days=200)
    contact.import_grid(text="\n".join(rows), valid_from=since.date(), by=city.bench.office, at=since)
