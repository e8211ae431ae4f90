"""What the bodies on the board look like: a small table, and one reader of it."""

from typing import Any

from quancheng.ballots.faults import Fault

HEX, TEXT, COUNT, FLAG = "hex", "text", "count", "flag"
HEXES = [HEX]
LONGEST_TEXT, LONGEST_LIST = 2000, 5000

OPTION = {"id": TEXT, "title": TEXT}
RULE = {"name": TEXT, "seats": COUNT}
QUESTION = {"id": TEXT, "title": TEXT, "options": [OPTION], "min": COUNT, "max": COUNT, "rule": RULE}
MANIFEST = {
    "version": TEXT, "suite": TEXT, "group": TEXT, "title": TEXT, "organ": TEXT, "session": TEXT, "base": COUNT,
    "quorum": COUNT, "threshold": COUNT, "trustees": [{"name": TEXT, "key": HEX}], "registrar": HEX, "board": HEX,
    "booth": TEXT, "questions": [QUESTION],
}  # fmt: skip
CHOICE = {"a": HEX, "b": HEX, "proof": HEXES}
BALLOT = {"credential": HEX, "seq": COUNT, "answers": [{"choices": [CHOICE], "sum": HEXES}], "sig": HEXES}
SHARE = {"point": HEX, "masked": HEX}
PARTIAL = {"value": HEX, "proof": HEXES}
PAPER_QUESTION = {"valid": COUNT, "void": COUNT, "marks": [COUNT]}
RESULT_QUESTION = {"electronic": [COUNT], "paper": [COUNT], "totals": [COUNT], "outcome": "any"}
EVENTS: dict[str, dict[str, Any]] = {
    "manifest": MANIFEST,
    "commit": {"trustee": COUNT, "commitment": HEX, "sig": HEXES},
    "open_key": {"trustee": COUNT, "points": HEXES, "nonce": HEX, "proof": HEXES, "sig": HEXES},
    "shares": {"trustee": COUNT, "shares": [SHARE], "sig": HEXES},
    "confirm": {"trustee": COUNT, "joint": HEX, "own": HEX, "sig": HEXES},
    "roll": {"credentials": HEXES, "sig": HEXES},
    "presence": {"present": COUNT, "sig": HEXES},
    "open": {"at": TEXT, "sig": HEXES},
    "cast": {"ballot": BALLOT},
    "withdraw": {"credential": HEX, "tracker": HEX, "sig": HEXES},
    "paper": {"credential": HEX, "sig": HEXES},
    "audit": {"ballot": BALLOT, "openings": [[{"number": COUNT, "r": HEX}]]},
    "close": {"at": TEXT, "head": HEX, "ballots": COUNT, "sig": HEXES},
    "decryption": {"trustee": COUNT, "root": HEX, "aggregate": HEX, "partials": [[PARTIAL]], "sig": HEXES},
    "paper_count": {"root": HEX, "box": COUNT, "questions": [PAPER_QUESTION],
                    "signatures": [{"trustee": COUNT, "sig": HEXES}]},
    "result": {"head": HEX, "present": COUNT, "electronic": COUNT, "issued": COUNT, "box": COUNT, "idle": COUNT,
               "questions": [RESULT_QUESTION], "sig": HEXES},
}  # fmt: skip


def check(value: object, wanted: Any) -> None:
    """Compare a value with its row of the table. Raises Fault("shape"), naming nothing of what was sent."""
    if isinstance(wanted, dict):
        good = isinstance(value, dict) and value.keys() == wanted.keys()
        if good:
            for key, inner in wanted.items():
                check(value[key], inner)  # type: ignore[index]  # `good` says that it is a dict
    elif isinstance(wanted, list):
        good = isinstance(value, list) and len(value) <= LONGEST_LIST
        if good:
            for inner in value:  # type: ignore[attr-defined]  # `good` says that it is a list
                check(inner, wanted[0])
    elif wanted == COUNT:
        good = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    elif wanted == HEX:
        good = isinstance(value, str) and len(value) == 64 and all(c in "0123456789abcdef" for c in value)
    elif wanted == TEXT:
        good = isinstance(value, str) and len(value) <= LONGEST_TEXT
    else:
        good = isinstance(value, dict)
    if not good:
        raise Fault("shape", "内容的格式不对")
