"""Acts of publication: draft, edit, review by another person, release, correct in the open, withhold on a ground."""

import hashlib
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from quancheng.ledger import acts as ledger
from quancheng.people.permissions import Actor, demand
from quancheng.procedures.models import Case
from quancheng.publications.models import Publication


class PublicationRefused(ValueError):
    """The step is not open for this document, or something it needs is missing."""


class EditedMeanwhile(Exception):
    """Somebody else saved the document in the meantime."""


def _get(publication_id: int, *states: str) -> Publication:
    found = Publication.objects.select_related("case").get(pk=publication_id)
    if found.state not in states:
        raise PublicationRefused(f"这份文件目前为“{found.get_state_display()}”，不能这样办理。")
    return found


def draft(*, case: Case, kind: str, slug: str, title: str, body: str, by: Actor, at: datetime) -> Publication:
    """Put a drafted document on a case, or replace the draft that is there under the same slug.

    Raises NotAllowed, PublicationRefused (already in review or released).
    """
    demand(by, "report.edit", organ=case.organ_id)
    if case.organ.kind == "street_working_committee" and ("resolution" in kind or "决议" in title):  # R4.19 地方组织法 59
        raise PublicationRefused("街道工委不是人民代表大会，不作决议。")
    with transaction.atomic():
        found = Publication.objects.select_for_update().filter(slug=slug).first()
        if found is None:
            return Publication.objects.create(
                case=case, kind=kind, slug=slug, title=title, body=body, drafted_by_id=by.id, drafted_at=at
            )
        if found.state != Publication.State.DRAFTED:
            raise PublicationRefused(f"报告已是“{found.get_state_display()}”，不能重新生成。")
        Publication.objects.filter(pk=found.pk).update(
            title=title, body=body, drafted_by_id=by.id, drafted_at=at, edits=F("edits") + 1, edited_by=None
        )
    found.refresh_from_db()
    return found


def edit(*, publication_id: int, body: str, edits: int, by: Actor, at: datetime) -> Publication:
    """Save a new wording of a draft; `edits` is the count that the editor saw.

    Raises NotAllowed, PublicationRefused, EditedMeanwhile.
    """
    found = _get(publication_id, Publication.State.DRAFTED)
    demand(by, "report.edit", organ=found.case.organ_id)
    if not body.strip():
        raise PublicationRefused("报告正文不能为空。")
    saved = Publication.objects.filter(pk=found.pk, edits=edits, state=Publication.State.DRAFTED).update(
        body=body, edits=F("edits") + 1, edited_by_id=by.id
    )
    if not saved:
        raise EditedMeanwhile("这份报告刚刚已由他人保存。您的修改还在下方，请先对照后再保存。")
    found.refresh_from_db()
    return found


def submit_for_review(*, publication_id: int, by: Actor, at: datetime) -> Publication:
    """Hand a draft to the reviewer (R9.05). Raises NotAllowed, PublicationRefused."""
    found = _get(publication_id, Publication.State.DRAFTED)
    demand(by, "report.edit", organ=found.case.organ_id)
    Publication.objects.filter(pk=found.pk, state=Publication.State.DRAFTED).update(
        state=Publication.State.IN_REVIEW, returned_note=""
    )
    found.refresh_from_db()
    return found


def return_to_author(*, publication_id: int, note: str, by: Actor, at: datetime) -> Publication:
    """Send a document back to its author with what should be mended. Raises NotAllowed, PublicationRefused."""
    found = _get(publication_id, Publication.State.IN_REVIEW)
    demand(by, "report.release", organ=found.case.organ_id)
    if len(note.strip()) < 5:
        raise PublicationRefused("请写明需要修改的地方。")
    Publication.objects.filter(pk=found.pk, state=Publication.State.IN_REVIEW).update(
        state=Publication.State.DRAFTED, returned_note=note.strip()
    )
    found.refresh_from_db()
    return found


def release(*, publication_id: int, by: Actor, at: datetime) -> Publication:
    """Release a document to the public; the reviewer is neither author nor last editor (R9.05).

    The digest of the released words goes into the ledger (S13). Raises NotAllowed, PublicationRefused.
    """
    found = _get(publication_id, Publication.State.IN_REVIEW)
    demand(by, "report.release", organ=found.case.organ_id)
    if by.id in (found.drafted_by_id, found.edited_by_id):
        raise PublicationRefused("起草人或者修改人不能审核自己的文件，请由另一人审核（R9.05）。")
    with transaction.atomic():
        Publication.objects.filter(pk=found.pk, state=Publication.State.IN_REVIEW).update(
            state=Publication.State.RELEASED, released_by_id=by.id, released_at=at
        )
        if found.corrects_id:
            Publication.objects.filter(pk=found.corrects_id).update(state=Publication.State.CORRECTED)
        _record("publication.released", found, at)
    found.refresh_from_db()
    return found


def _record(kind: str, found: Publication, at: datetime) -> None:
    ledger.append(
        kind=kind, at=at, organ=found.case.organ_id, subject=f"publication:{found.slug}"[:64],
        content=found.body.encode(), salt=ledger.new_salt(),
        detail={"sha256": hashlib.sha256(found.body.encode()).hexdigest(), "title": found.title},
    )


def correct(*, publication_id: int, body: str, note: str, by: Actor, at: datetime) -> Publication:
    """Draft a correction of a released document: a new version with a note, never a silent overwrite (R9.14).

    Raises NotAllowed, PublicationRefused.
    """
    found = _get(publication_id, Publication.State.RELEASED)
    demand(by, "report.edit", organ=found.case.organ_id)
    if len(note.strip()) < 5:
        raise PublicationRefused("请写明更正了什么、为什么更正。")
    number = Publication.objects.filter(slug__startswith=found.slug + "-r").count() + 2
    return Publication.objects.create(
        case=found.case, kind=found.kind, slug=f"{found.slug}-r{number}", title=found.title, body=body,
        drafted_by_id=by.id, drafted_at=at, corrects=found, correction_note=note.strip(),
    )


def withhold(*, publication_id: int, ground: str, review_on: date, by: Actor, at: datetime) -> Publication:
    """Withhold a document on a listed ground until a date of next review (R9.03, S12).

    Raises NotAllowed, PublicationRefused.
    """
    found = _get(publication_id, Publication.State.IN_REVIEW)
    demand(by, "report.release", organ=found.case.organ_id)
    if by.id in (found.drafted_by_id, found.edited_by_id):
        raise PublicationRefused("起草人或者修改人不能决定不予公开，请由另一人审核。")
    if ground not in Publication.Ground.values:
        raise PublicationRefused("请从法定理由中选择一项（R9.03）。")
    if review_on <= at.date():
        raise PublicationRefused("下次复查日期须晚于今天。")
    with transaction.atomic():
        Publication.objects.filter(pk=found.pk, state=Publication.State.IN_REVIEW).update(
            state=Publication.State.WITHHELD, ground=ground, review_on=review_on
        )
        _record("publication.withheld", found, at)
    found.refresh_from_db()
    return found
