"""Acts on texts: no word is lost, nothing fixed changes, two who edit at once do not overwrite each other."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from quancheng.ledger.models import Entry
from quancheng.people.permissions import NotAllowed
from quancheng.texts import acts, queries
from quancheng.texts.acts import EditedMeanwhile, TextRefused
from quancheng.texts.models import AnchorMatch, LegalText, Provision, Version
from quancheng.texts.parse import parse, render
from tests.texts import laws
from tests.texts.conftest import AT, NEXT, Office
from tests.texts.test_parse import bare

MENDED = laws.FULL.replace("在堤上耕种", "在堤上耕种、放牧")


def kinds() -> list[str]:
    return list(Entry.objects.filter(kind__startswith="text.").order_by("id").values_list("kind", flat=True))


def stored(version: Version) -> list[tuple[str, str, str, str]]:
    rows = Provision.objects.filter(version=version).order_by("position")
    return [(row.kind, row.anchor, row.parent_anchor, row.text) for row in rows]


def read(source: str) -> list[tuple[str, str, str, str]]:
    return [(u.kind, u.anchor, parent.anchor if parent else "", u.text) for u, parent in parse(source).walk()]


# --- importing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", laws.ALL)
def test_import_keeps_every_word(office, name):
    version = office.take_in(laws.ALL[name])
    assert version.source == laws.ALL[name] and stored(version) == read(laws.ALL[name])
    assert bare(render(queries.tree(version.pk))) == bare(laws.ALL[name])
    assert kinds() == ["text.imported"] and Entry.objects.get(kind="text.imported").organ == "fgw"


def test_labels_of_provisions(office):
    version = office.take_in()
    assert queries.label_of(version.pk, "a3-p1-i2-s1") == "第三条第一款第（二）项第1目"
    assert queries.anchors(version.pk)["c1-s1"] == "第一节 编制"
    assert queries.label_of(version.pk, "") == "全文" and queries.label_of(version.pk, "a99") == "a99"


def test_import_stores_what_could_not_be_placed(office):
    version = office.take_in("某条例\n第一章　总则\n游离的一句。\n第一条　甲。")
    assert ("paragraph", "x", "c1", "游离的一句。") in stored(version)
    assert [item.text for item in queries.tree(version.pk).unplaced] == ["游离的一句。"]


def test_rare_characters_emoji_and_what_no_database_keeps(office):
    version = office.take_in("某条例\n第一条　𠮷某\x00、𬱖某、👨‍👩‍👧\ud800。")
    version.refresh_from_db()
    assert version.source == "某条例\n第一条　𠮷某、𬱖某、👨‍👩‍👧。"
    assert queries.text_of(version.pk, "a1") == "𠮷某、𬱖某、👨‍👩‍👧。"


@pytest.mark.parametrize(
    ("changed", "word"),
    [({"source": " \n "}, "空的"), ({"source": "甲" * 2_000_001}, "万字"), ({"label": "稿" * 61}, "最多60字")],
)
def test_import_refuses(office, changed, word):
    with pytest.raises(TextRefused, match=word):
        office.take_in(**changed)
    assert not LegalText.objects.exists() and kinds() == []


def test_a_case_has_one_text(office):
    case = office.case()
    office.take_in(case=case)
    with pytest.raises(TextRefused, match="已经导入过"):
        office.take_in(case=case)
    assert Version.objects.count() == 1


def test_a_text_without_a_title_can_be_taken_in_but_not_fixed(office):
    version = office.take_in("第一条　甲。\n第二条　乙。")
    assert version.title == acts.UNTITLED and [row.anchor for row in queries.articles(version.pk)] == ["a1", "a2"]
    with pytest.raises(TextRefused, match="题名"):
        office.fix(version)


# --- mending -------------------------------------------------------------------------------------------------------


def test_mending_keeps_every_word_and_is_recorded(office):
    version = office.edit(office.take_in(), MENDED.replace("濮河市河道管理条例", "濮河市河道保护条例"))
    assert version.edits == 1 and "放牧" in queries.text_of(version.pk, "a5-p1-i2")
    assert bare(render(queries.tree(version.pk))) == bare(version.source)
    assert version.title == LegalText.objects.get().title == "濮河市河道保护条例"
    assert kinds() == ["text.imported", "text.edited"]


def test_two_who_edit_at_once(office):
    version = office.take_in()
    office.edit(version, MENDED, edits=0, by="clerk")
    with pytest.raises(EditedMeanwhile):
        office.edit(version, laws.PLAIN, edits=0, by="lead")
    version.refresh_from_db()
    assert version.source == MENDED and stored(version) == read(MENDED) and version.edits == 1
    assert kinds() == ["text.imported", "text.edited"]


def test_mending_refuses_an_empty_text_and_keeps_the_old_one(office):
    version = office.take_in()
    with pytest.raises(TextRefused):
        office.edit(version, "  ")
    assert stored(version) == read(laws.FULL)


def test_the_explanation_is_set_and_recorded(office):
    version = office.take_in()
    acts.set_explanation(version_id=version.pk, explanation="新的说明\x00。", by=office.actors["lead"], at=AT)
    version.refresh_from_db()
    assert version.explanation == "新的说明。" and kinds() == ["text.imported", "text.explained"]


# --- fixing --------------------------------------------------------------------------------------------------------


def test_s13_a_fixed_version_never_changes(office):
    version = office.fixed()
    assert version.state == Version.State.FIXED and version.fixed_at == AT and len(version.digest) == 64
    following = office.draft(version)
    match = AnchorMatch.objects.filter(new=following).first()
    office.fix(following)
    clerk = office.actors["clerk"]
    refused: list[Callable[[], object]] = [
        lambda: office.edit(version, MENDED),
        lambda: acts.set_explanation(version_id=version.pk, explanation="别的", by=clerk, at=AT),
        lambda: office.fix(version),
        lambda: acts.confirm_match(match_id=match.pk, new_anchor="a1", by=clerk, at=AT),
    ]
    for act in refused:
        with pytest.raises(TextRefused, match="已定稿"):
            act()
    version.refresh_from_db()
    assert version.source == laws.FULL and stored(version) == read(laws.FULL)
    assert kinds() == ["text.imported", "text.fixed", "text.imported", "text.fixed"]


def test_s13_the_digest_of_the_words_stands_in_the_ledger(office):
    version = office.fixed()
    entry = Entry.objects.get(kind="text.fixed")
    assert f'"sha256":"{version.digest}"' in entry.detail and '"office":"clerk@fgw"' in entry.detail
    assert entry.subject == f"text:{version.text.slug}@1"


@pytest.mark.parametrize(
    ("source", "word"),
    [("某条例\n第一章　总则\n游离的一句。\n第一条　甲。", "还有1处"), ("某条例", "条文"), ("某条例\n第一条　甲。\n第一条　乙。", "还有1处")],
)
def test_nothing_is_fixed_before_all_is_in_its_place(office, source, word):
    version = office.take_in(source)
    with pytest.raises(TextRefused, match=word):
        office.fix(version)
    version.refresh_from_db()
    assert version.state == Version.State.DRAFTING and version.digest == ""


def test_what_was_saved_while_somebody_fixes_is_not_fixed_unseen(office, monkeypatch):
    """Between reading and fixing another one saves: the fixed words would not be those that were checked."""
    version = office.take_in()

    def parse_and_be_overtaken(source: str):
        monkeypatch.setattr(acts, "parse", parse)
        office.edit(version, MENDED, by="lead")
        return parse(source)

    monkeypatch.setattr(acts, "parse", parse_and_be_overtaken)
    with pytest.raises(EditedMeanwhile):
        office.fix(version)
    version.refresh_from_db()
    assert version.state == Version.State.DRAFTING and version.source == MENDED
    assert kinds() == ["text.imported", "text.edited"]


# --- the next version ----------------------------------------------------------------------------------------------


def test_the_next_version_carries_the_anchors(office):
    old = office.fixed()
    new = office.draft(old)
    assert (new.number, new.state) == (2, Version.State.DRAFTING)
    carried = queries.carried(old.pk, new.pk)
    assert set(carried) == set(queries.anchors(old.pk))
    assert carried["a6"] == "a7" and carried["a4-p1"] == "a4-p1" and carried["c1-s1"] == "c1-s1"
    assert bare(render(queries.tree(new.pk))) == bare(NEXT)


def test_there_is_one_next_version_and_only_after_a_fixed_one(office):
    old = office.take_in()
    with pytest.raises(TextRefused, match="尚未定稿"):
        office.draft(old)
    office.fix(old)
    office.draft(old)
    with pytest.raises(TextRefused, match="已经起草"):
        office.draft(old, by="lead")
    assert Version.objects.count() == 2


def rewritten(old: Version, office: Office) -> tuple[Version, list[AnchorMatch]]:
    words = "第四条　规划应当自批准之日起十日内公布。"
    new = office.draft(old, laws.FULL.replace(words, "第四条　规划应当自批准之日起，由水行政主管部门在门户网站长期公布。"))
    return new, queries.matches(old.pk, new.pk, "doubtful")


def test_what_stands_under_a_confirmed_article_goes_with_it(office):
    old = office.take_in()
    acts.fix_version(version_id=old.pk, by=office.actors["clerk"], at=AT)
    new, doubtful = rewritten(old, office)
    acts.confirm_match(match_id=doubtful[0].pk, new_anchor=doubtful[0].new_anchor, by=office.actors["lead"], at=AT)
    assert queries.matches(old.pk, new.pk, "doubtful") == []
    assert {m.old_anchor for m in queries.matches(old.pk, new.pk, "confirmed")} == {"a4", "a4-p1"}


def test_a_doubtful_match_waits_for_a_person(office):
    old = office.fixed()
    new, doubtful = rewritten(old, office)
    assert {match.old_anchor for match in doubtful} == {"a4", "a4-p1"}
    with pytest.raises(TextRefused, match="对应不明"):
        office.fix(new)
    new.refresh_from_db()
    assert new.state == Version.State.DRAFTING
    with pytest.raises(TextRefused, match="没有这一条文"):
        acts.confirm_match(match_id=doubtful[0].pk, new_anchor="a99", by=office.actors["clerk"], at=AT)
    for match, target in zip(doubtful, ("a4", ""), strict=True):
        confirmed = acts.confirm_match(match_id=match.pk, new_anchor=target, by=office.actors["lead"], at=AT)
        assert confirmed.confirmed_by_id == office.actors["lead"].id and confirmed.confirmed_at == AT
    assert queries.carried(old.pk, new.pk)["a4-p1"] == ""
    assert kinds()[-2:] == ["text.matched"] * 2
    assert office.fix(new).state == Version.State.FIXED


def test_what_was_confirmed_stays_confirmed_while_its_words_stay(office):
    old = office.fixed()
    new, doubtful = rewritten(old, office)
    for match in doubtful:
        acts.confirm_match(match_id=match.pk, new_anchor=match.new_anchor, by=office.actors["lead"], at=AT)
    new.refresh_from_db()
    new = office.edit(new, new.source.replace("倾倒垃圾", "倾倒垃圾、渣土"))
    assert queries.matches(old.pk, new.pk, "doubtful") == []
    assert {m.confirmed_by_id for m in queries.matches(old.pk, new.pk, "confirmed")} == {office.actors["lead"].id}
    new = office.edit(new, new.source.replace("长期公布", "公布"))
    assert {m.old_anchor for m in queries.matches(old.pk, new.pk, "doubtful")} == {"a4", "a4-p1"}


# --- who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["releaser", "deputy", "auditor", "admin", "foreign", "public"])
def test_only_clerk_and_lead_of_the_organ_may_write(office, who):
    case, fixed, open_one = office.case(), office.fixed(), office.take_in()
    following = office.draft(fixed)
    match = AnchorMatch.objects.filter(new=following).first()
    by, before = office.actors[who], kinds()
    refused: list[Callable[[], object]] = [
        lambda: office.take_in(case=case, by=by),
        lambda: office.edit(open_one, MENDED, by=who),
        lambda: acts.set_explanation(version_id=open_one.pk, explanation="别的", by=by, at=AT),
        lambda: office.fix(open_one, by=who),
        lambda: office.draft(fixed, by=who),
        lambda: acts.confirm_match(match_id=match.pk, new_anchor="a1", by=by, at=AT),
    ]
    for act in refused:
        with pytest.raises(NotAllowed):
            act()
    assert kinds() == before and Version.objects.count() == 3


# --- reading -------------------------------------------------------------------------------------------------------


def test_words_under_a_provision_keep_the_marks_of_items(office):
    rows = queries.provisions(office.take_in().pk)
    assert queries.words_under(rows, "a3") == (
        "编制河道规划，应当遵守下列规定：\n（一）符合国土空间规划；\n（二）听取下列人员的意见：\n1.沿岸村民；\n2.水利专家。\n"
        "（三）经市人民政府批准。\n前款规定的规划不得擅自修改。"
    )
    assert queries.words_under(rows, "a3-p1-i2") == "（二）听取下列人员的意见：\n1.沿岸村民；\n2.水利专家。"
    assert queries.words_under(rows, "a3-p1-i2-s1") == "1.沿岸村民；"
    assert queries.words_under(rows, "a3-p2") == "前款规定的规划不得擅自修改。"
    assert queries.words_under(rows, "") == queries.words_under(rows, "a99") == ""


def test_the_same_words_as_in_the_tree(office):
    version = office.take_in()
    tree = queries.tree(version.pk)
    for article in tree.articles():
        assert queries.text_of(version.pk, article.anchor) == article.words()


def test_a_fixed_version_is_read_once(office, django_assert_num_queries):
    version = office.fixed()
    first, tree = queries.provisions(version.pk), queries.tree(version.pk)
    with django_assert_num_queries(1):
        assert [p.pk for p in queries.provisions(version.pk)] == [p.pk for p in first]
    with django_assert_num_queries(0):
        assert queries.provisions(version.pk, version.digest) == first
    with django_assert_num_queries(1):
        assert queries.tree(version.pk) is tree
    queries.provisions(version.pk).clear()
    assert queries.provisions(version.pk) == first


def test_a_version_that_is_worked_on_is_read_anew(office):
    version = office.take_in()
    assert "放牧" not in queries.text_of(version.pk, "a5")
    office.edit(version, MENDED)
    assert "放牧" in queries.text_of(version.pk, "a5") and "放牧" in render(queries.tree(version.pk))


def test_other_words_under_the_same_number_are_not_taken_for_those_before(office):
    """Another database (a test, a rebuilt demo city) may give the same number to another text."""
    version = office.fixed()
    queries.provisions(version.pk), queries.tree(version.pk)
    Provision.objects.filter(version=version, anchor="a1-p1").update(text="别的话。")
    Version.objects.filter(pk=version.pk).update(digest="b" * 64, source=laws.PLAIN)
    assert queries.text_of(version.pk, "a1") == "别的话。"
    assert queries.tree(version.pk).title == "濮河市文明养犬规定"


def test_reading_takes_as_many_statements_for_long_texts_as_for_short_ones(office, django_assert_num_queries):
    long = "某条例\n" + "\n".join(f"第{n}条　第{n}件事应当办好。" for n in range(1, 201))
    for source in (laws.PLAIN, long):
        version = office.take_in(source)
        with django_assert_num_queries(2):
            queries.provisions(version.pk)
        with django_assert_num_queries(4):
            queries.comparison(version.pk, version.pk)


# --- at the same time ----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_drafters_at_once_make_one_next_version(office):
    old = office.fixed()
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def draft(who: str) -> None:
        start.wait()
        try:
            office.draft(old, by=who)
            outcomes.append("drafted")
        except TextRefused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=draft, args=(who,)) for who in ("clerk", "lead")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["drafted", "refused"]
    assert Version.objects.filter(text=old.text, number=2).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_once_and_one_of_them_learns_it(office):
    version = office.take_in()
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def save(who: str) -> None:
        start.wait()
        try:
            office.edit(version, MENDED + "\n" + who, edits=0, by=who)
            outcomes.append(who)
        except EditedMeanwhile:
            outcomes.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(who,)) for who in ("clerk", "lead")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winner = next(outcome for outcome in outcomes if outcome != "late")
    assert "late" in outcomes
    version.refresh_from_db()
    assert version.source.endswith(winner) and stored(version) == read(version.source)
