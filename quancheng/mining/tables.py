"""Tables that people bring: CSV in whatever encoding, .xlsx; which column holds the words. One clear sentence when it fails."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import openpyxl

_ENCODINGS = ("utf-8-sig", "gb18030")
_MOST = 2_000_000  # rows
_TEXT = ("text", "content", "body", "意见", "内容", "意见内容", "留言详情", "留言内容", "诉求内容")
_TITLE = ("title", "标题", "主题", "留言主题")


class BadTable(ValueError):
    """The file cannot be read as a table; the message says why, in one line, to who brought it."""


@dataclass(frozen=True)
class Table:
    """A table of words: the names of its columns and its rows, each as long as the head."""

    head: tuple[str, ...]
    rows: list[list[str]]

    def column(self, name: str) -> list[str]:
        """Return a column by its name. Raises BadTable."""
        if name not in self.head:
            raise BadTable(f"表里没有“{name}”这一列，现有的列：{'、'.join(filter(None, self.head))}。")
        at = self.head.index(name)
        return [row[at] for row in self.rows]


def read(path: Path) -> Table:
    """Read a .csv (UTF-8, with or without mark, or GB18030; comma, tab or semicolon) or .xlsx. Raises BadTable."""
    try:
        whole = path.read_bytes()
    except OSError as error:
        raise BadTable(f"读不到文件 {path.name}：{error.strerror}。") from None
    if whole[:2] == b"PK":
        lines = _sheet(whole)
    elif b"\0" in whole[:4096] and whole[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise BadTable(f"{path.name} 不是 CSV 或者 .xlsx 表格。")
    else:
        lines = _comma(_decoded(whole, path.name))
    lines = [line for line in lines if any(cell.strip() for cell in line)]
    if not lines:
        raise BadTable(f"{path.name} 是空的。")
    if len(lines) > _MOST:
        raise BadTable(f"一次最多分析{_MOST}行，请分开。")
    head = tuple(cell.strip() for cell in lines[0])
    width = len(head)
    return Table(head, [[*line[:width], *[""] * (width - len(line))] for line in lines[1:]])


def text_column(table: Table, wanted: str = "") -> str:
    """Return the column that holds the words: the wanted one, one of a usual name, else the one that says most."""
    if wanted:
        table.column(wanted)
        return wanted
    for name in table.head:
        if name.lower() in _TEXT:
            return name
    said = {name: sum(len(cell) for cell in table.column(name)[:1000]) for name in table.head if name}
    if not said or not max(said.values()):
        raise BadTable("表里没有一列写着文字，请用 --text 指明哪一列。")
    return max(said, key=lambda name: said[name])


def title_column(table: Table, wanted: str = "") -> str:
    """Return the column of titles: the wanted one, one of a usual name, or ''."""
    if wanted:
        table.column(wanted)
        return wanted
    return next((name for name in table.head if name.lower() in _TITLE), "")


def joined(table: Table, text: str, title: str) -> list[str]:
    """Return what each row says: its title, if there is one, and its text."""
    said = table.column(text)
    if not title or title == text:
        return said
    return [f"{head}。{body}" if head and body else head or body for head, body in zip(table.column(title), said, strict=True)]


def _decoded(whole: bytes, name: str) -> str:
    if whole[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return whole.decode("utf-16", "replace")
    for encoding in _ENCODINGS:
        try:
            return whole.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadTable(f"{name} 的文字编码认不出来，请另存为 UTF-8 的 CSV。")


def _comma(whole: str) -> list[list[str]]:
    csv.field_size_limit(10_000_000)
    first = whole.split("\n", 1)[0]
    mark = max(",\t;", key=first.count)
    try:
        return list(csv.reader(io.StringIO(whole.replace("\0", ""), newline=""), delimiter=mark))
    except csv.Error as error:
        raise BadTable(f"CSV 的格式有错：{error}。") from None


def _sheet(whole: bytes) -> list[list[str]]:
    """Return the first sheet; a formula counts as the value that was computed when the file was saved."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(whole), read_only=True, data_only=True)
        sheet: Sequence[Sequence[object]] = list(book.worksheets[0].iter_rows(values_only=True))
    except (BadZipFile, KeyError, ValueError, OSError, TypeError, IndexError):
        raise BadTable("这不是能读的 .xlsx 文件，请用表格软件另存后再试。") from None
    return [["" if cell is None else str(cell) for cell in row] for row in sheet]
