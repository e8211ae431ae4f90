"""A whole vote in one process, through the real code: for tests, vectors, figures and for trying the verifiers.

Every role keeps its own secrets in its own object, but all of them run here: a simulated vote is not a secret one.
"""

import random
from collections.abc import Sequence
from typing import Any

from quancheng.ballots import archive, ballot, cast, tally
from quancheng.ballots.board import Board, Event, signed
from quancheng.ballots.canonical import Body
from quancheng.ballots.group import SUITES, Draw
from quancheng.ballots.invariants import Numbers, PaperQuestion
from quancheng.ballots.manifest import VERSION, Manifest, read
from quancheng.ballots.trustee import Trustee
from quancheng.ballots.verify import Reading

Marks = list[list[int]]


def approval(options: int, most: int, seats: int) -> Body:
    """A question on livelihood projects: at most `most` of `options`."""
    return {
        "id": "projects", "title": "民生实事项目票决", "min": 0, "max": most, "rule": {"name": "rank", "seats": seats},
        "options": [{"id": f"p{n:02d}", "title": f"项目 {n}"} for n in range(1, options + 1)],
    }  # fmt: skip


def choice(name: str, titles: Sequence[str], rule: str) -> Body:
    """A question with exactly one mark: 赞成/反对/弃权 or grades."""
    return {
        "id": name, "title": name, "min": 1, "max": 1, "rule": {"name": rule, "seats": 0},
        "options": [{"id": f"{name}{n}", "title": title} for n, title in enumerate(titles, 1)],
    }  # fmt: skip


class Hall:
    """Secretariat, server, registrar, scrutineers and voters of one vote."""

    def __init__(
        self, base: int, questions: list[Body], draw: Draw | None = None, quorum: int = 1, trustees: int = 5,
        threshold: int = 3,
    ) -> None:  # fmt: skip
        g = SUITES["ristretto255"]
        self.draw: Draw = draw or g.draw
        self.board_secret, self.registrar_secret = self.draw(), self.draw()
        identities = [self.draw() for _ in range(trustees)]
        self.manifest: Manifest = read({
            "version": VERSION, "suite": g.name, "group": g.description, "title": "模拟表决", "organ": "模拟人大",
            "session": "模拟会议", "base": base, "quorum": quorum, "threshold": threshold, "questions": questions,
            "trustees": [{"name": f"监票人{n}", "key": g.base(one).hex()} for n, one in enumerate(identities, 1)],
            "registrar": g.base(self.registrar_secret).hex(), "board": g.base(self.board_secret).hex(), "booth": "",
        })  # fmt: skip
        self.g, self.board, self.eid = g, Board(), self.manifest.eid
        self.board.append("manifest", self.manifest.body)
        self.trustees = [Trustee(self.manifest, n, one, draw) for n, one in enumerate(identities, 1)]
        self.joint = b""
        self.standings: dict[str, cast.Standing] = {}
        self.counted: dict[str, list[Any]] = {}
        self.shown: dict[str, str] = {}
        self.receipts: dict[str, Body] = {}

    def post(self, type_: str, secret: int, body: Body) -> Event:
        """Append a signed event."""
        return self.board.append(type_, signed(self.g, self.eid, secret, type_, body, self.draw))

    def make_keys(self) -> None:
        """The four rounds of the joint key."""
        for one in self.trustees:
            self.board.append("commit", one.commit())
        for one in self.trustees:
            self.board.append("open_key", one.open_key())
        for one in self.trustees:
            self.board.append("shares", one.shares())
        for one in self.trustees:
            self.board.append("confirm", one.confirm(self.board.of("open_key"), self.board.of("shares")))
        self.joint = bytes.fromhex(self.board.of("confirm")[0]["joint"])

    def open(self, voters: int, present: int) -> list[int]:
        """Draw the cards, post the roll and the presence, open the vote. Returns the voters' secrets."""
        cards = [self.draw() for _ in range(voters)]
        roll = sorted(self.g.base(card).hex() for card in cards)
        self.standings = {text: cast.Standing() for text in roll}
        self.post("roll", self.registrar_secret, {"credentials": roll})
        self.post("presence", self.registrar_secret, {"present": present})
        self.post("open", self.board_secret, {"at": "2026-03-01T10:00:00+08:00"})
        return cards

    def made(self, card: int, marks: Marks) -> tuple[Body, ballot.Openings]:
        """What the booth does: encrypt for the next press of this card."""
        seq = self.standings[self.g.base(card).hex()].seq + 1
        return ballot.make(self.manifest, self.joint, card, seq, marks, self.draw)

    def press(self, body: Body) -> Body:
        """What the server does with a ballot: judge, keep, post, sign the receipt. Returns the receipt."""
        who = body["credential"]
        others = {code for code, owner in self.shown.items() if owner != who}
        standing, checked = cast.press(self.manifest, self.joint, self.standings.get(who), body, others)
        return self.keep(body, standing, checked)

    def keep(self, body: Body, standing: cast.Standing, checked: ballot.Ballot) -> Body:
        """Keep and post a ballot that was accepted, and sign its receipt."""
        who = body["credential"]
        event = self.board.append("cast", {"ballot": body})
        self.standings[who], self.counted[who] = standing, checked.ciphers
        self.shown[ballot.short(checked.tracker)] = who
        given = cast.receipt(self.manifest, self.board_secret, event, checked.tracker, self.draw)
        self.receipts[who] = given
        return given

    def vote(self, card: int, marks: Marks) -> Body:
        """Encrypt and press."""
        return self.press(self.made(card, marks)[0])

    def audit(self, card: int, marks: Marks) -> None:
        """Open a ballot instead of casting it."""
        body, openings = self.made(card, marks)
        who = body["credential"]
        self.standings[who] = cast.audit(self.manifest, self.joint, self.standings.get(who), body, openings)
        self.board.append("audit", {"ballot": body, "openings": openings})

    def hand_out_paper(self, card: int) -> None:
        """Give a paper ballot."""
        who = self.g.base(card).hex()
        self.standings[who] = cast.hand_out_paper(self.standings.get(who))
        self.post("paper", self.registrar_secret, {"credential": who})

    def withdraw(self, card: int) -> None:
        """Take a voter's electronic ballot back at his wish."""
        who = self.g.base(card).hex()
        body = cast.sign_withdrawal(self.manifest, card, self.standings[who].tracker, self.draw)
        self.standings[who] = cast.withdraw(self.manifest, self.standings.get(who), body)
        self.board.append("withdraw", body)
        del self.counted[who]

    def close(self) -> Event:
        """Fix the root."""
        body = {
            "at": "2026-03-01T10:05:00+08:00", "head": self.board.head.hex(), "ballots": len(self.counted)
        }  # fmt: skip
        return self.post("close", self.board_secret, body)

    def reading(self) -> Reading:
        """What an auditor makes of the board as it stands."""
        reading = Reading()
        for event in self.board:
            reading.take({"type": event.type, "body": event.body, "hash": event.hash.hex()})
        return reading

    def decrypt(self, who: Sequence[int], reading: Reading | None = None) -> None:
        """Scrutineers (numbers from 1) open the sums, each from his own reading of the board."""
        for index in who:
            self.board.append("decryption", self.trustees[index - 1].decrypt(reading or self.reading()))

    def count_paper(self, box: int, questions: list[Body], signers: Sequence[int] = (1, 2)) -> None:
        """Post the count of the paper ballots."""
        body: Body = {"root": self.root.hex(), "box": box, "questions": questions}
        body["signatures"] = [self.trustees[index - 1].sign_paper(body) for index in signers]
        self.board.append("paper_count", body)

    @property
    def root(self) -> bytes:
        """The hash of the close event."""
        return next(event.hash for event in self.board if event.type == "close")

    def numbers(self) -> Numbers:
        """All counts, the sums opened."""
        m, posted = self.manifest, self.board.of("paper_count")
        sums = tally.aggregate(m, list(self.counted.values()))
        shares = {body["trustee"]: body for body in self.board.of("decryption")}
        marks = (
            tally.open_sums(self.g, sums, shares, m.threshold, len(self.counted))
            if sums else [[0] * len(question.options) for question in m.questions]
        )  # fmt: skip
        paper = tally.no_paper(m)
        if posted:
            rows = posted[0]["questions"]
            paper = tuple(PaperQuestion(one["valid"], one["void"], tuple(one["marks"])) for one in rows)
        issued = sum(one.state == cast.PAPER for one in self.standings.values())
        return Numbers(
            m.base, self.board.of("presence")[-1]["present"], len(self.counted), issued,
            posted[0]["box"] if posted else 0, tuple(map(tuple, marks)), paper,
        )  # fmt: skip

    def publish(self) -> bytes:
        """Post the result and return the archive. Raises Fault when the numbers do not hold."""
        body = {"head": self.board.head.hex(), **tally.result(self.manifest, self.numbers())}
        self.post("result", self.board_secret, body)
        return archive.write(self.board)


def some_marks(chance: random.Random, manifest: Manifest) -> Marks:
    """Draw marks that are allowed."""
    found = []
    for question in manifest.questions:
        chosen = chance.sample(range(len(question.options)), chance.randint(max(question.least, 1), question.most))
        found.append([int(place in chosen) for place in range(len(question.options))])
    return found


def simulate(voters: int, questions: list[Body], seed: int = 1, draw: Draw | None = None) -> bytes:
    """Hold a vote with everything in it: presses twice, an audit, paper, a withdrawal, people who do not press.

    The marks come from `seed`, the secrets from the system (or `draw`). Returns the archive.
    """
    chance = random.Random(seed)
    hall = Hall(voters, questions, draw, quorum=-(-2 * voters // 3))
    hall.make_keys()
    cards = hall.open(voters, voters)
    idle = voters // 20
    for number, card in enumerate(cards[idle:]):
        if voters > 3 and number == 0:
            hall.hand_out_paper(card)
            continue
        hall.vote(card, some_marks(chance, hall.manifest))
        if voters > 3 and number == 1:
            hall.withdraw(card)
            hall.hand_out_paper(card)
        if voters > 3 and number == 2:
            hall.audit(card, some_marks(chance, hall.manifest))
            hall.vote(card, some_marks(chance, hall.manifest))
    hall.close()
    hall.decrypt((1, 3, 5), hall.reading())
    if voters > 3:
        blank = [{"valid": 1, "void": 1, "marks": marks} for marks in some_marks(chance, hall.manifest)]
        hall.count_paper(2, blank)
    return hall.publish()
