"""protocol.js, what devices of voters, scrutineers and registrars compute: the same bytes as Python from the same
randomness, and from its own randomness what Python and both verifiers accept."""

import hashlib
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from quancheng.ballots import ballot, cards, cast, manifest, pages, simulate, verify
from quancheng.ballots.board import START, Board, chained, signed
from quancheng.ballots.faults import Fault
from quancheng.ballots.trustee import Trustee
from tests.ballots import halls, vectors
from tests.ballots.halls import NO, YES, G, drawn
from tests.browser.test_ballot_verifier import by_page, by_python, verifier  # noqa: F401  # a fixture, used by its name

BALLOT = """([manifest, joint, secret, seq, marks, draws]) => {
  const B = BallotProtocol, numbers = (draws || []).map(BigInt).reverse();
  const vote = { manifest, eid: B.eidOf(manifest), joint: B.element(joint) };
  return B.makeBallot(vote, BigInt(secret), seq, marks, draws ? () => numbers.pop() : undefined);
}"""


@pytest.fixture(scope="module")
def prover(browser: Browser) -> Iterator[Page]:
    """An empty page with the script in it; an error or a request fails the module."""
    context = browser.new_context(offline=True)
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: faults.append(request.url))
    page.add_script_tag(content=pages.source("protocol.js"))
    yield page
    context.close()
    assert not faults


def made(prover: Page, hall: halls.Open, card: int, marks: Any, draws: list[str] | None = None) -> dict[str, Any]:
    seq = hall.standings[G.base(card).hex()].seq + 1
    return prover.evaluate(BALLOT, [hall.manifest.body, hall.joint.hex(), str(card), seq, marks, draws])


def test_the_script_computes_the_shared_vectors(prover: Page):
    expected = json.loads(vectors.NUMBERS.read_text(encoding="utf-8"))
    found = prover.evaluate(
        """given => {
          const B = BallotProtocol, numbers = given.scalars.map(BigInt), points = given.multiples.slice(0, 8).map(B.element);
          return {
            scalars: given.scalars, eid: given.eid, ballot: given.ballot,
            multiples: numbers.map(B.publicOf),
            products: [0, 1].map(i => numbers.map(n => B.hex(B.encoded(B.scaled(n, points[i].point))))),
            sums: points.map(p => B.hex(B.encoded(B.plus(points[0].point, p.point)))),
            packed: B.hex(B.packed(["选票", new Uint8Array([0, 1]), 7, ""])),
            digest: B.hex(B.digest("x", "选票", new Uint8Array(32), 5000)),
            challenges: [0, 1, 50, 111, 112, 300].map(n => String(B.challenge("x", "a".repeat(n), n))),
            tracker: B.trackerOf(B.unhex(given.eid), given.ballot),
            canonical: B.canonical({ b: ["\\u2028\\x7f\\"\\\\\\n\\x01", true, -7], a: { z9: 2 ** 53 - 1 } }),
          };
        }""",
        expected,
    )
    assert found == expected
    tables = "([points, scalars]) => points.map(p => scalars.map(n => BallotProtocol.hex(BallotProtocol.encoded(BallotProtocol.element(p).times(BigInt(n))))))"
    assert prover.evaluate(tables, [expected["multiples"][:2], expected["scalars"]]) == expected["products"]


def test_hashes_are_those_of_the_standard(prover: Page):
    lengths = [0, 1, 55, 56, 63, 64, 65, 111, 112, 119, 120, 127, 128, 1000, 5000]
    found = prover.evaluate(
        "lengths => lengths.map(n => ['sha256', 'sha512'].map(name => BallotProtocol.hex(BallotProtocol[name](new Uint8Array(n).map((_, i) => i * 7)))))",
        lengths,
    )
    data = [bytes(i * 7 % 256 for i in range(n)) for n in lengths]
    assert found == [[hashlib.sha256(one).hexdigest(), hashlib.sha512(one).hexdigest()] for one in data]


def test_tables_multiply_like_libsodium(prover: Page):
    """Numbers at the edges of the windows, where a carry can go wrong, and random ones."""
    chance = random.Random(3)
    numbers = [2**bit + step for bit in range(0, 252, 6) for step in (-1, 0, 1)] + [G.order - 1, G.order - 2, 2**252 - 1]
    numbers += [32 * (64**42 - 1) // 63, 33 * (64**42 - 1) // 63] + [chance.randrange(G.order) for _ in range(60)]
    numbers = [one % G.order for one in numbers]
    assert prover.evaluate("numbers => numbers.map(n => BallotProtocol.publicOf(BigInt(n)))", [str(one) for one in numbers]) == [
        G.base(one).hex() for one in numbers
    ]


def test_elements_and_scalars_have_one_writing(prover: Page):
    chance = random.Random(5)
    texts = [f"{number:02x}" + "00" * 31 for number in range(32)] + [G.generator.hex().upper(), "", "0g" * 32]
    texts += [chance.randbytes(31).hex() + f"{chance.randrange(128):02x}" for _ in range(60)]
    texts += ["ec" + "ff" * 30 + "7f", "ed" + "ff" * 30 + "7f", "00" * 31 + "80", G.generator.hex()[:-2] + "f6"]
    texts += [one.to_bytes(32, "little").hex() for one in (G.order - 1, G.order, G.order + 1)]

    def ours(read: Any, text: str) -> bool:
        try:
            return read(text) is not None
        except Fault:
            return False

    ask = "texts => texts.map(text => ['element', 'scalar'].map(name => { try { BallotProtocol[name](text); return true; } catch { return false; } }))"
    expected = [[ours(G.element, text), ours(G.scalar, text)] for text in texts]
    assert prover.evaluate(ask, texts) == expected
    assert {tuple(one) for one in expected} >= {(True, True), (False, True), (False, False)}


def test_what_is_not_canonical_is_refused(prover: Page):
    ask = "texts => texts.map(text => { try { return BallotProtocol.canonical(JSON.parse(text)); } catch (error) { return error.code; } })"
    nested = "[" * 10 + "]" * 10
    texts = ["null", "1.5", "9007199254740992", '{"A":1}', '"\\ud800"', nested, '{"b":[false,"é\\u0007"],"a":-3}']
    assert prover.evaluate(ask, texts) == ["canonical"] * 6 + ['{"a":-3,"b":[false,"é\\u0007"]}']


def test_random_numbers_are_fresh_and_spread(prover: Page):
    drawn_numbers = [int(one) for one in prover.evaluate("() => Array.from({ length: 2000 }, () => String(BallotProtocol.draw()))")]
    assert len(set(drawn_numbers)) == 2000 and all(0 < one < G.order for one in drawn_numbers)
    assert 850 < sum(one < G.order // 2 for one in drawn_numbers) < 1150
    assert 850 < sum(one % 2 for one in drawn_numbers) < 1150


@pytest.mark.parametrize("marks", [YES, NO, [[0, 0, 0, 0], [0, 0, 1]]])
def test_the_same_randomness_gives_the_same_ballot(prover: Page, marks: Any):
    hall = halls.opened(3)
    card, drew = hall.cards[0], drawn("same")
    numbers = [drew() for _ in range(100)]
    ours, openings = ballot.make(hall.manifest, hall.joint, card, 1, marks, iter(numbers).__next__)
    theirs = made(prover, hall, card, marks, [str(one) for one in numbers])
    tracker = ballot.tracker_of(hall.eid, ours)
    assert theirs == {"ballot": ours, "openings": openings, "tracker": tracker, "code": ballot.short(tracker)}


def test_ballots_of_the_device_are_accepted_counted_and_verified(prover: Page, verifier: Page):  # noqa: F811  # the fixture
    hall = halls.opened(5)
    receipts = [hall.press(made(prover, hall, card, marks)["ballot"]) for card, marks in zip(hall.cards, (YES, YES, NO, NO), strict=False)]
    hall.press(made(prover, hall, hall.cards[3], YES)["ballot"])  # pressed again: the last one counts
    given = made(prover, hall, hall.cards[4], NO)
    hall.standings[given["ballot"]["credential"]] = cast.audit(
        hall.manifest, hall.joint, hall.standings[given["ballot"]["credential"]], given["ballot"], given["openings"]
    )
    hall.board.append("audit", {"ballot": given["ballot"], "openings": given["openings"]})
    taken = prover.evaluate(
        "([manifest, secret, tracker]) => BallotProtocol.withdrawal({ eid: BallotProtocol.eidOf(manifest) }, BigInt(secret), tracker)",
        [hall.manifest.body, str(hall.cards[2]), receipts[2]["tracker"]],
    )
    who = taken["credential"]
    hall.standings[who] = cast.withdraw(hall.manifest, hall.standings[who], taken)
    hall.board.append("withdraw", taken)
    del hall.counted[who]
    hall.close()
    hall.decrypt((2, 3, 5))
    data = hall.publish()
    result = verify.verify(data).result
    assert [one["totals"] for one in result["questions"]] == [[3, 3, 0, 0], [3, 0, 0]]
    assert by_page(verifier, data) == by_python(data)


def test_a_ballot_for_another_vote_or_card_is_refused(prover: Page):
    hall, other = halls.opened(3), halls.opened(3, "other")
    body = made(prover, hall, hall.cards[0], YES)["ballot"]
    for change, code in (
        ({"credential": G.base(hall.cards[1]).hex()}, "ballot"), ({"seq": 2}, "sequence"),
        ({"answers": body["answers"][::-1]}, "ballot"), ({"sig": body["sig"][::-1]}, "ballot"),
    ):  # fmt: skip
        with pytest.raises(Fault) as caught:
            hall.press({**body, **change})
        assert caught.value.code == code
    with pytest.raises(Fault):
        cast.press(other.manifest, other.joint, cast.Standing(), body)
    hall.press(body)


@pytest.mark.parametrize("marks", [[[1, 1, 1, 0], [1, 0, 0]], [[1, 0, 0, 0], [0, 0, 0]], [[2, 0, 0, 0], [1, 0, 0]], [[1, 0, 0], [1, 0, 0]], [[1, 0, 0, 0]]])
def test_nothing_is_made_from_marks_that_are_not_allowed(prover: Page, marks: Any):
    hall = halls.opened(3)
    with pytest.raises(Exception, match="不对|不合规定"):
        made(prover, hall, hall.cards[0], marks)


def test_a_receipt_is_believed_only_with_the_boards_signature(prover: Page):
    hall = halls.opened(3)
    given = made(prover, hall, hall.cards[0], YES)
    receipt = hall.press(given["ballot"])
    ask = "([manifest, receipt, tracker]) => BallotProtocol.holdsReceipt({ manifest, eid: BallotProtocol.eidOf(manifest) }, receipt, tracker)"

    def holds(**change: Any) -> bool:
        return prover.evaluate(ask, [hall.manifest.body, {**receipt, **change}, given["tracker"]])

    assert holds()
    for change in ({"number": 3}, {"hash": "00" * 32}, {"tracker": "00" * 32}, {"code": "AAAAAAAA"}, {"sig": receipt["sig"][::-1]}, {"sig": []}):
        assert not holds(**change)


def test_both_read_and_write_the_same_cards(prover: Page):
    seeds = [bytes(16), bytes(range(16)), b"\xff" * 16] + [random.Random(8).randbytes(16) for _ in range(5)]
    found = prover.evaluate(
        "seeds => seeds.map(seed => { const B = BallotProtocol, text = B.cardText(B.unhex(seed)); return [text, String(B.readCard(text))]; })",
        [seed.hex() for seed in seeds],
    )
    assert found == [[cards.text(seed), str(cards.secret(G, seed))] for seed in seeds]
    text = found[1][0]
    chance = random.Random(4)
    wrong = [text[:-1], text + "A", text[:20] + ("A" if text[20] != "A" else "B") + text[21:], "", "QC1", text[:3] + chance.choice("0189") * 32]
    wrong += [text[:5] + text[6] + text[5] + text[7:]] if text[5] != text[6] else []
    ways = ["".join(chr(ord(one) + 0xFEE0) for one in text), text.lower(), f" {text[:7]}-{text[7:19]} {text[19:]}\n", text[3:]]
    ask = "texts => texts.map(text => { try { return String(BallotProtocol.readCard(text)); } catch (error) { return error.code; } })"
    assert prover.evaluate(ask, wrong + ways) == ["card"] * len(wrong) + [found[1][1]] * 4
    for one in wrong:
        with pytest.raises(Fault):
            cards.read(G, one)
    assert [str(cards.read(G, one)) for one in ways] == [found[1][1]] * 4


KEYS = """
window.scrutineers = {};
window.step = (events, type, index) => {
  const B = BallotProtocol, at = new B.Beginning(), mine = scrutineers[index];
  events.forEach((event, number) => at.take({ number, ...event }));
  const body = {
    commit: () => { mine.own = B.newPolynomial(at.manifest.threshold); return B.commitBody(at.eid, index, mine.own); },
    open_key: () => B.openKeyBody(at.eid, index, mine.own),
    shares: () => B.sharesBody(at.eid, index, mine.own, at.trustees),
    confirm: () => { const made = B.confirmBody(at, index, mine.identity); mine.share = made.share; return made.body; },
  }[type]();
  return B.posted(at.eid, mine.identity, type, body);
};
window.opened = async (events, root, index) => {
  const B = BallotProtocol, manifest = events[0].body, eid = B.eidOf(manifest), sums = new B.Sums(manifest), mine = scrutineers[index];
  events.forEach(event => sums.take(event));
  return B.posted(eid, mine.identity, "decryption", B.decryptionBody(eid, B.unhex(root), await sums.added(), index, mine.share));
};
"""


class Ceremony(simulate.Hall):
    """A hall whose scrutineers compute in a page."""

    def __init__(self, page: Page, voters: int) -> None:
        page.evaluate("() => {" + KEYS + "}")
        keys = page.evaluate(
            "() => [1, 2, 3, 4, 5].map(n => { const identity = BallotProtocol.draw(); scrutineers[n] = { identity }; return BallotProtocol.publicOf(identity); })"
        )
        super().__init__(voters, halls.questions())
        body = {**self.manifest.body, "trustees": [{"name": f"监票人{n}", "key": key} for n, key in enumerate(keys, 1)]}
        self.manifest, self.board, self.page = manifest.read(body), Board(), page
        self.eid = self.manifest.eid
        self.board.append("manifest", body)

    def lines(self) -> list[dict[str, Any]]:
        return [{"type": event.type, "body": event.body, "hash": event.hash.hex()} for event in self.board]

    def step(self, type_: str, index: int) -> dict[str, Any]:
        return self.page.evaluate("([events, type, index]) => step(events, type, index)", [self.lines(), type_, index])

    def round(self, type_: str) -> None:
        for index in range(1, 6):
            self.board.append(type_, self.step(type_, index))

    def make_keys(self) -> None:
        for type_ in ("commit", "open_key", "shares", "confirm"):
            self.round(type_)
        self.joint = bytes.fromhex(self.board.of("confirm")[0]["joint"])

    def decrypt(self, who: Any, reading: Any = None) -> None:
        for index in who:
            body = self.page.evaluate("([events, root, index]) => opened(events, root, index)", [self.lines(), self.root.hex(), index])
            self.board.append("decryption", body)


def test_five_devices_make_a_key_and_three_open_the_sums(prover: Page, verifier: Page):  # noqa: F811  # the fixture
    hall = Ceremony(prover, 4)
    hall.make_keys()
    voters = hall.open(4, 4)
    for card, marks in zip(voters, (YES, NO, YES), strict=False):
        hall.vote(card, marks)
    hall.vote(voters[1], YES)
    hall.withdraw(voters[2])
    assert hall.reading().phase == "open"
    hall.close()
    hall.decrypt((1, 4, 5))
    data = hall.publish()
    found = verify.verify(data)
    assert found.ok, found
    assert [one["totals"] for one in found.result["questions"]] == [[2, 2, 0, 0], [2, 0, 0]]
    assert by_page(verifier, data) == by_python(data)
    for type_ in ("open_key", "confirm", "decryption"):
        broken = halls.changed(data, lambda lines, type_=type_: lines[halls.place(lines, type_)]["body"]["sig"].reverse())
        assert by_page(verifier, broken) == by_python(broken) != by_python(data)


def test_a_device_and_a_python_scrutineer_understand_each_other(prover: Page):
    """The first scrutineer's device is the page, the others are Python: each checks the shares of the other."""
    hall = Ceremony(prover, 3)
    identities = [G.draw() for _ in range(4)]
    body = hall.manifest.body
    body = {**body, "trustees": body["trustees"][:1] + [{"name": f"P{n}", "key": G.base(one).hex()} for n, one in enumerate(identities, 2)]}
    hall.manifest, hall.board = manifest.read(body), Board()
    hall.eid = hall.manifest.eid
    hall.board.append("manifest", body)
    others = [Trustee(hall.manifest, n, one) for n, one in enumerate(identities, 2)]
    for type_ in ("commit", "open_key", "shares", "confirm"):
        hall.board.append(type_, hall.step(type_, 1))
        for one in others:
            given = (hall.board.of("open_key"), hall.board.of("shares")) if type_ == "confirm" else ()
            hall.board.append(type_, getattr(one, type_)(*given))
    assert hall.reading().phase == "confirm"


@pytest.mark.parametrize("change", [{"threshold": 1}, {"trustees": []}, {"threshold": 6}, {"registrar": "board"}, {"group": "another"}, {"version": "0"}])
def test_the_device_takes_no_manifest_that_would_weaken_the_key(prover: Page, change: dict[str, Any]):
    body = halls.opened(3).manifest.body
    body = {**body, **{name: body.get(value, value) if isinstance(value, str) else value for name, value in change.items()}}
    lines = [{"number": 0, "type": "manifest", "body": body, "hash": chained(START, "manifest", body).hex()}]
    with pytest.raises(Exception, match="不对|同一把钥匙|不是本软件规定的"):
        prover.evaluate("events => { const at = new BallotProtocol.Beginning(); events.forEach(one => at.take(one)); }", lines)


def test_the_device_finds_a_false_share_and_a_false_confirmation(prover: Page):
    hall = Ceremony(prover, 3)
    for type_ in ("commit", "open_key"):
        hall.round(type_)
    posted = [hall.step("shares", index) for index in range(1, 6)]
    identity = int(prover.evaluate("() => String(scrutineers[2].identity)"))
    body = {key: value for key, value in posted[1].items() if key != "sig"}
    body["shares"] = [*body["shares"][:3], {**body["shares"][3], "masked": "01" + "00" * 31}, *body["shares"][4:]]
    for index, one in enumerate(posted):
        hall.board.append("shares", signed(G, hall.eid, identity, "shares", body) if index == 1 else one)
    hall.board.append("confirm", hall.step("confirm", 1))
    with pytest.raises(Exception, match="第 2 位监票人给出的份额"):
        hall.step("confirm", 4)
    false = {key: value for key, value in hall.step("confirm", 2).items() if key != "sig"} | {"joint": G.base(7).hex()}
    hall.board.append("confirm", signed(G, hall.eid, identity, "confirm", false))
    with pytest.raises(Exception, match="确认的公钥与各人公开的系数不符"):
        hall.step("confirm", 3)
