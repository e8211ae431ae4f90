"""Archives that somebody changed with the server's own keys in hand, and files that are no archives: for both verifiers."""

from typing import Any

from tests.ballots.halls import G, Lines, place


def body_of(lines: Lines, type_: str, nth: int = 0) -> dict[str, Any]:
    return lines[place(lines, type_, nth)]["body"]


def raised_result(lines: Lines) -> None:
    first = body_of(lines, "result")["questions"][1]
    first["electronic"][0] += 1
    first["totals"][0] += 1


def other_outcome(lines: Lines) -> None:
    body_of(lines, "result")["questions"][1]["outcome"]["passed"] = True


CHANGES = {
    "the title": (lambda lines: body_of(lines, "manifest").update(title="别的"), "signature"),
    "the base": (lambda lines: body_of(lines, "manifest").update(base=5), "signature"),
    "a threshold of one": (lambda lines: body_of(lines, "manifest").update(threshold=1), "manifest"),
    "one question twice": (lambda lines: body_of(lines, "manifest")["questions"].append(body_of(lines, "manifest")["questions"][0]), "manifest"),
    "one key for two": (lambda lines: body_of(lines, "manifest").update(board=body_of(lines, "manifest")["registrar"]), "manifest"),
    "a commitment": (lambda lines: body_of(lines, "commit").update(commitment="00" * 32), "signature"),
    "a scrutineer twice": (lambda lines: lines.insert(place(lines, "commit", 1), lines[place(lines, "commit")]), "keys"),
    "a scrutineer missing": (lambda lines: lines.pop(place(lines, "confirm", 4)), "keys"),
    "one more on the roll": (lambda lines: body_of(lines, "roll")["credentials"].append("ff" * 32), "signature"),
    "more present": (lambda lines: body_of(lines, "presence").update(present=6), "signature"),
    "an opening time": (lambda lines: body_of(lines, "open").update(at="later"), "signature"),
    "a ballot's signature": (lambda lines: body_of(lines, "cast")["ballot"]["sig"].reverse(), "ballot"),
    "a ballot's answer": (lambda lines: body_of(lines, "cast")["ballot"]["answers"].pop(), "ballot"),
    "a ballot posted twice": (lambda lines: lines.insert(place(lines, "cast"), lines[place(lines, "cast")]), "sequence"),
    "a ballot dropped": (lambda lines: lines.pop(place(lines, "cast")), "close"),
    "paper for who has voted": (lambda lines: body_of(lines, "paper").update(credential=body_of(lines, "cast")["ballot"]["credential"]), "paper"),
    "paper not signed": (lambda lines: body_of(lines, "paper").update(sig=["00" * 32] * 2), "signature"),
    "the close dropped": (lambda lines: lines.pop(place(lines, "close")), "order"),
    "the number of ballots": (lambda lines: body_of(lines, "close").update(ballots=4), "close"),
    "a decryption's value": (lambda lines: body_of(lines, "decryption")["partials"][0][0].update(value=G.base(3).hex()), "signature"),
    "a decryption twice": (lambda lines: lines.insert(place(lines, "decryption"), lines[place(lines, "decryption")]), "decryption"),
    "too few decryptions": (lambda lines: lines.pop(place(lines, "decryption")), "decryption"),
    "paper's marks": (lambda lines: body_of(lines, "paper_count")["questions"][0].update(marks=[0, 1, 1, 0]), "signature"),
    "paper signed by one": (lambda lines: body_of(lines, "paper_count")["signatures"].pop(), "count"),
    "paper signed twice by one": (lambda lines: body_of(lines, "paper_count")["signatures"].append(body_of(lines, "paper_count")["signatures"][0]), "count"),
    "paper counted twice": (lambda lines: lines.insert(place(lines, "paper_count"), lines[place(lines, "paper_count")]), "count"),
    "paper not counted": (lambda lines: lines.pop(place(lines, "paper_count")), "count"),
    "the result's numbers": (raised_result, "result"),
    "the result's outcome": (other_outcome, "result"),
    "the result's questions": (lambda lines: body_of(lines, "result")["questions"].pop(), "result"),
    "who did not press": (lambda lines: body_of(lines, "result").update(idle=0), "result"),
    "no result": (lambda lines: lines.pop(), "unfinished"),
    "two results": (lambda lines: lines.append(lines[-1]), "order"),
    "an unknown event": (lambda lines: lines.insert(9, {"type": "gift", "body": {}, "hash": ""}), "order"),
    "a field too many": (lambda lines: body_of(lines, "open").update(more=1), "shape"),
    "a field too few": (lambda lines: body_of(lines, "open").pop("at"), "shape"),
    "a wrong kind": (lambda lines: body_of(lines, "presence").update(present="7"), "shape"),
    "a negative number": (lambda lines: body_of(lines, "presence").update(present=-1), "shape"),
    "true for one": (lambda lines: body_of(lines, "commit").update(trustee=True), "shape"),
}  # fmt: skip

HEADER = b'{"events":1,"format":"quancheng-ballot-archive/1"}\n'
LINE = b'{"body":{},"hash":"' + b"00" * 32 + b'","type":"manifest"}\n'
BAD = {
    "nothing": b"",
    "an empty line": b"\n",
    "no end of line": HEADER + LINE[:-1],
    "words": "选票\n".encode(),
    "not UTF-8": b"\xff\xfe\n",
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00",
    "half a line": HEADER + LINE[:20] + b"\n",
    "the header alone": b'{"events":0,"format":"quancheng-ballot-archive/1"}\n',
    "another format": HEADER.replace(b"/1", b"/2") + LINE,
    "a line missing": HEADER.replace(b":1", b":2") + LINE,
    "a line too many": HEADER + LINE + LINE,
    "a huge number": HEADER + LINE.replace(b"{}", b'{"n":' + b"9" * 5000 + b"}"),
    "a number above 2^53": HEADER + LINE.replace(b"{}", b'{"n":9007199254740992}'),
    "a fraction": HEADER + LINE.replace(b"{}", b'{"n":1.5}'),
    "a whole fraction": HEADER + LINE.replace(b"{}", b'{"n":1.0}'),
    "minus zero": HEADER + LINE.replace(b"{}", b'{"n":-0}'),
    "an exponent": HEADER + LINE.replace(b"{}", b'{"n":1e3}'),
    "not a number": HEADER + LINE.replace(b"{}", b'{"n":NaN}'),
    "null": HEADER + LINE.replace(b"{}", b'{"n":null}'),
    "deep nesting": HEADER + LINE.replace(b"{}", b'{"n":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "nine deep": HEADER + LINE.replace(b"{}", b'{"n":' + b"[" * 8 + b"]" * 8 + b"}"),
    "a key twice": HEADER + LINE.replace(b"{}", b'{"n":1,"n":1}'),
    "keys unsorted": HEADER + LINE.replace(b"{}", b'{"n":1,"a":1}'),
    "a space": HEADER + LINE.replace(b"{}", b"{ }"),
    "a strange key": HEADER + LINE.replace(b"{}", '{"键":1}'.encode()),
    "a needless escape": HEADER + LINE.replace(b"{}", b'{"n":"\\u0041"}'),
    "half a character": HEADER + LINE.replace(b"{}", b'{"n":"\\ud800"}'),
    "no body": HEADER + LINE.replace(b'"body":{},', b""),
    "a body that is a list": HEADER + LINE.replace(b"{}", b"[]"),
    "a type that is a number": HEADER + LINE.replace(b'"manifest"', b"7"),
    "a short hash": HEADER + LINE.replace(b"00" * 32, b"00" * 31),
    "a list": HEADER + b"[]\n",
    "two lines of Windows": HEADER.replace(b"\n", b"\r\n") + LINE,
}
