"""The station's tablet without a network: three opinions, and five hundred through cut wires and killed servers."""

import json
import random
import re
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from quancheng.contact.models import ResidentOpinion, Tablet
from quancheng.people import acts as people
from tests.browser import steps
from tests.browser.conftest import check_accessible, check_no_overflow
from tests.browser.server import Server
from tests.browser.town import PASSWORD, SINCE, Town
from tests.browser.wire import Wire

PIN = "280914"
BUILD = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, interactive=False)
from tests.browser import test_tablet, town
test_tablet.with_office(town.build())
"""
COUNT = """
import django, json
django.setup()
from quancheng.contact.models import ResidentOpinion
from quancheng.ledger.models import Entry
rows = ResidentOpinion.objects.order_by("pk")
print(json.dumps({
    "bodies": list(rows.values_list("body", flat=True)), "codes": list(rows.values_list("receipt_code", flat=True)),
    "entries": Entry.objects.filter(kind="matter.received").count(),
}))
"""
WRITE_MANY = """async ([first, last]) => {
    const form = document.querySelector("form[data-form='entry']");
    for (let number = first; number < last; number += 1) {
        document.querySelector("[data-go='entry']").click();
        form.elements.body.value = `第${number}件：村西桥上的护栏松了。`;
        form.elements.consent_how.value = "spoken";
        form.requestSubmit();
        while (document.querySelector("[data-screen='slip']").hidden) await new Promise(done => setTimeout(done, 2));
        document.querySelector("[data-screen='slip'] [data-go='home']").click();
        while (document.querySelector("[data-screen='home']").hidden) await new Promise(done => setTimeout(done, 2));
    }
}"""
LEFT = """async () => new Promise(done => {
    const opening = indexedDB.open("quancheng-tablet", 1);
    opening.onsuccess = () => {
        const asked = opening.result.transaction("items").objectStore("items").getAll();
        asked.onsuccess = () => {
            opening.result.close();
            const left = asked.result.filter(item => item.state !== "stored");
            done([left.length, asked.result.filter(item => item.state === "stored" && item.box).length]);
        };
    };
})"""


def with_office(town: Town) -> Town:
    """Add the office that assigns what residents bring."""
    at = timezone.now()
    account = people.create_account(username="office1", name="代工委", password=PASSWORD, at=at)
    people.give_office(account_id=account.pk, organ="fgw", role="deputy_office", valid_from=SINCE, at=at)
    return town


@pytest.fixture
def tablet(browser: Browser, live_server, town: Town) -> Iterator[Page]:
    """The tablet's page on a screen of its own, signed in as the station."""
    with_office(town)
    context = browser.new_context(base_url=live_server.url, viewport={"width": 810, "height": 1080}, has_touch=True, locale="zh-CN")
    context.set_default_timeout(15_000)
    page = context.new_page()
    steps.sign_in(page, "station", "/desk/site/")
    page.get_by_role("link", name="平板：没有网络也能记").click()
    yield page
    context.close()


def set_pin(page: Page, pin: str = PIN) -> None:
    """Name the tablet and set its PIN."""
    page.get_by_label(re.compile("^给平板起个名字")).fill("一号平板")
    page.get_by_label("口令（6至12位数字）").fill(pin)
    page.get_by_label("再填一次").fill(pin)
    page.get_by_role("button", name="设好口令").click()
    expect(page.get_by_role("heading", name="这台平板上的意见")).to_be_visible()


def unlock(page: Page, pin: str = PIN) -> None:
    page.get_by_label("口令", exact=True).fill(pin)
    page.get_by_role("button", name="打开", exact=True).click()


def take(page: Page, words: str, name: str = "") -> str:
    """Take one opinion; return the code on its slip."""
    page.get_by_role("button", name="记一份意见").click()
    page.get_by_label(re.compile("^群言群语")).fill(words)
    page.get_by_label(re.compile("^怎样称呼")).fill(name)
    page.get_by_label("本人口头同意").check()
    page.get_by_role("button", name="记下来").click()
    expect(page.get_by_role("heading", name="请把回执交给本人")).to_be_visible()
    code = page.locator("[data-slip-code]").inner_text().replace(" ", "")
    page.get_by_role("button", name="完成").click()
    return code


def ready_without_network(page: Page) -> None:
    """Wait until the page's worker is in charge."""
    assert page.evaluate("async () => !!(await navigator.serviceWorker.ready).active")


def test_three_opinions_without_a_network_arrive_after_it_returns(tablet: Page, visitors):
    check_accessible(tablet)
    set_pin(tablet)
    expect(tablet.locator("[data-say]")).to_have_text("已全部交回。")
    assert Tablet.objects.get().label == "一号平板"
    ready_without_network(tablet)
    tablet.context.set_offline(True)
    words = ("村东头路灯坏了三个月。", "俺村到镇上的班车停了，老人看病难。", "河沟里都是垃圾，夏天臭得很。")
    codes = [take(tablet, said, "老李") for said in words]
    tablet.reload()  # the tablet was switched off and on, still without a network
    expect(tablet.get_by_role("heading", name="平板已锁上")).to_be_visible()
    check_accessible(tablet)
    unlock(tablet, "000000")
    expect(tablet.locator("[data-say]")).to_have_text("口令不对，请再试。")
    unlock(tablet)
    expect(tablet.locator("[data-left]")).to_have_text("3")
    assert not ResidentOpinion.objects.exists()
    tablet.context.set_offline(False)
    tablet.get_by_role("button", name="现在交回").click()
    expect(tablet.locator("[data-left]")).to_have_text("0")
    assert sorted(ResidentOpinion.objects.values_list("body", "receipt_code", "door")) == sorted(
        (said, code, "tablet") for said, code in zip(words, codes, strict=True)
    )
    phone = visitors.phone()
    phone.goto(f"/r/{codes[0]}/")  # what the slip says
    expect(phone.get_by_text(words[0])).to_be_visible()
    check_accessible(phone)


def test_every_screen_fits_a_phone_and_every_user(tablet: Page):
    tablet.set_viewport_size({"width": 390, "height": 844})
    check_no_overflow(tablet)
    set_pin(tablet)
    for button in ("记一份意见",):
        check_accessible(tablet)
        check_no_overflow(tablet)
        tablet.get_by_role("button", name=button).click()
    check_accessible(tablet)
    check_no_overflow(tablet)
    tablet.get_by_role("button", name="记下来").click()
    expect(tablet.locator("[data-say]")).to_have_text("请写下本人的原话。")
    tablet.get_by_label(re.compile("^群言群语")).fill("<b>路灯</b>不亮 " + "很" * 60)
    tablet.get_by_role("button", name="记下来").click()
    expect(tablet.locator("[data-say]")).to_have_text("请选择本人怎样同意的。")
    tablet.get_by_label("本人口头同意").check()
    tablet.get_by_role("button", name="记下来").click()
    expect(tablet.get_by_role("heading", name="请把回执交给本人")).to_be_visible()
    check_accessible(tablet)
    check_no_overflow(tablet)


def test_what_is_half_written_survives_the_lock_and_the_switch(tablet: Page):
    set_pin(tablet)
    expect(tablet.locator("[data-say]")).to_have_text("已全部交回。")
    tablet.get_by_role("button", name="记一份意见").click()
    tablet.get_by_role("heading", name="记一份意见").click()  # a touch beside the fields says nothing
    tablet.wait_for_timeout(200)
    expect(tablet.locator("[data-say]")).to_have_text("")
    tablet.get_by_label(re.compile("^群言群语")).fill("说到一半，平板没电了")
    kept = """async () => new Promise(done => {
        const opening = indexedDB.open("quancheng-tablet", 1);
        opening.onsuccess = () => {
            const asked = opening.result.transaction("meta").objectStore("meta").get("draft");
            asked.onsuccess = () => { opening.result.close(); done(!!asked.result); };
        };
    })"""
    for _ in range(100):
        if tablet.evaluate(kept):
            break
        tablet.wait_for_timeout(50)
    tablet.reload()
    unlock(tablet)
    expect(tablet.get_by_label(re.compile("^群言群语"))).to_have_value("说到一半，平板没电了")
    assert not ResidentOpinion.objects.exists()


def test_words_on_the_device_are_not_readable_without_the_pin(tablet: Page):
    set_pin(tablet)
    tablet.context.set_offline(True)
    take(tablet, "这句话不能让捡到平板的人看见。")
    dump = tablet.evaluate("""async () => new Promise(done => {
        const opening = indexedDB.open("quancheng-tablet", 1);
        opening.onsuccess = () => {
            const found = [], turn = opening.result.transaction(["items", "meta"]);
            for (const store of ["items", "meta"]) {
                turn.objectStore(store).openCursor().onsuccess = event => {
                    const cursor = event.target.result;
                    if (!cursor) return;
                    const walk = value => {
                        if (value instanceof ArrayBuffer) found.push(new TextDecoder().decode(value));
                        else if (ArrayBuffer.isView(value)) found.push(new TextDecoder().decode(value));
                        else if (value && typeof value === "object") Object.values(value).forEach(walk);
                        else found.push(String(value));
                    };
                    walk(cursor.value);
                    cursor.continue();
                };
            }
            turn.oncomplete = () => { opening.result.close(); done(found.join("|")); };
        };
    })""")
    assert len(dump) > 100 and "捡到" not in dump and "一号平板" not in dump and PIN not in dump
    names = tablet.evaluate("async () => (await Promise.all((await caches.keys()).map(async n => (await (await caches.open(n)).keys()).map(r => r.url)))).flat()")
    assert all("/static/" in name or name.endswith("/desk/tablet/") for name in names)


def test_a_refused_opinion_is_mended_under_the_code_of_its_slip(tablet: Page):
    set_pin(tablet)
    tablet.context.set_offline(True)
    code = take(tablet, "很" * 10_001)
    tablet.context.set_offline(False)
    tablet.get_by_role("button", name="现在交回").click()
    tablet.get_by_role("button", name="打开修改").click()
    tablet.get_by_label(re.compile("^群言群语")).fill("路灯很久不亮。")
    tablet.get_by_role("button", name="记下来").click()
    tablet.get_by_role("button", name="完成").click()
    tablet.get_by_role("button", name="现在交回").click()
    expect(tablet.locator("[data-left]")).to_have_text("0")
    assert ResidentOpinion.objects.get().receipt_code == code


@pytest.fixture
def server(tmp_path) -> Iterator[Server]:
    """A server of its own, with the town and its office."""
    made = Server(tmp_path)
    try:
        made.run("-c", BUILD)
        made.start()
        yield made
    finally:
        made.remove()


def test_five_hundred_through_thirty_cuts_and_ten_kills_none_lost_none_twice(browser: Browser, server: Server):
    dice, wire = random.Random(20260914), Wire(server.port)
    context = browser.new_context(base_url=wire.url, locale="zh-CN")
    context.set_default_timeout(30_000)
    page = context.new_page()
    try:
        steps.sign_in(page, "station", "/desk/tablet/")
        set_pin(page)
        ready_without_network(page)
        wire.cut()
        page.evaluate(WRITE_MANY, [0, 500])
        faults = ["cut"] * 15 + ["deaf"] * 15 + ["reload"] * 5 + ["kill"] * 5
        dice.shuffle(faults)
        for fault in faults:
            wire.mend()
            page.evaluate("document.querySelector(\"[data-go='hand-over']\").click()")
            page.wait_for_timeout(dice.randint(0, 120))
            if fault == "cut":
                wire.cut()
            elif fault == "deaf":
                wire.lose_answers()
                page.wait_for_timeout(60)
            elif fault == "reload":
                page.reload()
                unlock(page)
                expect(page.get_by_role("heading", name="这台平板上的意见")).to_be_visible()
            else:
                server.kill()
                server.start()
        wire.mend()
        for _ in range(60):
            page.evaluate("document.querySelector(\"[data-go='hand-over']\").click()")
            page.wait_for_timeout(500)
            if page.evaluate(LEFT)[0] == 0:
                break
        assert page.evaluate(LEFT) == [0, 0]  # nothing waits, and no words of those handed over stay on the device
        found = json.loads(server.run("-c", COUNT))
        assert sorted(found["bodies"]) == sorted(f"第{number}件：村西桥上的护栏松了。" for number in range(500))
        assert len(set(found["codes"])) == 500 and found["entries"] == 500
    finally:
        context.close()
        wire.close()
