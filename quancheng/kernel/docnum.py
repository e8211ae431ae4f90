"""Numbers of official documents: 濮人常〔2026〕1号 (GB/T 9704-2012, 7.2.5 发文字号)."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_FORM = re.compile(r"(?P<mark>[^\d〔〕\[\]()]+)[〔\[(](?P<year>\d{4})[〕\])]第?(?P<n>\d{1,9})号", re.ASCII)
_MARK = re.compile(r"[^\d\s〔〕\[\]()（）［］]{1,20}")


class DocumentNumberError(ValueError):
    """What was given is no document number."""


class DocumentNumber(NamedTuple):
    """The three parts: the mark of the organ (机关代字), the year, the running number."""

    mark: str
    year: int
    n: int

    def __str__(self) -> str:
        return document_number(self.mark, self.year, self.n)


def document_number(mark: str, year: int, n: int) -> str:
    """Write a number: year in 〔〕, no 第, no leading zero. Raises DocumentNumberError."""
    if not _MARK.fullmatch(mark):
        raise DocumentNumberError(f"机关代字“{mark}”不能为空，也不能含空格、数字或者括号。")
    if not 1949 <= year <= 9999:
        raise DocumentNumberError(f"年份 {year} 应为四位数，且不早于 1949。")
    if not 1 <= n <= 999_999_999:
        raise DocumentNumberError(f"顺序号应当从 1 开始，收到的是 {n}。")
    return f"{mark}〔{year}〕{n}号"


def parse_document_number(s: str) -> DocumentNumber:
    """Read a number however its brackets and digits were typed. Raises DocumentNumberError."""
    text = "".join(unicodedata.normalize("NFKC", s).replace("【", "〔").replace("】", "〕").split())
    match = _FORM.fullmatch(text)
    if not match:
        raise DocumentNumberError(f"“{s}”不是发文字号，应写成 濮人常〔2026〕1号 这样。")
    number = DocumentNumber(match["mark"], int(match["year"]), int(match["n"]))
    document_number(*number)
    return number
