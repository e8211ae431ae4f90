"""Acts on legal texts: import, mend, fix, carry to the next version. A fixed version never changes."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.crypto import get_random_string

from quancheng.ledger import acts as ledger
from quancheng.people.permissions import Actor, capacity, demand
from quancheng.procedures.models import Case
from quancheng.texts import compare as comparing
from quancheng.texts.models import AnchorMatch, LegalText, Provision, Version
from quancheng.texts.parse import parse
from quancheng.texts.queries import words_under
from quancheng.texts.tree import LegalTree

LONGEST = 2_000_000  # characters; the longest code in force has about 110,000
LONGEST_LABEL = 60
UNTITLED = "（没有识别出题名）"


class TextRefused(ValueError):
    """The text cannot be taken in, or not in this state."""


class EditedMeanwhile(Exception):
    """Somebody else saved the version in the meantime."""


def _clean(words: str) -> str:
    """Return words without what no database keeps: NUL and halves of characters. Nothing that is seen is touched."""
    return words.replace("\x00", "").encode("utf-8", "ignore").decode()


def _read(source: str) -> LegalTree:
    if not source.strip():
        raise TextRefused("文本是空的，请粘贴或者上传草案全文。")
    if len(source) > LONGEST:
        raise TextRefused(f"文本超过{LONGEST // 10000}万字，请分开导入。")
    return parse(source)


def _title(tree: LegalTree) -> str:
    return tree.title[:200] or UNTITLED


def import_text(
    *, case: Case, source: str, label: str, explanation: str, imported_from: str, by: Actor, at: datetime
) -> Version:
    """Take in a text as the first version on a case. Raises NotAllowed, TextRefused (also when it has one already)."""
    demand(by, "text.edit", organ=case.organ_id)
    source = _clean(source)
    tree = _read(source)
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=case.pk)
        if LegalText.objects.filter(case=case).exists():
            raise TextRefused("这一事项已经导入过文本，请打开后修改。")
        text = LegalText.objects.create(case=case, slug=get_random_string(10).lower(), title=_title(tree))
        return _add_version(text, 1, source, tree, label, explanation, imported_from, by=by, at=at)


def _add_version(
    text: LegalText, number: int, source: str, tree: LegalTree, label: str, explanation: str, imported_from: str, *,
    by: Actor, at: datetime,
) -> Version:
    if len(label) > LONGEST_LABEL:
        raise TextRefused(f"版本名称最多{LONGEST_LABEL}字，现有{len(label)}字。")
    version = Version.objects.create(
        text=text, number=number, label=_clean(label), title=_title(tree), source=source, explanation=_clean(explanation),
        imported_from=_clean(imported_from)[:200], created_at=at, created_by_id=by.id,
    )
    _write_provisions(version, tree)
    _record(version, "text.imported", source, by=by, at=at, label=label)
    return version


def _record(version: Version, kind: str, words: str, *, by: Actor, at: datetime, **detail: object) -> None:
    """Enter in the ledger what was done to a version, and in which office (R10.12); the words only as a digest."""
    ledger.append(
        kind=kind, at=at, organ=version.text.case.organ_id, subject=f"text:{version.text.slug}@{version.number}",
        content=words.encode(), salt=ledger.new_salt(), detail=detail | {"office": capacity(by, "text.edit")},
    )


def _write_provisions(version: Version, tree: LegalTree) -> None:
    rows, labels = [], tree.labels()
    for position, (unit, parent) in enumerate(tree.walk()):
        rows.append(
            Provision(
                version=version, position=position, anchor=unit.anchor, parent_anchor=parent.anchor if parent else "",
                kind=unit.kind, label=labels[unit.anchor][:40],
                heading=(unit.catchword or unit.heading)[:300], text=unit.text,
            )
        )
    Provision.objects.bulk_create(rows, batch_size=400)


def edit_source(*, version_id: int, source: str, edits: int, by: Actor, at: datetime) -> Version:
    """Mend a version that is not yet fixed; `edits` is the count that the editor saw.

    Matches that a person confirmed stay where the words that he confirmed stayed.
    Raises NotAllowed, TextRefused, EditedMeanwhile.
    """
    version = _open_version(version_id, by)
    source = _clean(source)
    tree = _read(source)
    with transaction.atomic():
        saved = Version.objects.filter(pk=version_id, edits=edits, state=Version.State.DRAFTING).update(
            source=source, title=_title(tree), edits=F("edits") + 1
        )
        if not saved:
            raise EditedMeanwhile("这份文本刚刚已由他人保存。您的修改还在下方，请先对照后再保存。")
        before = list(Provision.objects.filter(version_id=version_id).order_by("position"))
        Provision.objects.filter(version_id=version_id).delete()
        version.refresh_from_db()
        _write_provisions(version, tree)
        if version.number == 1:
            LegalText.objects.filter(pk=version.text_id).update(title=_title(tree))
        else:
            _match_with_previous(version, tree, before)
        _record(version, "text.edited", source, by=by, at=at, edits=version.edits)
    return version


def set_explanation(*, version_id: int, explanation: str, by: Actor, at: datetime) -> None:
    """Set the explanation (草案说明) of a version that is not yet fixed (R2.08). Raises NotAllowed, TextRefused."""
    version = _open_version(version_id, by)
    explanation = _clean(explanation)
    with transaction.atomic():
        saved = Version.objects.filter(pk=version_id, state=Version.State.DRAFTING).update(explanation=explanation)
        if not saved:
            raise TextRefused(_FIXED)
        _record(version, "text.explained", explanation, by=by, at=at)


_FIXED = "这一版本已定稿，不能再改。需要修改时，请起草下一版本。"


def _open_version(version_id: int, by: Actor) -> Version:
    version = Version.objects.select_related("text__case").get(pk=version_id)
    demand(by, "text.edit", organ=version.text.case.organ_id)
    if version.state != Version.State.DRAFTING:
        raise TextRefused(_FIXED)
    return version


def fix_version(*, version_id: int, by: Actor, at: datetime) -> Version:
    """Fix a version for good; its digest goes into the ledger (S13).

    Refused while there is anything the parser could not place, or a doubtful match to the version before.
    Raises NotAllowed, TextRefused, EditedMeanwhile (saved or fixed by somebody else at the same time).
    """
    version = _open_version(version_id, by)
    tree = parse(version.source)
    if tree.unplaced:
        raise TextRefused(f"还有{len(tree.unplaced)}处未能识别的内容，请先整理好再定稿。")
    if not tree.title or not tree.articles():
        raise TextRefused("没有识别出题名或者条文，请先整理好再定稿。")
    digest = hashlib.sha256(version.source.encode()).hexdigest()
    with transaction.atomic():
        fixed = Version.objects.filter(pk=version_id, edits=version.edits, state=Version.State.DRAFTING).update(
            state=Version.State.FIXED, fixed_at=at, digest=digest
        )
        if not fixed:
            raise EditedMeanwhile("这份文本刚刚已由他人保存或者定稿，请重新打开核对。")
        if version.matches_in.filter(state=AnchorMatch.State.DOUBTFUL).exists():
            raise TextRefused("还有与上一版本对应不明的条文，请先逐条确认。")
        _record(version, "text.fixed", version.source, by=by, at=at, sha256=digest)
    version.refresh_from_db()
    return version


def draft_next(*, version_id: int, source: str, label: str, explanation: str, by: Actor, at: datetime) -> Version:
    """Draft the version after a fixed one, with anchors carried over by content.

    Raises NotAllowed, TextRefused (the version is not fixed, or has a successor already).
    """
    old = Version.objects.select_related("text__case").get(pk=version_id)
    demand(by, "text.edit", organ=old.text.case.organ_id)
    if old.state != Version.State.FIXED:
        raise TextRefused("上一版本尚未定稿，不能起草下一版本。")
    source = _clean(source)
    tree = _read(source)
    with transaction.atomic():
        LegalText.objects.select_for_update().get(pk=old.text_id)  # two drafters at once: the second finds the first's
        if Version.objects.filter(text_id=old.text_id, number__gt=old.number).exists():
            raise TextRefused("下一版本已经起草，请直接打开修改。")
        version = _add_version(old.text, old.number + 1, source, tree, label, explanation, "", by=by, at=at)
        _match_with_previous(version, tree, [])
    return version


def _match_with_previous(version: Version, tree: LegalTree, before: list[Provision]) -> None:
    """Match anew with the version before. `before` are the provisions as they were when somebody confirmed matches."""
    old = Version.objects.get(text_id=version.text_id, number=version.number - 1)
    now = list(Provision.objects.filter(version=version).order_by("position"))
    confirmed = {
        match.old_anchor: match
        for match in AnchorMatch.objects.filter(old=old, new=version, state=AnchorMatch.State.CONFIRMED)
        if words_under(before, match.new_anchor) == words_under(now, match.new_anchor)
    }
    AnchorMatch.objects.filter(old=old, new=version).delete()
    rows = []
    for old_anchor, new_anchor, score, certain in comparing.carry_anchors(parse(old.source), tree):
        state = AnchorMatch.State.CERTAIN if certain else AnchorMatch.State.DOUBTFUL
        row = AnchorMatch(old=old, new=version, old_anchor=old_anchor, new_anchor=new_anchor or "", score=score, state=state)
        if kept := confirmed.get(old_anchor):
            row.new_anchor, row.state = kept.new_anchor, kept.state
            row.confirmed_by_id, row.confirmed_at = kept.confirmed_by_id, kept.confirmed_at
        rows.append(row)
    AnchorMatch.objects.bulk_create(rows, batch_size=400)


def confirm_match(*, match_id: int, new_anchor: str, by: Actor, at: datetime) -> AnchorMatch:
    """Confirm, by name, where a provision went ('' = deleted), while the new version is not yet fixed.

    What stands under it and was proposed to go to the same place is confirmed with it.

    Raises NotAllowed, TextRefused.
    """
    match = AnchorMatch.objects.select_related("new__text__case").get(pk=match_id)
    version = _open_version(match.new_id, by)
    if new_anchor and not Provision.objects.filter(version_id=match.new_id, anchor=new_anchor).exists():
        raise TextRefused("新版本中没有这一条文，请重新选择。")
    with transaction.atomic():
        match.new_anchor, match.state = new_anchor, AnchorMatch.State.CONFIRMED
        match.confirmed_by_id, match.confirmed_at = by.id, at
        match.save(update_fields=["new_anchor", "state", "confirmed_by", "confirmed_at"])
        under = AnchorMatch.objects.filter(
            old_id=match.old_id, new_id=match.new_id, state=AnchorMatch.State.DOUBTFUL,
            old_anchor__startswith=match.old_anchor + "-",
        )
        if new_anchor:
            under = under.filter(Q(new_anchor=new_anchor) | Q(new_anchor__startswith=new_anchor + "-"))
        else:
            under.update(new_anchor="")
        under.update(state=AnchorMatch.State.CONFIRMED, confirmed_by=by.id, confirmed_at=at)
        _record(version, "text.matched", f"{match.old_anchor}\n{new_anchor}", by=by, at=at, old=match.old_anchor, new=new_anchor)
    return match
