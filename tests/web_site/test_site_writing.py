"""From the clause to the receipt: three screens, nothing typed is lost, nothing is stored twice."""

import html
import json
import re
from datetime import timedelta

import pytest
from django.test import Client

from quancheng.consultations import acts, queries
from quancheng.kernel import receipts
from quancheng.ledger import queries as ledger_queries
from tests.web_site.conftest import PHONE, code_on, hidden, seal

WORDS = "井盖缺失应当当天补上，并设置围挡。"


def words(response):
    return response.content.decode()


@pytest.fixture
def form(window, anchor, resident):
    """The open form on the third article: its address and hidden fields."""
    page = words(resident.get(f"/c/{window.slug}/write/?anchor={anchor}"))
    assert "第三条" in page and "提交意见" in page and "我们怎样使用您的信息" in page
    return f"/c/{window.slug}/write/", hidden(page)


def hand_in(client, form, body=WORDS, **more):
    """Ask for a code on the same screen, then hand the opinion in."""
    address, fields = form
    data = {**fields, "body": body, "phone": PHONE, "visibility": "shown", **more}
    asked = words(client.post(address, {**data, "action": "code"}))
    assert html.escape(body) in asked or body in html.unescape(asked)
    return client.post(address, {**data, "code": code_on(asked), "action": "submit"}), data | {"code": code_on(asked)}


def test_r1_15_three_screens_from_clause_to_receipt(city, form, resident, anchor, window):
    answer, _ = hand_in(resident, form, display_name="老李", area_code="410928")
    assert answer.status_code == 303 and re.fullmatch(r"/r/[0-9A-Z]{12}/\?new=1", answer["Location"])
    page = resident.get(answer["Location"])
    text = words(page)
    assert "意见已收到" in text and WORDS in text and "第三条" in text and "<svg" in text and "入账中" in text
    assert page["X-Robots-Tag"].startswith("noindex") and "no-store" in page["Cache-Control"] and PHONE not in text
    found = queries.by_receipt(answer["Location"].split("/")[2]).opinion
    assert (found.anchor, found.display_name, found.area_id) == (anchor, "老李", "410928")


def test_a_double_click_is_one_opinion(city, form, resident, window):
    first, data = hand_in(resident, form)
    twin = Client()  # the second click left before the first answer brought its cookie
    second = twin.post(form[0], {**data, "action": "submit"})
    assert second["Location"] == first["Location"]
    assert type(window).objects.get(pk=window.pk).opinions.count() == 1


def test_a_form_without_a_key_never_finds_another_opinion(city, form, resident, window):
    first, data = hand_in(resident, form)
    fields = {name: value for name, value in data.items() if name != "submission_key"}
    second = resident.post(form[0], {**fields, "body": "另一句话。", "action": "submit"})
    assert second.status_code == 303 and second["Location"] != first["Location"]


@pytest.mark.parametrize(
    ("change", "told"),
    [({"code": "000000"}, "验证码"), ({"body": "  "}, "请写下您的意见"), ({"body": "字" * 10_001}, "10000"), ({"phone": "123"}, "手机号")],
    ids=["wrong-code", "empty", "too-long", "bad-phone"],
)
def test_what_was_typed_stays_when_something_is_wrong(city, form, resident, change, told):
    address, fields = form
    data = {**fields, "body": WORDS, "phone": PHONE, "display_name": "老李", "visibility": "private", "action": "code"}
    code = code_on(words(resident.post(address, data)))
    answer = resident.post(address, {**data, "code": code, "action": "submit", **change})
    page = words(answer)
    assert answer.status_code == 400 and told in page and 'id="faults"' in page
    assert change.get("body", WORDS) in page and 'value="老李"' in page and 'value="private" checked' in page
    assert hidden(page)["submission_key"] == fields["submission_key"]


def test_the_proof_of_the_number_serves_for_twenty_minutes(city, form, resident, window):
    hand_in(resident, form)
    page = words(resident.get(form[0]))
    assert "138****0001" in page
    answer = resident.post(form[0], {**hidden(page), "body": "再说一句，施工路段要有灯。", "visibility": "shown", "action": "submit"})
    assert answer.status_code == 303


def test_an_organisation_speaks_in_its_own_name(city, form, resident, window):
    page = words(resident.get(form[0] + "?as=organisation"))
    fields = hidden(page)
    assert fields["as"] == "organisation"
    answer, _ = hand_in(resident, (form[0], fields), organisation="濮阳市某物业协会")
    found = queries.by_receipt(answer["Location"].split("/")[2]).opinion
    assert (found.channel, found.organisation, found.display_name) == ("organisation", "濮阳市某物业协会", "")
    without = resident.post(form[0], {**fields, "submission_key": "x" * 30, "body": WORDS, "action": "submit"})
    assert without.status_code == 400 and "请填写单位名称" in words(without) and WORDS in words(without)


def test_a_question_of_the_drafters_is_answered_under_it(city, window, resident):
    question = window.questions.get()
    page = words(resident.get(f"/c/{window.slug}/write/?question={question.pk}"))
    assert "二十四小时合适吗" in page
    answer, _ = hand_in(resident, (f"/c/{window.slug}/write/", hidden(page)))
    assert queries.by_receipt(answer["Location"].split("/")[2]).opinion.question_id == question.pk


@pytest.mark.parametrize("strange", [{"area_code": "999999"}, {"question": "99999999999999999999"}, {"question": "²"}, {"opened": "x"}])
def test_strange_fields_are_no_fault_of_ours(city, form, resident, strange):
    address, fields = form
    data = {**fields, "body": WORDS, "phone": PHONE, "action": "code"}
    code = code_on(words(resident.post(address, data)))
    assert resident.post(address, {**data, "action": "submit", "code": code, **strange}).status_code in (303, 400)


def test_the_window_closes_while_people_type(city, resident):
    closed = city.open("old", days=31, started=40)
    address = f"/c/{closed.slug}/write/"
    page = words(resident.get(address))
    assert "0393-6660000" in page
    data = {**hidden(page), "body": WORDS, "phone": PHONE, "action": "code"}
    code = code_on(words(resident.post(address, data)))
    answer = resident.post(address, {**data, "action": "submit", "code": code})
    assert answer.status_code == 409 and WORDS in words(answer)
    assert "已于" in words(answer) and "0393-6660000" in words(answer)


def test_a_form_without_a_token_keeps_the_words(city, form):
    answer = Client(enforce_csrf_checks=True).post(form[0], {"body": WORDS, "phone": PHONE, "code": "123456"})
    assert answer.status_code == 403 and WORDS in words(answer) and PHONE not in words(answer)


def test_script_emoji_and_rare_characters_are_words(city, form, resident):
    strange = "𠮷野家门口的井盖😀<script>alert(1)</script> & \"引号\""
    answer, _ = hand_in(resident, form, body=strange)
    page = words(resident.get(answer["Location"]))
    assert "𠮷野家门口的井盖😀" in page and "<script>alert" not in page


def test_lookup_forgives_and_leads_to_the_receipt(city, window, client):
    code = city.say(window).receipt_code
    typed = f" {code[:4].lower()} {code[4:8]}-{code[8:]} "
    assert client.get("/r/", {"code": typed})["Location"] == f"/r/{code}/"
    wrong = client.get("/r/", {"code": "0000 0000 0000"})
    assert wrong.status_code == 404 and "没有这个回执号" in words(wrong)
    assert client.get("/r/000000000000/").status_code == 404


def test_the_receipt_file_is_proved_offline_once_sealed(city, window, client):
    opinion = city.say(window, body=WORDS)
    seal(city.at)
    assert "已入账" in words(client.get(f"/r/{opinion.receipt_code}/"))
    answer = client.get(f"/r/{opinion.receipt_code}/receipt.json")
    file = json.loads(answer.content)
    assert file["status"] == "sealed" and WORDS in file["content"] and "attachment" in answer["Content-Disposition"]
    assert receipts.FORMAT == file["format"] and file["vkey"] == ledger_queries.public_key()


def test_s11_the_author_sees_why_it_is_not_shown_and_appeals(city, window, client):
    opinion = city.say(window, body=WORDS)
    acts.withhold(
        opinion_id=opinion.pk, ground="spam", explanation="与本次征求意见无关的广告。", by=city.actors["clerk"], at=city.at
    )
    page = words(client.get(f"/r/{opinion.receipt_code}/"))
    assert "没有公开显示" in page and "与本次征求意见无关的广告" in page and "提交申诉" in page
    short = client.post(f"/r/{opinion.receipt_code}/appeal/", {"text": "不"})
    assert short.status_code == 400 and "申诉的理由" in words(short)
    client.post(f"/r/{opinion.receipt_code}/appeal/", {"text": "我说的是井盖，不是广告。"})
    assert "我说的是井盖，不是广告" in words(client.get(f"/r/{opinion.receipt_code}/"))


def test_s05_erased_words_are_gone_and_the_proof_says_so(city, window, client):
    opinion = city.say(window, body=WORDS)
    acts.erase_words(opinion_id=opinion.pk, ground="本人书面申请删除", by=city.actors["lead"], at=city.at + timedelta(seconds=1))
    page = words(client.get(f"/r/{opinion.receipt_code}/"))
    assert WORDS not in page and "按您的申请删除" in page


def test_s05_my_opinions_only_after_the_number_is_proved(city, window, resident):
    opinion = city.say(window, body=WORDS)
    assert WORDS not in words(resident.get("/my/"))
    asked = words(resident.post("/my/", {"phone": PHONE, "action": "code"}))
    wrong = resident.post("/my/", {"phone": PHONE, "code": "000000", "action": "list"})
    assert wrong.status_code == 400 and WORDS not in words(wrong)
    listed = resident.post("/my/", {"phone": PHONE, "code": code_on(asked), "action": "list"})
    assert WORDS in words(listed) and f"/r/{opinion.receipt_code}/" in words(listed)
    resident.post("/my/", {"action": "forget"})
    assert WORDS not in words(resident.get("/my/"))
