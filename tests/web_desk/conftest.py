"""A small city for the desk, built only by acts: organ, sites, one account for each role, one bill with its text."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from quancheng.legislation import acts as legislation
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import ROLES, Actor
from quancheng.texts import acts as texts
from quancheng.texts import queries as text_queries

PASSWORD = "long-enough-pass-1"
SINCE = date(2022, 2, 1)
DRAFT = """濮阳市市井管理条例（草案）

第一条　为了加强窨井设施管理，保障公共安全，根据有关法律，结合本市实际，制定本条例。

第二条　本市行政区域内窨井设施的建设、管理和维护，适用本条例。

第三条　窨井设施权属单位应当定期巡查，发现井盖缺失的，应当在二十四小时内补装。

第四条　本条例自2027年1月1日起施行。
"""


@dataclass
class City:
    """What the tests speak about."""

    at: datetime
    text: str = DRAFT
    actors: dict[str, Actor] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)

    def draft(self, source: str = DRAFT) -> int:
        """Submit a bill through the act and return the id of its first version."""
        bill = legislation.submit_bill(
            title="", field="urban_rural", granting_law="", sponsor="市人民政府", organ="fgw", source=source,
            explanation="关于草案的说明。", imported_from="测试", by=self.actors["lead"], at=self.at,
        )
        return text_queries.versions(bill.case.legal_text.pk)[0].pk

    def fixed(self) -> int:
        """Return the id of a fixed version whose bill stands on the agenda."""
        version_id = self.draft()
        texts.fix_version(version_id=version_id, by=self.actors["lead"], at=self.at)
        bill = text_queries.version(version_id).text.case.regulation_bill
        legislation.put_on_agenda(bill_id=bill.pk, by=self.actors["lead"], at=self.at)
        return version_id

    def review(self, window):
        """Return the one document that waits for review."""
        from quancheng.publications import queries as publications

        (paper,) = publications.review_queue(self.actors["releaser"])
        assert paper.case_id == window.case_id
        return paper


@pytest.fixture
def city(db):
    cache.clear()
    made = City(at=timezone.now())
    people.import_areas(at=made.at)
    people.create_organ(code="fgw", name="法制工作委员会", kind="working_body", area="410900", valid_from=SINCE, at=made.at)
    people.create_organ(code="other", name="某县人大常委会", kind="standing_committee", area="410928", valid_from=SINCE, at=made.at)
    for code, name in (("zd1", "中原路联络站"), ("zd2", "城关镇联络站")):
        people.create_site(
            code=code, name=name, area="410928", organ="fgw", address="某路1号", valid_from=SINCE, at=made.at,
            functions=("liaison", "legislation"),
        )
    for username, role, organ in [*((role, role, "fgw") for role in ROLES), ("lead2", "lead", "fgw"), ("foreign", "lead", "other")]:
        account = people.create_account(username=username, name=f"甲{username}", password=PASSWORD, at=made.at)
        people.give_office(
            account_id=account.pk, organ=organ, role=role, site="zd1" if role == "site_staff" else "",
            valid_from=SINCE, at=made.at,
        )
        made.actors[username] = people_queries.actor_for(account.pk, timezone.localdate())
        client = Client()
        answer = client.post("/sign-in/", {"username": username, "password": PASSWORD})
        assert answer.status_code in (302, 303)
        made.clients[username] = client
    return made


@pytest.fixture
def window(city):
    """An open consultation on a fixed version, at site zd1."""
    from quancheng.consultations import acts

    version_id = city.fixed()
    on = timezone.localdate()
    return acts.open_consultation(
        subject_case_id=text_queries.version(version_id).text.case_id, version_id=version_id, title="市井条例征求意见",
        summary="管好脚下的井盖。", slug="shijing", opens_on=on, closes_on=on + timedelta(days=30),
        short_window_decision="", contact="法工委", address="市府路1号", telephone="0393-6660000", email="",
        site_codes=["zd1"], questions=[("时限合适吗", "")], by=city.actors["lead"], at=city.at,
    )


@pytest.fixture
def say(city, window):
    """Say something as a resident and return the opinion."""
    from quancheng.consultations import acts

    def speak(body: str, anchor: str = "", **more):
        speak.count += 1
        form = acts.Submission(
            channel="web", body=body, anchor=anchor, consent=True, submission_key=f"key-{speak.count:04d}-{'k' * 20}",
            phone="13800000001", **more,
        )
        return acts.submit(consultation_id=window.pk, form=form, by=Actor.public(), at=city.at)

    speak.count = 0
    return speak
