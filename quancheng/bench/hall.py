"""Five hundred devices that press within ten seconds, against two web processes of which one is killed in the middle."""

import http.client
import json
import os
import random
import signal
import threading
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.utils import timezone

from quancheng.ballots import ballot, cards
from quancheng.ballots.group import SUITES
from quancheng.ballots.simulate import some_marks
from quancheng.bench import at_most, database, figure, note
from quancheng.bench.serving import Server, served
from quancheng.demo.rehearsal import Rehearsal
from quancheng.demo.stage import account
from quancheng.meetings import acts as meetings
from quancheng.meetings import queries as meeting_queries
from quancheng.people import acts as people
from quancheng.people.permissions import Actor
from quancheng.voting import acts
from quancheng.voting import board_queries as board
from quancheng.voting import queries as votes

VOTERS = 50 if database.QUICK else 500
SECONDS, OPTIONS, MARKS = 10.0, 30, 10
G = SUITES["ristretto255"]


class Device:
    """A voting device with one card: it presses, and after a lost answer asks where its card stands, as the booth does."""

    def __init__(self, port: int, vote_id: int, body: dict[str, object], wait: float) -> None:
        self.port, self.vote_id, self.body, self.wait = port, vote_id, body, wait
        self.took, self.fault = 0.0, ""

    def run(self) -> None:
        """Press at its moment; try again until it is acknowledged or thirty seconds have gone."""
        time.sleep(self.wait)
        began = time.monotonic()
        while not self.took and time.monotonic() - began < 30:
            try:
                if self._press():
                    self.took = time.monotonic() - began
            except (OSError, http.client.HTTPException, ValueError):  # cut off in the middle
                time.sleep(0.2)

    def _press(self) -> bool:
        status, told = self._ask("POST", "press/", {"ballot": self.body})
        if status == 200:
            return True
        if told.get("fault") == "sequence":  # the answer was lost: what stands is its own
            _, standing = self._ask("GET", f"standing/?credential={self.body['credential']}")
            return bool(standing.get("seq") == 1)
        if status < 500:
            self.fault = str(told)
        return False

    def _ask(self, method: str, path: str, content: object = None) -> tuple[int, dict[str, object]]:
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            data = json.dumps(content).encode() if content is not None else None
            wire.request(method, f"/hall/votes/{self.vote_id}/{path}", data, {"Content-Type": "application/json"})
            answer = wire.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            wire.close()


def main() -> None:
    """Measure on SQLite, or on the server that BENCH_SERVER names."""
    with database.own() as there:
        if there:
            _measure()
        else:
            note("没有连上 PostgreSQL，这一项未测；用 DATABASE_URL 指定。")
            figure("按表决器：PostgreSQL 未连上，未测", 0, "次", "", None)


def _measure() -> None:
    settings.HALL_NETWORKS = os.environ["QUANCHENG_HALL_NETWORKS"] = "127.0.0.0/8"
    note(f"建立{VOTERS}人的会议和表决……")
    vote_id, playing, runner = _hall()
    state = board.device_state(vote_id)
    manifest, chance = board.replayed(vote_id).manifest, random.Random(1)
    bodies = [
        ballot.make(manifest, bytes.fromhex(state.joint), cards.secret(G, seed), 1, some_marks(chance, manifest))[0]
        for seed in playing.seeds
    ]
    connections.close_all()
    with served() as server:
        note(f"{VOTERS} 台设备在 {SECONDS:.0f} 秒内按下，中途杀掉一个网页进程……")
        devices = [Device(server.port, vote_id, one, chance.uniform(0, SECONDS)) for one in bodies]
        threads = [threading.Thread(target=device.run) for device in devices]
        for thread in threads:
            thread.start()
        time.sleep(SECONDS / 2)
        _kill_one(server)
        for thread in threads:
            thread.join()
    faults = [device.fault for device in devices if device.fault]
    if faults:
        raise SystemExit(faults[0])
    waits = sorted(device.took for device in devices)
    counted, cast = board.device_state(vote_id).ballots, sum(one["type"] == "cast" for one in board.lines(vote_id))
    label = database.LABEL
    done = sum(wait > 0 for wait in waits)
    figure(f"按表决器：{label}，{VOTERS} 台设备都得到回执", done, "台", f"= {VOTERS}", done == VOTERS)
    figure(f"按表决器：{label}，每张票恰好计一次", counted, "张", f"= {VOTERS}", counted == VOTERS == cast)
    at_most(f"按表决器：{label}，99% 的设备等候不超过", waits[len(waits) * 99 // 100], 3, "秒")
    acts.close(vote_id=vote_id, by=runner, at=timezone.now())
    began = time.process_time()
    playing.trustees = {n: playing.trustees[n] for n in (1, 2, 3)}
    readings = board.replayed(vote_id)
    note(f"监票人核对全部选票用 {time.process_time() - began:.1f} 秒 CPU；随后三人解密……")
    shares = [playing.trustees[n].decrypt(readings) for n in (1, 2, 3)]
    for n, share in enumerate(shares):
        began = time.process_time()
        acts.post(vote_id=vote_id, type="decryption", body=share, network="127.0.0.1", at=timezone.now())
        if n == 2:
            at_most(f"计票：{label}，第三份解密到结果", time.process_time() - began, 2, "秒 CPU")


def _kill_one(server: Server) -> None:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        fields = stat.read_text().rpartition(")")[2].split()
        if int(fields[1]) == server.pid and b"worker\0" not in stat.with_name("cmdline").read_bytes():
            os.kill(int(stat.parent.name), signal.SIGKILL)
            return


def _hall() -> tuple[int, Rehearsal, Actor]:
    now = timezone.now()
    people.import_areas(at=now)
    people.create_organ(
        code="pyrd", name="濮阳市人民代表大会", kind="standing_committee", area="410900", parent="", document_mark="",
        valid_from=now.date() - timedelta(days=400), at=now,
    )
    runner = account("runner", "秘书处", "secretariat", organ="pyrd", at=now)
    keeper = account("keeper", "签到组", "registrar", organ="pyrd", at=now)
    term = people.open_term(organ="pyrd", number=8, starts_on=now.date() - timedelta(days=300), at=now)
    deputies = [account(f"d{n}", f"代表{n}", "deputy", organ="pyrd", at=now) for n in range(VOTERS)]
    for one in deputies:
        people.seat_deputy(
            term=term, account_id=one.id, electoral_unit="某县", field="", valid_from=now.date() - timedelta(days=300), at=now
        )
    before = now - timedelta(days=60)
    plan = meetings.Plan("congress", "第八届人民代表大会第五次会议", "会议中心", now - timedelta(hours=2))
    made = meetings.plan(plan=plan, organ="pyrd", by=runner, at=before)
    meetings.add_item(meeting_id=made.pk, item=meetings.Item("票决民生实事项目", "vote"), by=runner, at=before)
    called = meetings.call(meeting_id=made.pk, late_reason="", by=runner, at=before)
    gate = "\n".join(f"{one.card},{now - timedelta(hours=1):%Y-%m-%d %H:%M}" for one in meeting_queries.cards(called, runner, 1, VOTERS)[0])
    meetings.import_arrivals(meeting_id=made.pk, table=gate, by=keeper, at=now)
    meetings.open_meeting(meeting_id=made.pk, by=runner, at=now)
    question = acts.QuestionDraft("民生实事", "rank", 0, MARKS, tuple((f"项目{n}", None) for n in range(OPTIONS)), OPTIONS * 4 // 5)
    vote = acts.prepare(
        meeting_id=made.pk, title="民生实事项目票决", mode="device", force="statutory", questions=[question], by=runner, at=now
    )
    for duty, ids in (("scrutineer", [one.id for one in deputies[:5]]), ("registrar", [keeper.id])):
        acts.name_officials(vote_id=vote.pk, duty=duty, accounts=ids, by=runner, at=now)
    playing = Rehearsal(vote.pk, deputies=0, paper=0, say=lambda words: None)
    playing.step()
    acts.freeze(vote_id=vote.pk, booth="", by=runner, at=now)
    while playing.step() != "ready":
        pass
    acts.issue(vote_id=vote.pk, network="127.0.0.1", by=runner, at=timezone.now())
    assert votes.vote(vote.pk).case.state == "issued"
    return vote.pk, playing, runner


if __name__ == "__main__":
    main()
