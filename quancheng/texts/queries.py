"""Reads of legal texts: provisions, labels, trees, matches and comparison of versions.

What was read from a fixed version is kept in this process: it never changes (S13). The key is the version with
the digest of its words, so another database under the same numbers finds nothing old; a version that is still
being worked on has no digest and is read anew each time. Whoever has the version at hand gives its digest to these
functions, and no statement is needed for what was read before.
"""

import re
from functools import lru_cache

from django.db.models import QuerySet

from quancheng.texts import compare as comparing
from quancheng.texts.models import AnchorMatch, LegalText, Provision, Version
from quancheng.texts.parse import parse
from quancheng.texts.tree import LegalTree

_KEPT = 32  # versions; a regulation of 60 articles takes about a third of a megabyte
_OWN_MARK = re.compile(r"第(?:(?P<item>（[^）]+）)项|(?P<sub>\d+)目)$")


def version(version_id: int) -> Version:
    """Return a version with its text. Raises Version.DoesNotExist."""
    return Version.objects.select_related("text__case__organ", "created_by").get(pk=version_id)


def versions(text_id: int) -> list[Version]:
    """Return the versions of a text, oldest first."""
    return list(Version.objects.filter(text_id=text_id).order_by("number"))


def texts(organ_codes: set[str]) -> QuerySet[LegalText]:
    """Return the texts whose case belongs to one of the organs, newest first, with their versions."""
    found = LegalText.objects.filter(case__organ_id__in=organ_codes).select_related("case__organ")
    return found.prefetch_related("versions").order_by("-id")


def provisions(version_id: int, digest: str = "") -> list[Provision]:
    """Return the provisions of a version in reading order (one statement). They are shared: never change them."""
    digest = digest or _digest(version_id)
    return list(_kept_provisions(version_id, digest)) if digest else _read_provisions(version_id)


def _digest(version_id: int) -> str:
    """Return the digest of a fixed version; '' while it is worked on, or when there is none."""
    return Version.objects.filter(pk=version_id).values_list("digest", flat=True).first() or ""


def _read_provisions(version_id: int) -> list[Provision]:
    return list(Provision.objects.filter(version_id=version_id).order_by("position"))


@lru_cache(maxsize=_KEPT)
def _kept_provisions(version_id: int, digest: str) -> tuple[Provision, ...]:
    return tuple(_read_provisions(version_id))


def articles(version_id: int, digest: str = "") -> list[Provision]:
    """Return the articles (or numbered points) of a version: what an opinion is usually about."""
    return [p for p in provisions(version_id, digest) if p.kind in ("article", "point")]


def anchors(version_id: int, digest: str = "") -> dict[str, str]:
    """Return anchor -> label for every provision of a version."""
    return {row.anchor: row.label for row in provisions(version_id, digest)}


def label_of(version_id: int, anchor: str, digest: str = "") -> str:
    """Return what a provision is called, e.g. 第十二条第二款; the anchor itself when it is unknown."""
    if not anchor:
        return "全文"
    return anchors(version_id, digest).get(anchor) or anchor


def text_of(version_id: int, anchor: str, digest: str = "") -> str:
    """Return the words of a provision with all that stands under it; '' when it is unknown."""
    return words_under(provisions(version_id, digest), anchor)


def mark_of(row: Provision) -> str:
    """Return the mark before the words of an item or sub-item, （一） or 1.; '' for every other provision."""
    found = _OWN_MARK.search(row.label) if row.kind in ("item", "subitem") else None
    return (found["item"] or f"{found['sub']}.") if found else ""


def words_under(rows: list[Provision], anchor: str) -> str:
    """Return the words of `anchor` and of all that stands under it, one provision a line, items with their marks.

    '' for an anchor that is not there, and for no anchor.
    """
    inside, lines = {anchor} if anchor else set(), []
    for row in rows:
        if row.anchor in inside or row.parent_anchor in inside:
            inside.add(row.anchor)
            if words := mark_of(row) + row.text:
                lines.append(words)
    return "\n".join(lines)


def tree(version_id: int, digest: str = "") -> LegalTree:
    """Return the version as a tree, with everything that could not be placed. It is shared: never change it.

    Raises Version.DoesNotExist.
    """
    digest = digest or _digest(version_id)
    return _kept_tree(version_id, digest) if digest else _read_tree(version_id)


def _read_tree(version_id: int) -> LegalTree:
    return parse(Version.objects.values_list("source", flat=True).get(pk=version_id))


@lru_cache(maxsize=_KEPT)
def _kept_tree(version_id: int, digest: str) -> LegalTree:
    return _read_tree(version_id)


def matches(old_id: int, new_id: int, state: str = "") -> list[AnchorMatch]:
    """Return how the anchors of one version carry to the other, optionally only those in a state."""
    found = AnchorMatch.objects.filter(old_id=old_id, new_id=new_id).order_by("id")
    return list(found.filter(state=state) if state else found)


def carried(old_id: int, new_id: int) -> dict[str, str]:
    """Return old anchor -> new anchor ('' where deleted) between two versions."""
    return dict(AnchorMatch.objects.filter(old_id=old_id, new_id=new_id).values_list("old_anchor", "new_anchor"))


def comparison(old_id: int, new_id: int) -> comparing.Comparison:
    """Return the comparison table (对照表) of two versions by article."""
    return comparing.compare(tree(old_id), tree(new_id))
