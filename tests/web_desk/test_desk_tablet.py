"""What a station's tablet says to the server: broken parcels change nothing, strangers get nothing."""

import base64
import json

import pytest
from django.test import Client

from quancheng.contact.models import OpinionPicture, ResidentOpinion, Tablet

DEVICE = "d" * 64
PIXEL = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
        "53de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
    )
).decode()


def item(number: int = 1, **changed) -> dict:
    return {"key": f"{number:032x}", "body": f"第{number}件：路灯不亮。", "consent_how": "spoken", **changed}


def post(client: Client, address: str, content: object):
    body = content if isinstance(content, str | bytes) else json.dumps(content)
    return client.post(f"/desk/tablet/{address}", body, content_type="application/json")


@pytest.fixture
def station(city) -> Client:
    client = city.clients["site_staff"]
    assert post(client, "enrol", {"site": "zd1", "device": DEVICE, "label": "一号平板"}).status_code == 200
    return client


def test_items_are_stored_once_and_answered_each(station):
    for _ in range(2):
        answer = post(station, "hand-over", {"device": DEVICE, "now": "2001-01-01T00:00:00Z", "items": [item(1), item(2, consent_how="")]})
        results = answer.json()["results"]
        assert [result["state"] for result in results] == ["stored", "refused"]
        assert "同意" in results[1]["reason"] and answer["Cache-Control"] == "no-store"
    assert ResidentOpinion.objects.get().receipt_code == results[0]["code"]
    assert Tablet.objects.get().clock_off_seconds < -20 * 365 * 86400


def test_pictures_arrive_and_broken_ones_do_not_stop_the_words(station):
    answer = post(station, "hand-over", {"device": DEVICE, "items": [item(pictures=[PIXEL, "###", 7, "bm8="])]})
    (result,) = answer.json()["results"]
    assert result["state"] == "stored" and "3张图片" in result["reason"]
    assert OpinionPicture.objects.count() == 1


@pytest.mark.parametrize(
    "broken",
    [
        b"", b"{", b"\xff\xfe", "[]", "7", "null", "[" * 3000, {}, {"device": 7}, {"device": DEVICE, "items": 7},
        {"device": DEVICE, "items": [7, None, "x"]}, {"device": "x" * 64, "items": [item()]},
        {"device": DEVICE, "items": [item(key="short")]}, {"device": DEVICE, "items": [item(key=7)]},
        {"device": DEVICE, "items": [item(body=7)]}, {"device": DEVICE, "items": [item(number) for number in range(101)]},
        {"device": DEVICE, "items": [item(visibility="all")]}, {"device": DEVICE, "items": [item(area="nowhere")]},
    ],
)  # fmt: skip
def test_a_broken_parcel_changes_nothing(station, broken):
    answer = post(station, "hand-over", broken)
    assert answer.status_code in (200, 400)
    told = answer.json()
    assert told["reason"] if answer.status_code == 400 else all(r["state"] == "refused" and r["reason"] for r in told["results"])
    assert not ResidentOpinion.objects.exists()


def test_a_tablet_serves_its_own_site_alone(city, station):
    assert post(station, "enrol", {"site": "zd2", "device": DEVICE[1:] + "e", "label": "他站"}).status_code == 403
    for role in ("clerk", "deputy", "admin"):
        assert post(city.clients[role], "hand-over", {"device": DEVICE, "items": [item()]}).status_code == 403
    assert post(Client(), "hand-over", {"device": DEVICE, "items": [item()]}).status_code == 403
    assert not ResidentOpinion.objects.exists()


def test_the_token_is_asked_for(city, station):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = station.cookies
    assert post(strict, "hand-over", {"device": DEVICE, "items": [item()]}).status_code == 403
    token = strict.get("/desk/tablet/state").json()["csrf"]
    answer = strict.post(
        "/desk/tablet/hand-over", json.dumps({"device": DEVICE, "items": [item()]}), content_type="application/json",
        headers={"X-CSRFToken": token},
    )  # fmt: skip
    assert answer.status_code == 200 and ResidentOpinion.objects.count() == 1


def test_the_worker_keeps_the_page_and_no_words(city):
    worker = Client().get("/desk/tablet/worker.js")
    assert worker["Content-Type"].startswith("text/javascript") and "tablet.js" in worker.content.decode()
    manifest = Client().get("/desk/tablet/app.webmanifest").json()
    assert manifest["start_url"] == manifest["scope"] == "/desk/tablet/"
