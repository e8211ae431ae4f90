"""Every public page answers with what it promises, to a stranger without JavaScript."""

import csv
import io
import json
import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client

from quancheng.consultations import acts
from quancheng.wsgi import application
from tests.web_site.conftest import seal


def words(response):
    return response.content.decode()


def test_home_lists_what_is_open_with_days_left(city, window, client):
    page = words(client.get("/"))
    assert window.title in page and "还有 30 天" in page and "回执号" in page


def test_home_of_an_empty_city_says_what_to_do(city, client):
    assert "现在没有正在征求意见的草案" in words(client.get("/"))


def test_list_filters_by_state(city, window, client):
    assert window.title in words(client.get("/consultations/?state=open"))
    assert window.title not in words(client.get("/consultations/?state=published"))


def test_r1_01_the_page_has_draft_and_explanation_and_all_ways_to_speak(city, window, anchor, client):
    page = words(client.get(f"/c/{window.slug}/"))
    for expected in (
        "第一章", "第三条", "发现井盖缺失的，在二十四小时内补装", "制定的必要性", "市府路1号", "0393-6660000", "中原路联络站",
        "二十四小时合适吗", f'href="write/?anchor={anchor}"', 'class="thread"', "<svg",
    ):
        assert expected in page, expected
    assert page.count("对本条提意见") == 4


def test_opinions_stand_beside_their_clause_with_a_name_only_if_given(city, window, anchor, client):
    city.say(window, body="井盖要当天补。<script>alert(1)</script>", anchor=anchor, display_name="老李")
    city.say(window, body="这句只给起草机关看。", anchor=anchor, visibility="private")
    acts.refresh_tallies(at=city.at)
    page = words(client.get(f"/c/{window.slug}/"))
    assert "井盖要当天补" in page and "老李" in page and "<script>alert" not in page
    assert "这句只给起草机关看" not in page
    clause = words(client.get(f"/c/{window.slug}/clause/{anchor}/"))
    assert "井盖要当天补" in clause and "老李" in clause and "这句只给起草机关看" not in clause
    assert "13800000001" not in page + clause


def test_unknown_addresses_are_told_plainly(city, window, client):
    for path in ("/c/none/", "/nothing/", f"/c/{window.slug}/text.exe", f"/c/{window.slug}/compare/", "/ledger/tile/9/x"):
        answer = client.get(path)
        assert answer.status_code == 404 and "没有找到" in words(answer), path


def test_poster_and_result_before_release(city, window, client):
    poster = words(client.get(f"/c/{window.slug}/poster/"))
    assert "<svg" in poster and window.title in poster and f"/c/{window.slug}/" in poster
    early = client.get(f"/c/{window.slug}/result/")
    assert early.status_code == 404 and "结果还没有公布" in words(early)


@pytest.mark.parametrize(("form", "start"), [("docx", b"PK"), ("pdf", b"%PDF"), ("txt", "濮阳市".encode()), ("json", b"{"), ("akn", b"<")])
def test_the_draft_can_be_taken_away(city, window, client, form, start):
    answer = client.get(f"/c/{window.slug}/text.{form}")
    assert answer.status_code == 200 and answer.content.lstrip().startswith(start)


def test_open_data_has_no_personal_data_and_no_formulas(city, window, client):
    city.say(window, body="=HYPERLINK(\"http://x\")", display_name="老李")
    stream = client.get(f"/c/{window.slug}/open-data.csv")
    text = b"".join(stream.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 1 and not any(value.startswith("=") for value in rows[0].values())
    data = json.loads(b"".join(client.get(f"/c/{window.slug}/open-data.json").streaming_content))
    assert len(data) == 1 and "=HYPERLINK" in json.dumps(data, ensure_ascii=False)
    assert "13800000001" not in text


def test_feed_is_atom_and_names_the_consultation(city, window, client):
    answer = client.get("/feed.xml")
    root = ElementTree.fromstring(answer.content)  # noqa: S314  our own output
    assert root.tag == "{http://www.w3.org/2005/Atom}feed" and window.title in words(answer)


@pytest.mark.parametrize("path", ["/moderation/", "/sites/", "/about/privacy", "/ledger/", "/sign-in/", "/r/", "/my/"])
def test_standing_pages_answer(city, client, path):
    answer = client.get(path)
    assert answer.status_code == 200 and re.search(r"<h1>.+</h1>", words(answer))


def test_healthz(db, client):
    assert client.get("/healthz").content == b"ok\n"


def test_the_ledger_is_served_for_independent_tools(city, window, client):
    city.say(window)
    seal(city.at)
    note = words(client.get("/ledger/checkpoint"))
    size = int(note.splitlines()[1])
    assert size > 0 and note in client.get("/ledger/").content.decode().replace("&#43;", "+").replace("&#34;", '"')
    answer = client.get(f"/ledger/tile/0/000.p/{size}")
    assert len(answer.content) == 32 * size and "immutable" in answer["Cache-Control"]
    assert client.get(f"/ledger/tile/entries/000.p/{size}").status_code == 200
    assert client.get(f"/ledger/tile/0/000.p/{size + 1}").status_code == 404


def test_large_type_is_kept_and_the_way_back_is_ours(city, client):
    answer = client.get("/type/?size=xl&next=/sites/")
    assert answer["Location"] == "/sites/" and answer.cookies["type"].value == "xl"
    assert 'class="type-xl' in words(client.get("/sites/"))
    assert client.get("/type/?size=n&next=//else.example/")["Location"] == "/"


def test_every_answer_has_the_policy_and_strangers_cost_no_session(city, window, django_assert_num_queries):
    client = Client()
    with django_assert_num_queries(1):
        answer = client.get("/healthz")
    assert "default-src 'none'" in answer["Content-Security-Policy"] and answer["X-Content-Type-Options"] == "nosniff"
    page = client.get(f"/c/{window.slug}/")
    assert "public" in page["Cache-Control"] and not page.cookies and not re.search(r"\sstyle=|<script>|onclick=", words(page))


@pytest.fixture
def open_connection():
    """Keep the test's connection open when a real WSGI request begins and ends, as Django's test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_pages_of_strangers_come_from_memory_with_validators(city, window, open_connection):
    def ask(**headers):
        seen = {}

        def start(status, pairs, exc_info=None):
            seen.update(status=status, headers=dict(pairs))

        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": f"/c/{window.slug}/", "QUERY_STRING": "", "SERVER_NAME": "localhost",
            "SERVER_PORT": "80", "HTTP_HOST": "localhost", "wsgi.input": io.BytesIO(), "wsgi.url_scheme": "http", **headers,
        }
        seen["body"] = b"".join(application(environ, start))
        return seen

    first = ask()
    city.say(window, body="这句要过几秒才看得到。")
    assert ask()["body"] == first["body"]
    assert ask(HTTP_IF_NONE_MATCH=first["headers"]["ETag"])["status"].startswith("304")


def test_sign_in_out_and_refusal(city, client):
    wrong = client.post("/sign-in/", {"username": "lead", "password": "nope"})
    assert wrong.status_code == 400 and "不正确" in words(wrong) and "nope" not in words(wrong)
    right = client.post("/sign-in/", {"username": "lead", "password": "long-enough-pass-1", "next": "/sites/"})
    assert right["Location"] == "/sites/" and "工作台" in words(client.get("/sites/"))
    assert "private" in client.get("/sites/")["Cache-Control"]
    client.post("/sign-out/")
    assert "工作人员登录" in words(client.get("/sites/"))


def test_a_page_that_needs_an_office_leads_to_sign_in_and_back(city, client):
    answer = client.get("/desk/?tab=1")
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/?next=/desk/%3Ftab%3D1")


def test_a_closed_consultation_takes_no_more(city, client):
    closed = city.open("old", days=31, started=40)
    page = words(client.get(f"/c/{closed.slug}/"))
    assert "已截止" in page and "对本条提意见" not in page
    assert closed.closes_on < city.at.date() + timedelta(days=1)
