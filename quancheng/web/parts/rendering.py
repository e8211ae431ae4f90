"""The Jinja2 environment of all faces: names and filters that every template may use."""

import datetime
import re
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import segno
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from jinja2 import Environment
from markupsafe import Markup, escape

TYPE_SIZES = {"l": "type-l", "xl": "type-xl"}


_SHANGHAI = ZoneInfo("Asia/Shanghai")


def date_cn(value: datetime.date | datetime.datetime | None) -> str:
    """Return 2026年3月5日; a moment is taken at Asia/Shanghai. None gives an empty string."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        value = value.astimezone(_SHANGHAI)
    return f"{value.year}年{value.month}月{value.day}日"


def datetime_cn(value: datetime.datetime | None) -> str:
    """Return 2026年3月5日 09:07 at Asia/Shanghai. None gives an empty string."""
    if value is None:
        return ""
    local = value.astimezone(_SHANGHAI)
    return f"{date_cn(local)} {local:%H:%M}"


def moment_cn(written: str) -> str:
    """Return a moment written in ISO 8601, as records under seal keep it, in the city's time."""
    return datetime_cn(datetime.datetime.fromisoformat(written))


def local(value: datetime.datetime) -> datetime.datetime:
    """Return a moment at Asia/Shanghai."""
    return value.astimezone(_SHANGHAI)


def number(value: int | float | None) -> str:
    """Return a figure with thin groups of three: 12,345. None gives an empty string."""
    return "" if value is None else f"{value:,}"


def wan(value: Decimal | None) -> str:
    """Return an amount in 万元 without needless noughts: 1,200万元. None gives an empty string."""
    return "" if value is None else f"{value:,.2f}".rstrip("0").rstrip(".") + gettext("万元")


def iso(value: datetime.date | datetime.datetime | None) -> str:
    """Return the moment for a `datetime` attribute."""
    return "" if value is None else value.isoformat()


def paragraphs(value: str) -> Markup:
    """Return plain text as escaped paragraphs, one for each line that is not empty."""
    lines = [line.strip() for line in re.split(r"\r\n|[\n\r]", value or "")]
    return Markup("").join(Markup("<p>{}</p>").format(line) for line in lines if line)


def groups(code: str) -> str:
    """Return a receipt code in groups of four: ABCD EFGH JK."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


@lru_cache(maxsize=512)
def qr_svg(address: str, label: str = "") -> Markup:
    """Return a QR code as inline SVG without styles; `label` is read out to those who cannot see it."""
    path = segno.make(address, error="m", micro=False).svg_inline(
        border=2, dark="#1f2328", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    words = escape(label or gettext("二维码"))
    return Markup(path.replace("<svg ", f'<svg role="img" aria-label="{words}" ', 1))


def absolute(path: str) -> str:
    """Return the public address of a path on this site."""
    return settings.PUBLIC_URL.rstrip("/") + path


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """Return the path of a named page."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def type_class(request: Any) -> str:
    """Return the class of the size of type that the visitor chose."""
    return TYPE_SIZES.get(request.COOKIES.get("type", ""), "") if request else ""


def environment(**options: Any) -> Environment:
    """Return the environment for Django's Jinja2 backend; everything is escaped unless it is Markup."""
    made = Environment(**{**options, "autoescape": True, "trim_blocks": True, "lstrip_blocks": True})
    made.globals.update(
        _=gettext, ngettext=ngettext, static=static, url=url, absolute=absolute, qr=qr_svg,
        type_class=type_class, demo=settings.DEMO,
    )  # fmt: skip
    made.filters.update(
        date_cn=date_cn, datetime_cn=datetime_cn, moment_cn=moment_cn, number=number, iso=iso, local=local,
        paragraphs=paragraphs, groups=groups, wan=wan,
    )
    return made
