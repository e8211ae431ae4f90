"""Demonstration points: nominated, checked, named by another person, reviewed in due time, removed (M49)."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from quancheng.contact import rules
from quancheng.contact.models import Demonstration, DemonstrationMark, DemonstrationReview
from quancheng.contact.recording import ContactRefused, need, record
from quancheng.kernel.deadlines import Term
from quancheng.kernel.words import clean
from quancheng.people.models import Site
from quancheng.people.permissions import Actor
from quancheng.procedures import acts as procedures
from quancheng.procedures import queries as procedure_queries
from quancheng.procedures.acts import Conflict

_REVIEW = "demonstration.review_months"


def nominate_point(*, site: str, host: str, grounds: str, by: Actor, at: datetime) -> Demonstration:
    """Nominate a site as a demonstration point. Raises NotAllowed, ContactRefused, Conflict."""
    found = Site.objects.get(pk=site)
    organ = rules.keeps(by, found)
    host = need(host, 2, "请写明主办单位", "host", 60)
    grounds = need(grounds, 10, "请写明推荐的理由", "grounds")
    try:
        with transaction.atomic():
            made = Demonstration.objects.create(
                site=found, host=host, grounds=grounds, nominated_by_id=by.id, nominated_at=at
            )
            record("point_nominated", f"point:{made.pk}", grounds, at, organ, site=site)
    except IntegrityError:
        raise Conflict("这个站点已被推荐或者命名。") from None
    return made


def _point(point_id: int) -> Demonstration:
    return Demonstration.objects.select_related("site__area").get(pk=point_id)


def check_point(*, point_id: int, findings: str, by: Actor, at: datetime) -> Demonstration:
    """Record what the deputy office found on the spot. Raises NotAllowed, ContactRefused, Conflict."""
    found = _point(point_id)
    organ = rules.office_over(by, "contact.manage", found.site.area_id)
    findings = need(findings, 10, "请写明实地核查的情况", "findings")
    with transaction.atomic():
        waiting = Demonstration.objects.filter(pk=point_id, state=Demonstration.State.NOMINATED)
        if not waiting.update(
            state=Demonstration.State.CHECKED, checked_by_id=by.id, checked_at=at, findings=findings
        ):
            raise Conflict("这项推荐已由他人处理，请刷新后再看。")
        record("point_checked", f"point:{point_id}", findings, at, organ)
    found.refresh_from_db()
    return found


def name_point(*, point_id: int, by: Actor, at: datetime) -> Demonstration:
    """Name a checked point, by another person than the one who nominated it; its review falls due (M49).

    Raises NotAllowed, ContactRefused, Conflict.
    """
    found = _point(point_id)
    organ = rules.office_over(by, "contact.name_point", found.site.area_id)
    if by.id == found.nominated_by_id:
        raise ContactRefused("推荐和命名须由两个人分别经手。")
    day = timezone.localdate(at)
    with transaction.atomic():
        waiting = Demonstration.objects.filter(pk=point_id, state=Demonstration.State.CHECKED)
        if not waiting.update(
            state=Demonstration.State.NAMED, named_by_id=by.id, named_on=day, review_due_on=_next_review(found, day)
        ):
            raise Conflict("核查以后才能命名，或者已由他人处理。")
        record("point_named", f"point:{point_id}", "", at, organ, site=found.site_id)
    found.refresh_from_db()
    return found


def _next_review(point: Demonstration, day: date) -> date:
    months = procedure_queries.parameter(_REVIEW, area=point.site.area_id, on=day)
    return procedures.due_day(start=day, term=Term(months, "month"))


def review_point(
    *, point_id: int, on: date, marks: dict[str, str], outcome: str, words: str, by: Actor, at: datetime
) -> DemonstrationReview:
    """Review a named point: what was found for each of its five functions, and what follows; the next review falls due.

    Raises NotAllowed, ContactRefused, Conflict.
    """
    found = _point(point_id)
    organ = rules.office_over(by, "contact.manage", found.site.area_id)
    words = need(words, 10, "请写明复查的情况", "words")
    if outcome not in DemonstrationReview.Outcome.values:
        raise ContactRefused("请选择复查的结论。", "outcome")
    if set(marks) != set(DemonstrationMark.Function.values) or any(len(clean(said)) < 2 for said in marks.values()):
        raise ContactRefused("研习、实践、展示、宣传、辐射五项，每项都要写明。", "marks")
    day = timezone.localdate(at)
    if on > day:
        raise ContactRefused("复查日期不能在今天以后。", "on")
    removed = outcome == DemonstrationReview.Outcome.REMOVED
    if removed:
        rules.office_over(by, "contact.name_point", found.site.area_id)
    change = (
        {"state": Demonstration.State.REMOVED, "removed_on": day, "reason": words, "review_due_on": None}
        if removed
        else {"review_due_on": _next_review(found, on), "reminded_on": None}
    )
    with transaction.atomic():
        if not Demonstration.objects.filter(pk=point_id, state=Demonstration.State.NAMED).update(**change):
            raise Conflict("这个示范点没有命名，或者已经撤销。")
        made = DemonstrationReview.objects.create(
            demonstration=found, on=on, outcome=outcome, words=words, by_id=by.id, at=at
        )
        DemonstrationMark.objects.bulk_create(
            [DemonstrationMark(review=made, function=f, words=clean(said)[:200]) for f, said in marks.items()]
        )
        record("point_reviewed", f"point:{point_id}", words, at, organ, outcome=outcome)
    return made


def drop_nomination(*, point_id: int, reason: str, by: Actor, at: datetime) -> Demonstration:
    """Turn a nomination down, or take it back, with the reason. Raises NotAllowed, ContactRefused, Conflict."""
    found = _point(point_id)
    organ = rules.keeps(by, found.site)
    reason = need(reason, rules.SHORTEST_REASON, "请写明不予命名的理由", "reason")
    with transaction.atomic():
        waiting = Demonstration.objects.filter(
            pk=point_id, state__in=(Demonstration.State.NOMINATED, Demonstration.State.CHECKED)
        )
        if not waiting.update(state=Demonstration.State.REMOVED, removed_on=timezone.localdate(at), reason=reason):
            raise Conflict("这项推荐已由他人处理，请刷新后再看。")
        record("point_dropped", f"point:{point_id}", reason, at, organ)
    found.refresh_from_db()
    return found
