"""Publication of a suggestion with its answers and ratings: rating first; the deputy may think it unsuitable (R7.15)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from quancheng.handling import queries as handling
from quancheng.handling.models import Answer, Rating, UnitReport
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.publications import acts as publications
from quancheng.publications.models import Publication
from quancheng.suggestions import rules
from quancheng.suggestions.drafting import of_lead
from quancheng.suggestions.models import Suggestion
from quancheng.suggestions.papers import SuggestionRefused

_OVER = ("rated", "tracking", "closed")


def slug_of(suggestion: Suggestion) -> str:
    """Return the address under which a suggestion is published."""
    return f"suggestion-{suggestion.pk}"


def set_openness(*, suggestion_id: int, openness: str, reason: str, by: Actor, at: datetime) -> Suggestion:
    """Say, as the lead sponsor, whether the suggestion is fit to be published, until it is (R7.15).

    A draft of publication that waits for review goes no further. Raises NotAllowed, SuggestionRefused.
    """
    found = of_lead(suggestion_id, by)
    if openness not in Suggestion.Openness.values or (openness == "unsuitable" and len(reason.strip()) < 5):
        raise SuggestionRefused("认为不宜公开的，请写明理由。", "reason")
    papers = Publication.objects.filter(slug=slug_of(found))
    if papers.filter(state__in=[Publication.State.RELEASED, Publication.State.CORRECTED]).exists():
        raise SuggestionRefused("这件已经公开。认为需要更正的，请联系代表工委。", "openness")
    with transaction.atomic():
        Suggestion.objects.filter(pk=found.pk).update(
            openness=openness, openness_reason=reason.strip()[:200] if openness == "unsuitable" else ""
        )
        if openness == "unsuitable":
            papers.filter(state=Publication.State.IN_REVIEW).update(
                state=Publication.State.DRAFTED, returned_note="领衔代表认为不宜公开。"
            )
        procedures.note(
            case=found.case, event="suggestion.openness", words=reason, by=by, at=at, held="suggestion.write",
            detail={"openness": openness},
        )
    found.refresh_from_db()
    return found


def draft_publication(*, suggestion_id: int, by: Actor, at: datetime) -> Publication:
    """Draft what the public reads: the text, both leaders of a key suggestion, every answer **and rating** (R7.15, M38).

    Only after the rating; a key suggestion needs a rating by the deputy and a supervision log.
    Raises NotAllowed, SuggestionRefused, publications' PublicationRefused.
    """
    found = Suggestion.objects.select_related("case__organ", "session", "lead").get(pk=suggestion_id)
    demand(by, "suggestion.check", organ=found.case.organ_id)
    if found.case.state not in _OVER:
        raise SuggestionRefused("测评以后才能公开。")
    if found.openness == Suggestion.Openness.UNSUITABLE:
        raise SuggestionRefused(f"领衔代表认为不宜公开：{found.openness_reason}")
    record = handling.record(found.case, timezone.localdate(at))
    rated = [answer for answer in record.signed() if handling.rating_of(answer)]
    if record.key_file is not None and (not rated or not record.entries):
        raise SuggestionRefused("重点督办建议须有代表测评和督办记录，才能公开。")
    title = f"{rules.name_of(found)}：{found.title}"
    with transaction.atomic():
        made = publications.draft(
            case=found.case, kind=rules.KIND, slug=slug_of(found), title=title[:200],
            body=public_text(found, record, timezone.localdate(at)), by=by, at=at,
        )
        procedures.note(
            case=found.case, event="suggestion.publication", words=made.body, by=by, at=at, held="suggestion.check"
        )
    return made


def draft_report_publication(*, report_id: int, by: Actor, at: datetime) -> Publication:
    """Draft the publication of a unit's yearly report that the office took (R7.14: the report is public).

    Raises NotAllowed, SuggestionRefused, publications' PublicationRefused.
    """
    report = UnitReport.objects.select_related("case__organ", "unit").get(pk=report_id)
    demand(by, "suggestion.check", organ=report.case.organ_id)
    if report.case.state != "accepted":
        raise SuggestionRefused("报告收下以后才能公开。")
    title = f"{report.unit.name}{report.year}年办理人大代表建议情况的报告"
    with transaction.atomic():
        made = publications.draft(
            case=report.case, kind=rules.REPORT, slug=f"unit-report-{report.pk}", title=title[:200],
            body=report.text, by=by, at=at,
        )  # fmt: skip
        procedures.note(
            case=report.case, event="suggestion.publication", words=made.body, by=by, at=at, held="suggestion.check"
        )
    return made


def public_text(found: Suggestion, record: handling.Record, today: date) -> str:
    """Return the published words of a suggestion, as markup for documents: no telephone, no address, no draft."""
    lines = ["## 建议内容", "", f"领衔代表：{found.lead.name}"]
    others = max(len(rules.authors(found.case)) - 1, 0)
    lines += [f"联名代表：{others}人", ""] if others else [""]
    lines += [found.body, ""]
    if record.key_file is not None:
        key = record.key_file
        lines += ["## 重点督办", "", "| 职责 | 承担 |", "|---|---|"]
        lines += [f"| 领衔办理 | {key.leader_post} {key.leader_name} |", f"| 具体办理 | {key.department.name} |"]
        lines += [f"| 领衔督办 | {key.supervisor_post} {key.supervisor_name} |", f"| 具体督办 | {key.committee.name} |", ""]
        lines += [f"- {entry.on:%Y年%-m月%-d日}，{entry.get_kind_display()}，{entry.place}" for entry in record.entries]
        lines.append("")
    for answer in record.signed():
        lines += _answer(answer, handling.rating_of(answer))
    if record.assessment is not None:
        lines += ["## 评估", "", record.assessment.get_finding_display(), "", record.assessment.words, ""]
    if record.commitments:
        lines += ["## 承诺事项", ""]
        for promise in record.commitments:
            state = "已兑现" if promise.kept_at else "正在落实"
            lines.append(f"- {promise.unit.name}：{promise.words}（{promise.due_on:%Y年%-m月%-d日}以前），{state}")
        lines += ["", f"（承诺事项的进展截至{today:%Y年%-m月%-d日}）"]
    return "\n".join(lines)


def _answer(answer: Answer, rating: Rating | None) -> list[str]:
    again = "再次答复" if answer.round > 1 else "答复"
    signed = timezone.localtime(answer.signed_at) if answer.signed_at else None
    lines = [f"## {answer.assignment.unit.name}{again}", ""]
    lines += [f"{answer.get_outcome_display()}　{signed:%Y年%-m月%-d日}" if signed else answer.get_outcome_display(), ""]
    lines += [answer.text, ""]
    said = f"{rating.get_grade_display()}" + (f"。{rating.reason}" if rating.reason else "") if rating else "未测评"
    return [*lines, f"代表测评：{said}", ""]
