"""The cache of anonymous pages: validators, freshness, what is never kept, one renderer at a time."""

import gzip
import threading

import pytest

from quancheng.web.pagecache import PageCache


class City:
    """A small WSGI application that counts its renderings."""

    def __init__(self, headers=(("Cache-Control", "public, max-age=0, must-revalidate"),), status="200 OK"):
        self.renderings, self.headers, self.status = 0, [("Content-Type", "text/html"), *headers], status

    def __call__(self, environ, start_response):
        self.renderings += 1
        start_response(self.status, list(self.headers))
        return [f"第{self.renderings}次 {environ['PATH_INFO']}".encode()]


class Clock:
    """Seconds that pass when told."""

    now = 100.0

    def __call__(self):
        return self.now


def ask(app, path="/", method="GET", query="", **headers):
    answer = {}

    def start_response(status, pairs, exc_info=None):
        answer.update(status=status, headers={name.lower(): value for name, value in pairs})

    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": "city"}
    environ |= {"HTTP_" + name.upper(): value for name, value in headers.items()}
    answer["body"] = b"".join(app(environ, start_response))
    return answer


@pytest.fixture
def clock():
    return Clock()


def cached(city, clock, **options):
    return PageCache(city, seconds=3, clock=clock, **options)


def test_a_page_is_rendered_once_until_its_time_is_over(clock):
    city = City()
    app = cached(city, clock)
    first, second = ask(app), ask(app)
    assert first["body"] == second["body"] == "第1次 /".encode()
    assert first["headers"]["etag"] == second["headers"]["etag"]
    clock.now += 3.1
    assert ask(app)["body"] == "第2次 /".encode()


def test_the_validator_is_strong_and_answers_304(clock):
    app = cached(City(), clock)
    etag = ask(app)["headers"]["etag"]
    assert etag.startswith('"')
    again = ask(app, if_none_match=f'"other", W/{etag}')
    assert again["status"].startswith("304") and again["body"] == b"" and again["headers"]["etag"] == etag
    clock.now += 4
    assert ask(app, if_none_match=etag)["status"].startswith("200")  # the words changed, so did the validator


def test_the_compressed_form_has_its_own_validator(clock):
    app = cached(City(), clock)
    plain, packed = ask(app), ask(app, accept_encoding="br, gzip")
    assert packed["headers"]["content-encoding"] == "gzip"
    assert gzip.decompress(packed["body"]) == plain["body"]
    assert packed["headers"]["etag"] != plain["headers"]["etag"]
    assert int(packed["headers"]["content-length"]) == len(packed["body"])
    assert "content-encoding" not in ask(app, accept_encoding="gzip;q=0")["headers"]


@pytest.mark.parametrize(
    ("city", "request_headers"),
    [
        (City(headers=[("Cache-Control", "no-store")]), {}),
        (City(headers=[("Cache-Control", "public"), ("Set-Cookie", "csrftoken=x")]), {}),
        (City(status="404 Not Found"), {}),
        (City(), {"cookie": "a=b; sessionid=abc"}),
    ],
    ids=["not-public", "sets-a-cookie", "not-200", "has-a-session"],
)
def test_what_is_not_for_everybody_is_not_kept(clock, city, request_headers):
    app = cached(city, clock)
    ask(app, **request_headers)
    ask(app, **request_headers)
    assert city.renderings == 2


def test_post_goes_through(clock):
    city = City()
    app = cached(city, clock)
    ask(app, method="POST")
    ask(app, method="POST")
    assert city.renderings == 2


def test_query_and_size_of_type_have_renderings_of_their_own(clock):
    city = City()
    app = cached(city, clock)
    ask(app), ask(app, query="page=2"), ask(app, cookie="type=l"), ask(app, cookie="x=1; type=xl")
    assert city.renderings == 4
    ask(app, cookie="type=huge")  # not one of ours: the standard rendering
    assert city.renderings == 4


def test_head_has_the_headers_and_no_body(clock):
    app = cached(City(), clock)
    body = ask(app)["body"]
    head = ask(app, method="HEAD")
    assert head["body"] == b"" and int(head["headers"]["content-length"]) == len(body)


def test_memory_is_bounded_and_the_least_used_goes(clock):
    city = City()
    app = cached(city, clock, limit=12_000)
    for number in range(40):
        ask(app, path=f"/{number}")
        ask(app, path="/0")
    assert app.weight <= 12_000 and len(app.pages) < 20
    assert app.weight == sum(kept.weight for kept in app.pages.values())
    before = city.renderings
    ask(app, path="/0")
    assert city.renderings == before


def test_one_renders_while_others_get_the_rendering_before(clock):
    started, go_on = threading.Event(), threading.Event()

    class Slow(City):
        def __call__(self, environ, start_response):
            if self.renderings:
                started.set()
                assert go_on.wait(10)
            return super().__call__(environ, start_response)

    city = Slow()
    app = cached(city, clock)
    ask(app)
    clock.now += 3.5
    answers = []
    renewer = threading.Thread(target=lambda: answers.append(ask(app)))
    renewer.start()
    assert started.wait(10)
    assert ask(app)["body"] == "第1次 /".encode()
    go_on.set()
    renewer.join(10)
    assert answers[0]["body"] == "第2次 /".encode() and city.renderings == 2
