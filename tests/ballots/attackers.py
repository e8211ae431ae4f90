"""What attackers of a vote do in the tests, and who has to notice."""

import copy
from typing import Any

import pytest

from quancheng.ballots import archive, cast, proofs
from quancheng.ballots.board import signed
from quancheng.ballots.canonical import canonical
from quancheng.ballots.faults import Fault
from tests.ballots.halls import YES, G, Hall, Open, drawn, questions

LEFT: list[tuple[bytes, str]] | None = None  # a list here collects what attacks leave on the board, for another reader


def refused_by_server(hall: Hall, body: dict[str, Any], code: str) -> None:
    with pytest.raises(Fault) as caught:
        cast.press(hall.manifest, hall.joint, hall.standings.get(body["credential"]), body)
    assert caught.value.code == code


def found_by_readers(hall: Hall, type_: str, body: dict[str, Any], code: str) -> None:
    """Post past the server's checks; the reader's verdict must be `code`."""
    if LEFT is None:
        hall.reading()  # good so far
    hall.board.append(type_, body)
    if LEFT is not None:
        LEFT.append((archive.write(hall.board), code))
        return
    with pytest.raises(Fault) as caught:
        hall.reading()
    assert caught.value.code == code


def refused(hall: Hall, body: dict[str, Any], code: str) -> None:
    refused_by_server(hall, body, code)
    found_by_readers(hall, "cast", {"ballot": body}, code)


def signed_again(hall: Hall, body: dict[str, Any], card: int, **changes: object) -> dict[str, Any]:
    """The ballot with changes, signed with a card as its own."""
    plain = {key: value for key, value in {**copy.deepcopy(body), **changes}.items() if key != "sig"}
    return {**plain, "sig": proofs.sign(G, card, "ballot", (hall.eid, canonical(plain)), hall.draw)}


def finished_until_close(hall: Open) -> None:
    for card in hall.cards[:4]:
        hall.vote(card, YES)
    hall.close()


def resigned(hall: Hall, type_: str, body: dict[str, Any], index: int) -> dict[str, Any]:
    plain = {key: value for key, value in body.items() if key != "sig"}
    return signed(G, hall.eid, hall.trustees[index - 1]._identity, type_, plain, hall.draw)


def setting_up(threshold: int = 3) -> Hall:
    return Hall(7, questions(), drawn("keys"), quorum=4, threshold=threshold)


def by_board(hall: Hall, type_: str, **body: object) -> dict[str, Any]:
    return signed(G, hall.eid, hall.board_secret, type_, dict(body), hall.draw)
