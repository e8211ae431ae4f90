"""A draw that anybody can recompute (S18): fair, independent of the order of application, broken by any change."""

import copy
import hashlib
import hmac
import itertools
import json
import random
from collections import Counter

import pytest

from quancheng.cli import main
from quancheng.kernel import draws

CODES = ["QX7M2A", "B4KD9T", "ZP3W8C", "H5N6RV", "M2YJ1E"]
SEED = "11" * 32


def record(codes=CODES, seats=2, source="某日开奖号码", seed=SEED, public="4 0 7"):
    order = draws.ranked(codes, seed=seed, public_value=public)
    return {
        "format": draws.FORMAT, "id": "濮人会〔2026〕1号", "seats": seats, "source": source, "seed": seed,
        "commitment": draws.commitment(draw="濮人会〔2026〕1号", seats=seats, source=source, seed=seed),
        "codes": sorted(codes), "list_hash": draws.list_hash(codes), "public_value": public, "order": order,
        "drawn": order[:seats], "waiting": order[seats:],
    }  # fmt: skip


def test_s18_ten_lines_written_apart_find_the_same():
    r = record()

    def sha(*parts):
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    assert r["commitment"] == sha("quancheng-draw/1", r["id"], "2", r["source"], r["seed"])
    key = bytes.fromhex(sha("quancheng-draw/1", r["seed"], sha(*sorted(r["codes"])), r["public_value"]))
    assert r["order"] == sorted(r["codes"], key=lambda c: hmac.new(key, c.encode(), "sha256").hexdigest())
    assert draws.verify(r).ok


def test_s18_the_order_of_application_plays_no_part():
    wanted = draws.ranked(CODES, seed=SEED, public_value="x")
    for codes in itertools.permutations(CODES):
        assert draws.ranked(codes, seed=SEED, public_value="x") == wanted
        assert draws.list_hash(codes) == draws.list_hash(CODES)


@pytest.mark.parametrize("chosen", ["seed", "public"])
def test_s18_every_permutation_is_as_likely(chosen):
    """Chi-square over the 24 orders of four; it is enough that either the seed or the public value is random."""
    dice, codes, runs = random.Random(20260101), CODES[:4], 7200
    seen = Counter(
        tuple(
            draws.ranked(
                codes, seed=dice.randbytes(32).hex() if chosen == "seed" else SEED,
                public_value="fixed" if chosen == "seed" else str(dice.getrandbits(64)),
            )
        )
        for _ in range(runs)
    )  # fmt: skip
    expected = runs / 24
    assert len(seen) == 24
    assert sum((count - expected) ** 2 / expected for count in seen.values()) < 49.7  # 23 degrees, p = 0.001


def test_s18_nobody_is_favoured_by_his_code():
    dice = random.Random(7)
    firsts = Counter(draws.ranked(CODES, seed=dice.randbytes(32).hex(), public_value="")[0] for _ in range(5000))
    assert all(abs(firsts[code] - 1000) < 120 for code in CODES)


CHANGES = {
    "seed": lambda r: r | {"seed": "22" * 32},
    "seats": lambda r: r | {"seats": 3},
    "source": lambda r: r | {"source": "另一天的开奖号码"},
    "id": lambda r: r | {"id": "濮人会〔2026〕2号"},
    "commitment": lambda r: r | {"commitment": "0" * 64},
    "one more": lambda r: r | {"codes": [*r["codes"], "AAAA11"]},
    "one less": lambda r: r | {"codes": r["codes"][1:]},
    "another": lambda r: r | {"codes": ["AAAA11", *r["codes"][1:]]},
    "list hash": lambda r: r | {"list_hash": "0" * 64},
    "public value": lambda r: r | {"public_value": "4 0 8"},
    "order": lambda r: r | {"order": r["order"][::-1]},
    "drawn": lambda r: r | {"drawn": r["drawn"][::-1]},
    "waiting": lambda r: r | {"waiting": []},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_s18_any_change_is_found(change):
    assert not draws.verify(change(copy.deepcopy(record()))).ok


@pytest.mark.parametrize(
    "bad",
    [None, [], {}, {"format": "quancheng-draw/2"}, {"format": draws.FORMAT}, record() | {"seats": "2"},
     record() | {"seats": True}, record() | {"seed": "xyz"}, record() | {"codes": ["A\nB", "C"]},
     record() | {"codes": CODES + CODES[:1]}, record() | {"codes": 7}, record() | {"proofs": {"checkpoint": 1}}],
)  # fmt: skip
def test_what_is_no_record_is_refused(bad):
    with pytest.raises(draws.BadDraw):
        draws.verify(bad)


def test_more_seats_than_people_draws_everybody():
    r = record(seats=15)
    assert draws.verify(r).ok and sorted(r["drawn"]) == sorted(CODES) and r["waiting"] == []


def test_the_command_line_says_what_it_found(tmp_path, capsys):
    good, changed, bad = (tmp_path / name for name in ("good.json", "changed.json", "bad.json"))
    good.write_text(json.dumps(record()), encoding="utf-8")
    changed.write_text(json.dumps(record() | {"public_value": "4 0 8"}), encoding="utf-8")
    bad.write_text("{", encoding="utf-8")
    assert [main(["draw", "verify", str(path)]) for path in (good, changed, bad, tmp_path / "none.json")] == [0, 1, 2, 2]
    told = capsys.readouterr()
    assert "核验通过" in told.out and "名次不一致" in told.out and "bad.json" in told.err
