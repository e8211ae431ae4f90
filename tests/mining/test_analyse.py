"""`quancheng analyse`: a table goes in, five whole files come out; what cannot be read is told in one line, exit 2."""

import csv
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from quancheng.mining import tables, topics
from quancheng.mining.commands import main_analyse
from tests.mining.voices import nudged, voice

THEMES = {
    "交通运输": ("公交车晚点", "出租车拒载", "路口没有红绿灯", "停车位太少", "车站没有候车亭", "高速出口堵车"),
    "卫生健康": ("医院挂号难", "医生态度不好", "疫苗接种排队久", "村卫生室没有药", "住院押金太高", "护士人手不够"),
    "教育文体": ("学校补课收费", "学生书包太重", "幼儿园名额少", "老师经常请假", "操场周末不开放", "家长接送没地方"),
}
ENDS = ("，请管一管", "，希望改进", "，大家都有意见", "，请公开说明", "，已经半年了", "，盼早日解决")


def said(draw: random.Random, theme: str) -> str:
    """What a resident says about a theme."""
    return "。".join(draw.choice(THEMES[theme]) + draw.choice(ENDS) for _ in range(2)) + "。"


@pytest.fixture(scope="module")
def lines() -> list[tuple[str, str]]:
    """Text and theme of 130 residents; 20 of them send one wording."""
    draw = random.Random(8)
    rows = [(said(draw, theme), theme) for theme in THEMES for _ in range(36)]
    common = "我们支持把夜间施工时间写进条例，十点以后不得浇筑混凝土。"
    rows += [(nudged(common, draw, draw.randrange(2)), "交通运输") for _ in range(20)]
    rows += [("", "交通运输"), ("👍", "卫生健康")]
    return rows


def table(path: Path, rows: list[tuple[str, str]], encoding: str = "utf-8-sig") -> Path:
    """A CSV file with the texts and themes."""
    with path.open("w", encoding=encoding, newline="", errors="replace") as file:
        csv.writer(file).writerows([("意见内容", "类别"), *rows])
    return path


def column(path: Path, name: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


def test_five_files_tell_groups_topics_and_routes(tmp_path: Path, lines):
    out = tmp_path / "结果"
    assert main_analyse([str(table(tmp_path / "意见.csv", lines)), "--label", "类别", "--out", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["groups.csv", "report.html", "routes.csv", "topics.csv", "topics.json"]
    assert column(out / "groups.csv", "row") == [str(i) for i in range(1, len(lines) + 1)]
    groups = column(out / "groups.csv", "group_id")
    assert len(set(groups[108:128])) <= 2 and not set(groups[108:128]) & set(groups[:108])
    assert groups[128] == "129" and groups[129] == "130"  # without a letter: each for itself
    themes = [theme for _text, theme in lines[:108]]
    found = column(out / "topics.csv", "topic_id")
    for number in set(found[:108]):
        inside = [theme for theme, one in zip(themes, found, strict=False) if one == number]
        assert max(map(inside.count, set(inside))) / len(inside) > 0.8
    assert found[128] == ""
    tree = json.loads((out / "topics.json").read_text(encoding="utf-8"))
    assert sum(one["size"] for one in tree if one["parent"] is None) == 129
    assert all(one["name"] and set(one["typical"]) <= set(range(1, 131)) for one in tree)
    routes = column(out / "routes.csv", "category")
    assert sum(a == b for a, b in zip(routes[:108], themes, strict=True)) > 100
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "http" not in page.replace("http-equiv", "") and "<script" not in page and "类别建议" in page


def test_gb18030_and_sheets_give_the_same_as_utf8(tmp_path: Path, lines):
    plain = tables.read(table(tmp_path / "a.csv", lines))
    assert tables.read(table(tmp_path / "b.csv", lines, "gb18030")).rows == plain.rows
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["意见内容", "类别", "数"])
    for row in lines:
        sheet.append([*row, "=1+1"])
    sheet.merge_cells("A3:A4")
    book.save(tmp_path / "c.xlsx")
    rows = tables.read(tmp_path / "c.xlsx").rows
    assert [row[0] for row in rows[:2]] == [row[0] for row in plain.rows[:2]] and rows[2][0] == "" and rows[0][2] == ""


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.write_bytes(b""), "是空的"),
        (lambda path: path.write_bytes(b"\x00\x01\x02\x03" * 100), "不是 CSV"),
        (lambda path: path.write_bytes(b"PK\x03\x04 nothing"), "不是能读的"),
        (lambda path: path.write_text("甲,乙\n1,\n"), "这一列没有文字"),
        (lambda path: None, "读不到文件"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(tmp_path: Path, capsys, make, words):
    path = tmp_path / "f.csv"
    make(path)
    assert main_analyse([str(path), "--text", "乙", "--out", str(tmp_path / "out")] if words == "这一列没有文字" else [
        str(path), "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert words in told and len(told.strip().splitlines()) == 1


def test_wrong_columns_and_arguments_are_told(tmp_path: Path, lines, capsys):
    path, out = str(table(tmp_path / "a.csv", lines)), str(tmp_path / "out")
    for more, words in (
        (["--text", "没有的列"], "没有“没有的列”这一列"), (["--label", "没有"], "没有“没有”这一列"), (["--train", path], "--label"),
        (["--nonsense"], "参数有误"),
    ):  # fmt: skip
        assert main_analyse([path, "--out", out, *more]) == 2
        assert words in capsys.readouterr().err
    assert main_analyse([path]) == 2


def test_a_labelled_file_teaches_another(tmp_path: Path, lines):
    lessons, asked = table(tmp_path / "lessons.csv", lines), tmp_path / "asked.csv"
    draw = random.Random(99)
    asked.write_text("序号,诉求内容\n" + "".join(f"{i},{said(draw, '卫生健康')}\n" for i in range(12)), encoding="utf-8")
    assert main_analyse([str(asked), "--train", str(lessons), "--label", "类别", "--out", str(tmp_path / "out")]) == 0
    assert column(tmp_path / "out" / "routes.csv", "category").count("卫生健康") >= 11


def test_a_failed_write_leaves_the_old_results(tmp_path: Path, lines, monkeypatch, capsys):
    path, out = table(tmp_path / "a.csv", lines[:20]), tmp_path / "out"
    assert main_analyse([str(path), "--out", str(out)]) == 0
    before = {one.name: one.read_bytes() for one in out.iterdir()}

    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert main_analyse([str(table(tmp_path / "b.csv", lines)), "--out", str(out)]) == 2
    assert {one.name: one.read_bytes() for one in out.iterdir()} == before
    assert "没有改动" in capsys.readouterr().err


def test_the_command_needs_no_settings(tmp_path: Path):
    found = subprocess.run(
        [sys.executable, "-m", "quancheng.cli", "analyse", str(tmp_path / "none.csv"), "--out", str(tmp_path)],
        capture_output=True, text=True, env={**os.environ, "DJANGO_SETTINGS_MODULE": "no.such"}, check=False,
    )  # fmt: skip
    assert found.returncode == 2 and "读不到文件" in found.stderr


def test_newcomers_join_the_topics_that_are_there(lines):
    texts = [text for text, _theme in lines[:108]]
    whole = topics.tree(texts)
    placed, fit = topics.place(whole.router, texts)
    assert (placed == whole.of).mean() > 0.9 and fit.min() > 0


def test_what_staff_pinned_stays_and_odd_texts_break_nothing():
    draw = random.Random(1)
    texts = [said(draw, theme) for theme in THEMES for _ in range(12)] + ["", "好", "👍👍", "\x00", "字" * 50_000]
    pinned = [7] * 5 + [-1] * (len(texts) - 5)
    found = topics.tree(texts, pinned=pinned)
    assert (found.of[:5] == 7).all() and min(set(found.of.tolist()) - {-1, 7}) > 7
    assert found.of[36] == -1 and found.of[37] >= 0
    for few in ([], ["一段话"], ["一样的话说很多遍"] * 40, ["👍"], [voice(draw)] * 3):
        assert len(topics.tree(few).of) == len(few)
