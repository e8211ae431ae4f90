"""The paper forms of suggestions: .docx forms and .xlsx tables are read here, and blank ones made."""

import io
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree.ElementTree import ParseError  # noqa: S405  # only the name of the error; openpyxl reads with defusedxml

from django.utils import timezone
from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from lxml.etree import XMLSyntaxError
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from quancheng.handling.files import sniffed
from quancheng.kernel.text import normalise
from quancheng.people.models import Organ, Seat
from quancheng.suggestions.models import Suggestion, UnitProposal
from quancheng.suggestions.papers import Paper, SuggestionRefused, checked

TITLE, BODY, LEAD, OTHERS, CATEGORY, UNIT, ASSIST, OPEN, WHY = (
    "标题", "建议内容", "领衔代表", "联名代表", "类别", "建议主办单位", "建议协办单位", "是否公开", "不公开理由",
)  # fmt: skip
COLUMNS = (TITLE, BODY, LEAD, OTHERS, CATEGORY, UNIT, ASSIST, OPEN, WHY)
LARGEST, MOST_FILES, MOST_ROWS = 30 * 1024 * 1024, 600, 2000
_LABEL = re.compile(rf"^\s*({'|'.join(COLUMNS)})\s*[:：]?\s*(.*)$", re.S)
_SPLIT = re.compile(r"[、，,;；\s]+")
_OPEN = {"": "shown", "是": "shown", "公开": "shown", "否": "unsuitable", "不公开": "unsuitable"}


class BadBatch(ValueError):
    """The files cannot be read at all, or were taken in already."""


@dataclass
class Row:
    """One suggestion as a file gives it, and what is wrong with it."""

    place: str
    paper: Paper | None = None
    lead: int = 0
    others: list[int] = field(default_factory=list)
    units: list[tuple[str, str]] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Known:
    """What rows are checked against, read once."""

    deputies: dict[str, list[tuple[int, str]]]
    units: dict[str, str]
    categories: dict[str, str]


def _known(at: datetime) -> _Known:
    day = timezone.localdate(at)
    deputies: dict[str, list[tuple[int, str]]] = {}
    seats = Seat.objects.filter(valid_from__lte=day).exclude(valid_to__lt=day)
    for pk, name, place in seats.values_list("account_id", "account__name", "electoral_unit"):
        deputies.setdefault(name, []).append((pk, place))
    units = {
        organ.name: organ.pk
        for organ in Organ.objects.filter(kind=Organ.Kind.GOVERNMENT, valid_from__lte=day).exclude(valid_to__lt=day)
    }
    return _Known(deputies, units, {str(label): str(value) for value, label in Suggestion.Category.choices})


def _cells(files: list[tuple[str, bytes]]) -> list[tuple[str, dict[str, str]]]:
    """Return (place, cells by column) of every suggestion in the files. Raises BadBatch."""
    if not files or len(files) > MOST_FILES:
        raise BadBatch(f"请选择1至{MOST_FILES}个文件。")
    if sum(len(data) for _, data in files) > LARGEST:
        raise BadBatch(f"文件合计超过{LARGEST // 1024 // 1024}MB，请分批录入。")
    found: list[tuple[str, dict[str, str]]] = []
    for name, data in files:
        kind = sniffed(data)
        if kind.endswith("spreadsheetml.sheet"):
            found += _sheet(name, data)
        elif kind.endswith("wordprocessingml.document"):
            found.append((name, _form(name, data)))
        else:
            raise BadBatch(f"“{name[:60]}”不是 .docx 建议专用纸或者 .xlsx 表格。")
        if len(found) > MOST_ROWS:
            raise BadBatch(f"一次最多录入{MOST_ROWS}件。")
    if not found:
        raise BadBatch("文件中没有建议，请在表头下逐行填写。")
    return found


def _sheet(name: str, data: bytes) -> list[tuple[str, dict[str, str]]]:
    bad = BadBatch(f"“{name[:60]}”不是可以读取的 .xlsx 表格，请另存后重新上传。")
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, IndexError, AttributeError, OSError,
            ParseError) as error:
        raise bad from error
    header = [normalise(cell) for cell in rows[0]] if rows else []
    if TITLE not in header or BODY not in header or LEAD not in header:
        raise BadBatch(f"“{name[:60]}”第一行须为表头，并且有“{TITLE}”“{BODY}”“{LEAD}”三列。可以下载样表。")
    if strange := [cell for cell in header if cell and cell not in COLUMNS]:
        raise BadBatch(f"“{name[:60]}”中有不认识的列：{'、'.join(strange[:5])}。可用的列：{'、'.join(COLUMNS)}。")
    found = []
    for number, row in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in row):
            cells = {column: value for column, value in zip(header, row, strict=False) if column}
            found.append((f"{name} 第{number}行", {c: normalise(cells.get(c, "")) for c in COLUMNS}))
    return found


def _form(name: str, data: bytes) -> dict[str, str]:
    """Read a 建议专用纸: a table with labels in one cell and words in the next, or lines that begin with a label."""
    try:
        paper = Document(io.BytesIO(data))
    except (PackageNotFoundError, XMLSyntaxError, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise BadBatch(f"“{name[:60]}”不是可以读取的 .docx 文件，请另存后重新上传。") from error
    cells = dict.fromkeys(COLUMNS, "")
    for table in paper.tables:
        for row in table.rows:
            texts = list(dict.fromkeys(cell.text.strip() for cell in row.cells))
            for label, words in zip(texts, texts[1:], strict=False):
                if label.rstrip(":： ") in COLUMNS and not cells[label.rstrip(":： ")]:
                    cells[label.rstrip(":： ")] = normalise(words)
    current = ""
    for line in (paragraph.text for paragraph in paper.paragraphs):
        match = _LABEL.match(line)
        if match and not cells[match[1]]:
            current, words = match[1], match[2]
            cells[current] = normalise(words)
        elif current == BODY and line.strip():
            cells[BODY] = normalise(f"{cells[BODY]}\n{line}".strip())
    return cells


def _deputy(words: str, known: _Known) -> tuple[int, str]:
    """Return the account of 张三 or 张三（濮阳县), and what is wrong."""
    name, _, place = words.replace("(", "（").rstrip(")）").partition("（")
    found = [pk for pk, unit in known.deputies.get(name.strip(), []) if not place or unit == place.strip()]
    if not found:
        return 0, f"没有在任代表“{words[:30]}”。"
    if len(set(found)) > 1:
        return 0, f"有几位代表叫“{name}”，请写成“{name}（选举单位）”。"
    return found[0], ""


def _read(place: str, cells: dict[str, str], known: _Known) -> Row:
    row = Row(place)

    def fault(column: str, message: str) -> None:
        row.faults.append((column, message))

    row.lead, message = _deputy(cells[LEAD], known) if cells[LEAD] else (0, "请填写领衔代表。")
    if message:
        fault(LEAD, message)
    for name in filter(None, _SPLIT.split(cells[OTHERS])):
        pk, message = _deputy(name, known)
        if message:
            fault(OTHERS, message)
        elif pk != row.lead and pk not in row.others:
            row.others.append(pk)
    for column, role in ((UNIT, UnitProposal.Role.LEAD), (ASSIST, UnitProposal.Role.ASSIST)):
        for name in filter(None, _SPLIT.split(cells[column])):
            if name not in known.units:
                fault(column, f"没有承办单位“{name[:30]}”。")
            elif known.units[name] not in [code for code, _ in row.units]:
                row.units.append((known.units[name], role))
    category = known.categories.get(cells[CATEGORY] or str(Suggestion.Category.OTHER.label))
    if category is None:
        fault(CATEGORY, f"类别只能是：{'、'.join(known.categories)}。")
    if cells[OPEN] not in _OPEN:
        fault(OPEN, "请写“是”或者“否”。")
    paper = Paper(
        title=cells[TITLE], body=cells[BODY], category=category or "other",
        openness=_OPEN.get(cells[OPEN], "shown"), openness_reason=cells[WHY],
    )
    try:
        checked(paper)
    except SuggestionRefused as refusal:
        columns = {"title": TITLE, "openness_reason": WHY}
        fault(columns.get(refusal.field, BODY), str(refusal))
    row.paper = paper
    return row


def read_all(files: list[tuple[str, bytes]], at: datetime) -> list[Row]:
    """Return every suggestion in the files with what is wrong with it. Raises BadBatch."""
    known = _known(at)
    rows = [_read(place, cells, known) for place, cells in _cells(files)]
    repeated = Counter((row.lead, row.paper.title) for row in rows if row.paper)
    for row in rows:
        if row.paper and repeated[row.lead, row.paper.title] > 1:
            row.faults.append((TITLE, "同一领衔代表的同一标题在文件中出现了几次。"))
    return rows


def blank_table() -> bytes:
    """Return the .xlsx sample with its header and one example line. Without at: it writes nothing."""
    book = Workbook()
    sheet = book.active
    sheet.append(list(COLUMNS))
    sheet.append(["关于修好村口道路的建议", "村口道路损坏多年，建议今年列入修缮计划。", "张三", "李四、王五（华龙区）", "城乡建设",
                  "", "", "是", ""])  # fmt: skip
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def blank_form() -> bytes:
    """Return the .docx form (建议专用纸) with its labels. Without at: it writes nothing."""
    paper = Document()
    paper.add_heading("人大代表建议专用纸", level=1)
    table = paper.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    for column in COLUMNS:
        cells = table.add_row().cells
        cells[0].text = column
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()
