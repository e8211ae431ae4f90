"""What the desk's views share (parts.showing), with the names of the jobs that its pages speak of."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from quancheng.web.desk.choices import JOB_WORDS
from quancheng.web.parts.showing import (
    CSV,
    DOCX,
    PDF,
    XLSX,
    actor_of,
    back_path,
    day,
    download,
    field,
    go,
    go_to,
    ids,
    organs_of,
    sites_of,
    whole,
)
from quancheng.web.parts.showing import show as _show

__all__ = [
    "CSV", "DOCX", "PDF", "XLSX", "actor_of", "back_path", "day", "download", "field", "go", "go_to", "ids", "organs_of",
    "show", "sites_of", "whole",
]


def show(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Render a desk template with the names of its jobs."""
    return _show(request, template, status=status, job_words=JOB_WORDS, **context)
