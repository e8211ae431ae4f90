"""The verifier in JavaScript, opened from the disk without a network: it says what the Python verifier says, always.

Agreement is on the verdict, the fault's code and the number of the event.
"""

import base64
import inspect
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

import quancheng.ballots
from quancheng.ballots import verify
from quancheng.ballots.faults import BadArchive
from tests.ballots import attackers, halls, test_ballots_attacks, test_ballots_server, vectors
from tests.ballots.broken import BAD, CHANGES
from tests.ballots.halls import Lines

PAGE = Path(quancheng.ballots.__file__).parent / "verifier.html"
ASK = """async ([data, root]) => {
  const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
  const found = await QuanchengBallot.verify(bytes, root);
  return found.bad ? ["bad"] : [found.ok, found.code, found.number, found.root, found.eid, found.result];
}"""


@pytest.fixture(scope="module")
def verifier(browser: Browser) -> Iterator[Page]:
    """The page in a browser without a network; a request, an error or a log line fails the module."""
    context = browser.new_context(offline=True, viewport={"width": 390, "height": 844}, locale="zh-CN")
    page, faults = context.new_page(), []
    page.on("request", lambda request: faults.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text))
    page.goto(PAGE.as_uri())
    assert faults.pop() == PAGE.as_uri()
    yield page
    context.close()
    assert not faults


def by_page(page: Page, data: bytes, root: str = "") -> list[Any]:
    return page.evaluate(ASK, [base64.b64encode(data).decode(), root])


def by_python(data: bytes, root: str = "") -> list[Any]:
    try:
        found = verify.verify(data, root=root)
    except BadArchive:
        return ["bad"]
    return [found.ok, found.code, found.number, found.root, found.eid, found.result or None]


@pytest.fixture(scope="module")
def finished() -> tuple[halls.Open, bytes]:
    hall = halls.opened(7)
    return hall, halls.finished(hall)


@pytest.fixture(scope="module")
def whole() -> bytes:
    return halls.whole()


def test_the_page_computes_the_shared_vectors(verifier: Page):
    expected = json.loads(vectors.NUMBERS.read_text(encoding="utf-8"))
    found = verifier.evaluate(
        """given => {
          const Q = QuanchengBallot, bytes = Q.unhex(given.eid), body = new TextEncoder().encode(Q.canonical(given.ballot));
          return {
            scalars: given.scalars, eid: given.eid, ballot: given.ballot,
            multiples: given.scalars.map(Q.multiple),
            products: [0, 1].map(i => given.scalars.map(n => Q.product(n, given.multiples[i]))),
            sums: given.multiples.slice(0, 8).map(p => Q.sum(given.multiples[0], p)),
            packed: Q.hex(Q.packed(["选票", new Uint8Array([0, 1]), 7, ""])),
            digest: Q.hex(Q.digest("x", "选票", new Uint8Array(32), 5000)),
            challenges: [0, 1, 50, 111, 112, 300].map(n => String(Q.challenge("x", "a".repeat(n), n))),
            tracker: Q.hex(Q.digest("tracker", bytes, body)),
            canonical: Q.canonical({ b: ["\\u2028\\x7f\\"\\\\\\n\\x01", true, -7], a: { z9: 2 ** 53 - 1 } }),
          };
        }""",
        expected,
    )
    assert found == expected


def test_the_page_reads_elements_as_we_do(verifier: Page):
    chance = random.Random(5)
    texts = [f"{number:02x}" + "00" * 31 for number in range(64)]
    texts += [chance.randbytes(31).hex() + f"{chance.randrange(128):02x}" for _ in range(100)]
    texts += ["ec" + "ff" * 30 + "7f", "ed" + "ff" * 30 + "7f", "00" * 31 + "80", "e2" * 31 + "ff"]

    def ours(text: str) -> bool:
        try:
            return bool(halls.G.element(text))
        except ValueError:
            return False

    expected = [ours(text) for text in texts]
    assert True in expected and False in expected
    assert verifier.evaluate("texts => texts.map(QuanchengBallot.isElement)", texts) == expected


def test_both_accept_the_same_votes_with_the_same_totals(verifier: Page, whole: bytes):
    for data in (vectors.VOTE.read_bytes(), whole):
        found = by_page(verifier, data)
        assert found == by_python(data) and found[0] is True
        assert by_page(verifier, data, found[3])[0] is True
        assert by_page(verifier, data, "00" * 32) == by_python(data, "00" * 32)


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_both_refuse_what_is_no_archive(verifier: Page, data: bytes):
    assert by_page(verifier, data) == by_python(data) == ["bad"]


@pytest.mark.parametrize(("change", "code"), CHANGES.values(), ids=CHANGES.keys())
def test_both_find_every_change(
    verifier: Page, finished: tuple[halls.Open, bytes], change: Callable[[Lines], object], code: str
):
    hall, data = finished
    broken = halls.changed(data, change, hall)
    found = by_page(verifier, broken)
    assert found == by_python(broken) and found[1] == code


def cases(attack: Callable[..., None]) -> list[dict[str, Any]]:
    """The arguments of a test's own parametrizations, multiplied out."""
    found: list[dict[str, Any]] = [{}]
    for mark in getattr(attack, "pytestmark", ()):
        names = [name.strip() for name in mark.args[0].split(",")] if isinstance(mark.args[0], str) else mark.args[0]
        rows = [[row] if len(names) == 1 else row for row in mark.args[1]]
        found = [{**one, **dict(zip(names, row, strict=True))} for one in found for row in rows]
    return found


@pytest.mark.parametrize("module", [test_ballots_attacks, test_ballots_server], ids=["published", "server"])
def test_both_find_what_attacks_leave(verifier: Page, monkeypatch: pytest.MonkeyPatch, module: ModuleType):
    """Each attack of the other module is made again; what it leaves on the board goes to both verifiers."""
    left: list[tuple[bytes, str]] = []
    monkeypatch.setattr(attackers, "LEFT", left)
    for name, attack in inspect.getmembers(module, inspect.isfunction):
        wanted = set(inspect.signature(attack).parameters)
        if name.startswith("test_") and "monkeypatch" not in wanted and not hasattr(attack, "hypothesis"):
            for case in cases(attack):
                attack(**case, **({"hall": halls.opened(7)} if "hall" in wanted else {}))
    assert len(left) > 20
    for data, code in left:
        found = by_page(verifier, data)
        assert found == by_python(data) and found[1] == code


def leaves(value: Any) -> list[tuple[Any, Any]]:
    """Every place of a body where something plain stands."""
    found = []
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        found += leaves(inner) if isinstance(inner, dict | list) else [(value, key)]
    return found


def other(chance: random.Random, value: Any, pool: list[str]) -> Any:
    """Something else of the same kind, as an attacker would try it."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return not value
    if isinstance(value, int):
        return chance.choice([value + 1, max(0, value - 1), 0, 2**53 - 1, -1])
    if len(value) == 64:
        number = (int.from_bytes(bytes.fromhex(value), "little") + halls.G.order) % 2**256
        return chance.choice([chance.choice(pool), number.to_bytes(32, "little").hex(), "00" * 32, value[:-1] + "g", value.upper()])
    return chance.choice(["", value + "．", "p01", "rank"])


def test_both_agree_on_random_changes(verifier: Page, whole: bytes):
    chance, codes = random.Random(11), set()
    pool = [text for line in halls.lines_of(whole) for spot, key in leaves(line["body"]) if isinstance(text := spot[key], str) and len(text) == 64]
    for _ in range(50):
        lines = halls.lines_of(whole)
        line = chance.choice(lines)
        spot, key = chance.choice(leaves(line["body"]))
        spot[key] = other(chance, spot[key], pool)
        broken = halls.rechained(lines)
        found = by_page(verifier, broken)
        assert found == by_python(broken), (line["type"], key)
        codes.add(found[1] if len(found) > 1 else "bad")
    assert len(codes) >= 6


def test_both_agree_on_flipped_bytes_and_lost_lines(verifier: Page, whole: bytes):
    chance = random.Random(12)
    for _ in range(12):
        spot = chance.randrange(len(whole))
        flipped = whole[:spot] + bytes([whole[spot] ^ (1 << chance.randrange(8))]) + whole[spot + 1 :]
        assert by_page(verifier, flipped) == by_python(flipped) != by_python(whole)
    for _ in range(6):
        lines = halls.lines_of(whole)
        lines.pop(chance.randrange(len(lines)))
        lost = halls.rechained(lines)
        assert by_page(verifier, lost) == by_python(lost) != by_python(whole)


def test_a_person_opens_the_page_and_reads_the_totals(
    verifier: Page, whole: bytes, tmp_path: Path, assert_accessible: Callable[[Page], None],
    assert_no_overflow: Callable[[Page], None],
):  # fmt: skip
    root = verify.verify(whole).root
    good, bad, none = tmp_path / "good", tmp_path / "bad", tmp_path / "none"
    good.write_bytes(whole)
    lines = halls.lines_of(whole)
    lines[halls.place(lines, "cast")]["body"]["ballot"]["sig"].reverse()
    bad.write_bytes(halls.rechained(lines))
    none.write_bytes(b"hello")
    for file, shown, said in (
        (bad, "", "核验未通过"), (none, "", "不是表决存档"), (good, "00" * 32, "核验未通过"), (good, root.upper(), "核验通过。"),
    ):  # fmt: skip
        verifier.get_by_label("表决存档").set_input_files(file)
        verifier.get_by_label("会场公布的根").fill(shown)
        verifier.get_by_role("button", name="开始核验").click()
        verifier.get_by_text(said).wait_for()
        assert verifier.get_by_role("table").count() == (3 if "通过。" in said else 0)
    assert "项目 1" in verifier.inner_text("#result") and "外部审查" in verifier.inner_text("main")
    assert_accessible(verifier)
    assert_no_overflow(verifier)
    verifier.set_viewport_size({"width": 1280, "height": 900})
    assert_accessible(verifier)
    assert_no_overflow(verifier)


def test_the_page_needs_nothing_else():
    text = PAGE.read_text(encoding="utf-8")
    assert "default-src 'none'" in text and "http" not in text.replace("http-equiv", "").lower()
    assert not [word for word in ("fetch(", "XMLHttp", "import ", "eval(", "innerHTML", "localStorage") if word in text]
