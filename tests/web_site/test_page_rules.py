"""Rules of every page: permissions named, errors keep words, headers, safe ways back, drawings without styles."""

import datetime
import re

import pytest
from django.core.exceptions import ImproperlyConfigured, ObjectDoesNotExist
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path

from quancheng.people.permissions import NotAllowed
from quancheng.web import errors
from quancheng.web.parts import pages, rendering, safe_next
from quancheng.web.parts.pages import check_pages, page
from quancheng.web.site.receipts import clean_code


def test_r10_08_every_page_names_its_permission():
    assert check_pages() == []


def test_r10_08_a_page_without_a_permission_is_found(settings, monkeypatch):
    def bare(request):
        return HttpResponse()

    class Urls:
        urlpatterns = [path("bare/", bare)]

    monkeypatch.setattr(pages, "get_resolver", lambda: type("R", (), {"url_patterns": Urls.urlpatterns})())
    assert [fault.id for fault in check_pages()] == ["web.E001"]


def test_an_unknown_permission_is_refused_when_the_page_is_declared():
    with pytest.raises(ImproperlyConfigured):
        page("no.such.permission")


def test_refusals_have_status_and_sentence():
    class Conflict(Exception):
        """As the acts have one."""

    Conflict.__module__ = "quancheng.consultations.acts"
    assert errors.is_refusal(Conflict("刚才已由张三决定。"))
    assert errors.explain(Conflict("刚才已由张三决定。")) == (409, "刚才已由张三决定。")
    assert errors.explain(NotAllowed("text.edit"))[0] == 403
    assert errors.explain(ObjectDoesNotExist())[0] == 404
    assert not errors.is_refusal(ZeroDivisionError())


def test_caught_tells_refusals_and_lets_faults_through():
    with errors.caught() as refusal:
        raise NotAllowed("text.edit")
    assert refusal and refusal.status == 403 and "text.edit" in refusal.sentence
    with pytest.raises(ZeroDivisionError), errors.caught():
        1 / 0  # noqa: B018  the fault is the point


def test_typed_words_are_kept_but_never_secrets():
    data = {"body": "第十二条应当写明电梯维护", "password": "correct horse", "phone": "13800000000", "code": "123456"}
    assert errors.typed(RequestFactory().post("/", data)) == ["第十二条应当写明电梯维护"]


@pytest.mark.parametrize(
    ("wanted", "result"),
    [("/c/x/?a=1", "/c/x/?a=1"), ("https://else.example/", "/"), ("//else.example/", "/"), ("/\\else.example", "/"), ("", "/")],
)
def test_the_way_back_stays_on_this_site(wanted, result):
    assert safe_next(RequestFactory().get("/", {"next": wanted})) == result


@pytest.mark.parametrize("typed", ["k7m2 01qx", "K7M2-OIQX", " k7m2olqx "])
def test_receipt_codes_forgive_gaps_case_and_look_alikes(typed):
    assert clean_code(typed) == "K7M201QX"


def test_dates_are_told_in_the_citys_time():
    moment = datetime.datetime(2026, 3, 4, 16, 30, tzinfo=datetime.UTC)
    assert rendering.date_cn(moment) == "2026年3月5日"
    assert rendering.datetime_cn(moment) == "2026年3月5日 00:30"


def test_plain_text_becomes_escaped_paragraphs():
    assert rendering.paragraphs("甲<script>\r\n\n乙") == "<p>甲&lt;script&gt;</p><p>乙</p>"


def test_the_qr_code_needs_no_inline_style():
    drawing = rendering.qr_svg("http://127.0.0.1:8000/r/ABCD/", "回执")
    assert drawing.startswith("<svg ") and not re.search(r"\bstyle=", drawing) and 'aria-label="回执"' in drawing
