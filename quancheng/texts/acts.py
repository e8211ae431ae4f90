"""Acts on legal texts: import, mend, fix, carry to the next version. A fixed version never changes."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.crypto import get_random_string

from quancheng.ledger import acts as ledger
from quancheng.people.permissions import Actor, demand
from quancheng.procedures.models import Case
from quancheng.texts import compare as comparing
from quancheng.texts.models import AnchorMatch, LegalText, Provision, Version
from quancheng.texts.parse import parse
from quancheng.texts.tree import LegalTree

LONGEST = 2_000_000  # characters; the longest code in force has about 110,000


class TextRefused(ValueError):
    """The text cannot be taken in, or not in this state."""


class EditedMeanwhile(Exception):
    """Somebody else saved the version in the meantime."""


def _read(source: str) -> LegalTree:
    if not source.strip():
        raise TextRefused("文本是空的，请粘贴或者上传草案全文。")
    if len(source) > LONGEST:
        raise TextRefused(f"文本超过{LONGEST // 10000}万字，请分开导入。")
    return parse(source)


def import_text(
    *, case: Case, source: str, label: str, explanation: str, imported_from: str, by: Actor, at: datetime
) -> Version:
    """Take in a text as the first version on a case. Raises NotAllowed, TextRefused."""
    demand(by, "text.edit", organ=case.organ_id)
    tree = _read(source)
    with transaction.atomic():
        text = LegalText.objects.create(case=case, slug=get_random_string(10).lower(), title=tree.title[:200])
        return _add_version(text, 1, source, tree, label, explanation, imported_from, by=by, at=at)


def _add_version(
    text: LegalText, number: int, source: str, tree: LegalTree, label: str, explanation: str, imported_from: str, *,
    by: Actor, at: datetime,
) -> Version:
    version = Version.objects.create(
        text=text, number=number, label=label, title=tree.title[:200], source=source, explanation=explanation,
        imported_from=imported_from[:200], created_at=at, created_by_id=by.id,
    )
    _write_provisions(version, tree)
    ledger.append(
        kind="text.imported", at=at, organ=text.case.organ_id, subject=f"text:{text.slug}@{number}",
        content=source.encode(), salt=ledger.new_salt(), detail={"label": label},
    )
    return version


def _write_provisions(version: Version, tree: LegalTree) -> None:
    rows = []
    for position, (unit, parent) in enumerate(tree.walk()):
        rows.append(
            Provision(
                version=version, position=position, anchor=unit.anchor, parent_anchor=parent.anchor if parent else "",
                kind=unit.kind, label=tree.label_of(unit.anchor)[:40],
                heading=(unit.catchword or unit.heading)[:300], text=unit.text,
            )
        )
    Provision.objects.bulk_create(rows, batch_size=400)


def edit_source(*, version_id: int, source: str, edits: int, by: Actor, at: datetime) -> Version:
    """Mend a version that is not yet fixed; `edits` is the count that the editor saw.

    Raises NotAllowed, TextRefused, EditedMeanwhile.
    """
    version = _open_version(version_id, by)
    tree = _read(source)
    with transaction.atomic():
        saved = Version.objects.filter(pk=version_id, edits=edits, state=Version.State.DRAFTING).update(
            source=source, title=tree.title[:200], edits=F("edits") + 1
        )
        if not saved:
            raise EditedMeanwhile("这份文本刚刚已由他人保存。您的修改还在下方，请先对照后再保存。")
        Provision.objects.filter(version_id=version_id).delete()
        version.refresh_from_db()
        _write_provisions(version, tree)
        if version.number == 1:
            LegalText.objects.filter(pk=version.text_id).update(title=tree.title[:200])
        else:
            _match_with_previous(version, tree)
    return version


def set_explanation(*, version_id: int, explanation: str, by: Actor, at: datetime) -> None:
    """Set the explanation (草案说明) of a version that is not yet fixed (R2.08). Raises NotAllowed, TextRefused."""
    _open_version(version_id, by)
    Version.objects.filter(pk=version_id, state=Version.State.DRAFTING).update(explanation=explanation)


def _open_version(version_id: int, by: Actor) -> Version:
    version = Version.objects.select_related("text__case").get(pk=version_id)
    demand(by, "text.edit", organ=version.text.case.organ_id)
    if version.state != Version.State.DRAFTING:
        raise TextRefused("这一版本已定稿，不能再改。需要修改时，请起草下一版本。")
    return version


def fix_version(*, version_id: int, by: Actor, at: datetime) -> Version:
    """Fix a version for good; its digest goes into the ledger (S13). Raises NotAllowed, TextRefused.

    Refused while there is anything the parser could not place, or a doubtful match to the version before.
    """
    version = _open_version(version_id, by)
    tree = parse(version.source)
    if tree.unplaced:
        raise TextRefused(f"还有{len(tree.unplaced)}处未能识别的内容，请先整理好再定稿。")
    if not tree.title or not Provision.objects.filter(version=version, kind__in=("article", "point")).exists():
        raise TextRefused("没有识别出题名或者条文，请先整理好再定稿。")
    if version.matches_in.filter(state=AnchorMatch.State.DOUBTFUL).exists():
        raise TextRefused("还有与上一版本对应不明的条文，请先逐条确认。")
    digest = hashlib.sha256(version.source.encode()).hexdigest()
    with transaction.atomic():
        Version.objects.filter(pk=version_id, state=Version.State.DRAFTING).update(
            state=Version.State.FIXED, fixed_at=at, digest=digest
        )
        ledger.append(
            kind="text.fixed", at=at, organ=version.text.case.organ_id,
            subject=f"text:{version.text.slug}@{version.number}", content=version.source.encode(),
            salt=ledger.new_salt(), detail={"sha256": digest},
        )
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
    tree = _read(source)
    with transaction.atomic():
        if Version.objects.select_for_update().filter(text_id=old.text_id, number__gt=old.number).exists():
            raise TextRefused("下一版本已经起草，请直接打开修改。")
        version = _add_version(old.text, old.number + 1, source, tree, label, explanation, "", by=by, at=at)
        _match_with_previous(version, tree)
    return version


def _match_with_previous(version: Version, tree: LegalTree) -> None:
    old = Version.objects.get(text_id=version.text_id, number=version.number - 1)
    AnchorMatch.objects.filter(old=old, new=version).delete()
    rows = [
        AnchorMatch(
            old=old, new=version, old_anchor=old_anchor, new_anchor=new_anchor or "", score=score,
            state=AnchorMatch.State.CERTAIN if certain else AnchorMatch.State.DOUBTFUL,
        )
        for old_anchor, new_anchor, score, certain in comparing.carry_anchors(parse(old.source), tree)
    ]
    AnchorMatch.objects.bulk_create(rows, batch_size=400)


def confirm_match(*, match_id: int, new_anchor: str, by: Actor, at: datetime) -> AnchorMatch:
    """Confirm, by name, where a provision went ('' = deleted). Raises NotAllowed, TextRefused."""
    match = AnchorMatch.objects.select_related("new__text__case").get(pk=match_id)
    demand(by, "text.edit", organ=match.new.text.case.organ_id)
    if new_anchor and not Provision.objects.filter(version_id=match.new_id, anchor=new_anchor).exists():
        raise TextRefused("新版本中没有这一条文，请重新选择。")
    match.new_anchor, match.state = new_anchor, AnchorMatch.State.CONFIRMED
    match.confirmed_by_id, match.confirmed_at = by.id, at
    match.save(update_fields=["new_anchor", "state", "confirmed_by", "confirmed_at"])
    return match
