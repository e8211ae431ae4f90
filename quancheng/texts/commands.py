"""`quancheng text parse | compare | export`: texts on the command line, with no database.

JSON and exported files are UTF-8 wherever they go; what is written for people follows the terminal.
"""

import argparse
import dataclasses
import io
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from quancheng.kernel.typeset import FontsMissing, missing
from quancheng.texts import export
from quancheng.texts.compare import Comparison, Row, compare
from quancheng.texts.parse import layout, parse, render
from quancheng.texts.read import LARGEST, Unreadable, read_file
from quancheng.texts.tree import LegalTree

_INDENT = {"part": 0, "chapter": 0, "section": 1, "article": 1, "point": 1, "paragraph": 2, "item": 3, "subitem": 4}
_KINDS = {"same": "未改", "changed": "修改", "moved": "移动", "new": "新增", "deleted": "删去", "doubtful": "存疑"}
_MARKS = {"same": ("", ""), "ins": ("{+", "+}"), "del": ("[-", "-]")}


class BadInput(ValueError):
    """The command cannot do what it is asked; one sentence for standard error."""


_SAID = (  # what argparse says, and how it is put here
    (r"the following arguments are required: (.*)", r"缺少参数：\1"),
    (r"unrecognized arguments: (.*)", r"多出的参数：\1"),
    (r"argument (\S+): expected .*", r"\1 后面缺少内容"),
    (r"argument 命令: invalid choice: '(.*)' \(.*", r"没有“\1”这个命令"),
)


class _Arguments(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        words = " ".join(message.split())
        said = next((re.sub(was, now, words) for was, now in _SAID if re.fullmatch(was, words)), "参数不对")
        raise BadInput(f"{said}。运行 quancheng text --help 查看用法。")


def main_text(argv: Sequence[str]) -> int:
    """Run `text …` and return the exit status: 0 done, 2 bad input with one line on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that knows no 𠮷 shows its code
    try:
        chosen = _arguments().parse_args(list(argv))
        chosen.run(chosen)
        sys.stdout.flush()
    except (BadInput, Unreadable, FontsMissing, export.UnknownForm) as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of our output, such as head, has had enough
        sys.stderr.close()
    except SystemExit as stop:  # --help
        return int(stop.code or 0)
    return 0


def _arguments() -> _Arguments:
    parser = _Arguments(prog="quancheng text", description="解析、对照、导出法规文本（.docx .txt .md .pdf，- 为标准输入）")
    commands = parser.add_subparsers(required=True, metavar="命令", title="命令")
    one = commands.add_parser("parse", help="解析一份文本，输出编章节条款项目")
    one.add_argument("file", metavar="FILE", help="文件")
    one.add_argument("--json", action="store_true", help="输出 JSON")
    one.set_defaults(run=_parse)
    two = commands.add_parser("compare", help="逐条对照两份文本")
    two.add_argument("old", metavar="OLD", help="旧文本")
    two.add_argument("new", metavar="NEW", help="新文本")
    two.add_argument("--json", action="store_true", help="输出 JSON")
    two.set_defaults(run=_compare)
    out = commands.add_parser("export", help="导出为其他格式")
    out.add_argument("file", metavar="FILE", help="文件")
    out.add_argument("--to", required=True, metavar="FORM", help=f"格式：{'、'.join(export.FORMS)}")
    out.add_argument("-o", metavar="OUT", dest="out", help="写入的文件；不写则输出到标准输出")
    out.set_defaults(run=_export)
    return parser


def _tree(name: str) -> LegalTree:
    """Read a file ('-': standard input) into a tree. Raises BadInput, Unreadable."""
    try:
        if name == "-":
            data = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(LARGEST + 1)
    except FileNotFoundError as error:
        raise BadInput(f"没有这个文件：{name}") from error
    except IsADirectoryError as error:
        raise BadInput(f"这是文件夹，不是文件：{name}") from error
    except (OSError, ValueError) as error:
        raise BadInput(f"打不开这个文件：{name}") from error
    try:
        return parse(read_file(data, name))
    except Unreadable as error:
        raise Unreadable(f"{name}：{error}") from error


def _parse(chosen: argparse.Namespace) -> None:
    tree = _tree(chosen.file)
    if chosen.json:
        _write(export.to_json_text(tree).encode())
        return
    for line in layout(tree):
        print("  " * _INDENT.get(line.kind, 0) + line.mark + line.text)
    print(f"\n共{len(tree.articles())}条。", end="")
    print("全部内容均已归位。" if not tree.unplaced else f"有{len(tree.unplaced)}处未能归位：")
    for lost in tree.unplaced:
        print(f"  第{lost.line_no}行　{lost.reason}：{lost.text}")
    for doubt in tree.doubts:
        print(f"请核对：第{doubt.line_no}行　{doubt.reason}：{doubt.text[:40]}")


def _compare(chosen: argparse.Namespace) -> None:
    found = compare(_tree(chosen.old), _tree(chosen.new))
    if chosen.json:
        _write((json.dumps(_comparison_json(found), ensure_ascii=False, indent=2) + "\n").encode())
        return
    print(f"{found.old_title} → {found.new_title}")
    print("，".join(f"{_KINDS[kind]}{count}条" for kind, count in found.counts.items()))
    for row in found.rows:
        if row.kind != "same":
            print(f"\n{_KINDS[row.kind]}　{row.old_label or row.note} → {row.new_label or row.note}\n{_marked(row)}")


def _marked(row: Row) -> str:
    return "".join(_MARKS[span.op][0] + span.text + _MARKS[span.op][1] for span in row.spans)


def _comparison_json(found: Comparison) -> dict[str, Any]:
    rows = [dataclasses.asdict(row) for row in found.rows]
    return {"old_title": found.old_title, "new_title": found.new_title, "counts": found.counts, "rows": rows}


def _export(chosen: argparse.Namespace) -> None:
    if chosen.to in ("docx", "pdf") and not chosen.out and sys.stdout.isatty():
        raise BadInput("这种格式不能显示在终端上，请用 -o 指定要写入的文件。")
    tree = _tree(chosen.file)
    made = export.export(tree, chosen.to)
    data = made.encode() if isinstance(made, str) else made
    if chosen.to == "pdf" and (lost := missing(render(tree))):
        print(f"服务器的字体中没有{len(lost)}个字，文件中以编码写出：{'、'.join(f'U+{ord(c):04X}' for c in lost)}", file=sys.stderr)
    if chosen.out:
        try:
            Path(chosen.out).write_bytes(data)
        except OSError as error:
            raise BadInput(f"写不进这个文件：{chosen.out}") from error
        return
    _write(data)


def _write(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
