"""The manifest: what is voted on, by whom, under which rule. Frozen once adopted; its digest names the vote."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from quancheng.ballots import rules, shape
from quancheng.ballots.canonical import Body, canonical
from quancheng.ballots.faults import Fault
from quancheng.ballots.group import SUITES, Group

VERSION = "quancheng-ballot/1"
MOST_QUESTIONS, MOST_OPTIONS, MOST_TRUSTEES, MOST_SEATS_IN_HALL = 30, 60, 9, 5000


@dataclass(frozen=True)
class Question:
    """One question: its options, how many marks it takes, and its rule."""

    id: str
    options: tuple[str, ...]
    least: int
    most: int
    rule: str
    seats: int


@dataclass(frozen=True)
class Manifest:
    """A manifest that was read and found acceptable; `eid` is the digest of its canonical bytes."""

    body: Body
    eid: bytes
    group: Group
    base: int
    quorum: int
    threshold: int
    trustees: tuple[bytes, ...]
    registrar: bytes
    board: bytes
    questions: tuple[Question, ...] = field(default=())


def read(body: Any) -> Manifest:
    """Check a manifest and return it. Raises Fault with code "shape", "point" or "manifest"."""
    shape.check(body, shape.MANIFEST)
    group = SUITES.get(body["suite"])
    if group is None or body["version"] != VERSION or body["group"] != group.description:
        raise Fault("manifest", "版本或者密码参数不是本软件规定的")
    base, trustees = body["base"], body["trustees"]
    _demand(1 <= base <= MOST_SEATS_IN_HALL and 1 <= body["quorum"] <= base, "应到人数或者法定人数不对")
    _demand(2 <= body["threshold"] <= len(trustees) <= MOST_TRUSTEES, "监票人人数或者门限不对")
    _demand(1 <= len(body["questions"]) <= MOST_QUESTIONS, "表决事项的数目不对")
    questions = tuple(_question(one) for one in body["questions"])
    _demand(len({one.id for one in questions}) == len(questions), "表决事项的编号重复")
    keys = tuple(group.element(one["key"]) for one in trustees)
    registrar, board = group.element(body["registrar"]), group.element(body["board"])
    _demand(len({*keys, registrar, board}) == len(keys) + 2, "两个角色用了同一把钥匙")
    eid = hashlib.sha256(canonical(body)).digest()
    return Manifest(body, eid, group, base, body["quorum"], body["threshold"], keys, registrar, board, questions)


def _question(body: Body) -> Question:
    options = tuple(one["id"] for one in body["options"])
    _demand(2 <= len(options) <= MOST_OPTIONS and len(set(options)) == len(options), "选项的数目或者编号不对")
    least, most, rule = body["min"], body["max"], body["rule"]
    _demand(least <= most <= len(options) and most >= 1, "应选数目不对")
    kind = rules.RULES.get(rule["name"])
    _demand(kind is not None, "没有这样的表决规则")
    seats = rule["seats"]
    if rule["name"] == "rank":
        _demand(1 <= seats <= len(options), "应选名额不对")
    else:  # one mark for each person: 赞成/反对/弃权, 满意/基本满意/不满意
        _demand(seats == 0 and least == most == 1, "这种规则每人只选一项")
    return Question(body["id"], options, least, most, rule["name"], seats)


def _demand(good: bool, text: str) -> None:
    if not good:
        raise Fault("manifest", text)
