"""A small city for the public site, built only by acts: organ, staff, a site, a bill, an open consultation."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from quancheng.consultations import acts
from quancheng.ledger import acts as ledger
from quancheng.legislation import acts as legislation
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import Actor
from quancheng.texts import acts as texts
from quancheng.texts import queries as text_queries

PHONE = "13800000001"
DRAFT = """濮阳市窨井设施管理条例（草案）

第一章　总则

第一条　为了加强窨井设施管理，保障公共安全，根据有关法律，结合本市实际，制定本条例。

第二条　本市行政区域内窨井设施的建设、管理和维护，适用本条例。

第二章　维护

第三条　窨井设施权属单位应当履行下列职责：
（一）定期巡查；
（二）发现井盖缺失的，在二十四小时内补装。

第四条　本条例自2027年1月1日起施行。
"""
REVISED = DRAFT.replace("二十四小时", "十二小时")


@dataclass
class City:
    """What the tests speak about."""

    at: datetime
    actors: dict[str, Actor] = field(default_factory=dict)
    said: int = 0

    def open(self, slug: str = "yinjing", *, days: int = 30, started: int = 0):
        """Submit a bill, fix its text and open a consultation on it that began `started` days ago."""
        lead, at = self.actors["lead"], self.at - timedelta(days=started)
        bill = legislation.submit_bill(
            title="", field="urban_rural", granting_law="", sponsor="市人民政府", organ="fgw", source=DRAFT,
            explanation="一、制定的必要性\n二、主要内容", imported_from="测试", by=lead, at=at,
        )
        version = text_queries.versions(bill.case.legal_text.pk)[0]
        texts.fix_version(version_id=version.pk, by=lead, at=at)
        legislation.put_on_agenda(bill_id=bill.pk, by=lead, at=at)
        first = timezone.localdate(at)
        return acts.open_consultation(
            subject_case_id=bill.case_id, version_id=version.pk, title="窨井设施管理条例征求意见", summary="管好脚下的井盖。",
            slug=slug, opens_on=first, closes_on=first + timedelta(days=days), short_window_decision="",
            contact="法工委", address="市府路1号", telephone="0393-6660000", email="", site_codes=["zd1"],
            questions=[("二十四小时合适吗", self.article(version.pk, "第三条"))], by=lead, at=at,
        )

    def article(self, version_id: int, label: str) -> str:
        """Return the anchor of an article."""
        return next(row.anchor for row in text_queries.articles(version_id) if row.label == label)

    def say(self, consultation, body: str = "井盖应当当天补上。", at: datetime | None = None, **more):
        """Say something as a resident; return the opinion."""
        self.said += 1
        form = acts.Submission(
            channel="web", body=body, consent=True, submission_key=f"key-{self.said:06d}-{'k' * 20}", opened_at=None,
            phone=PHONE, **more,
        )
        return acts.submit(consultation_id=consultation.pk, form=form, by=Actor.public(), at=at or self.at)


@pytest.fixture
def city(db, settings):
    settings.DEMO = True
    cache.clear()
    made, since = City(at=timezone.now()), date(2022, 2, 1)
    people.import_areas(at=made.at)
    people.create_organ(code="fgw", name="法制工作委员会", kind="working_body", area="410900", valid_from=since, at=made.at)
    people.create_site(
        code="zd1", name="中原路联络站", area="410928", organ="fgw", address="某路1号", telephone="0393-1", valid_from=since,
        at=made.at, functions=("liaison",),
    )
    for role in ("clerk", "lead", "releaser"):
        account = people.create_account(username=role, name=role, password="long-enough-pass-1", at=made.at)
        people.give_office(account_id=account.pk, organ="fgw", role=role, valid_from=since, at=made.at)
        made.actors[role] = people_queries.actor_for(account.pk, timezone.localdate())
    return made


@pytest.fixture
def window(city):
    """An open consultation."""
    return city.open()


@pytest.fixture
def anchor(city, window):
    """The anchor of its third article."""
    return city.article(window.version_id, "第三条")


def code_on(page: str) -> str:
    """Return the telephone code that a demo city shows on the page."""
    return re.search(r'<strong class="code">(\d{6})</strong>', page)[1]


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of the form."""
    return dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page))


@pytest.fixture
def resident():
    """A browser without a session that checks CSRF, as outside."""
    return Client(enforce_csrf_checks=False)


def seal(at):
    """Seal what waits in the ledger."""
    ledger.seal(at=at)
