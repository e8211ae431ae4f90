"""The demo city: Puyang with its real areas and invented people, built only by calling acts, from one seed."""

import gc
import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from quancheng.consultations import acts as consultations
from quancheng.demo import deputies, listening, proposing, roster
from quancheng.demo.meetings import build_meetings
from quancheng.demo.petitions import build_petitions
from quancheng.demo.projects import build_projects
from quancheng.demo.stage import FULL, ORGAN, PASSWORD, SMALL, City, Scale
from quancheng.demo.station_life import seat_in_grids
from quancheng.demo.stations import build_matters, build_station_life
from quancheng.ledger import acts as ledger
from quancheng.people import queries as people_queries
from quancheng.sqlite.compiler import kept_questions

__all__ = ["FULL", "ORGAN", "PASSWORD", "SMALL", "build_city", "ensure_city"]

OTHERS = (
    ("station1", "联络站工作人员：代群众录入意见、接待登记、离线平板（station2 是另一个站）"),
    ("deputy1", "人大代表、常委会组成人员：群众意见、写建议、联名、测评、履职（deputy2、deputy3、deputy4 是另外三位代表）"),
    ("project2", "华龙区民生实事项目（区人大）：正在征集，给每一条建议去向"),
    ("unit1", "承办单位经办人：沟通、起草答复、退办（unit2、unit3 是另外两个单位）"),
    ("head1", "承办单位负责人：签发答复、回复督办函（head2、head3 是另外两个单位）"),
)


def ensure_city(*, rebuild: bool = False) -> None:
    """Build the demo city if the database has none, and print its accounts. Raises SystemExit on a foreign database.

    A city whose building was broken off is built anew, as is one for which `rebuild` asks (SQLite only).
    """
    mark = Path(settings.DATA) / "demo-city"  # "building" or "built": only what is marked so is ever thrown away
    stage = mark.read_text() if mark.exists() else ""
    if stage and (rebuild or stage != "built"):
        _throw_away()
    call_command("migrate", verbosity=0, interactive=False)
    if not people_queries.organs():
        began = time.monotonic()
        print("正在建立演示城市（濮阳市，人物和意见均为虚构）……", flush=True)
        mark.write_text("building")
        nine = timezone.localdate(timezone.now() - timedelta(hours=9))  # its morning is nine o'clock: not yet to come
        build_city(scale=FULL, loud=True, today=nine)
        mark.write_text("built")
        print(f"演示城市已建好，用时 {time.monotonic() - began:.0f} 秒。")
    elif not stage:
        print("数据库里已有别的数据，不能建立演示城市。请用 QUANCHENG_DATA 指定一个空的目录。", file=sys.stderr)
        raise SystemExit(2)
    print(f"\n演示账户（密码都是 {PASSWORD}，登录页 /sign-in/）：")
    for username, label in (*((name, label) for name, _, _, label in roster.PEOPLE), *OTHERS):
        print(f"  {username:<14}{label}")
    print("  群众不用账户：打开首页选择一项征求意见即可。演示城市不发短信，验证码直接显示在页面上。\n")
    sys.stdout.flush()


def _throw_away() -> None:
    """Remove the demo database and the key of its ledger: a new ledger has a new key. Raises SystemExit elsewhere."""
    database = settings.DATABASES["default"]
    if "sqlite" not in str(database["ENGINE"]):
        print("重建演示城市只用于 SQLite。请清空 PostgreSQL 的数据库后再运行。", file=sys.stderr)
        raise SystemExit(2)
    connection.close()
    for ending in ("", "-wal", "-shm", ".turn"):
        Path(f"{database['NAME']}{ending}").unlink(missing_ok=True)
    (Path(settings.DATA) / "ledger.key").unlink(missing_ok=True)


def build_city(
    *, opinions: int | None = None, scale: Scale = SMALL, today: date | None = None, loud: bool = False
) -> City:
    """Build the city at a scale around `today`; `opinions` on draft laws, where another number is wanted."""
    scale = scale if opinions is None else replace(scale, opinions=opinions)
    city = City(today=today or timezone.localdate(), scale=scale, loud=loud)
    collecting = gc.isenabled()
    gc.disable()  # everything that is built lives in the database; collecting costs a tenth of the time
    try:
        for words, build in STAGES:
            city.say(words)
            with transaction.atomic(), kept_questions():
                build(city)
    finally:
        if collecting:
            gc.enable()
    city.say("封入台账、统计……")
    ledger.seal(at=timezone.now())
    consultations.refresh_tallies(at=timezone.now())
    return city


def _listen(city: City) -> None:
    """All consultations, the main story with three fifths of the opinions."""
    listening.main_story(city, city.today, city.scale.opinions * 6 // 10)
    told = sum(len(said) for said in city.said.values())
    listening.other_states(city, city.today, city.scale.opinions - told)


def _stations(city: City) -> None:
    build_station_life(bench=city.bench, site_staff=city.site_staff, now=city.now)
    seat_in_grids(city)


def _matters(city: City) -> None:
    build_matters(city.scale.matters, bench=city.bench, site_staff=city.site_staff, now=city.now)


def _petitions(city: City) -> None:
    build_petitions(city.scale.petitions, actors=city.actors, clerks=city.clerks, heads=city.heads, now=city.now)


STAGES = (
    ("机关、单位、站点和代表……", roster.build_roster),
    ("征求意见……", _listen),
    ("代表建议……", proposing.build_suggestions),
    ("联络站的日常：接待、活动、二维码、网格……", _stations),
    ("群众向代表和站点反映的事……", _matters),
    ("代表履职：联系、报到、述职、学习……", deputies.build_deputy_life),
    ("信访……", _petitions),
    ("会议和表决……", build_meetings),
    ("民生实事……", build_projects),
)
