"""The addresses of the hall, asked as devices ask them: a whole vote over HTTP, and what is refused how."""

import json

import pytest
from django.test import Client, override_settings

from quancheng.ballots import ballot
from quancheng.ballots.board import signed
from quancheng.people.models import Account
from quancheng.voting import device
from tests.voting.device_hall import AT, HALL, DeviceHall, G

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _hall_network():
    with override_settings(HALL_NETWORKS="127.0.0.0/8"):
        yield


def post(base, name, content, **extra):
    answer = Client().post(base + name, json.dumps(content), content_type="application/json", **extra)
    return answer.status_code, json.loads(answer.content)


def get(base, name, **extra):
    return json.loads(Client().get(base + name, **extra).content)


def test_a_whole_vote_over_http():
    hall = DeviceHall()
    base = f"/hall/votes/{hall.vote.pk}/"
    assert get(base, "state/")["state"] == "prepared"
    for who, secret in [*zip(hall.watchers, hall.identities, strict=True), (hall.registrar, hall.registrar_secret)]:
        client = Client()
        client.force_login(Account.objects.get(pk=who.id))
        session = client.session
        session["account"] = who.id
        session.save()
        role = "registrar" if who is hall.registrar else "trustee"
        answer = client.post(base + "keys/", json.dumps({"role": role, "key": G.base(secret).hex()}), content_type="application/json")
        assert answer.status_code == 200, answer.content.decode()
    hall.freeze()
    for round_ in ("commit", "open_key", "shares"):
        for one in hall.trustees:
            assert post(base, "events/", {"type": round_, "body": getattr(one, round_)()})[0] == 200
    lines = [json.loads(line) for line in Client().get(base + "board/").getvalue().splitlines()]
    kinds = {kind: [one["body"] for one in lines if one["type"] == kind] for kind in ("open_key", "shares")}
    for one in hall.trustees:
        assert post(base, "events/", {"type": "confirm", "body": one.confirm(kinds["open_key"], kinds["shares"])})[0] == 200
    hall.joint = bytes.fromhex(get(base, "state/")["joint"])
    cards = hall.seat()
    assert get(base, "state/")["state"] == "ready"
    device.issue(vote_id=hall.vote.pk, network=HALL, by=hall.secretary, at=AT)
    body, _ = hall.made(cards[0], [[1, 1, 0, 0]])
    status, receipt = post(base, "press/", {"ballot": body})
    assert status == 200 and receipt["code"] == ballot.short(receipt["tracker"])
    assert get(base, "standing/?credential=" + G.base(cards[0]).hex()) == {"state": "electronic", "seq": 1, "code": receipt["code"]}
    assert get(base, "counted/?code=" + receipt["code"].lower()) == {"counted": True}
    body, openings = hall.made(cards[1], [[0, 0, 1, 1]])
    assert post(base, "audit/", {"ballot": body, "openings": openings})[0] == 200
    state = get(base, "state/")
    assert (state["state"], state["ballots"], state["present"]) == ("open", 1, 6)
    hall.vote.case.refresh_from_db()
    root = hall.close()
    hall.decrypt()
    state = get(base, "state/")
    assert (state["root"], state["done"]) == (root, [1, 3, 5])


def test_refusals_have_a_code_for_the_page_and_a_sentence_for_people():
    hall = DeviceHall()
    hall.open()
    base = f"/hall/votes/{hall.vote.pk}/"
    good = hall.made(hall.cards[0], [[1, 0, 0, 0]])[0]
    assert post(base, "press/", {"ballot": good}, REMOTE_ADDR="203.0.113.9") == (403, {
        "fault": "network", "message": "法定表决只能在会场的网络内进行，现在的网络不是会场的网络。"})
    assert post(base, "press/", {"ballot": hall.made(G.draw(), [[1, 0, 0, 0]])[0]})[0] == 404
    assert post(base, "press/", {"ballot": hall.made(hall.cards[0], [[1, 0, 0, 0]], seq=5)[0]})[0] == 409
    for sent in ({}, {"ballot": 3}, {"ballot": {**good, "seq": "1"}}, {"ballot": {**good, "answers": [[]]}}):
        status, told = post(base, "press/", sent)
        assert (status, told["fault"]) == (422, "shape")
    assert Client().post(base + "press/", "{", content_type="application/json").status_code == 400
    assert Client().post(base + "press/", {"ballot": "x"}).status_code == 400
    assert post("/hall/votes/99999/", "press/", {"ballot": good})[0] == 404
    assert Client().get(base + "board/", REMOTE_ADDR="203.0.113.9").status_code == 403
    assert Client().get(base + "standing/?credential=ff", REMOTE_ADDR="203.0.113.9").status_code == 403
    assert Client().get(base + "standing/?credential=ff").status_code == 404


def test_nobody_opens_the_vote_from_outside_by_posting_an_event():
    hall = DeviceHall()
    hall.register_keys()
    hall.freeze()
    base = f"/hall/votes/{hall.vote.pk}/"
    for kind in ("open", "close", "result", "cast", "manifest", "nonsense"):
        body = signed(G, hall.manifest.eid, hall.registrar_secret, kind, {"at": "2026"})
        assert post(base, "events/", {"type": kind, "body": body})[1]["fault"] == "order"
