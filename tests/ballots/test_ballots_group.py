"""ristretto255 against RFC 9496, the reading of elements and scalars, the hash to scalars."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quancheng.ballots import canonical, elgamal, keys
from quancheng.ballots.faults import Fault
from quancheng.ballots.group import written
from tests.ballots.halls import G

MULTIPLES = [  # RFC 9496 A.1
    "0000000000000000000000000000000000000000000000000000000000000000",
    "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
    "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
    "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259",
]
BAD = [  # RFC 9496 A.2, and the neutral element, which nobody may send
    "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
    "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2df6",  # the generator with the highest bit set
    "0000000000000000000000000000000000000000000000000000000000000000",
]
scalars = st.integers(0, G.order - 1)


def test_multiples_of_the_generator_are_those_of_the_rfc():
    assert [one.hex() for one in G.multiples(3)] == MULTIPLES
    assert [G.base(n).hex() for n in range(4)] == MULTIPLES
    assert G.mul(G.order - 1, G.generator) == G.sub(G.identity, G.generator) and G.base(G.order) == G.identity


@pytest.mark.parametrize("text", [*BAD, "", "E2" + MULTIPLES[1][2:], MULTIPLES[1] + "00", "zz" * 32, None, 7])
def test_what_is_no_element_is_refused(text: object):
    with pytest.raises(Fault, match="群") as caught:
        G.element(text)
    assert caught.value.code == "point"


@pytest.mark.parametrize("number", [G.order, G.order + 1, 2**253, 2**256 - 1])
def test_scalars_have_one_writing(number: int):
    assert G.scalar(written(G.order - 1)) == G.order - 1
    with pytest.raises(Fault, match="标量"):
        G.scalar(written(number))


@pytest.mark.parametrize("wrong", [[], ["00" * 32], ["00" * 32] * 3, None, "00" * 64, [1, 2]])
def test_lists_of_scalars_have_the_length_asked_for(wrong: object):
    with pytest.raises(Fault, match="标量"):
        G.scalars(wrong, 2)


@settings(max_examples=40, deadline=None)
@given(scalars, scalars)
def test_the_group_is_a_group(a: int, b: int):
    assert G.add(G.base(a), G.base(b)) == G.base(a + b)
    assert G.sub(G.base(a), G.base(b)) == G.base(a - b)
    assert G.mul(a, G.base(b)) == G.base(a * b)
    assert G.mul(a, G.identity) == G.identity


def test_drawn_secrets_are_never_zero_and_never_repeat():
    drawn = [G.draw() for _ in range(500)]
    assert len(set(drawn)) == 500 and all(0 < one < G.order for one in drawn)


def test_the_hash_to_scalars_binds_domain_group_label_and_the_limits_of_parts():
    given = canonical.packed(b"quancheng-ballot/1", G.description, "x", b"ab", 7)
    assert G.challenge("x", b"ab", 7) == int.from_bytes(hashlib.sha512(given).digest(), "little") % G.order
    others = {G.challenge("y", b"ab", 7), G.challenge("x", b"a", b"b", 7), G.challenge("x", b"ab", 8), G.challenge("x")}
    assert len(others | {G.challenge("x", b"ab", 7)}) == 5


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=6), max_size=4), st.lists(st.binary(max_size=6), max_size=4))
def test_two_lists_of_parts_never_pack_alike(one: list[bytes], two: list[bytes]):
    assert (canonical.packed(*one) == canonical.packed(*two)) == (one == two)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 1), min_size=1, max_size=8), scalars.filter(bool), st.data())
def test_sums_of_ciphers_hold_the_sum(marks: list[int], secret: int, data: st.DataObject):
    key = G.base(secret)
    ciphers = [elgamal.encrypt(G, key, mark, data.draw(scalars)) for mark in marks]
    whole = elgamal.add_up(G, ciphers)
    assert G.sub(whole.b, G.mul(secret, whole.a)) == G.base(sum(marks))


@settings(max_examples=30, deadline=None)
@given(st.lists(scalars, min_size=3, max_size=3), st.permutations(range(1, 6)))
def test_any_three_shares_give_the_whole_and_two_do_not(polynomial: list[int], order: list[int]):
    some = order[:3]
    shares = [G.base(keys.evaluate(G, polynomial, index)) for index in some]
    assert keys.combine(G, some, shares) == G.base(polynomial[0])
    points = [G.base(one) for one in polynomial]
    assert shares[0] == keys.evaluate_points(G, points, some[0])
    if polynomial[2]:
        assert keys.combine(G, some[:2], shares[:2]) != G.base(polynomial[0])
