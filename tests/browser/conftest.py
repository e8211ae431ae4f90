"""Headless Chromium for tests: two screens, a guard on every request, and checks that any page must pass.

    def test_front_page(phone, assert_accessible, assert_no_overflow):
        phone.goto("/")
        assert_accessible(phone)
        assert_no_overflow(phone)

`phone` and `desktop` are playwright pages whose base address is the live server; `visitors` makes more of them,
each a browser of its own. A page that asks any other host for anything, that throws in its script, that logs an
error or that breaks the content security policy fails its test. `town` is the town of tests/browser/town.py in the
live server's database, `clock` moves the time that the server reads.
"""

import atexit
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.browser import town as towns

SEEN = Path(os.environ.get("AXE_SEEN") or tempfile.mkdtemp(prefix="axe-"))
if "AXE_SEEN" not in os.environ:
    atexit.register(shutil.rmtree, SEEN, ignore_errors=True)

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def _chromium() -> str:
    names = (os.environ.get("CHROMIUM"), "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, (shutil.which(name) for name in names if name)), None)
    if path is None:
        pytest.fail("Chromium is missing: apt-get install chromium-headless-shell, or point CHROMIUM to it")
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for the whole run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=FLAGS)
        yield browser
        browser.close()


REFUSED = "Failed to load resource: the server responded with a status of 4"  # a refusal: the page itself says why


@contextmanager
def watched(browser: Browser, base_url: str, width: int, height: int, touch: bool) -> Iterator[Page]:
    """A page of a browser of its own; at the end, everything that went wrong in it fails the test."""
    faults: list[str] = []
    context = browser.new_context(
        base_url=base_url,
        viewport={"width": width, "height": height},
        has_touch=touch,
        is_mobile=touch,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        accept_downloads=True,
    )
    context.set_default_timeout(10_000)
    home = urlsplit(base_url).netloc

    def guard(request: Request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme in ("http", "https", "ws", "wss") and asked.netloc != home:
            faults.append(f"asked another host: {request.url}")

    def listen(message: object) -> None:
        text = str(getattr(message, "text", ""))
        error = getattr(message, "type", "") == "error" and not text.startswith(REFUSED)
        if error or "Content Security Policy" in text:
            faults.append(text)

    context.on("request", guard)
    context.on("page", lambda page: page.on("websocket", lambda line: faults.append(f"opened a line: {line.url}")))
    context.on("console", listen)
    context.on("weberror", lambda error: faults.append(f"script error: {error.error}"))
    yield context.new_page()
    context.close()
    assert not faults, "\n".join(faults)


@dataclass
class Visitors:
    """People, each with a browser of his own."""

    browser: Browser
    base_url: str
    stack: ExitStack

    def phone(self, base_url: str = "") -> Page:
        """A page of 390 × 844 with touch, as on a common telephone."""
        return self.stack.enter_context(watched(self.browser, base_url or self.base_url, 390, 844, touch=True))

    def desktop(self, base_url: str = "") -> Page:
        """A page of 1280 × 900, as on an office desk."""
        return self.stack.enter_context(watched(self.browser, base_url or self.base_url, 1280, 900, touch=False))


@pytest.fixture
def visitors(browser: Browser, live_server) -> Iterator[Visitors]:
    """Make as many visitors of the live server as the walk needs."""
    with ExitStack() as stack:
        yield Visitors(browser, live_server.url, stack)


@pytest.fixture
def phone(visitors: Visitors) -> Page:
    """A page of 390 × 844 with touch, as on a common telephone."""
    return visitors.phone()


@pytest.fixture
def desktop(visitors: Visitors) -> Page:
    """A page of 1280 × 900, as on an office desk."""
    return visitors.desktop()


class Clock:
    """The time that the server reads; it goes on from where it was set."""

    def __init__(self) -> None:
        self._real = timezone.now
        self._shift = timedelta()

    def __call__(self) -> datetime:
        return self._real() + self._shift

    def set(self, moment: datetime) -> None:
        """Let it be that moment now."""
        self._shift = moment - self._real()

    def forward(self, **delta: float) -> None:
        """Let that time pass."""
        self._shift += timedelta(**delta)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that Django gives to faces and sessions, to be moved by the test."""
    moved = Clock()
    monkeypatch.setattr(timezone, "now", moved)
    return moved


@pytest.fixture
def town(live_server, settings) -> towns.Town:
    """The town in the live server's database; it sends no messages, codes are shown on the page."""
    settings.DEMO = True
    settings.PUBLIC_URL = live_server.url
    cache.clear()
    return towns.build()


# What axe judges by: the elements as they are nested, their attributes, whether they hold text. Words and numbers are left
# out, but an id that stands twice is not.
SHAPE = """() => {
    const ids = new Map(), kinds = new Set();
    const told = one => one.tagName + [...one.attributes].filter(a => !/^(d|points|x|y|x1|x2|y1|y2|width|height)$/.test(a.name))
        .map(a => a.name + '=' + (/^(class|style|role|type|lang|scope|tabindex|aria-[a-z]+)$/.test(a.name)
            ? a.value.replace(/[0-9]+/g, '0').replace(/[^\\x00-\\x7f]+/g, '文') : a.name === 'for' ? document.getElementById(a.value) !== null : a.value !== '')).sort().join(' ');
    for (const one of document.querySelectorAll('*')) {
        if (one.id) ids.set(one.id, (ids.get(one.id) || 0) + 1);
        const words = [...one.childNodes].some(n => n.nodeType === 3 && n.data.trim());
        const seen = one.checkVisibility ? one.checkVisibility() : true;
        let above = one.parentElement, line = told(one) + words + seen;
        for (let i = 0; above && i < 3; i++, above = above.parentElement) line += '<' + told(above);
        kinds.add(line);
    }
    const twice = [...ids].filter(([, n]) => n > 1).map(([id]) => id);
    return [document.title !== '', innerWidth, twice, [...kinds].sort()];
}"""


def check_accessible(page: Page) -> None:
    """Run axe on the page as it stands; fail on every serious or critical violation and say where it is.

    A page of the very shape that has passed before is not asked again: AXE_SEEN names a folder where shapes that passed
    are noted, so that the second database's run asks only about what it alone shows.
    """
    shape = hashlib.sha256(json.dumps(page.evaluate(SHAPE)).encode()).hexdigest()
    note = SEEN / shape
    if note.exists():
        return
    found = []
    for violation in Axe().run(page).response["violations"]:
        if violation["impact"] not in ("serious", "critical"):
            continue
        found.append(f"{violation['impact']}: {violation['id']}: {violation['help']}")
        for node in violation["nodes"][:5]:
            found.append(f"    {' '.join(map(str, node['target']))}\n        {node['html'][:200]}")
            found += [f"        {check['message']}" for check in node["any"] + node["all"] + node["none"]]
    assert not found, f"axe at {page.url}\n" + "\n".join(found)
    note.touch()


def check_no_overflow(page: Page) -> None:
    """Fail if the page is wider than its window, and name the elements that stick out."""
    wide = page.evaluate(
        """() => {
            const room = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= room) return [];
            const out = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > room + 1);
            return [`page ${document.documentElement.scrollWidth} px in a window of ${room} px`,
                    ...out.slice(0, 8).map(e => e.outerHTML.slice(0, 160))];
        }"""
    )
    assert not wide, f"sideways scrolling at {page.url}\n" + "\n".join(wide)


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    return check_accessible


@pytest.fixture
def assert_no_overflow() -> Callable[[Page], None]:
    return check_no_overflow
