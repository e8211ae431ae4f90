"""Reading a board or an archive without trusting whoever kept it: everything is computed again from the bytes.

Imports neither cast nor tally: what they did is judged here by other code, after docs/ballots.md. The page
verifier.html judges the same archives in JavaScript and gives the same verdict, code and event number.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from quancheng.ballots import archive, ballot, invariants, keys, manifest, proofs, rules, shape
from quancheng.ballots.board import NEXT, START, chained, check_signature
from quancheng.ballots.canonical import Body, canonical, digest
from quancheng.ballots.elgamal import Cipher
from quancheng.ballots.faults import Fault


@dataclass
class Verdict:
    """What reading an archive gave: `ok` with the result's body, or the first fault and the event it stands in."""

    ok: bool
    code: str = ""
    text: str = ""
    number: int = -1
    root: str = ""
    eid: str = ""
    events: int = 0
    manifest: Body = field(default_factory=dict)
    result: Body = field(default_factory=dict)


@dataclass
class _Voter:
    """What the board says of one credential."""

    seq: int = 0
    paper: bool = False
    tracker: str = ""
    ciphers: list[list[Cipher]] | None = None


def verify(data: bytes, *, root: str = "") -> Verdict:
    """Judge an archive; `root` is the close hash that was shown in the hall, if the reader has it.

    Raises BadArchive when the bytes are no archive.
    """
    lines = archive.read(data)
    reading = Reading()
    for number, line in enumerate(lines):
        try:
            reading.take(line)
        except Fault as fault:
            return reading.verdict(fault.code, fault.text, number)
    if reading.phase != "done":
        return reading.verdict("unfinished", "存档到此为止，没有结果", len(lines))
    if root and root != reading.root.hex():
        return reading.verdict("root", "截止时的根与会场公布的不一致", len(lines))
    return reading.verdict("", "", -1)


class Reading:
    """An auditor's own picture of a vote, built event by event."""

    def __init__(self) -> None:
        self.phase = "start"
        self.head = START
        self.root = b""
        self.aggregate: list[list[Cipher]] = []
        self.aggregate_hash = b""
        self.result: Body = {}
        self._seen: dict[str, dict[int, Any]] = {type_: {} for type_ in ("commit", "open_key", "shares", "confirm")}
        self._joint = b""
        self._own: list[bytes] = []
        self._voters: dict[str, _Voter] = {}
        self._shown: dict[str, str] = {}
        self._present = 0
        self._decryptions: dict[int, list[list[bytes]]] = {}
        self._paper_counts: Body = {}
        self._count = 0

    @classmethod
    def from_close(
        cls, made: manifest.Manifest, own: list[bytes], root: bytes, aggregate: list[list[Cipher]], head: bytes,
        opened: set[int], counted: Body,
    ) -> "Reading":
        """Return a reading that trusts its caller for everything up to the close: only what follows is judged.

        `opened` are the scrutineers whose decryptions stand already, `counted` the paper count that stands already.
        """
        reading = cls()
        reading.phase, reading.manifest, reading.head, reading.root = "closed", made, head, root
        reading.aggregate, reading._own, reading._paper_counts = aggregate, own, counted
        reading._decryptions = {index: [] for index in opened}
        reading.aggregate_hash = _aggregate_hash(made, root, aggregate)
        return reading

    def take(self, line: Body) -> None:
        """Judge one event: {"type", "body", "hash"}. Raises Fault."""
        type_, body = line["type"], line["body"]
        before, self.head = self.head, bytes.fromhex(line["hash"])
        if chained(before, type_, body) != self.head:
            raise Fault("chain", "与前一事件的哈希对不上：有内容被改动、删去或者插入")
        phase = NEXT.get((self.phase, type_))
        if phase is None:
            raise Fault("order", "事件的先后不对")
        shape.check(body, shape.EVENTS[type_])
        handler: Callable[[Body, bytes], None] = getattr(self, f"_{type_}")
        handler(body, before)
        self.phase = phase
        self._count += 1

    def verdict(self, code: str, text: str, number: int) -> Verdict:
        """Return the verdict so far."""
        made = getattr(self, "manifest", None)
        return Verdict(
            not code, code, text, number, self.root.hex(), made.eid.hex() if made else "", self._count,
            made.body if made else {}, {} if code else self.result,
        )  # fmt: skip

    def _signature(self, public: bytes, type_: str, body: Body) -> None:
        check_signature(self.manifest.group, self.manifest.eid, public, type_, body)

    # keys

    def _manifest(self, body: Body, before: bytes) -> None:
        self.manifest = manifest.read(body)

    def _turn(self, type_: str, body: Body) -> int:
        """One event of each kind from each scrutineer, the kind before it complete. Returns his number."""
        order = list(self._seen)
        place, index = order.index(type_), body["trustee"]
        if place and len(self._seen[order[place - 1]]) < len(self.manifest.trustees):
            raise Fault("keys", "前一轮还有监票人没有登记")
        if not 1 <= index <= len(self.manifest.trustees) or index in self._seen[type_]:
            raise Fault("keys", "监票人的序号不对或者重复")
        self._signature(self.manifest.trustees[index - 1], type_, body)
        return int(index)

    def _commit(self, body: Body, before: bytes) -> None:
        self._seen["commit"][self._turn("commit", body)] = bytes.fromhex(body["commitment"])

    def _open_key(self, body: Body, before: bytes) -> None:
        index, m = self._turn("open_key", body), self.manifest
        points = keys.read_opening(m.group, m.eid, m.threshold, body, self._seen["commit"][index])
        self._seen["open_key"][index] = points

    def _shares(self, body: Body, before: bytes) -> None:
        index = self._turn("shares", body)
        if len(body["shares"]) != len(self.manifest.trustees):
            raise Fault("keys", "份额的数目不对")
        self._seen["shares"][index] = True

    def _confirm(self, body: Body, before: bytes) -> None:
        index, g = self._turn("confirm", body), self.manifest.group
        if not self._joint:
            opened = [points for _, points in sorted(self._seen["open_key"].items())]
            self._joint = keys.joint_key(g, opened)
            self._own = [keys.share_key(g, opened, i) for i in range(1, len(opened) + 1)]
        if body["joint"] != self._joint.hex() or body["own"] != self._own[index - 1].hex():
            raise Fault("keys", "监票人确认的公钥与各人公开的系数不符")
        self._seen["confirm"][index] = True

    # roll and presence

    def _roll(self, body: Body, before: bytes) -> None:
        if len(self._seen["confirm"]) < len(self.manifest.trustees):
            raise Fault("keys", "前一轮还有监票人没有登记")
        self._signature(self.manifest.registrar, "roll", body)
        roll = body["credentials"]
        if roll != sorted(set(roll)) or not 1 <= len(roll) <= self.manifest.base:
            raise Fault("roll", "名册没有排序、有重复，或者多于应到人数")
        for text in roll:
            self.manifest.group.element(text)
            self._voters[text] = _Voter()

    def _presence(self, body: Body, before: bytes) -> None:
        self._signature(self.manifest.registrar, "presence", body)
        if not self._present <= body["present"] <= len(self._voters):
            raise Fault("presence", "到会人数减少了，或者多于名册")
        self._present = body["present"]

    def _open(self, body: Body, before: bytes) -> None:
        self._signature(self.manifest.board, "open", body)
        if self._present < self.manifest.quorum:
            raise Fault("quorum", "到会人数不足法定人数")

    # ballots

    def _voter(self, credential: str) -> _Voter:
        voter = self._voters.get(credential)
        if voter is None:
            raise Fault("credential", "凭证不在名册中")
        return voter

    def _pressed(self, body: Body) -> tuple[_Voter, ballot.Ballot]:
        voter = self._voter(body["credential"])
        if voter.paper:
            raise Fault("paper", "已经领取纸票的凭证又投了电子票")
        if body["seq"] != voter.seq + 1:
            raise Fault("sequence", "选票的次序不对：旧票被重放、调换，或者有票被删去")
        checked = ballot.check(self.manifest, self._joint, body)
        voter.seq += 1
        return voter, checked

    def _cast(self, body: Body, before: bytes) -> None:
        voter, checked = self._pressed(body["ballot"])
        code = ballot.short(checked.tracker)
        if self._shown.setdefault(code, checked.tracker) != checked.tracker:
            raise Fault("clash", "两张选票的查询码相同")
        voter.tracker, voter.ciphers = checked.tracker, checked.ciphers

    def _audit(self, body: Body, before: bytes) -> None:
        _, checked = self._pressed(body["ballot"])
        ballot.check_openings(self.manifest, self._joint, checked, body["openings"])

    def _withdraw(self, body: Body, before: bytes) -> None:
        voter, m = self._voter(body["credential"]), self.manifest
        if voter.ciphers is None or voter.tracker != body["tracker"]:
            raise Fault("withdraw", "撤回的不是现有的电子票")
        public = m.group.element(body["credential"])
        if not proofs.verify_signature(m.group, public, body["sig"], "withdraw", (m.eid, body["tracker"])):
            raise Fault("signature", "撤回没有本人的签名")
        voter.ciphers, voter.tracker = None, ""

    def _paper(self, body: Body, before: bytes) -> None:
        voter = self._voter(body["credential"])
        if voter.paper or voter.ciphers is not None:
            raise Fault("paper", "已经参加表决的凭证又领取了纸票")
        self._signature(self.manifest.registrar, "paper", body)
        voter.paper = True

    # close and count

    def _close(self, body: Body, before: bytes) -> None:
        self._signature(self.manifest.board, "close", body)
        counted = [voter.ciphers for voter in self._voters.values() if voter.ciphers is not None]
        if body["head"] != before.hex() or body["ballots"] != len(counted):
            raise Fault("close", "截止时登记的票数与实际不符")
        g = self.manifest.group
        self.root, self._electronic = self.head, len(counted)
        for q, question in enumerate(self.manifest.questions if counted else ()):
            row = []
            for o in range(len(question.options)):
                column = [one[q][o] for one in counted]
                row.append(Cipher(g.sum([one.a for one in column]), g.sum([one.b for one in column])))
            self.aggregate.append(row)
        self.aggregate_hash = _aggregate_hash(self.manifest, self.root, self.aggregate)

    def _decryption(self, body: Body, before: bytes) -> None:
        m, index, partials = self.manifest, body["trustee"], body["partials"]
        if not 1 <= index <= len(m.trustees) or index in self._decryptions or not self.aggregate:
            raise Fault("decryption", "监票人的序号不对、重复解密，或者没有可解密的票")
        self._signature(m.trustees[index - 1], "decryption", body)
        if body["root"] != self.root.hex() or body["aggregate"] != self.aggregate_hash.hex():
            raise Fault("decryption", "监票人解密的不是全部有效票之和")
        if [len(row) for row in partials] != [len(row) for row in self.aggregate]:
            raise Fault("decryption", "解密的项目不全")
        found = []
        for q, row in enumerate(partials):
            values = []
            for o, one in enumerate(row):
                value, where = m.group.element(one["value"]), (m.eid, self.root, index, q, o)
                args = self._own[index - 1], self.aggregate[q][o].a, value, one["proof"], "decryption", where
                if not proofs.verify_same(m.group, *args):
                    raise Fault("decryption", "解密的证明不成立")
                values.append(value)
            found.append(values)
        self._decryptions[index] = found

    def _paper_count(self, body: Body, before: bytes) -> None:
        if self._paper_counts or body["root"] != self.root.hex():
            raise Fault("count", "纸票的计票重复，或者不属于这次表决")
        plain = {key: value for key, value in body.items() if key != "signatures"}
        signers = [one["trustee"] for one in body["signatures"]]
        if len(set(signers)) < 2 or len(set(signers)) != len(signers):
            raise Fault("count", "纸票的计票须有两名以上监票人签名")
        for one in body["signatures"]:
            if not 1 <= one["trustee"] <= len(self.manifest.trustees):
                raise Fault("count", "监票人的序号不对")
            key = self.manifest.trustees[one["trustee"] - 1]
            self._signature(key, "paper_count", {**plain, "sig": one["sig"]})
        self._paper_counts = body

    def _result(self, body: Body, before: bytes) -> None:
        m = self.manifest
        self._signature(m.board, "result", body)
        issued = sum(voter.paper for voter in self._voters.values())
        if issued and not self._paper_counts:
            raise Fault("count", "发出过纸票，但没有纸票的计票")
        marks = self._opened([one["electronic"] for one in body["questions"]])
        paper = self._paper_counts or {"box": 0, "questions": [
            {"valid": 0, "void": 0, "marks": [0] * len(question.options)} for question in m.questions
        ]}  # fmt: skip
        counts = tuple(
            invariants.PaperQuestion(one["valid"], one["void"], tuple(one["marks"])) for one in paper["questions"]
        )
        numbers = invariants.Numbers(
            m.base, self._present, self._electronic, issued, paper["box"], tuple(map(tuple, marks)), counts
        )
        invariants.check(m.questions, numbers)
        expected = []
        for question, ours, theirs in zip(m.questions, marks, counts, strict=True):
            totals = [a + b for a, b in zip(ours, theirs.marks, strict=True)]
            outcome = rules.outcome(question.rule, question.options, totals, m.base, question.seats)
            expected.append({"electronic": ours, "paper": list(theirs.marks), "totals": totals, "outcome": outcome})
        whole = {
            "head": before.hex(), "present": numbers.present, "electronic": numbers.electronic, "issued": issued,
            "box": numbers.box, "idle": numbers.idle, "questions": expected, "sig": body["sig"],
        }  # fmt: skip
        if canonical(whole) != canonical(body):
            raise Fault("result", "公布的结果与核算的不一致")
        self.result = body

    def _opened(self, claimed: list[list[int]]) -> list[list[int]]:
        """Check that the claimed numbers are what enough scrutineers opened. Raises Fault."""
        m, g = self.manifest, self.manifest.group
        if [len(row) for row in claimed] != [len(question.options) for question in m.questions]:
            raise Fault("result", "结果的项目不全")
        if not self.aggregate:
            if any(number for row in claimed for number in row):
                raise Fault("result", "没有电子票，却有电子票的得票数")
            return claimed
        indices = sorted(self._decryptions)[: m.threshold]
        if len(indices) < m.threshold:
            raise Fault("decryption", "解密的监票人不足门限人数，须重新表决")
        for q, row in enumerate(claimed):
            for o, number in enumerate(row):
                whole = keys.combine(g, indices, [self._decryptions[index][q][o] for index in indices])
                if number > self._electronic or g.sub(self.aggregate[q][o].b, whole) != g.base(number):
                    raise Fault("result", "公布的电子票得票数与解密的不一致")
        return claimed


def _aggregate_hash(made: manifest.Manifest, root: bytes, aggregate: list[list[Cipher]]) -> bytes:
    rows = [[{"a": one.a.hex(), "b": one.b.hex()} for one in row] for row in aggregate]
    return digest("aggregate", made.eid, root, canonical(rows))
