"""Counting on the server: the sums, their opening from enough shares, paper beside them, the result's body."""

from collections.abc import Mapping, Sequence

from quancheng.ballots import elgamal, invariants, keys, rules
from quancheng.ballots.canonical import Body, canonical, digest
from quancheng.ballots.elgamal import Cipher
from quancheng.ballots.faults import Fault
from quancheng.ballots.group import Group
from quancheng.ballots.invariants import Numbers, PaperQuestion
from quancheng.ballots.manifest import Manifest

Sums = list[list[Cipher]]


def aggregate(manifest: Manifest, counted: Sequence[Sequence[Sequence[Cipher]]]) -> Sums:
    """Add the counted ballots up, option by option; of no ballots there is no sum."""
    if not counted:
        return []
    return [
        [elgamal.add_up(manifest.group, [ballot[q][o] for ballot in counted]) for o in range(len(question.options))]
        for q, question in enumerate(manifest.questions)
    ]


def aggregate_hash(eid: bytes, root: bytes, sums: Sums) -> bytes:
    """Return the digest that scrutineers read out and compare before they open anything."""
    rows = [[{"a": one.a.hex(), "b": one.b.hex()} for one in row] for row in sums]
    return digest("aggregate", eid, root, canonical(rows))


def open_sums(g: Group, sums: Sums, shares: Mapping[int, Body], threshold: int, most: int) -> list[list[int]]:
    """Return the numbers inside the sums from any `threshold` shares. Raises Fault("decryption")."""
    indices = sorted(shares)[:threshold]
    if len(indices) < threshold:
        raise Fault("decryption", f"只有 {len(indices)} 份解密，至少需要 {threshold} 份，否则须重新表决")
    table = {element: number for number, element in enumerate(g.multiples(most))}
    found = []
    for q, row in enumerate(sums):
        numbers = []
        for o, cipher in enumerate(row):
            partials = [g.element(shares[index]["partials"][q][o]["value"]) for index in indices]
            number = table.get(g.sub(cipher.b, keys.combine(g, indices, partials)))
            if number is None:
                raise Fault("decryption", "解密得到的不是可能的票数")
            numbers.append(number)
        found.append(numbers)
    return found


def paper_differences(first: Sequence[Body], second: Sequence[Body]) -> list[tuple[int, str]]:
    """Compare two tellers' entries, made blind to each other: (question, field) of each difference."""
    found = [(-1, "questions")] if len(first) != len(second) else []
    for number, (one, two) in enumerate(zip(first, second, strict=False)):
        found += [(number, field) for field in ("valid", "void", "marks") if one[field] != two[field]]
    return found


def result(manifest: Manifest, numbers: Numbers) -> Body:
    """Return the result's body without head and signature. Raises Fault("invariant"): then nothing is published."""
    invariants.check(manifest.questions, numbers)
    questions = []
    for question, marks, paper in zip(manifest.questions, numbers.marks, numbers.paper, strict=True):
        totals = [one + two for one, two in zip(marks, paper.marks, strict=True)]
        outcome = rules.outcome(question.rule, question.options, totals, manifest.base, question.seats)
        questions.append(
            {"electronic": list(marks), "paper": list(paper.marks), "totals": totals, "outcome": outcome}
        )
    return {
        "present": numbers.present, "electronic": numbers.electronic, "issued": numbers.issued, "box": numbers.box,
        "idle": numbers.idle, "questions": questions,
    }  # fmt: skip


def no_paper(manifest: Manifest) -> tuple[PaperQuestion, ...]:
    """Return the count of an empty box."""
    return tuple(PaperQuestion(0, 0, (0,) * len(question.options)) for question in manifest.questions)
