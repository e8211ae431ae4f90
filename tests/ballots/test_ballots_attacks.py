"""Published attacks on voting systems, one test for each row of the list in docs/ballots.md; every one is refused.

Where the server itself is the attacker, the forged event is put on the board past the server's own checks, and whoever
verifies must find it.
"""

import copy
import inspect

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quancheng.ballots import ballot, cast, elgamal, group, keys, proofs, simulate, tally, verify
from quancheng.ballots import manifest as manifests
from quancheng.ballots.board import Board, check_signature, signed
from quancheng.ballots.canonical import packed
from quancheng.ballots.faults import Fault
from quancheng.ballots.group import written
from tests.ballots.attackers import (
    finished_until_close,
    found_by_readers,
    refused,
    refused_by_server,
    resigned,
    setting_up,
    signed_again,
)
from tests.ballots.halls import (
    NO,
    YES,
    G,
    Hall,
    Lines,
    Open,
    changed,
    drawn,
    finished,
    found,
    lines_of,
    opened,
    place,
    rechained,
)

# 1 Cortier, Smyth 2011; Mestel and others 2022


def test_a3_01_a_copied_ballot_is_refused_under_another_credential(hall: Open):
    copied, _ = hall.made(hall.cards[0], YES)
    hall.press(copied)
    other = hall.cards[1]
    refused(hall, signed_again(hall, copied, other, credential=G.base(other).hex()), "ballot")


def test_a3_01_a_copied_ballot_is_refused_as_it_is(hall: Open):
    copied, _ = hall.made(hall.cards[0], YES)
    hall.press(copied)
    refused(hall, copied, "sequence")


def test_a3_01_one_answer_moved_to_another_option_is_refused(hall: Open):
    body, _ = hall.made(hall.cards[0], YES)
    body["answers"][0]["choices"].reverse()
    refused(hall, signed_again(hall, body, hall.cards[0]), "ballot")


def test_a3_01_a_ballot_of_another_vote_is_refused(hall: Open):
    other = opened(7, "another vote")
    other.joint = hall.joint  # the same people, cards and key in a second vote
    body, _ = ballot.make(other.manifest, hall.joint, hall.cards[0], 1, YES)
    refused(hall, signed_again(hall, body, hall.cards[0]), "ballot")


# 2 Bernhard, Pereira, Warinschi 2012


def square_root(n: int) -> int | None:
    """A square root modulo the order, which is 5 modulo 8."""
    p = G.order
    root = pow(n, (p + 3) // 8, p)
    if root * root % p != n % p:
        root = root * pow(2, (p - 1) // 4, p) % p
    return root if root * root % p == n % p else None


def weak(commitments: list[bytes]) -> int:
    """The challenge as systems with weak Fiat–Shamir compute it: the commitments, not the statement."""
    return G.challenge("weak", *commitments)


def forged_vote(key: bytes) -> tuple[elgamal.Cipher, list[int], list[int], list[bytes], int]:
    """A "0 or 1" proof of a number of 250 bits that holds under weak Fiat–Shamir; nothing secret is needed for it."""
    draw, p = drawn("forger"), G.order
    while True:
        a, u = (draw(), draw()), (draw(), draw())
        commitments = []
        for one, shift in zip(a, u, strict=True):
            commitments += [G.base(one), G.sub(G.mul(one, key), G.base(shift))]
        c = weak(commitments)
        b = (c + u[0] + u[1]) % p  # c·m² - (c+u0+u1)·m + u0 = 0
        root = square_root(b * b - 4 * c * u[0])
        if root is None:
            continue
        m = (b + root) * pow(2 * c, -1, p) % p
        challenges = [u[0] * pow(m, -1, p) % p, u[1] * pow(m - 1, -1, p) % p]
        r = draw()
        answers = [(one + ci * r) % p for one, ci in zip(a, challenges, strict=True)]
        return elgamal.encrypt(G, key, m, r), challenges, answers, commitments, m


def test_a3_02_a_weak_fiat_shamir_forgery_of_a_huge_vote_is_refused(hall: Open):
    cipher, challenges, answers, commitments, m = forged_vote(hall.joint)
    assert m > 2**200
    computed = proofs._one_of_commitments(G, hall.joint, cipher, (0, 1), challenges, answers)
    assert computed == commitments and sum(challenges) % G.order == weak(computed)  # there it would have held
    body, _ = hall.made(hall.cards[0], YES)
    body["answers"][0]["choices"][0] = {
        "a": cipher.a.hex(), "b": cipher.b.hex(), "proof": [written(n) for n in challenges + answers]
    }  # fmt: skip
    refused(hall, signed_again(hall, body, hall.cards[0]), "ballot")


def test_a3_02_two_votes_in_one_mark_are_refused(hall: Open):
    """A true proof for the statement "0, 1 or 2" is none for "0 or 1"."""
    body, _ = hall.made(hall.cards[0], YES)
    credential, r = G.base(hall.cards[0]), 5
    cipher = elgamal.encrypt(G, hall.joint, 2, r)
    where = (hall.eid, credential, 0, 0)
    proof = proofs.prove_one_of(G, hall.joint, cipher, 2, r, (0, 1, 2), "mark", where, hall.draw)
    body["answers"][0]["choices"][0] = {"a": cipher.a.hex(), "b": cipher.b.hex(), "proof": proof}
    refused(hall, signed_again(hall, body, hall.cards[0]), "scalar")


def test_a3_02_more_marks_than_allowed_are_refused(hall: Open):
    """Each mark is proved, but there are three where two are allowed; the number's proof is one for three."""
    generous = copy.deepcopy(hall.manifest.body)
    generous["questions"][0]["max"] = 3
    loose = manifests.read(generous)
    object.__setattr__(loose, "eid", hall.eid)  # so that each mark's proof is of this vote
    body, _ = ballot.make(loose, hall.joint, hall.cards[0], 1, [[1, 1, 1, 0], [1, 0, 0]], hall.draw)
    refused_by_server(hall, body, "scalar")
    body["answers"][0]["sum"] = body["answers"][0]["sum"][:6]
    refused(hall, signed_again(hall, body, hall.cards[0]), "ballot")


def test_a3_02_a_false_decryption_is_refused(hall: Open):
    finished_until_close(hall)
    one = hall.trustees[0].decrypt(hall.reading())
    one["partials"][0][0]["value"] = G.base(7).hex()
    found_by_readers(hall, "decryption", resigned(hall, "decryption", one, 1), "decryption")


# 3 Chang-Fong, Essex 2016: elements outside the group

OUTSIDE = {
    "order two in the curve": "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "the neutral element": "00" * 32,
    "a negative number": "01" + "00" * 31,
    "not canonical": "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "no square": "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
}


@pytest.mark.parametrize("text", OUTSIDE.values(), ids=OUTSIDE.keys())
@pytest.mark.parametrize("part", ["a", "b"])
def test_a3_03_elements_outside_the_group_are_refused(hall: Open, text: str, part: str):
    body, _ = hall.made(hall.cards[0], YES)
    body["answers"][0]["choices"][2][part] = text
    refused(hall, signed_again(hall, body, hall.cards[0]), "point")


def test_a3_03_a_cipher_times_minus_one_is_refused(hall: Open):
    body, _ = hall.made(hall.cards[0], YES)
    choice = body["answers"][0]["choices"][0]
    for part in ("a", "b"):
        choice[part] = G.sub(G.identity, bytes.fromhex(choice[part])).hex()
    refused(hall, signed_again(hall, body, hall.cards[0]), "ballot")


# 4 Cortier, Smyth: more than one writing


def test_a3_04_response_plus_order_is_refused(hall: Open):
    body, _ = hall.made(hall.cards[0], YES)
    proof = body["answers"][0]["choices"][0]["proof"]
    for spot in range(len(proof)):
        twin = copy.deepcopy(body)
        number = G.scalar(proof[spot]) + G.order
        assert number < 2**256
        twin["answers"][0]["choices"][0]["proof"][spot] = number.to_bytes(32, "little").hex()
        refused_by_server(hall, signed_again(hall, twin, hall.cards[0]), "scalar")
    refused(hall, signed_again(hall, twin, hall.cards[0]), "scalar")


def test_a3_04_an_element_with_its_highest_bit_set_is_refused(hall: Open):
    body, _ = hall.made(hall.cards[0], YES)
    choice = body["answers"][0]["choices"][0]
    encoding = bytearray.fromhex(choice["a"])
    encoding[31] |= 128
    choice["a"] = encoding.hex()
    refused(hall, signed_again(hall, body, hall.cards[0]), "point")


def test_a3_04_capital_letters_are_refused(hall: Open):
    body, _ = hall.made(hall.cards[0], YES)
    body["sig"][0] = body["sig"][0].upper()
    refused_by_server(hall, body, "shape")
    with pytest.raises(Fault, match="格式"):
        hall.board.append("cast", {"ballot": body})


# 5 Küsters, Truderung, Vogt 2012: one tracker for two


def test_a3_05_like_voters_get_unlike_trackers(hall: Open):
    codes = {hall.vote(card, YES)["code"] for card in hall.cards}
    assert len(codes) == len(hall.cards) and all(len(code) == 8 for code in codes)


def test_a3_05_the_tracker_covers_credential_randomness_and_vote(hall: Open):
    body, _ = hall.made(hall.cards[0], YES)
    again, _ = hall.made(hall.cards[0], YES)
    trackers = {
        ballot.tracker_of(hall.eid, body), ballot.tracker_of(hall.eid, again), ballot.tracker_of(bytes(32), body),
        ballot.tracker_of(hall.eid, {**body, "credential": G.base(2).hex()}),
    }  # fmt: skip
    assert len(trackers) == 4


def test_a3_05_a_clash_of_short_codes_is_refused(hall: Open, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ballot, "short", lambda tracker: "AAAAAAAA")
    hall.vote(hall.cards[0], YES)
    second, _ = hall.made(hall.cards[1], YES)
    with pytest.raises(Fault) as caught:
        hall.press(second)
    assert caught.value.code == "clash"
    found_by_readers(hall, "cast", {"ballot": second}, "clash")


# 6 Cortier, Gaudry, Yang 2020: parameters of the attacker's choice


@pytest.mark.parametrize(
    ("field", "value"),
    [("suite", "p256"), ("suite", "sm2"), ("version", "quancheng-ballot/0"), ("group", ""),
     ("group", G.description.replace(str(G.order), "23")), ("group", G.description.replace("e2f2", "6a49"))],
)  # fmt: skip
def test_a3_06_a_foreign_group_is_refused(hall: Open, field: str, value: str):
    with pytest.raises(Fault) as caught:
        manifests.read({**hall.manifest.body, field: value})
    assert caught.value.code == "manifest"


def test_a3_06_a_manifest_cannot_bring_parameters(hall: Open):
    with pytest.raises(Fault) as caught:
        manifests.read({**hall.manifest.body, "generator": G.base(5).hex()})
    assert caught.value.code == "shape"


def test_a3_06_the_group_is_inside_every_challenge(monkeypatch: pytest.MonkeyPatch):
    before = G.challenge("x", b"y")
    monkeypatch.setattr(type(G), "description", "another group")
    assert G.challenge("x", b"y") != before


# 7 Baloglu and others 2021: presses again, reordered, dropped


def voted_twice(hall: Open) -> bytes:
    return finished(hall)


def test_a3_07_an_older_press_cannot_be_posted_again(hall: Open):
    first, _ = hall.made(hall.cards[0], YES)
    hall.press(first)
    hall.vote(hall.cards[0], NO)
    refused(hall, first, "sequence")


def test_a3_07_an_older_press_cannot_be_numbered_anew_by_the_server(hall: Open):
    first, _ = hall.made(hall.cards[0], YES)
    hall.press(first)
    hall.vote(hall.cards[0], NO)
    refused(hall, {**first, "seq": 3}, "ballot")


def test_a3_07_presses_in_another_order_are_found(hall: Open):
    data = voted_twice(hall)

    def swap(lines: Lines) -> None:
        one, two = place(lines, "cast", 2), place(lines, "cast", 3)
        lines[one], lines[two] = lines[two], lines[one]

    assert found(data) == ""
    assert found(changed(data, swap, hall)) == "sequence"


def test_a3_07_a_dropped_last_press_is_found(hall: Open):
    """The server drops the press that counts and signs close and result anew: the scrutineers' signatures remain."""
    data = voted_twice(hall)
    dropped = changed(data, lambda lines: lines.pop(place(lines, "cast", 3)), hall)
    assert found(dropped) == "decryption"
    assert verify.verify(data, root="00" * 32).code == "root"


def test_a3_07_whoever_drops_a_ballot_before_the_close_contradicts_its_signed_receipt(hall: Open):
    given = hall.vote(hall.cards[0], YES)
    hall.vote(hall.cards[1], YES)
    hashes = [event.hash for event in hall.board]
    public = hall.manifest.board
    assert cast.check_receipt(G, hall.eid, public, given, hashes)
    lines = [{"type": one.type, "body": one.body, "hash": ""} for one in hall.board]
    del lines[place(lines, "cast", 0)]
    other = [bytes.fromhex(line["hash"]) for line in lines_of(rechained(lines, hall))]
    assert not cast.check_receipt(G, hall.eid, public, given, other)
    assert not cast.check_receipt(G, hall.eid, public, {**given, "tracker": "00" * 32}, hashes)
    assert not cast.check_receipt(G, hall.eid, G.base(9), given, hashes)


def test_a3_07_a_withdrawn_ballot_stays_withdrawn(hall: Open):
    body, _ = hall.made(hall.cards[0], YES)
    hall.press(body)
    hall.withdraw(hall.cards[0])
    refused(hall, body, "sequence")


def test_a3_07_a_withdrawal_needs_the_voters_own_card_and_his_present_ballot(hall: Open):
    first = hall.vote(hall.cards[0], YES)
    who = G.base(hall.cards[0]).hex()
    by_other = {**cast.sign_withdrawal(hall.manifest, hall.cards[1], first["tracker"]), "credential": who}
    with pytest.raises(Fault) as caught:
        cast.withdraw(hall.manifest, hall.standings[who], by_other)
    assert caught.value.code == "signature"
    old = cast.sign_withdrawal(hall.manifest, hall.cards[0], first["tracker"])
    hall.vote(hall.cards[0], NO)
    with pytest.raises(Fault) as caught:
        cast.withdraw(hall.manifest, hall.standings[who], old)
    assert caught.value.code == "withdraw"
    found_by_readers(hall, "withdraw", old, "withdraw")


# 8 findings on Belenios 2026: membership, key in the signature's hash, bias, the rushing trustee


def test_a3_08_a_rushing_trustee_cannot_choose_after_seeing_the_others():
    """The last one commits, sees the others' coefficients, and opens a polynomial that would make the key his own."""
    hall = setting_up()
    for one in hall.trustees:
        hall.board.append("commit", one.commit())
    for one in hall.trustees[:4]:
        hall.board.append("open_key", one.open_key())
    rushing = hall.trustees[4]
    others = G.sum([one.points[0] for one in hall.trustees[:4]])
    rushing.points[0] = G.sub(G.base(42), others)
    found_by_readers(hall, "open_key", rushing.open_key(), "keys")


def test_a3_08_a_rushing_trustee_cannot_choose_another_key_that_he_knows():
    """He holds every secret of the polynomial he opens, and proves it; it is not the one he committed to."""
    hall = setting_up()
    for one in hall.trustees:
        hall.board.append("commit", one.commit())
    rushing = hall.trustees[4]
    rushing._coefficients = [hall.draw() for _ in range(3)]
    rushing.points = [G.base(one) for one in rushing._coefficients]
    found_by_readers(hall, "open_key", rushing.open_key(), "keys")


def test_a3_08_nobody_opens_before_everybody_has_committed():
    hall = setting_up()
    for one in hall.trustees[:4]:
        hall.board.append("commit", one.commit())
    found_by_readers(hall, "open_key", hall.trustees[0].open_key(), "keys")


def test_a3_08_a_key_made_from_the_others_has_no_proof_of_knowledge():
    """Even when the hash commits to it: without the secret behind the first coefficient there is no proof."""
    hall = setting_up()
    rogue = hall.trustees[4]
    rogue.points[0] = G.sub(G.base(42), G.sum([one.points[0] for one in hall.trustees[:4]]))
    for one in hall.trustees:
        hall.board.append("commit", one.commit())
    for one in hall.trustees[:4]:
        hall.board.append("open_key", one.open_key())
    found_by_readers(hall, "open_key", rogue.open_key(), "keys")


def test_a3_08_a_share_that_does_not_fit_its_polynomial_is_refused_by_its_receiver():
    hall = setting_up()
    for one in hall.trustees:
        hall.board.append("commit", one.commit())
    for one in hall.trustees:
        hall.board.append("open_key", one.open_key())
    shares = [one.shares() for one in hall.trustees]
    shares[1]["shares"][0]["masked"] = written((G.scalar(shares[1]["shares"][0]["masked"]) + 1) % G.order)
    with pytest.raises(Fault, match="第 2 位") as caught:
        hall.trustees[0].confirm(hall.board.of("open_key"), shares)
    assert caught.value.code == "share"
    assert hall.trustees[2].confirm(hall.board.of("open_key"), shares)  # the others' shares are as they should be


def test_a3_08_a_joint_key_that_is_not_the_sum_is_found():
    hall = setting_up()
    for round_ in ("commit", "open_key", "shares"):
        for one in hall.trustees:
            hall.board.append(round_, getattr(one, round_)())
    body = hall.trustees[0].confirm(hall.board.of("open_key"), hall.board.of("shares"))
    found_by_readers(hall, "confirm", resigned(hall, "confirm", {**body, "joint": G.base(3).hex()}, 1), "keys")


def test_a3_08_a_trustee_cannot_speak_for_another():
    hall = setting_up()
    body = hall.trustees[0].commit()
    found_by_readers(hall, "commit", {**body, "trustee": 2}, "signature")


def test_a3_08_a_signature_holds_only_for_its_own_key():
    signature = proofs.sign(G, 5, "x", (b"words",), drawn("s"))
    assert proofs.verify_signature(G, G.base(5), signature, "x", (b"words",))
    c, z = (G.scalar(one) for one in signature)
    other = G.base(6)  # with the key outside the hash, (c, z + c) would be a signature under 6·G
    shifted = [written(c), written((z + c) % G.order)]
    assert G.sub(G.base(z + c), G.mul(c, other)) == G.sub(G.base(z), G.mul(c, G.base(5)))
    assert not proofs.verify_signature(G, other, shifted, "x", (b"words",))


@pytest.mark.parametrize("field", ["registrar", "board"])
def test_a3_08_every_key_is_checked_for_membership(hall: Open, field: str):
    with pytest.raises(Fault) as caught:
        manifests.read({**hall.manifest.body, field: "01" + "00" * 31})
    assert caught.value.code == "point"


def test_a3_08_a_roll_with_something_that_is_no_key_is_found():
    hall = setting_up()
    hall.make_keys()
    roll = sorted([G.base(5).hex(), "01" + "00" * 31])
    body = signed(G, hall.eid, hall.registrar_secret, "roll", {"credentials": roll}, hall.draw)
    found_by_readers(hall, "roll", body, "point")


# 9 Swiss Post 2019: trapdoors in commitments


def test_a3_09_no_trapdoor_commitments_are_used():
    """The only generator is that of the RFC, and commitments are hashes: there is no second generator to know."""
    source = "".join(inspect.getsource(module) for module in (group, elgamal, proofs, keys, ballot))
    assert source.count("generator = bytes") == 1 and "from_hash" not in source
    eid, points = bytes(32), [G.base(1), G.base(2), G.base(3)]
    one = keys.commitment(eid, 1, points, bytes(32))
    others = {
        keys.commitment(eid, 1, points, b"\1" * 32), keys.commitment(eid, 2, points, bytes(32)),
        keys.commitment(eid, 1, points[::-1], bytes(32)), keys.commitment(b"\1" * 32, 1, points, bytes(32)),
    }  # fmt: skip
    assert len(others | {one}) == 5


# 10 Helios #170: counting twice, with one ballot less


def test_a3_10_a_tally_of_a_subset_is_refused(hall: Open):
    finished_until_close(hall)
    reading = hall.reading()
    reading.aggregate = tally.aggregate(hall.manifest, list(hall.counted.values())[:-1])
    reading.aggregate_hash = tally.aggregate_hash(hall.eid, reading.root, reading.aggregate)
    found_by_readers(hall, "decryption", hall.trustees[0].decrypt(reading), "decryption")


def test_a3_10_a_trustee_decrypts_once(hall: Open):
    finished_until_close(hall)
    hall.trustees[0].decrypt(hall.reading())
    with pytest.raises(Fault, match="已经解密过") as caught:
        hall.trustees[0].decrypt(hall.reading())
    assert caught.value.code == "decryption"


def test_a3_10_nothing_is_decrypted_before_the_close(hall: Open):
    hall.vote(hall.cards[0], YES)
    with pytest.raises(Fault, match="尚未截止"):
        hall.trustees[0].decrypt(hall.reading())


def test_a3_10_nothing_is_decrypted_after_the_result(hall: Open):
    finished_until_close(hall)
    hall.decrypt((1, 2, 3), hall.reading())
    hall.publish()
    with pytest.raises(Fault) as caught:
        hall.trustees[3].decrypt(hall.reading())
    assert caught.value.code == "decryption"


def test_a3_10_the_server_and_the_readers_add_up_alike(hall: Open):
    finished_until_close(hall)
    reading = hall.reading()
    sums = tally.aggregate(hall.manifest, list(hall.counted.values()))
    assert sums == reading.aggregate
    assert tally.aggregate_hash(hall.eid, hall.root, sums) == reading.aggregate_hash


# 11 Helios #289: the code that was served


def test_a3_11_the_booths_code_is_named_in_the_manifest_and_so_in_every_proof(hall: Open):
    other = manifests.read({**hall.manifest.body, "booth": "11" * 32})
    assert other.eid != hall.eid
    body, _ = ballot.make(other, hall.joint, hall.cards[0], 1, YES)
    refused(hall, body, "ballot")


def test_a3_11_a_cheating_device_is_caught_by_an_audit(hall: Open):
    """The screen said yes, the device encrypted no: whatever it opens now, it does not fit."""
    body, openings = hall.made(hall.cards[0], NO)
    shown = copy.deepcopy(openings)
    for opened_, marks in zip(shown, YES, strict=True):
        for one, mark in zip(opened_, marks, strict=True):
            one["number"] = mark
    who = body["credential"]
    with pytest.raises(Fault, match="不符") as caught:
        cast.audit(hall.manifest, hall.joint, hall.standings[who], body, shown)
    assert caught.value.code == "audit"
    assert cast.audit(hall.manifest, hall.joint, hall.standings[who], body, openings).seq == 1
    found_by_readers(hall, "audit", {"ballot": body, "openings": shown}, "audit")


def test_a3_11_an_audited_ballot_never_counts(hall: Open):
    body, openings = hall.made(hall.cards[0], YES)
    who = body["credential"]
    hall.standings[who] = cast.audit(hall.manifest, hall.joint, hall.standings[who], body, openings)
    hall.board.append("audit", {"ballot": body, "openings": openings})
    refused(hall, body, "sequence")


# 12 ElectionGuard #655, #783, #809: proofs that sometimes do not hold, shared defaults


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12), st.data(), st.integers(1, G.order - 1), st.binary(max_size=8))
def test_a3_12_every_honest_proof_holds_and_every_other_statement_does_not(
    most: int, data: st.DataObject, secret: int, context: bytes
):
    key, values = G.base(secret), range(most + 1)
    number, r = data.draw(st.integers(0, most)), data.draw(st.integers(1, G.order - 1))
    cipher = elgamal.encrypt(G, key, number, r)
    proof = proofs.prove_one_of(G, key, cipher, number, r, values, "x", (context,), G.draw)
    assert proofs.verify_one_of(G, key, cipher, values, proof, "x", (context,))
    moved = elgamal.Cipher(cipher.a, G.add(cipher.b, G.generator))
    assert not proofs.verify_one_of(G, key, moved, values, proof, "x", (context,))
    assert not proofs.verify_one_of(G, key, cipher, values, proof, "x", (context + b".",))
    assert not proofs.verify_one_of(G, key, cipher, values, proof, "y", (context,))
    assert not proofs.verify_one_of(G, G.base(secret + 1), cipher, values, proof, "x", (context,))
    assert not proofs.verify_one_of(G, key, cipher, range(1, most + 2), proof, "x", (context,))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, G.order - 1), st.integers(1, G.order - 1), st.binary(max_size=8))
def test_a3_12_every_honest_decryption_proof_holds(secret: int, other: int, context: bytes):
    base, public = G.base(other), G.base(secret)
    proof = proofs.prove_same(G, secret, base, "x", (context,), G.draw)
    raised = G.mul(secret, base)
    assert proofs.verify_same(G, public, base, raised, proof, "x", (context,))
    assert not proofs.verify_same(G, public, base, G.add(raised, G.generator), proof, "x", (context,))
    assert not proofs.verify_same(G, G.base(secret + 1), base, raised, proof, "x", (context,))
    assert not proofs.verify_same(G, public, base, raised, proof, "x", (context + b".",))


def test_a3_12_a_large_vote_is_proved_too():
    """More ballots and options than in the other tests; every decryption proof holds and every number comes back."""
    hall = Hall(40, [simulate.approval(12, 3, 4)], drawn("large"), quorum=20)
    hall.make_keys()
    for number, card in enumerate(hall.open(40, 40)):
        hall.vote(card, [[int(place in (number % 12, 11)) for place in range(12)]])
    hall.close()
    hall.decrypt((2, 3, 5), hall.reading())
    verdict = verify.verify(hall.publish())
    assert verdict.ok and verdict.result["questions"][0]["totals"] == [4] * 4 + [3] * 7 + [40]


def test_a3_12_no_default_is_shared_between_votes():
    one, two = Board(), Board()
    one.append("manifest", setting_up().manifest.body)
    assert len(two) == 0 and verify.Reading().aggregate is not verify.Reading().aggregate


# 13 Acemyan and others: people could not check their vote


def test_a3_13_the_receipt_is_short_and_shows_no_mark(hall: Open):
    yes, no = hall.vote(hall.cards[0], YES), hall.vote(hall.cards[1], NO)
    assert yes.keys() == no.keys() == {"number", "hash", "tracker", "code", "sig"}
    assert len(yes["code"]) == 8 and yes["code"].isalnum()


# what the signatures of the board bind


def test_a_posted_body_is_signed_with_its_kind_and_vote():
    body = signed(G, bytes(32), 5, "presence", {"present": 3})
    check_signature(G, bytes(32), G.base(5), "presence", body)
    for eid, type_, changed_ in (
        (b"\1" * 32, "presence", body), (bytes(32), "open", body), (bytes(32), "presence", {**body, "present": 4})
    ):  # fmt: skip
        with pytest.raises(Fault):
            check_signature(G, eid, G.base(5), type_, changed_)
    assert packed("a", "bc") != packed("ab", "c")
