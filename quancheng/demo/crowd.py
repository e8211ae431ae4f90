"""`quancheng crowd [N]`: a consultation in the demo city on which N people speak at once, to try the analysis on.

The opinions are invented, put together from the hand-written fragments of `writing`, and come in as a table of letters and
hotline notes, by the same check and import as any table of the office.
"""

import csv
import io
import sys
import time
from datetime import date, timedelta
from random import Random

from django.utils import timezone

from quancheng.consultations import acts as consultations
from quancheng.consultations import importing
from quancheng.consultations import queries as consultation_queries
from quancheng.demo import writing
from quancheng.legislation import acts as legislation
from quancheng.people import queries as people
from quancheng.people.permissions import Actor
from quancheng.texts import queries as texts

SLUG, AFTER = "ebike-2026-everyone", "ebike-2026-revised"  # the new consultation, and the one whose draft it asks about
USUAL, MOST = 100_000, 1_000_000
DAYS = 28  # that the window has been open
COPIES = 400  # of one letter, word by word, among a whole crowd of USUAL; fewer in a smaller one
COPIED = "我们小区六百多户只有四个充电口，请在条例里写明：新建和改造的小区每三户至少配一个充电口，已建成的三年内补齐，由区里督促落实。"
SEED = 41


def written(count: int, source: str, seed: int = SEED) -> list[writing.DraftOpinion]:
    """Return `count` invented opinions on the draft `source`, a copied letter among them; the same for the same seed."""
    said, random = writing.write_opinions(seed, count, [source]), Random(seed)
    places = random.sample(range(count), max(2, COPIES * count // USUAL) if count < USUAL else COPIES)
    anchor = next((one.anchor for one in said if one.topic == "充电设施" and one.anchor), "")
    for index in places:
        said[index] = writing.DraftOpinion("paper", anchor, COPIED, "充电设施", said[index].area_code)
    return said


def table(said: list[writing.DraftOpinion], labels: dict[str, str], first: date, last: date, seed: int = SEED) -> bytes:
    """Return the table (CSV) that an office would have typed in: clause, words, channel, area, day."""
    random, out = Random(seed + 1), io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(importing.COLUMNS)
    span = (last - first).days
    for one in said:
        on = first + timedelta(days=min(span, int(random.triangular(0, span + 1, span * 0.6))))
        channel = "热线" if one.channel in ("hotline", "web") else "来信"
        rows.writerow([labels.get(one.anchor, ""), one.body, "", channel, one.area_code, "", "", on.isoformat()])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _opened(lead: Actor, today: date) -> int:
    """Open the consultation on the revised draft; return its id."""
    before = consultation_queries.consultation(AFTER)
    found = legislation.open_consultation(
        subject_case_id=before.subject_id, version_id=before.version_id,
        title="电动自行车停放充电管理条例（草案修改稿）全市大讨论", summary="全市一起说一说：停哪儿、在哪儿充、谁来管、收多少。",
        slug=SLUG, opens_on=today - timedelta(days=DAYS), closes_on=today + timedelta(days=7), short_window_decision="",
        contact="濮阳市人大常委会法制工作委员会", address="濮阳市人民路100号（虚构）", telephone="0393-0000100", email="",
        site_codes=[], questions=[], by=lead, at=timezone.now() - timedelta(days=DAYS),
    )  # fmt: skip
    return found.pk


def main_crowd(argv: list[str]) -> int:
    """Open the consultation in the demo city of this data folder and import the opinions; return the exit status."""
    wanted = argv[0] if argv else str(USUAL)
    if len(argv) > 1 or not wanted.isascii() or not wanted.isdecimal() or not 10 <= int(wanted) <= MOST:
        print(f"用法：quancheng crowd [条数]，10 至 {MOST} 的整数，不写时为 {USUAL}。", file=sys.stderr)
        return 2
    lead, clerk = (people.account_named(name) for name in ("lead", "clerk"))
    if lead is None or clerk is None or not any(one.slug == AFTER for one in consultation_queries.consultations()):
        print("这里没有演示城市。请先运行 python3 run.py demo。", file=sys.stderr)
        return 2
    if any(one.slug == SLUG for one in consultation_queries.consultations()):
        print(f"已经导入过：/c/{SLUG}/。要重来，请用 demo --rebuild 重建演示城市。", file=sys.stderr)
        return 2
    began, today = time.monotonic(), timezone.localdate()
    print(f"正在写 {wanted} 条虚构的意见……", flush=True)
    version = consultation_queries.consultation(AFTER).version_id
    said = written(int(wanted), writing.text("draft2.txt"))
    data = table(said, texts.anchors(version), today - timedelta(days=DAYS), today)
    who = people.actor_for(clerk.pk, today)
    number = _opened(people.actor_for(lead.pk, today), today)
    print("正在核对……", flush=True)
    batch = consultations.check_batch(consultation_id=number, file_name="全市大讨论.csv", data=data, by=who, at=timezone.now())
    if batch.state != "checked":
        print("核对没有通过，没有导入任何意见。", file=sys.stderr)
        return 1
    done = consultations.import_batch(batch_id=batch.pk, by=who, at=timezone.now(), report=_progress)
    print(f"\n已导入 {done} 条，用时 {time.monotonic() - began:.0f} 秒。公开页面：/c/{SLUG}/")
    print(f"工作人员（lead）：/desk/consultations/{SLUG}/analysis/。平台运行时，同类意见几秒一批地读入；主题在那一页按“归纳主题”。")
    return 0


def _progress(percent: int, note: str) -> None:
    print(f"\r{percent:3d}% {note:<20}", end="", flush=True)
