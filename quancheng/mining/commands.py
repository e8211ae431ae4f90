"""`quancheng analyse FILE`: the whole analysis on a table of one's own, without a database and without a network."""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from jinja2 import Environment
from sklearn.metrics import f1_score, precision_recall_fscore_support

from quancheng.mining import pipeline, routing, tables
from quancheng.mining.topics import Topic

_PAGE = Path(__file__).parent / "report.html"
_SHOWN = 50
_CUT = 160


class _Plain(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise tables.BadTable(f"参数有误：{message}。用法：quancheng analyse 文件 --out 文件夹 [--text 列] [--title 列] [--label 列] [--train 文件]")


def main_analyse(argv: Sequence[str]) -> int:
    """Analyse a table and write groups.csv, topics.csv, topics.json, routes.csv, report.html; 0 done, 2 bad input."""
    try:
        asked = _arguments(argv)
        table = tables.read(asked.file)
        text, title = tables.text_column(table, asked.text), tables.title_column(table, asked.title)
        texts = tables.joined(table, text, title)
        if not pipeline.heard(texts):
            raise tables.BadTable(f"“{text}”这一列没有文字。")
        asked.out.mkdir(parents=True, exist_ok=True)
        _say(f"共 {len(texts)} 行，分析“{text}”这一列" + (f"和标题“{title}”" if title else ""))
        _write(asked.out, _results(asked, table, texts))
    except tables.BadTable as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"写不进文件夹：{error.strerror or error}。原有的结果没有改动。", file=sys.stderr)
        return 2
    _say(f"已写入 {asked.out}/report.html 等五个文件")
    return 0


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = _Plain(prog="quancheng analyse", add_help=False)
    parser.add_argument("file", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--train", type=Path)
    for name in ("text", "title", "label"):
        parser.add_argument(f"--{name}", default="")
    asked = parser.parse_args(list(argv))
    if asked.train and not asked.label:
        raise tables.BadTable("--train 须同时用 --label 指明类别在哪一列。")
    return asked


class _Progress:
    """Says where the run is: each stage, and every ten percent."""

    def __init__(self) -> None:
        self.said: tuple[int, str] = (-1, "")

    def __call__(self, percent: int, note: str) -> None:
        if (percent // 10, note) != self.said:
            self.said = (percent // 10, note)
            _say(f"  {percent:3d}%  {note}")


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _results(asked: argparse.Namespace, table: tables.Table, texts: list[str]) -> dict[str, str]:
    """Return what each file is to hold."""
    labels = table.column(asked.label) if asked.label and (not asked.train or asked.label in table.head) else []
    router, learnt = _router(asked, texts, labels)
    found = pipeline.analysed(texts, router, _Progress())
    if labels and not asked.train:
        _own_hints(found, texts, labels)
    above = {one.number: one.parent if one.parent >= 0 else one.number for one in found.topics.topics}
    rows = range(1, len(texts) + 1)
    leaders = [leader + 1 if leader >= 0 else row for row, leader in zip(rows, found.leader.tolist(), strict=True)]
    topics = [(above[topic], topic) if topic >= 0 else ("", "") for topic in found.topic.tolist()]
    return {
        "groups.csv": _csv(("row", "group_id", "carries_text_of"), zip(
            rows, leaders, (one + 1 if one >= 0 else "" for one in found.carries.tolist()), strict=True)),
        "topics.csv": _csv(("row", "topic_id", "subtopic_id"), ((row, *one) for row, one in zip(rows, topics, strict=True))),
        "topics.json": json.dumps([_plain(one, found) for one in found.topics.topics], ensure_ascii=False, indent=1) + "\n",
        "routes.csv": _csv(("row", "category", "confidence", "hint"), zip(
            rows, found.route, (f"{sure:.4f}" for sure in found.sure.tolist()), found.shown.astype(int).tolist(), strict=True)),
        "report.html": _report(asked, texts, labels, found, learnt),
    }  # fmt: skip


def _router(asked: argparse.Namespace, texts: Sequence[str], labels: Sequence[str]) -> tuple[routing.Router, str]:
    try:
        if asked.train:
            lessons = tables.read(asked.train)
            said = asked.text if asked.text in lessons.head else ""
            head = asked.title if asked.title in lessons.head else ""
            learning = tables.joined(lessons, tables.text_column(lessons, said), tables.title_column(lessons, head))
            router = routing.train(learning, lessons.column(asked.label))
            return router, f"类别由 {asked.train.name} 中 {router.lessons} 行学得。"
        given = [i for i, label in enumerate(labels) if label.strip()]
        if given:
            router = routing.train([texts[i] for i in given], [labels[i] for i in given])
            return router, f"类别由本表已标注的 {router.lessons} 行学得。"
    except ValueError as error:
        raise tables.BadTable(str(error)) from None
    return routing.cold(), "没有提供已标注的表，类别按随软件附带的政务事项分类提示。"


def _own_hints(found: pipeline.Found, texts: Sequence[str], labels: Sequence[str]) -> None:
    """Where a row taught its own label, put what a router says that has not seen it."""
    counted = Counter(label for label in labels if label.strip())
    given = [i for i, label in enumerate(labels) if counted[label] >= routing.FOLDS]
    if len({labels[i] for i in given}) < 2:
        return
    hints = pipeline.left_out([texts[i] for i in given], [labels[i] for i in given])
    for i, hint in zip(given, hints, strict=True):
        found.route[i], found.sure[i], found.shown[i] = hint.category, hint.confidence, hint.shown


def _plain(topic: Topic, found: pipeline.Found) -> dict[str, Any]:
    return {
        "id": topic.number, "parent": topic.parent if topic.parent >= 0 else None, "name": topic.name,
        "words": list(topic.words), "size": topic.size,
        "typical": [int(found.asked[i]) + 1 for i in topic.typical], "apart": [int(found.asked[i]) + 1 for i in topic.apart],
    }  # fmt: skip


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def _report(
    asked: argparse.Namespace, texts: Sequence[str], labels: Sequence[str], found: pipeline.Found, learnt: str
) -> str:
    largest = max((one.size for one in found.topics.topics), default=1)

    def told(topic: Topic) -> dict[str, Any]:
        return {
            "topic": topic, "share": round(100 * topic.size / largest, 1), "typical": [cut(i) for i in topic.typical[:3]],
            "apart": [cut(i) for i in topic.apart],
            "parts": [told(one) for one in found.topics.topics if one.parent == topic.number],
        }  # fmt: skip

    def cut(i: int) -> str:
        words = texts[int(found.asked[i])]
        return words if len(words) <= _CUT else words[:_CUT] + "…"

    page = Environment(autoescape=True, trim_blocks=True).from_string(_PAGE.read_text(encoding="utf-8"))
    return page.render(
        name=asked.file.name, rows=len(texts), version=pipeline.VERSION, made=datetime.now().strftime("%Y-%m-%d %H:%M"),
        heard=int((found.leader >= 0).sum()), voices=len(found.asked), carried=int((found.carries >= 0).sum()),
        coverage=round(100 * found.topics.coverage), shown=_SHOWN, learnt=learnt, hinted=int(found.shown.sum()),
        tree=sorted((told(one) for one in found.topics.topics if one.parent < 0), key=lambda one: -one["topic"].size),
        groups=_groups(texts, found.leader), **_routes(asked, labels, found),
    )  # fmt: skip


def _groups(texts: Sequence[str], leader: Any) -> list[dict[str, Any]]:
    """Return the groups of two and more, the largest first, each with its number, size, wordings and a representative."""
    size = np.bincount(leader[leader >= 0], minlength=len(texts))
    order = [int(i) for i in np.argsort(-size, kind="stable") if size[i] > 1]
    wordings: dict[int, set[str]] = {i: set() for i in order[:_SHOWN]}
    for row, one in enumerate(leader.tolist()):
        if one in wordings:
            wordings[one].add(texts[row])
    return [
        {"number": i + 1, "size": int(size[i]), "wordings": len(wordings.get(i, ())), "text": texts[i][:_CUT]} for i in order
    ]


def _routes(asked: argparse.Namespace, labels: Sequence[str], found: pipeline.Found) -> dict[str, Any]:
    counts = Counter(one for one in found.route if one)
    shown = Counter(one for one, sure in zip(found.route, found.shown.tolist(), strict=True) if sure)
    rows: list[dict[str, Any]] = [{"category": one, "count": n, "shown": shown[one]} for one, n in counts.most_common()]
    pairs = [(label, route) for label, route in zip(labels, found.route, strict=False) if label.strip() and route]
    if not pairs:
        return {"routes": rows, "measured": None, "label": asked.label}
    true, said = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    names = sorted(set(true))
    precision, recall, _f, _n = precision_recall_fscore_support(true, said, labels=names, zero_division=0)
    held = dict(zip(names, zip(precision, recall, strict=True), strict=True))
    for row in rows:
        row["precision"], row["recall"] = (f"{x:.1%}" for x in held.get(row["category"], (0.0, 0.0)))
    right = sum(a == b for a, b in pairs)
    how = "所用的类别由另一份表学得。" if asked.train else "每一行都由没有见过它和它的相近文字的模型判断。"
    return {"routes": rows, "label": asked.label, "measured": {
        "n": len(pairs), "right": round(100 * right / len(pairs), 1), "how": how,
        "f1": f"{f1_score(true, said, labels=names, average='macro', zero_division=0):.3f}",
    }}  # fmt: skip


def _write(folder: Path, files: dict[str, str]) -> None:
    """Write all files beside the old ones, then put them in place: who is cut off in the middle keeps the old ones."""
    with tempfile.TemporaryDirectory(prefix=".analyse-", dir=folder) as fresh:
        for name, words in files.items():
            path = Path(fresh) / name
            with path.open("w", encoding="utf-8") as file:
                file.write(words)
                file.flush()
                os.fsync(file.fileno())
        for name in files:
            os.replace(Path(fresh) / name, folder / name)
