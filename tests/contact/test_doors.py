"""From the QR code on the wall to the receipt: writing, pictures, rating, the file, my matters; closed and wrong doors."""

import json
import re
from datetime import timedelta

import pytest
from district import NOW, PHONE, WORDS, later, png
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quancheng.contact import acts
from quancheng.contact.models import Booking, OpinionPicture, ResidentOpinion
from quancheng.ledger import acts as ledger
from quancheng.people.permissions import Actor

KEY = "k" * 32


@pytest.fixture
def visitor(city, monkeypatch, settings) -> Client:
    settings.DEMO = True
    cache.clear()
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(hours=1))
    return Client()


def prove(visitor: Client, path: str, phone: str = PHONE, **typed) -> str:
    page = visitor.post(path, {"action": "code", "phone": phone, **typed}).content.decode()
    assert all(words in page for words in typed.values())
    return re.search(r'<strong class="code">(\d{6})</strong>', page)[1]


def hand_in(visitor: Client, path: str, **changed):
    code = prove(visitor, path, body=WORDS)
    return visitor.post(path, {"action": "submit", "body": WORDS, "phone": PHONE, "code": code, "key": KEY, **changed})


def test_a_letter_to_a_deputy_from_the_code_to_the_receipt(city, visitor):
    path = f"/d/{city.code()}/"
    assert "甲deputy" in visitor.get(path).content.decode() and visitor.get(path.lower()).status_code == 200
    picture = SimpleUploadedFile("井盖.png", png(), content_type="image/png")
    sent = hand_in(visitor, path, pictures=picture, name="老李", visibility="private")
    assert sent.status_code == 303
    made = ResidentOpinion.objects.get()
    assert (made.body, made.door, made.deputy_id, made.visibility) == (WORDS, "deputy", city["deputy"].id, "private")
    page = visitor.get(sent["Location"]).content.decode()
    assert "已经收到" in page and WORDS in page and "入账中" in page
    shown = visitor.get(f"/r/{made.receipt_code}/pictures/{OpinionPicture.objects.get().pk}/")
    assert shown.status_code == 200 and shown["Content-Type"] == "image/png"
    assert Client().get(f"/r/WRONG0000000/pictures/{OpinionPicture.objects.get().pk}/").status_code == 403
    ledger.seal(at=timezone.now())
    assert "已入账" in visitor.get(f"/r/{made.receipt_code}/").content.decode()
    file = json.loads(visitor.get(f"/r/{made.receipt_code}/receipt.json").content)
    assert file["code"] == made.receipt_code
    assert visitor.get(f"/r/?code={made.receipt_code.lower()}").status_code == 302
    assert WORDS[:10] in visitor.get("/my/").content.decode()


def test_a_site_takes_letters_too(city, visitor):
    code = acts.make_code(site="zd1", by=city["office"], at=NOW).pk
    assert "中原路联络站" in visitor.get(f"/d/{code}/").content.decode()
    assert hand_in(visitor, f"/d/{code}/").status_code == 303
    assert ResidentOpinion.objects.get().site_id == "zd1"


def test_pressed_twice_it_is_one_letter(city, visitor):
    path = f"/d/{city.code()}/"
    code = prove(visitor, path)
    form = {"action": "submit", "body": WORDS, "phone": PHONE, "code": code, "key": KEY}
    twin = Client()  # the twin's request left before the first answer's cookie came
    first, second = visitor.post(path, form), twin.post(path, form)
    assert first["Location"] == second["Location"] and ResidentOpinion.objects.count() == 1


def test_a_stranger_learns_nothing_from_a_form_key(city, visitor):
    path = f"/d/{city.code()}/"
    hand_in(visitor, path)
    guess = Client().post(path, {"action": "submit", "body": "别的话", "phone": PHONE, "code": "000000", "key": KEY})
    assert guess.status_code == 400 and "receipt" not in guess.headers.get("Location", "")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"body": " "}, "请写下您要反映的事情"), ({"code": "000000"}, "验证码不正确"), ({"phone": "12"}, "手机号"),
        ({"visibility": "all"}, "能不能公开"), ({"key": "short"}, "表单不完整"), ({"body": "很" * 10_001}, "10000"),
        ({"pictures": [SimpleUploadedFile("a.png", b"MZ", content_type="image/png")]}, "图片"),
    ],
)  # fmt: skip
def test_a_wrong_form_keeps_what_was_typed_and_stores_nothing(city, visitor, wrong, said):
    answer = hand_in(visitor, f"/d/{city.code()}/", name="老李头", **wrong)
    page = answer.content.decode()
    assert answer.status_code == 400 and said in page and "老李头" in page
    assert not ResidentOpinion.objects.exists()


def test_a_code_that_is_closed_or_unknown_says_where_to_go(city, visitor):
    code = city.code()
    acts.revoke_code(code=code, reason="海报遗失", by=city["office"], at=NOW)
    for path in (f"/d/{code}/", "/d/NOSUCH00/", "/d/%F0%9F%98%80/"):
        answer = visitor.get(path)
        assert answer.status_code == 404 and "身边站点" in answer.content.decode()
        assert visitor.post(path, {"body": WORDS}).status_code == 404


def test_the_author_rates_and_the_unit_has_to_do_it_again(city, visitor):
    made = city.write()
    city.answer(city.assign(made), at=later(0, 9, 30))
    path = f"/r/{made.receipt_code}/"
    page = visitor.get(path).content.decode()
    answer = re.search(r'name="answer" value="(\d+)"', page)[1]
    refused = visitor.post(path + "rate/", {"answer": answer, "grade": "dissatisfied", "reason": ""})
    assert refused.status_code == 400 and "理由" in refused.content.decode()
    assert visitor.post(path + "rate/", {"answer": "x", "grade": "satisfied"}).status_code == 400
    sent = visitor.post(path + "rate/", {"answer": answer, "grade": "dissatisfied", "reason": "只来看了看，没有补装。"})
    assert sent.status_code == 303
    assert "只来看了看" in visitor.get(path).content.decode()
    assert visitor.post(path + "rate/", {"answer": answer, "grade": "satisfied"}).status_code in (400, 409)
    made.refresh_from_db()
    assert made.case.state == "redo"


def test_what_was_sealed_as_an_accusation_shows_its_author_only_that_it_went_on(city, visitor):
    made = city.write("某局的人收了红包，请查一查。")
    acts.refer(opinion_id=made.pk, way="accusation", where="", reason="反映的是工作人员的问题。", by=city["office"], at=later(0))
    page = visitor.get(f"/r/{made.receipt_code}/").content.decode()
    assert "红包" not in page and "检举" not in page and "密封转送" in page


def test_a_booking_shows_its_place_in_the_queue_and_is_given_back(city, visitor):
    day = NOW.date() + timedelta(days=2)
    form = acts.ReceptionForm("zd1", day, later(0, 9).time(), later(0, 11).time(), 5, (city["deputy"].id,))
    reception = acts.plan_reception(form=form, by=city["station"], at=NOW)
    booking = acts.book(reception_id=reception.pk, form=acts.BookingForm(KEY, phone=PHONE), by=Actor.public(), at=NOW)
    path = f"/r/{booking.receipt_code}/"
    assert "1号" in visitor.get(path).content.decode()
    assert visitor.post(path + "cancel/").status_code == 303
    assert Booking.objects.get().state == "cancelled" and "取消预约" not in visitor.get(path).content.decode()
    assert visitor.post(path + "cancel/").status_code == 409


def test_the_statements_do_not_grow(city, visitor):
    made = city.write(pictures=(png(),))
    city.answer(city.assign(made, assisting=("swj",)), at=later(0, 9, 30))
    for path, most in ((f"/r/{made.receipt_code}/", 15), (f"/d/{city.code()}/", 15)):
        with CaptureQueriesContext(connection) as ran:
            assert visitor.get(path).status_code == 200
        assert len(ran) <= most, len(ran)
    path = f"/d/{city.code()}/"
    form = {"action": "submit", "body": WORDS, "phone": PHONE, "key": KEY}
    hand_in(visitor, path)  # the number is proved now
    with CaptureQueriesContext(connection) as ran:
        sent = visitor.post(path, form | {"key": "another" + KEY})
    said = [query["sql"] for query in ran.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert sent.status_code == 303 and len(said) <= 15, "\n".join(said)
