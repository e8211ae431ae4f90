"""PDF through typst: the source is ours, people's words travel as data and are never read as markup."""

import json
from functools import cache
from typing import Any

import typst

FONTS = ("Noto Serif CJK SC", "LXGW WenKai")


class FontsMissing(Exception):
    """No Chinese font is installed; a PDF would show boxes."""


@cache
def _fonts() -> typst.Fonts:
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)
    if FONTS[0] not in set(fonts.families()):
        raise FontsMissing("服务器没有安装中文字体，无法生成 PDF。请安装 fonts-noto-cjk 后再试，或者下载 .docx。")
    return fonts


def pdf(source: str, data: dict[str, Any]) -> bytes:
    """Return the PDF that typst makes of `source`, which reads `json(bytes(sys.inputs.data))`. Raises FontsMissing."""
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    return bytes(typst.compile(source.encode(), font_paths=_fonts(), sys_inputs=inputs))
