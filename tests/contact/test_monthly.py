"""The monthly report counts what units were given and answered; an accusation counts nowhere (S02)."""

from datetime import timedelta

import pytest
from district import NOW, later
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quancheng.contact import acts, queries

PATH = f"/reports/{NOW.year}/{NOW.month}/"


@pytest.fixture
def client(city, monkeypatch) -> Client:
    cache.clear()
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(days=2))
    return Client()


def test_a_month_counts_each_units_work(city, client):
    first, second = city.write(), city.write()
    city.answer(city.assign(first, assisting=("swj",)), at=later(1))
    city.assign(second)
    received, (line,) = queries.month(NOW.date().replace(day=1), (NOW.date() + timedelta(days=31)).replace(day=1), NOW.date())
    assert (received, line.given, line.answered, line.in_time, line.overdue) == (2, 2, 1, 1, 0)
    page = client.get(PATH).content.decode()
    assert "收到 2 件，交办 2 件，答复 1 件，其中按期 1 件" in page
    rows = client.get(PATH + "report.csv").content.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("类别,承办单位") and rows[1].endswith(",2,1,1,0") and len(rows) == 2


def test_what_is_overdue_shows_in_the_month_in_which_it_was(city, client, monkeypatch):
    city.assign(city.write())
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(days=200))
    ahead = (NOW + timedelta(days=150)).date()
    assert "月末逾期未办 0 件" in client.get(PATH).content.decode()
    assert "月末逾期未办 1 件" in client.get(f"/reports/{ahead.year}/{ahead.month}/").content.decode()


def test_s02_an_accusation_counts_nowhere(city, client):
    empty = client.get(PATH).content
    made = city.write()
    city.assign(made)
    acts.refer(opinion_id=made.pk, way="accusation", where="", reason="反映的是工作人员的问题。", by=city["office"], at=later(0))
    cache.clear()
    assert client.get(PATH).content == empty


@pytest.mark.parametrize("path", ["/reports/2026/13/", "/reports/2026/0/", "/reports/1999/1/", "/reports/2999/1/", "/reports/999999/999999/"])
def test_no_such_month(client, path):
    assert client.get(path).status_code == client.get(path + "report.csv").status_code == 404


def test_the_statements_do_not_grow(city, client):
    for number in range(3):
        city.answer(city.assign(city.write(f"第{number}件：路灯不亮。")), at=later(1))
    with CaptureQueriesContext(connection) as ran:
        assert client.get(PATH).status_code == 200
    assert len(ran) <= 15  # one month in detail
    assert client.get("/reports/").status_code == 200
