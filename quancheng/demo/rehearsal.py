"""演练: plays whoever is missing in the hall of the demo city, so that one person can hold a secret vote by device.

It plays scrutineers, the registrar and deputies through the same acts as their devices do, and says on the terminal what
it waits for. All their secrets lie in this one process: a rehearsed vote is not a secret one.
"""

import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import timezone

from quancheng.ballots import ballot, cards
from quancheng.ballots.board import signed
from quancheng.ballots.canonical import Body
from quancheng.ballots.group import SUITES
from quancheng.ballots.manifest import Manifest
from quancheng.ballots.simulate import Marks
from quancheng.ballots.trustee import Trustee
from quancheng.people import queries as people
from quancheng.voting import board_queries as queries
from quancheng.voting import device
from quancheng.voting import queries as votes

HALL = "127.0.0.1"
G = SUITES["ristretto255"]
ROUNDS = ("commit", "open_key", "shares", "confirm")
WAITING = {
    "prepared": "等秘书处在“表决器无记名表决”页上固定表决方案",
    "keys": "等其余监票人、签到组在各自的页面上完成登记",
    "ready": "等秘书处开始表决",
    "open": "等其余代表投票、秘书处截止表决",
    "closed": "等其余监票人解密；发出过纸票的，等两名计票人在“监票计票”页上录入（纸票一张，有效票1，每项0或者1）",
}


def likely_marks(chance: random.Random, manifest: Manifest) -> Marks:
    """Draw marks as a hall might give them: nearly all that are allowed, what stands first more often."""
    found = []
    for question in manifest.questions:
        places = list(range(len(question.options)))
        most, fall = max(question.most - chance.choice((0, 0, 1)), question.least, 1), 0.5 if question.most == 1 else 0.97
        drawn = [chance.random() * fall**place for place in places]
        ranked = sorted(places, key=drawn.__getitem__, reverse=True)
        found.append([int(place in ranked[:most]) for place in places])
    return found


@dataclass
class Rehearsal:
    """One vote with the roles that are played: scrutineers by number, the registrar, and how many cards are left to people."""

    vote_id: int
    scrutineers: tuple[int, ...] = (1, 2, 3, 4, 5)
    plays_registrar: bool = True
    deputies: int | None = None  # all who are there, but for the paper and two cards
    paper: int = 1
    port: int = 8000
    seed: int = 1
    say: Callable[[str], None] = print
    identities: dict[int, int] = field(default_factory=dict)
    registrar_secret: int = field(default_factory=G.draw)
    trustees: dict[int, Trustee] = field(default_factory=dict)
    seeds: list[bytes] = field(default_factory=list)
    pressed: bool = False
    opened: set[int] = field(default_factory=set)

    def step(self) -> str:
        """Do what can be done now; return the state of the vote."""
        state = queries.device_state(self.vote_id)
        if state.state == "prepared":
            self._register()
        elif state.state == "keys":
            self._ceremony(state)
        elif state.state == "open" and not self.pressed:
            self._press()
        elif state.state == "closed" and state.phase == "closed":
            self._decrypt(state)
            self._count_paper()
        return queries.device_state(self.vote_id).state

    def _register(self) -> None:
        for official in votes.officials(self.vote_id):
            plays = official.number in self.scrutineers if official.duty == "scrutineer" else self.plays_registrar
            if official.duty == "teller" or official.key or not plays:
                continue
            secret = self.registrar_secret
            if official.duty == "scrutineer":
                secret = self.identities.setdefault(official.number, G.draw())
            actor = people.actor_for(official.account_id, timezone.localdate())
            device.register_key(
                vote_id=self.vote_id, duty=official.duty, key=G.base(secret).hex(), by=actor, at=timezone.now()
            )
            self.say(f"{official.get_duty_display()}{official.number}号 {official.account.name} 已登记公钥（演练）")

    def _ceremony(self, state: queries.DeviceState) -> None:
        reading = queries.replayed(self.vote_id)
        for number, secret in self.identities.items():
            self.trustees.setdefault(number, Trustee(reading.manifest, number, secret))
        round_ = state.phase if state.phase in ROUNDS else "commit"
        if state.phase in ROUNDS and len(state.done) == len(reading.manifest.trustees):
            place = ROUNDS.index(round_) + 1
            if place == len(ROUNDS):
                self._seat(reading.manifest.eid, reading.manifest.base, state.present)
                return
            round_ = ROUNDS[place]
        done = state.done if round_ == state.phase else ()
        for number, trustee in self.trustees.items():
            if number not in done:
                self._post(round_, self._made(round_, trustee))
                self.say(f"监票人{number}号完成“{round_}”（演练）")

    def _made(self, round_: str, trustee: Trustee) -> Body:
        if round_ == "confirm":
            found: dict[str, list[Body]] = {"open_key": [], "shares": []}
            for line in queries.lines(self.vote_id):
                found.get(line["type"], []).append(line["body"])
            return trustee.confirm(found["open_key"], found["shares"])
        made: Body = getattr(trustee, round_)()
        return made

    def _post(self, type_: str, body: Body) -> None:
        device.post(vote_id=self.vote_id, type=type_, body=body, network=HALL, at=timezone.now())

    def _seat(self, eid: bytes, base: int, present: int) -> None:
        if not self.plays_registrar or not present:
            return
        if self.deputies is None:
            self.deputies = max(present - self.paper - 2, 0)
        self.seeds = [cards.draw() for _ in range(base)]
        roll: Body = {"credentials": sorted(G.base(cards.secret(G, seed)).hex() for seed in self.seeds)}
        self._post("roll", signed(G, eid, self.registrar_secret, "roll", roll))
        self._post("presence", signed(G, eid, self.registrar_secret, "presence", {"present": present}))
        self.say(f"签到组登记名册{base}张卡、到会{present}人（演练）。留给真人的表决卡：")
        for seed in self.left()[:5]:
            self.say(f"  http://127.0.0.1:{self.port}/hall/booth/?vote={self.vote_id}#card={cards.text(seed)}")

    def left(self) -> list[bytes]:
        """Return the cards that nobody plays: for people at real devices."""
        return self.seeds[(self.deputies or 0) + self.paper :]

    def _press(self) -> None:
        self.pressed = True
        if not self.seeds:
            return
        reading, chance = queries.replayed(self.vote_id), random.Random(self.seed)
        joint = bytes.fromhex(queries.device_state(self.vote_id).joint)
        for seed in self.seeds[: self.deputies or 0]:
            body, _ = ballot.make(reading.manifest, joint, cards.secret(G, seed), 1, likely_marks(chance, reading.manifest))
            device.press(vote_id=self.vote_id, body=body, network=HALL, at=timezone.now())
        for seed in self.seeds[self.deputies or 0 :][: self.paper]:
            credential = G.base(cards.secret(G, seed)).hex()
            body = signed(G, reading.manifest.eid, self.registrar_secret, "paper", {"credential": credential})
            self._post("paper", body)
        self.say(f"{self.deputies}位代表已投票，发出纸票{self.paper}张（演练）")

    def _decrypt(self, state: queries.DeviceState) -> None:
        for number, trustee in self.trustees.items():
            if number not in self.opened and number not in state.done and queries.found(self.vote_id) is None:
                self._post("decryption", trustee.decrypt(queries.replayed(self.vote_id)))
                self.opened.add(number)
                self.say(f"监票人{number}号已解密（演练）")

    def _count_paper(self) -> None:
        """Sign what both tellers found; where nobody was named to count and the registrar is played, play that as well."""
        if queries.found(self.vote_id) is not None or len(self.trustees) < 2 or any(
            line["type"] == "paper_count" for line in queries.lines(self.vote_id)
        ):  # fmt: skip
            return
        count = queries.agreed_paper(self.vote_id)
        if count is None and not any(one.duty == "teller" for one in votes.officials(self.vote_id)):
            count = self._played_count()
        if count is None:
            return
        signatures = [one.sign_paper(count) for one in list(self.trustees.values())[:2]]
        body = {key: value for key, value in count.items() if key != "root"}
        device.paper_count(vote_id=self.vote_id, count=body, signatures=signatures, network=HALL, at=timezone.now())
        self.say("两名监票人已在纸票的计票上签名（演练）")

    def _played_count(self) -> Body | None:
        if not (self.paper and self.seeds):
            return None
        reading, chance = queries.replayed(self.vote_id), random.Random(self.seed + 1)
        papers = [likely_marks(chance, reading.manifest) for _ in range(self.paper)]
        counted = [
            {"valid": self.paper, "void": 0, "marks": [sum(column) for column in zip(*(one[place] for one in papers), strict=True)]}
            for place in range(len(reading.manifest.questions))
        ]
        return {"root": queries.device_state(self.vote_id).root, "box": self.paper, "questions": counted}

    def play(self) -> Iterator[str]:
        """Step until the result stands, yielding the state after each step."""
        while True:
            state = self.step()
            yield state
            if state == "announced" or queries.found(self.vote_id) is not None:
                return


def main_rehearse(argv: list[str]) -> int:
    """`rehearse VOTE [--scrutineers 1,2,3] [--deputies N] [--paper N] [--without-registrar] [--port N]`; only in the demo city."""
    options = dict(zip(argv[1::2], argv[2::2], strict=False)) if argv else {}
    numbers = options.get("--scrutineers", "1,2,3,4,5").split(",")
    whole = [argv[0] if argv else "", *numbers, *(options.get(name, "1") for name in ("--deputies", "--paper", "--port"))]
    if not settings.DEMO or not all(one.isascii() and one.isdigit() and len(one) < 6 for one in whole):
        print("用法：quancheng rehearse 表决号 [--scrutineers 1,2,3,4,5] [--deputies 30] [--paper 1] [--port 8000]（只用于演示城市）", file=sys.stderr)
        return 2
    playing = Rehearsal(
        int(whole[0]), tuple(map(int, numbers)), deputies=int(options["--deputies"]) if "--deputies" in options else None,
        paper=int(options.get("--paper", "1")), port=int(options.get("--port", "8000")),
    )  # fmt: skip
    told = ""
    for state in playing.play():
        if state != told:
            print(WAITING.get(state, ""), flush=True)
            told = state
        time.sleep(0.5)
    print("计票完成，可以宣布结果。")
    return 0
