"""Tables as offices send them: CSV in the encodings in use, .xlsx; nothing in a file can exhaust or deceive us."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from quancheng.kernel.words import clean

LARGEST = 60 * 1024 * 1024  # bytes of a file
UNPACKED = 400 * 1024 * 1024  # bytes of a workbook unpacked
RATIO = 200  # a workbook that unpacks to more than so many times its size is an attack
ROWS = 200_000
_FORMULA = (b"<f>", b"<f ", b"<f/")


class BadBatch(ValueError):
    """The file is no table, is empty or too large, lacks a column, or cannot be imported now."""


def rows(data: bytes, columns: Sequence[str], needed: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number as a spreadsheet shows it, cells by column) of every line not empty. Raises BadBatch.

    The first line names the columns, `needed` among them.
    """
    if len(data) > LARGEST:
        raise BadBatch(f"文件超过{LARGEST // 1024 // 1024}MB，请分成几个文件导入。")
    if not data.strip():
        raise BadBatch("文件是空的。")
    table = _workbook(data) if data[:4] == b"PK\x03\x04" else _csv(data)
    header = [clean(cell) for cell in next(table, [])]
    _check_header([name for name in header if name], columns, needed)
    count = 0
    for number, line in enumerate(table, start=2):
        if any(cell.strip() for cell in line):
            count += 1
            if count > ROWS:
                raise BadBatch(f"一个文件最多{ROWS}行，请分成几个文件导入。")
            cells = {name: cell for name, cell in zip(header, line, strict=False) if name}
            yield number, {name: clean(cells.get(name, "")) for name in columns}


def _check_header(named: list[str], columns: Sequence[str], needed: str) -> None:
    if needed not in named:
        raise BadBatch(f"第一行须为表头，并且有“{needed}”一列。可以下载样表，照着填写。")
    if strange := [name for name in named if name not in columns]:
        raise BadBatch(f"不认识的列：{'、'.join(name[:20] for name in strange[:5])}。可用的列：{'、'.join(columns)}。")
    if len(set(named)) != len(named):
        raise BadBatch("表头中有重复的列。")


def _csv(data: bytes) -> Iterator[list[str]]:
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise BadBatch("不支持旧版 .xls 文件，请另存为 .xlsx 或者 CSV 后上传。")
    try:
        words = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            words = data.decode("gb18030")
        except UnicodeDecodeError as error:
            raise BadBatch("读不出文字：请将文件另存为 .xlsx 或者 CSV（UTF-8）后上传。") from error
    reader = csv.reader(io.StringIO(words, newline=""))
    try:
        yield from reader
    except csv.Error as error:
        raise BadBatch(f"文件第{reader.line_num}行附近不是完整的表格，请检查引号和超长的单元格。") from error


def _workbook(data: bytes) -> Iterator[list[str]]:
    bad = BadBatch("文件不是可以读取的 .xlsx 表格，请另存后重新上传。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            size = sum(part.file_size for part in packed.infolist())
            if size > UNPACKED or size > RATIO * len(data):
                raise BadBatch("文件解压后过大，不能导入。请分成几个文件，或者另存为 CSV。")
            formulas = _has_formulas(packed)
        shown = _lines(data, formulas=False)
        if not formulas:
            yield from ([_cell(value) for value in line] for line in shown)
            return
        for line, written in zip(shown, _lines(data, formulas=True), strict=True):
            yield [_seen(value, formula) for value, formula in zip(line, written, strict=True)]
    except BadBatch:
        raise
    except (InvalidFileException, zipfile.BadZipFile, zipfile.LargeZipFile, KeyError, ValueError, TypeError,
            IndexError, AttributeError, OSError, ParseError, RuntimeError) as error:
        raise bad from error


def _has_formulas(packed: zipfile.ZipFile) -> bool:
    for part in packed.infolist():
        if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
            with packed.open(part) as file:
                tail = b""
                while block := file.read(1 << 20):
                    if any(mark in tail + block for mark in _FORMULA):
                        return True
                    tail = block[-4:]
    return False


def _lines(data: bytes, *, formulas: bool) -> Iterator[tuple[object, ...]]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=not formulas, keep_links=False)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()
    yield from sheet.iter_rows(values_only=True)


def _seen(value: object, formula: object) -> str:
    """Return what the cell shows; where a formula shows nothing or an error, its own words: they are somebody's."""
    words = _cell(value)
    if (not words or words.startswith("#")) and isinstance(formula, str) and formula.startswith("="):
        return formula
    return words


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
