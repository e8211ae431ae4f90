"""The station's desk and the deputy's page."""

import pytest

from quancheng.consultations import queries as consultations

PAPER = {
    "site": "zd1", "anchor": "a3", "body": "井盖丢了没人管", "legal_wording": "建议明确补装时限。", "key": "p" * 32,
    "consent": "yes", "consent_how": "signed", "phone": "13800000002",
}


def test_s05_paper_needs_the_villagers_consent(city, window):
    client, path = city.clients["site_staff"], "/desk/site/shijing/enter/"
    assert "井盖" in client.get("/desk/site/").content.decode()
    refused = client.post(path, PAPER | {"consent": ""})
    page = refused.content.decode()
    assert refused.status_code == 400 and "井盖丢了没人管" in page and "建议明确补装时限" in page and "13800000002" in page
    assert client.post(path, PAPER | {"consent_how": "guess"}).status_code == 400


def test_paper_entered_gives_a_receipt_and_keeps_the_clause(city, window):
    client, path = city.clients["site_staff"], "/desk/site/shijing/enter/"
    done = client.post(path, PAPER, follow=True)
    page = done.content.decode()
    assert done.redirect_chain[0][1] == 303 and "回执号" in page and 'value="a3" selected' in page
    client.post(path, PAPER)
    sent = client.get("/desk/site/sent/").content.decode()
    assert sent.count("井盖丢了没人管") == 1 and "第三条" in sent


@pytest.mark.parametrize("site", ["zd2", ""])
def test_staff_enter_only_for_their_own_site(city, window, site):
    answer = city.clients["clerk"].post("/desk/site/shijing/enter/", PAPER | {"site": site})
    assert answer.status_code == 403
    if site:
        assert city.clients["site_staff"].post("/desk/site/shijing/enter/", PAPER | {"site": site}).status_code == 403


def test_deputy_speaks_and_sees_what_became_of_it(city, window):
    client = city.clients["deputy"]
    assert "市井条例" in client.get("/desk/deputy/").content.decode()
    empty = client.post("/desk/deputy/shijing/", {"body": "", "key": "d" * 32})
    assert empty.status_code == 400
    sent = client.post("/desk/deputy/shijing/", {"body": "建议写明住建部门的职责。", "anchor": "a2", "key": "d" * 32}, follow=True)
    assert "建议写明住建部门的职责" in sent.content.decode()
    assert city.clients["clerk"].get("/desk/deputy/").status_code == 403
    found = consultations.consultations()[0]
    assert found.opinions.get().channel == "deputy"
