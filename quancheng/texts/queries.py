"""Reads of legal texts: provisions, labels, trees, matches and comparison of versions."""

from django.db.models import QuerySet

from quancheng.texts import compare as comparing
from quancheng.texts.models import AnchorMatch, LegalText, Provision, Version
from quancheng.texts.parse import parse
from quancheng.texts.tree import LegalTree


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


def provisions(version_id: int) -> list[Provision]:
    """Return the provisions of a version in reading order (one statement)."""
    return list(Provision.objects.filter(version_id=version_id).order_by("position"))


def articles(version_id: int) -> list[Provision]:
    """Return the articles (or numbered points) of a version: what an opinion is usually about."""
    return [p for p in provisions(version_id) if p.kind in ("article", "point")]


def anchors(version_id: int) -> dict[str, str]:
    """Return anchor -> label for every provision of a version."""
    return dict(Provision.objects.filter(version_id=version_id).values_list("anchor", "label"))


def label_of(version_id: int, anchor: str) -> str:
    """Return what a provision is called, e.g. 第十二条第二款; the anchor itself when it is unknown."""
    if not anchor:
        return "全文"
    label = Provision.objects.filter(version_id=version_id, anchor=anchor).values_list("label", flat=True).first()
    return label or anchor


def text_of(version_id: int, anchor: str) -> str:
    """Return the words of a provision with all that stands under it; '' when it is unknown."""
    rows = provisions(version_id)
    return words_under(rows, anchor)


def words_under(rows: list[Provision], anchor: str) -> str:
    """Return the words of `anchor` and of all that stands under it, one provision a line."""
    inside, lines = {anchor}, []
    for row in rows:
        if row.anchor == anchor or row.parent_anchor in inside:
            inside.add(row.anchor)
            if row.text:
                lines.append(row.text)
    return "\n".join(lines)


def tree(version_id: int) -> LegalTree:
    """Return the version as a tree, with everything that could not be placed."""
    return parse(Version.objects.values_list("source", flat=True).get(pk=version_id))


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
