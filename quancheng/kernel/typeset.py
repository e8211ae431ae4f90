"""PDF through typst: the source is ours, people's words travel as data and are never read as markup.

A letter for which this machine has no font would come out as an empty box, or not at all. It is written as its
code instead, and the document ends with a line that says which they are: nothing that was said disappears.
"""

import json
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

import typst

from quancheng.kernel.glyphs import Coverage, FontUnreadable, coverage

FONTS = ("Noto Serif CJK SC", "LXGW WenKai")
_NOTE = """
#v(1em)
#text(size: 9pt, json(bytes(sys.inputs.note)))
"""


class FontsMissing(Exception):
    """No Chinese font is installed; a PDF would show boxes."""


@cache
def _fonts() -> typst.Fonts:
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)
    if FONTS[0] not in set(fonts.families()):
        raise FontsMissing("服务器没有安装中文字体，无法生成 PDF。请安装 fonts-noto-cjk 后再试，或者下载 .docx。")
    return fonts


def _coverages() -> Iterator[Coverage]:
    """Yield what each font file on this machine draws, ours first; typst turns to the others where ours lack a letter."""
    seen: set[tuple[str, int]] = set()
    for font in sorted(_fonts().fonts(), key=lambda font: font.family not in FONTS):
        place = (font.path or "", font.index)
        if place[0] and place not in seen:
            seen.add(place)
            try:
                yield coverage(*place)
            except (FontUnreadable, OSError):
                continue


def missing(words: str) -> list[str]:
    """Return the characters of `words` for which no font is installed, each once, in order of code. Raises FontsMissing."""
    left = {c for c in words if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf") and not _selector(c)}
    for font in _coverages():
        left = {c for c in left if c not in font}
        if not left:
            break
    return sorted(left)


def _selector(c: str) -> bool:
    return "\ufe00" <= c <= "\ufe0f" or "\U000e0100" <= c <= "\U000e01ef"


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


def _written_out(value: Any, codes: dict[int, str]) -> Any:
    """Return the same data with the letters of `codes` written as their codes."""
    if isinstance(value, str):
        return value.translate(codes)
    if isinstance(value, dict):
        return {key: _written_out(inner, codes) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_written_out(inner, codes) for inner in value]
    return value


def pdf(source: str, data: dict[str, Any]) -> bytes:
    """Return the PDF that typst makes of `source`, which reads `json(bytes(sys.inputs.data))`. Raises FontsMissing.

    Letters without a font stand as 〔U+20BB7〕, and a line at the end names them.
    """
    fonts = _fonts()
    inputs = {}
    if lost := missing("".join({*"".join(_strings(data))})):
        data = _written_out(data, {ord(c): f"〔U+{ord(c):04X}〕" for c in lost})
        named = "、".join(f"U+{ord(c):04X}" for c in lost)
        words = f"注：服务器的字体中没有下列{len(lost)}个字，正文以编码写出：{named}。安装含有这些字的字体后重新生成，即可显示。"
        inputs["note"] = json.dumps(words, ensure_ascii=False)
        source += _NOTE
    inputs["data"] = json.dumps(data, ensure_ascii=False)
    return bytes(typst.compile(source.encode(), font_paths=fonts, sys_inputs=inputs))
