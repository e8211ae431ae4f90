"""Real laws come back whole.

The texts of `shared/corpus/laws` beside the checkout are read where they are; elsewhere the same checks run on the
texts of this folder.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from quancheng.texts import corpus_check
from quancheng.texts.akn import to_akn
from quancheng.texts.compare import carry_anchors, compare
from quancheng.texts.export import to_docx, to_pdf
from quancheng.texts.parse import parse, render
from quancheng.texts.read import plain_markdown, read_file
from quancheng.texts.tree import LegalTree
from tests.texts import laws
from tests.texts.test_akn import SCHEMA
from tests.texts.test_parse import bare

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "laws"
OWN = {**laws.ALL, "old": laws.OLD, "new": laws.NEW}

# 立法法 2015 → 2023, as the decision of 2023-03-13 reads
PAIRS = {
    1: 1, 2: 2, 3: 3, 4: 5, 5: 6, 6: 7, 7: 10, 8: 11, 9: 12, 10: 13, 13: 16, 17: 20, 26: 29, 36: 39, 39: 42, 41: 44, 42: 45,
    46: 49, 52: 56, 53: 57, 58: 62, 64: 69, 65: 72, 72: 81, 73: 82, 74: 84, 75: 85, 79: 89, 80: 91, 82: 93, 96: 107, 97: 108,
    98: 109, 99: 110, 100: 112, 101: 113, 102: 114, 103: 117, 104: 119, 105: 120,
}  # fmt: skip
ADDED = {4, 8, 9, 55, 68, 70, 71, 79, 80, 83, 90, 111, 115, 116, 118}
APART = {80: 72}  # 第七十二条第一款 stands as 第八十条
OWN_PAIRS, OWN_ADDED, OWN_APART = {1: 1, 2: 3, 3: 4, 4: 6, 6: 7}, {2, 5}, {5: 3}


def files() -> list[Path]:
    return sorted(path for path in FOLDER.rglob("*.md") if not path.name.startswith("_")) if FOLDER.is_dir() else []


def texts() -> Iterator[tuple[str, str]]:
    """Yield (name, text)."""
    for path in files():
        yield path.name, plain_markdown(path.read_text(encoding="utf-8"))
    if not files():
        yield from OWN.items()


@cache
def trees() -> list[tuple[str, str, LegalTree]]:
    return [(name, text, parse(text)) for name, text in texts()]


def sample(every: int) -> list[tuple[str, str, LegalTree]]:
    """Return a share of the laws, the city's own among them."""
    chosen = trees() if len(trees()) < 20 else trees()[::every]
    return chosen + [law for law in trees() if "濮阳" in law[0] and law not in chosen]


def test_every_law_comes_back_whole():
    lost = [name for name, text, tree in trees() if bare(render(tree)) != bare(text)]
    assert trees() and not lost


def test_the_tree_of_a_law_written_out_is_the_same_tree():
    def without_lines(tree: LegalTree) -> dict[str, Any]:  # blank lines of the source are not written out
        lists = {key: [entry | {"line": 0} for entry in tree.to_json()[key]] for key in ("unplaced", "doubts")}
        return tree.to_json() | lists

    assert not [name for name, _, tree in trees() if without_lines(parse(render(tree))) != without_lines(tree)]


def test_hardly_a_law_has_anything_without_a_place():
    left = {name: tree.unplaced for name, _, tree in trees() if tree.unplaced}
    assert len(left) <= 0.01 * len(trees()), left


def test_every_law_has_title_and_articles_and_every_anchor_once():
    for name, _, tree in trees():
        anchors = [unit.anchor for unit, _ in tree.walk()]
        assert tree.title and tree.articles(), name
        assert len(anchors) == len(set(anchors)) and max(map(len, anchors)) <= 40, name


def test_a_sample_is_valid_akoma_ntoso_with_every_word():
    for name, _, tree in sample(8):
        root = etree.fromstring(to_akn(tree))
        assert SCHEMA.validate(root), f"{name}: {SCHEMA.error_log.last_error}"
        missing = Counter(bare(render(tree))) - Counter(bare("".join(root.itertext())))
        assert set(missing) <= set("【】（）"), name


def test_a_sample_comes_back_from_word():
    for name, _, tree in sample(16):
        assert parse(read_file(to_docx(tree), "a.docx")).to_json() == tree.to_json(), name


def test_a_sample_comes_back_from_pdf():
    for name, _, tree in sample(60):
        assert bare(render(parse(read_file(to_pdf(tree), "a.pdf")))) == bare(render(tree)), name


def test_the_count_of_the_bench_agrees(tmp_path):
    for name, text in OWN.items():
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    (tmp_path / "_index.md").write_text("没有条文", encoding="utf-8")
    assert corpus_check.check(tmp_path) == {"files": len(OWN), "whole": len(OWN), "lost": [], "unplaced": []}


def revised() -> tuple[LegalTree, LegalTree]:
    """Return the two versions of 立法法, or our own two."""
    versions = sorted(path for path in files() if path.name.startswith("立法法"))
    both = [plain_markdown(path.read_text(encoding="utf-8")) for path in versions] if versions else [laws.OLD, laws.NEW]
    old, new = map(parse, both)
    return old, new


def test_two_versions_are_compared_as_a_lawyer_would():
    old, new = revised()
    found = compare(old, new)
    assert Counter(row.old_anchor for row in found.rows if row.old_anchor) == Counter(a.anchor for a in old.articles())
    assert [row.new_anchor for row in found.rows if row.new_anchor] == [a.anchor for a in new.articles()]
    pairs, added, apart = (PAIRS, ADDED, APART) if files() else (OWN_PAIRS, OWN_ADDED, OWN_APART)
    became = {row.old_anchor: row.new_anchor for row in found.rows if row.old_anchor}
    assert {n: became[f"a{n}"] for n in pairs} == {n: f"a{m}" for n, m in pairs.items()}
    assert {row.new_anchor for row in found.rows if row.kind == "new"} == {f"a{n}" for n in added}
    assert {row.new_anchor: row.related_anchor for row in found.rows if row.related_anchor} == {
        f"a{n}": f"a{m}" for n, m in apart.items()
    }
    assert len([row for row in found.rows if row.kind == "deleted"]) == (0 if files() else 1)
    for row in found.rows:
        assert "".join(s.text for s in row.spans if s.op != "del") == row.new_text


def test_the_anchors_of_two_versions_are_carried_down_to_the_item():
    old, new = revised()
    carried = {anchor: target for anchor, target, _, _ in carry_anchors(old, new)}
    assert set(carried) == {unit.anchor for unit, _ in old.walk()}
    known = {unit.anchor for unit, _ in new.walk()}
    assert all(target is None or target in known for target in carried.values())
    first, second = (("a72-p1", "a80-p1"), ("a72-p2", "a81-p1")) if files() else (("a3-p2", "a5-p1"), ("a3-p1", "a4-p1"))
    assert carried[first[0]] == first[1] and carried[second[0]] == second[1]
