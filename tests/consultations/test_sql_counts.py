"""How many statements a page needs, on its real address, without the page cache: the same with 1, 20 and 2,000 rows."""

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quancheng.consultations import acts
from quancheng.consultations.models import Consultation, Opinion
from quancheng.ledger import acts as ledger
from quancheng.texts import acts as texts
from tests.consultations.conftest import DRAFT

SIZES = (1, 20, 2000)
PUBLIC = {
    "/": 12, "/consultations/": 12, "/c/{slug}/": 12, "/c/{slug}/clause/a3/": 12, "/c/{slug}/clause/-/": 12,
    "/c/{slug}/clause/a3/?page=2": 12, "/c/{slug}/write/": 12, "/c/{slug}/write/?anchor=a3": 12, "/r/{code}/": 15,
    "/r/{code}/receipt.json": 15, "/moderation/": 12, "/ledger/": 12, "/feed.xml": 12, "/c/{slug}/open-data.csv": 15,
}  # fmt: skip
STAFF = {
    "/desk/": 15, "/desk/consultations/": 12, "/desk/consultations/{slug}/": 15, "/desk/consultations/{slug}/opinions/": 12,
    "/desk/consultations/{slug}/opinions/?anchor=a3&q=井盖": 12, "/desk/consultations/{slug}/opinions/?state=received&site=zd1": 12,
    "/desk/consultations/{slug}/opinions/?page=2": 12, "/desk/consultations/{slug}/opinions/?open={id}": 15,
    "/desk/opinions/{id}/": 15, "/desk/consultations/{slug}/import/": 12, "/desk/consultations/{slug}/analysis/groups/": 12,
}  # fmt: skip
OTHERS = {"station": {"/desk/site/": 12, "/desk/site/sent/": 12}, "deputy": {"/desk/deputy/": 12}, "releaser": {"/desk/appeals/": 12}}


@pytest.fixture
def pages(town, settings, tmp_path):
    """A consultation that is open today, clients for everybody, and a way to fill it."""
    settings.MEDIA_ROOT, settings.PAGE_CACHE_SECONDS = tmp_path, 0
    cache.clear()
    made = Pages(town)
    first = made.one()
    made.values = {"slug": made.c.slug, "code": first.receipt_code, "id": str(first.pk)}
    return made


class Pages:
    """The walk through all pages at one size."""

    def __init__(self, town) -> None:
        self.town, self.at = town, timezone.now()
        day = timezone.localdate(self.at)
        self.c = town.open(opens_on=day, closes_on=day + timedelta(days=30), at=self.at)
        self.clients = {"": Client(), **{name: Client() for name in ("clerk", "station", "deputy", "releaser")}}
        for name, client in self.clients.items():
            if name:
                client.post("/sign-in/", {"username": name, "password": "long-enough-pass-1"})
        self.values: dict[str, str] = {}

    def one(self) -> Opinion:
        """Say one thing, on which everything that a page of an opinion shows has happened."""
        town, c, lead = self.town, self.c, self.town.actors["lead"]
        said = town.say(c, "井盖要补上", anchor="a3", at=self.at, area_code="410928")
        later = texts.draft_next(
            version_id=c.version_id, source=DRAFT.replace("二十四", "十二"), label="修改稿", explanation="说明", by=lead, at=self.at
        )
        town.decide(said)
        acts.link_change(opinion_ids=[said.pk], version_id=later.pk, anchor="a3", by=lead, at=self.at)
        acts.add_note(opinion_id=said.pk, text="看过了", by=lead, at=self.at)
        acts.assign(opinion_ids=[said.pk], assignee_id=lead.id, by=lead, at=self.at)
        acts.withhold(opinion_id=said.pk, ground="spam", explanation="像是一则广告", by=lead, at=self.at)
        acts.appeal(receipt_code=said.receipt_code, text="这不是广告。", at=self.at)
        return said

    def grow(self, count: int) -> None:
        """Fill the consultation: letters to 2,000, and some of what stands beside every opinion."""
        town, at, have = self.town, self.at, Opinion.objects.count()
        if count > have:
            lines = ["条款,意见内容,区划代码", *(f"{n % 4 + 1},第{n}件：井盖{n}要补上,410928" for n in range(have, count))]
            batch = acts.check_batch(
                consultation_id=self.c.pk, file_name="a.csv", data="\n".join(lines).encode(), by=town.actors["clerk"], at=at
            )
            acts.import_batch(batch_id=batch.pk, by=town.actors["clerk"], at=at)
        for n in range(min(count, 20)):
            said = town.say(
                self.c, f"站点第{count}-{n}件", at=at, channel="site", site_code="zd1", consent=True, consent_how="signed",
                by=town.actors["station"],
            )
            town.say(self.c, f"代表第{count}-{n}件", at=at, channel="deputy", phone="", by=town.actors["deputy"])
            acts.add_note(opinion_id=int(self.values["id"]), text=f"又看{n}", by=town.actors["clerk"], at=at)
            acts.merge(leader_id=int(self.values["id"]), opinion_ids=[said.pk], by=town.actors["clerk"], at=at)
            acts.withhold(opinion_id=said.pk, ground="spam", explanation="像是一则广告", by=town.actors["clerk"], at=at)
            acts.appeal(receipt_code=said.receipt_code, text="这不是广告。", at=at)
        ledger.seal(at=at)
        acts.refresh_tallies(at=at)

    def ask(self, who: str, path: str) -> int:
        """Return how many statements a page needs when it is asked for the second time."""
        client, address = self.clients[who], path.format(**self.values)
        for _ in range(2):
            with CaptureQueriesContext(connection) as seen:
                answer = client.get(address)
                if answer.streaming:
                    b"".join(answer.streaming_content)
            assert answer.status_code == 200, (address, answer.status_code)
        return len(seen)


@pytest.mark.parametrize("who", ["", "clerk", "station", "deputy", "releaser"])
def test_the_statements_of_every_page_are_few_and_do_not_grow(pages, who):
    limits = {"": PUBLIC, "clerk": STAFF}.get(who) or OTHERS[who]
    counts: dict[str, list[int]] = {}
    for size in SIZES:
        pages.grow(size)
        for path in limits:
            counts.setdefault(path, []).append(pages.ask(who, path))
    assert Opinion.objects.count() >= 2000
    too_many = {path: found for path, found in counts.items() if max(found) > limits[path]}
    growing = {path: found for path, found in counts.items() if len(set(found)) > 1}
    assert not too_many and not growing


def test_lists_of_consultations_do_not_grow_with_them(pages):
    paths = [("", "/"), ("", "/consultations/"), ("", "/feed.xml"), ("clerk", "/desk/consultations/"), ("clerk", "/desk/")]
    before = [pages.ask(*pair) for pair in paths]
    for n in range(20):
        pages.town.open(
            slug=f"other-{n}", subject_case_id=pages.c.subject_id, version_id=pages.c.version_id,
            opens_on=pages.c.opens_on, closes_on=pages.c.closes_on, at=pages.at,
        )
    acts.refresh_tallies(at=pages.at)
    assert [pages.ask(*pair) for pair in paths] == before and Consultation.objects.count() == 21


def hand_in(pages, words: str) -> int:
    """Hand in through the form as a browser that proved its number; return the statements of the post."""
    client = pages.clients[""]
    client.cookies["phone"] = signing.dumps("13900000000", salt="phone")
    page = client.get(f"/c/{pages.c.slug}/write/?anchor=a3").content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page))
    with CaptureQueriesContext(connection) as seen:
        answer = client.post(
            f"/c/{pages.c.slug}/write/",
            {**hidden, "body": words, "visibility": "shown", "area_code": "410928", "display_name": "老李", "action": "submit"},
        )
    assert answer.status_code == 303 and "/r/" in answer["Location"], answer.content.decode()[:2000]
    return len(seen)


def test_handing_in_needs_few_statements_however_much_is_there(pages):
    counts = []
    for size in SIZES:
        pages.grow(size)
        counts.append(hand_in(pages, f"第{size}次说的话"))
    assert max(counts) <= 15 and len(set(counts)) == 1
    assert Opinion.objects.filter(body__startswith="第2000次", anchor="a3", channel="web").count() == 1
