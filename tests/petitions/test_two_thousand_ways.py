"""S02, hard stop 13: two thousand ways for the accused, his unit, his superiors and everybody else to see a sealed
accusation or to notice that there is one. The world without it and the world with it are the same to the byte.

Every page of the product, with true and invented addresses, searches, filters, exports; every button on the true
address of the sealed item; reads below the pages; the ledger, the logs, the tables of notices; for every account.
"""

import logging
import re
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

import pytest
from bureau import NOW, TODAY, Town, key, later
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from quancheng.contact import queries as contact
from quancheng.handling import figures
from quancheng.handling import queries as handling
from quancheng.handling.models import Message
from quancheng.ledger import acts as ledger
from quancheng.ledger.models import Entry
from quancheng.people.models import Notice
from quancheng.people.permissions import NotAllowed
from quancheng.petitions import acts, queries, tasks
from quancheng.petitions.models import Petition, SealedItem
from quancheng.procedures import queries as procedures
from quancheng.procedures.models import Case, CaseEvent, Clock, Job

SECRET = "他收了施工方的钱还把亲戚安排进项目"
NAMES = ("褚局长", "郑主任", "冯纪检", "周信")
CHANGING = re.compile(  # tokens and keys of forms; in an address, the sealed item's own name, as it was asked for
    rb'name="(?:csrfmiddlewaretoken|key|submission_key|opened)" value="[^"]*"|[A-Za-z0-9]{64}(?=")|(?<=/)p[0-9A-Z]{20}(?=/)'
)
ITEM = re.compile("(?<=/)p[0-9A-Z]{20}(?=/)")
SEARCHES = (
    "/desk/petitions/?q=褚局长", "/desk/petitions/?q=施工方", "/desk/petitions/?state=accusation", "/desk/petitions/?state=forwarded",
    "/desk/petitions/?kind=accusation", "/desk/petitions/?late=yes&sort=due", "/desk/petitions/?unit=zjj", "/desk/petitions/?page=2",
    "/desk/petitions/list.csv?q=施工方", "/desk/matters/?q=施工方", "/desk/matters/list.csv?q=褚局长",
    "/desk/suggestions/?q=褚局长", "/matters/?q=施工方", "/suggestions/?q=褚局长", "/desk/inbox/?which=late", "/desk/inbox/?which=lead",
    "/desk/inbox/?which=week", "/desk/league/?year=2026", "/reports/2026/11/", "/reports/2026/11/report.csv", "/r/?code=0000",
    "/consultations/?q=褚局长", "/p/0123456789AB/", "/r/0123456789AB/", "/my/", "/desk/audit/?q=petition", "/ledger/tile/0/000.p/9",
)  # fmt: skip
CLOSEST = ("", "head", "unit", "boss", "clerk", "lead", "discipline", "auditor", "admin")  # others try every second address
BUTTONS = ("open", "sort", "accusation", "attach", "transfer", "close")


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Yield the addresses of all pages that answer to GET."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern) and "GET" in pattern.callback.methods:
            yield prefix + str(pattern.pattern)


def filled(route: str, petition: Petition) -> str:
    """An address with a true number where it is a petition's or a case's, else with an invented one."""

    def fill(match: re.Match[str]) -> str:
        converter, _, name = match[1].rpartition(":")
        known = {"petition_id": petition.pk, "case_id": petition.case_id, "year": 2026, "month": 11}
        words = {"form": "csv", "slug": "p" + "0" * 20, "code": "0123456789AB"}
        return str(known.get(name, 1) if converter == "int" else words.get(name, "x"))

    return "/" + re.sub(r"<([^>]+)>", fill, route)


class World:
    """Everybody with his browser, and what he finds."""

    def __init__(self, town: Town, paths: list[str]) -> None:
        self.town, self.paths, self.ways = town, paths, 0
        self.clients = {"": Client(raise_request_exception=False)}
        for name, actor in town.actors.items():
            client = self.clients[name] = Client(raise_request_exception=False)
            session = client.session
            session["account"] = actor.id
            session.save()

    def ask(self, name: str, path: str, data: dict[str, str] | None = None) -> tuple[int, str, bytes]:
        """One answer: status, where it leads, what it says without what changes on every look."""
        client = self.clients[name]
        answer = client.get(path) if data is None else client.post(path, data)
        assert answer.status_code < 500, (name, path)
        body = b"".join(answer) if answer.streaming else answer.content
        if body.startswith(b"PK"):  # a workbook holds the moment at which it was written
            with ZipFile(BytesIO(body)) as book:
                body = repr(sorted((f.filename, f.CRC) for f in book.filelist if "docProps" not in f.filename)).encode()
        return answer.status_code, ITEM.sub("", answer.get("Location", "")), CHANGING.sub(b"", body)

    def below(self, name: str) -> list[object]:
        """What the reads under the pages give him: lists, counts, figures, messages; and how long the tables are."""
        actor, until = self.town[name], later(40).date()
        reads = [
            lambda: [line.petition.pk for line in queries.desk_list(actor, queries.Filters(), TODAY).rows],
            lambda: queries.desk_list(actor, queries.Filters(text="施工方"), TODAY).total,
            lambda: queries.state_counts(actor), lambda: [line.row for line in queries.unsorted(actor, TODAY)],
            lambda: [line.row for line in queries.sealed(actor, TODAY)], lambda: queries.grades(actor),
            lambda: [r.pk for r in queries.reviews_waiting(actor)], lambda: queries.month(NOW.date(), until, TODAY),
            lambda: queries.my_petitions([]), lambda: queries.reception(), lambda: handling.inbox(actor, TODAY).counts,
            lambda: [m.pk for m in handling.messages(actor)], lambda: handling.unseen(actor),
            lambda: [one.pk for one in handling.proposed_letters(actor)], lambda: procedures.inbox(actor, TODAY),
            lambda: [o.pk for o in handling.waiting_objections({o.organ for o in actor.offices})],
            lambda: figures.league(NOW.date(), until, TODAY, ("petition",)), lambda: contact.figures(TODAY),
            lambda: contact.month(NOW.date(), until, TODAY), lambda: [j.pk for j in procedures.unfinished_jobs()],
        ]  # fmt: skip
        found: list[object] = []
        for read in reads:
            try:
                found.append(repr(read()))
            except NotAllowed as refused:
                found.append(str(refused))
        return found

    def seen_by(self, name: str) -> dict[str, object]:
        """All that an account can find out without the true address."""
        half = () if name in CLOSEST else self.paths[list(self.clients).index(name) % 2 :: 2]
        found: dict[str, object] = {path: self.ask(name, path) for path in half or self.paths}
        if name:
            found |= {f"read {n}": words for n, words in enumerate(self.below(name))}
        return found

    def same(self, name: str, before: dict[str, object], after: dict[str, object]) -> None:
        """Compare two worlds; each address and read is one way that did not succeed."""
        assert before.keys() == after.keys()
        different = [path for path in before if before[path] != after[path]]
        assert not different, f"{name or 'public'} notices something at {different[:5]}"
        self.ways += len(before)


def tables() -> dict[str, int]:
    """How much stands in the tables that pages, notices, ledger and logs are made of."""
    return {model.__name__: model.objects.count() for model in (Case, CaseEvent, Clock, Petition, Message, Notice, Entry, Job)}


def accuse(town: Town, name: str, unit: str, reader: str) -> SealedItem:
    """An accusation with all that can happen to it: opened, classed, added to, handed over, closed; and the sweeps."""
    at = later(1, 11)
    code = town.accuse(SECRET + "，请依纪依法查处。" + name, at=at, accused_name=name, accused_unit=unit, phone="13911112222")
    item_id = town.item(code).public_id
    acts.open_item(item_id=item_id, by=town[reader], at=at)
    acts.sort_accusation(item_id=item_id, accused_name=name, accused_unit=unit, by=town[reader], at=at)
    acts.supplement(receipt_code=code, words=SECRET + "，补充账目", submission_key=key(f"more-{town.said}"), at=at)
    acts.transfer(item_id=item_id, to="上级纪委监委", document="", by=town[reader], at=at)
    acts.close(item_id=item_id, feedback="已依规办理，感谢监督。", by=town[reader], at=at)
    tasks.sweep()
    ledger.seal(at=at)
    assert SECRET in acts.open_item(item_id=item_id, by=town[reader], at=at).words.facts
    return town.item(code)


@pytest.fixture
def world(town, monkeypatch, caplog):
    """The town with ordinary matters in several states, its clock stopped, and everybody's browser."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    cache.clear()
    known = town.accepted()
    town.assign(known)
    town.concluded()
    town.submit("还没有甄别的一件来信，请依法处理。")
    monkeypatch.setattr("django.utils.timezone.now", lambda: later(1, 12))
    tasks.sweep()
    ledger.seal(at=later(1))
    paths = sorted({filled(route, known) for route in routes(get_resolver())} - {"/healthz"})
    yield World(town, [*paths, *SEARCHES])
    logging.getLogger("django.request").setLevel(logging.NOTSET)


def test_s02_two_thousand_ways_lead_nobody_to_a_sealed_accusation(world, town, caplog):
    everybody = [name for name in world.clients if name not in ("lead", "discipline")]
    before, rows = {name: world.seen_by(name) for name in everybody}, tables()
    item = accuse(town, "褚局长", "住房建设局", "discipline")
    for name in everybody:
        world.same(name, before[name], world.seen_by(name))
    assert tables() == rows
    assert world.ways >= 2000, world.ways

    true, invented = f"/desk/petitions/items/{item.public_id}/", "/desk/petitions/items/p" + "0" * 20 + "/"
    for name in everybody:  # the true address against one behind which there is nothing, with every button
        for data in (None, *({"do": button, "moves": "0", "to": "某机关", "feedback": "好的好的好的"} for button in BUTTONS)):
            assert world.ask(name, true, data) == world.ask(name, invented, data), (name, data)
            world.ways += 1
        for path in (f"/desk/petitions/{item.pk}/", f"/r/{item.public_id}/", f"/p/{item.public_id}/", f"/desk/handling/{item.pk + 900}/"):
            assert SECRET.encode() not in world.ask(name, path)[2]
            world.ways += 1
    said = "\n".join(record.getMessage() for record in caplog.records)
    told = "\n".join([*(str(e.detail) + e.subject for e in Entry.objects.all()), *CaseEvent.objects.values_list("note", flat=True)])
    for words in (SECRET, item.public_id, "13911112222"):
        assert words not in said + told + "\n".join(Notice.objects.values_list("text", flat=True))
        world.ways += 1
    assert list(tasks.changed_words()) == []


def test_s02_not_even_the_readers_of_the_seal_find_what_accuses_themselves(world, town):
    for name, accused, unit, reader in (("lead", "郑主任", "", "discipline"), ("discipline", "冯纪检", "", "lead"), ("lead", "某科员", "某市人大信访室", "discipline")):  # fmt: skip
        before = world.seen_by(name)
        item = accuse(town, accused, unit, reader)
        world.same(name, before, world.seen_by(name))
        true, invented = f"/desk/petitions/items/{item.public_id}/", "/desk/petitions/items/p" + "0" * 20 + "/"
        for data in (None, *({"do": button, "moves": "0"} for button in BUTTONS)):
            assert world.ask(name, true, data) == world.ask(name, invented, data)
    assert world.ways >= 300


def test_the_comparison_would_tell(world, town):
    before = world.seen_by("discipline")
    accuse(town, "褚局长", "住房建设局", "discipline")
    with pytest.raises(AssertionError, match="/desk/petitions/sealed/"):
        world.same("discipline", before, world.seen_by("discipline"))


def test_s02_a_letter_that_speaks_of_a_clerk_is_not_in_his_queue_though_its_writer_did_not_say_what_it_is(world, town):
    before = world.seen_by("clerk")
    town.submit("信访室的周信收了好处，把我的信压了下来。", at=later(1, 11))
    tasks.sweep()
    world.same("clerk", before, world.seen_by("clerk"))
    assert len(queries.unsorted(town["clerk2"], TODAY)) == 2


def test_s02_numbers_show_no_gap_where_an_accusation_came_in(world, town):
    last = Case.objects.filter(procedure="petition").order_by("pk").last()
    accuse(town, "褚局长", "住房建设局", "discipline")
    found = town.sort(town.submit("下一件普通的来信，请依法处理。", at=later(1)), at=later(1))
    assert found.case_id == last.pk + 1
    assert int(re.findall(r"(\d+)号", found.case.number)[0]) == int(re.findall(r"(\d+)号", last.number)[0]) + 1


def test_s02_the_ledger_grows_by_one_entry_a_day_with_and_without(world, town, monkeypatch):
    grown = []
    for number, happens in ((2, False), (3, True)):
        monkeypatch.setattr("django.utils.timezone.now", lambda n=number: later(n, 12))
        before = Entry.objects.count()
        tasks.sweep()
        grown.append(Entry.objects.count() - before)
        if not happens:
            accuse(town, "褚局长", "住房建设局", "discipline")
    assert grown[0] == grown[1] > 0


def test_s02_a_claim_that_turns_out_to_accuse_looks_like_any_other_that_was_forwarded(world, town):
    plain, accusing = town.accepted(facts="甲事项的事实和理由，请依法处理。"), town.accepted(facts="乙事项的事实和理由，请依法处理。")
    for found in (plain, accusing):
        town.assign(found)
    acts.forward(petition_id=plain.pk, where="市信访局", reason="属于其他渠道", by=town["clerk"], at=later(1))
    acts.forward(
        petition_id=accusing.pk, where="", reason="写的是检举", by=town["clerk"], at=later(1), accuses=True,
        accused_name="褚局长", accused_unit="住房建设局",
    )  # fmt: skip
    for name in ("clerk", "unit", "head", "boss", "office", "auditor", "admin"):
        pages = [world.ask(name, f"/desk/petitions/{found.pk}/") for found in (plain, accusing)]
        ours = [re.sub(rb"\d+", b"", body) for _status, _location, body in pages]
        assert pages[0][0] == pages[1][0] and ours[0] == ours[1], name
