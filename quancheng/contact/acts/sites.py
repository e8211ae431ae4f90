"""A site's profile, functions, hours, closed days, rota, the eight things it has, and its activities (M50, R8.13, R8.14)."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from quancheng.contact import files, rules
from quancheng.contact.models import (
    Activity,
    ActivityDeputy,
    ActivityPicture,
    ClosedDay,
    OpeningHours,
    RotaTurn,
    SiteCheck,
    SiteCheckItem,
    SiteProfile,
)
from quancheng.contact.recording import ContactRefused, add_fact, check_key, need, record
from quancheng.kernel.words import clean
from quancheng.people.models import Account, Office, Site, SiteFunction
from quancheng.people.permissions import Actor
from quancheng.procedures.acts import Conflict

_CHINA = (Decimal(3), Decimal(54), Decimal(73), Decimal(136))  # south, north, west, east


def set_profile(
    *, site: str, latitude: Decimal | None, longitude: Decimal | None, about: str, keeper: str, sealed_box: str,
    by: Actor, at: datetime,
) -> SiteProfile:
    """Set where a site lies, what it is, who keeps it, where its sealed box hangs. Raises NotAllowed, ContactRefused."""
    found = Site.objects.get(pk=site)
    organ = rules.keeps(by, found)
    if (latitude is None) != (longitude is None):
        raise ContactRefused("经度和纬度要一起填。", "latitude")
    if latitude is not None and longitude is not None:
        south, north, west, east = _CHINA
        if not (south <= latitude <= north and west <= longitude <= east):
            raise ContactRefused("经纬度不在国内，请检查两个数是否填反。", "latitude")
    with transaction.atomic():
        made, _new = SiteProfile.objects.update_or_create(
            site=found,
            defaults={
                "latitude": latitude, "longitude": longitude, "about": need(about, 0, "", "about", 2000),
                "keeper": clean(keeper)[:20], "sealed_box": clean(sealed_box)[:120], "changed_by_id": by.id,
                "changed_at": at,
            },
        )  # fmt: skip
        record("site_profile", f"site:{site}", made.about, at, organ, latitude=str(latitude), longitude=str(longitude))
    return made


def set_functions(*, site: str, functions: tuple[str, ...], by: Actor, at: datetime) -> list[SiteFunction]:
    """Set which functions a site carries, by the deputy office over it (站点融合, M50). Raises NotAllowed, ContactRefused."""
    found = Site.objects.get(pk=site)
    organ = rules.office_over(by, "contact.manage", found.area_id)
    if not functions or set(functions) - set(SiteFunction.Kind.values):
        raise ContactRefused("请选择站点的功能，至少一项。", "functions")
    with transaction.atomic():
        SiteFunction.objects.filter(site=found).exclude(kind__in=functions).delete()
        for kind in dict.fromkeys(functions):
            SiteFunction.objects.get_or_create(site=found, kind=kind)
        record("site_functions", f"site:{site}", "", at, organ, functions=sorted(set(functions)))
    return list(SiteFunction.objects.filter(site=found).order_by("kind"))


def set_hours(*, site: str, spans: list[tuple[int, time, time]], by: Actor, at: datetime) -> list[OpeningHours]:
    """Set a site's opening hours: (weekday, 0 = Monday; opens; closes). Raises NotAllowed, ContactRefused."""
    found = Site.objects.get(pk=site)
    organ = rules.keeps(by, found)
    ordered = sorted(set(spans))
    for position, (weekday, opens, closes) in enumerate(ordered):
        if not 0 <= weekday <= 6 or closes <= opens:
            raise ContactRefused("开放时间要早于闭站时间。", "hours")
        after = ordered[position + 1] if position + 1 < len(ordered) else None
        if after is not None and after[0] == weekday and after[1] < closes:
            raise ContactRefused("同一天的开放时间不能重叠。", "hours")
    with transaction.atomic():
        OpeningHours.objects.filter(site=found).delete()
        made = OpeningHours.objects.bulk_create(
            [OpeningHours(site=found, weekday=w, opens=opens, closes=closes) for w, opens, closes in ordered]
        )
        record("site_hours", f"site:{site}", "", at, organ, spans=[f"{w} {o:%H:%M}-{c:%H:%M}" for w, o, c in ordered])
    return made


def close_day(*, site: str, day: date, reason: str, by: Actor, at: datetime) -> ClosedDay:
    """Close a site on a day in spite of its hours. Raises NotAllowed, ContactRefused."""
    found = Site.objects.get(pk=site)
    organ = rules.keeps(by, found)
    reason = need(reason, 2, "请写明闭站的原因", "reason", 60)
    if day < timezone.localdate(at):
        raise ContactRefused("这一天已经过去。", "day")
    with transaction.atomic():
        made, _new = ClosedDay.objects.update_or_create(site=found, day=day, defaults={"reason": reason})
        record("site_closed", f"site:{site}", reason, at, organ, day=str(day))
    return made


def open_day(*, site: str, day: date, by: Actor, at: datetime) -> bool:
    """Take back that a site is closed on a day; False where it was not. Raises NotAllowed."""
    found = Site.objects.get(pk=site)
    organ = rules.keeps(by, found)
    with transaction.atomic():
        gone = ClosedDay.objects.filter(site=found, day=day).delete()[0]
        if gone:
            record("site_opened", f"site:{site}", "", at, organ, day=str(day))
    return bool(gone)


def put_on_rota(
    *, site: str, account_id: int, day: date, starts: time, ends: time, by: Actor, at: datetime
) -> RotaTurn:
    """Put a deputy or a member of the site's staff on its rota (R8.03). Raises NotAllowed, ContactRefused."""
    found = Site.objects.get(pk=site)
    organ = rules.keeps(by, found)
    if ends <= starts or day < timezone.localdate(at):
        raise ContactRefused("请填写今天以后的时间，开始要早于结束。", "starts")
    staff = Office.objects.filter(
        rules.in_force(day), account_id=account_id, role=Office.Role.SITE_STAFF, site=found
    ).exists()
    if not staff and not rules.is_sitting(account_id, day):
        raise ContactRefused("值班人应当是在任代表或者本站工作人员。", "account")
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account_id)  # two turns at one time cannot both be written
        if RotaTurn.objects.filter(
            account_id=account_id, day=day, cancelled_at=None, starts__lt=ends, ends__gt=starts
        ).exists():
            raise ContactRefused("这个人在这段时间已有值班。", "starts")
        made = RotaTurn.objects.create(site=found, account_id=account_id, day=day, starts=starts, ends=ends)
        record("rota", f"site:{site}", "", at, organ, day=str(day), turn=made.pk)
    return made


def take_off_rota(*, turn_id: int, by: Actor, at: datetime) -> RotaTurn:
    """Take somebody off the rota. Raises NotAllowed, Conflict."""
    turn = RotaTurn.objects.select_related("site").get(pk=turn_id)
    organ = rules.keeps(by, turn.site)
    with transaction.atomic():
        if not RotaTurn.objects.filter(pk=turn_id, cancelled_at=None).update(cancelled_at=at):
            raise Conflict("这次值班已经取消。")
        record("rota_cancelled", f"site:{turn.site_id}", "", at, organ, turn=turn_id)
    turn.refresh_from_db()
    return turn


def check_site(
    *, site: str, on: date, found: dict[str, tuple[bool, str]], words: str, by: Actor, at: datetime
) -> SiteCheck:
    """Record a look at the eight things a station has: item -> (met, words); what is not met says why (R8.13).

    Raises NotAllowed, ContactRefused.
    """
    place = Site.objects.get(pk=site)
    organ = rules.keeps(by, place)
    if set(found) != set(SiteCheckItem.Item.values):
        raise ContactRefused("“八有”每一项都要查看。", "items")
    if on > timezone.localdate(at):
        raise ContactRefused("检查日期不能在今天以后。", "on")
    lacking = [str(SiteCheckItem.Item(item).label) for item, (met, said) in found.items() if not met and len(clean(said)) < 2]
    if lacking:
        raise ContactRefused(f"没有做到的请写明情况：{'、'.join(lacking)}。", "items")
    with transaction.atomic():
        made = SiteCheck.objects.create(site=place, on=on, by_id=by.id, at=at, words=clean(words))
        SiteCheckItem.objects.bulk_create(
            [
                SiteCheckItem(check_made=made, item=item, met=met, words=clean(said)[:200])
                for item, (met, said) in found.items()
            ]
        )
        met = sum(ok for ok, _ in found.values())
        record("site_checked", f"site:{site}", made.words, at, organ, met=met, on=str(on))
    return made


@dataclass(frozen=True)
class ActivityForm:
    """What the log of an activity holds. `pictures`: the bytes and what they show."""

    site: str
    function: str
    title: str
    words: str
    held_on: date
    submission_key: str
    place: str = ""
    present: int = 0
    deputies: tuple[int, ...] = ()
    pictures: tuple[tuple[bytes, str], ...] = ()


def record_activity(*, form: ActivityForm, by: Actor, at: datetime) -> Activity:
    """Record an activity of one of the five functions with its pictures; a form sent twice is recorded once (R8.14).

    Raises NotAllowed, ContactRefused.
    """
    site = Site.objects.get(pk=form.site)
    organ = rules.keeps(by, site)
    earlier = Activity.objects.filter(submission_key=check_key(form.submission_key)).first()
    if earlier is not None:
        return earlier
    title = need(form.title, 4, "请写一个标题", "title", 60)
    words = need(form.words, 10, "请写明活动的情况", "words", 5000)
    if form.function not in Activity.Function.values:
        raise ContactRefused("请选择活动属于联、聚、督、治、学的哪一项。", "function")
    if form.held_on > timezone.localdate(at) or not 0 <= form.present <= 100_000:
        raise ContactRefused("请填写已经举办的活动，人数不能为负。", "held_on")
    deputies = list(dict.fromkeys(form.deputies))
    if any(not rules.is_sitting(pk, form.held_on) for pk in deputies):
        raise ContactRefused("有人在活动当天不是在任代表，请检查。", "deputies")
    kept = _keep_pictures(form.pictures)
    try:
        with transaction.atomic():
            made = Activity.objects.create(
                site=site, function=form.function, title=title, words=words, held_on=form.held_on,
                place=clean(form.place)[:60], present=form.present, submission_key=form.submission_key,
                recorded_by_id=by.id, recorded_at=at,
            )
            ActivityPicture.objects.bulk_create([ActivityPicture(activity=made, **picture) for picture in kept])
            for pk in deputies:
                ActivityDeputy.objects.create(activity=made, account_id=pk)
                add_fact(pk, "activity", form.held_on, f"{site.name}：{title}", f"activity:{made.pk}:{pk}", by, at)
            record("activity", f"activity:{made.pk}", words, at, organ, function=form.function, site=site.pk)
    except IntegrityError:
        earlier = Activity.objects.filter(submission_key=form.submission_key).first()
        if earlier is None:
            raise
        return earlier
    return made


def _keep_pictures(pictures: tuple[tuple[bytes, str], ...]) -> list[dict[str, str | int]]:
    if len(pictures) > rules.LOG_PICTURES:
        raise ContactRefused(f"图片最多{rules.LOG_PICTURES}张。", "pictures")
    kept: list[dict[str, str | int]] = []
    for data, caption in pictures:
        caption = need(caption, 2, "请写明每张图片是什么，看不见图片的人要靠它", "pictures", 60)
        try:
            stored = files.keep_picture(data)
        except files.BadFile as error:
            raise ContactRefused(str(error), "pictures") from error
        kept.append(
            {
                "stored_name": stored.name, "kind": stored.kind, "width": stored.width, "height": stored.height,
                "size": stored.size, "caption": caption,
            }
        )  # fmt: skip
    return kept


def show_activity(*, activity_id: int, by: Actor, at: datetime) -> Activity:
    """Show an activity to the public, by another person than the one who recorded it (R9.05).

    He looks for faces and numbers that should not be there. Raises NotAllowed, ContactRefused, Conflict.
    """
    found = Activity.objects.select_related("site").get(pk=activity_id)
    organ = rules.keeps(by, found.site)
    if by.id == found.recorded_by_id:
        raise ContactRefused("记录和公开须由两个人分别经手。")
    with transaction.atomic():
        if not Activity.objects.filter(pk=activity_id, shown_at=None).update(shown_by_id=by.id, shown_at=at):
            raise Conflict("这项活动已经公开。")
        record("activity_shown", f"activity:{activity_id}", "", at, organ)
    found.refresh_from_db()
    return found


def hide_activity(*, activity_id: int, reason: str, by: Actor, at: datetime) -> Activity:
    """Take an activity from the public page, with the reason on record. Raises NotAllowed, ContactRefused, Conflict."""
    found = Activity.objects.select_related("site").get(pk=activity_id)
    organ = rules.keeps(by, found.site)
    reason = need(reason, rules.SHORTEST_REASON, "请写明撤下的理由", "reason")
    with transaction.atomic():
        shown = Activity.objects.filter(pk=activity_id, shown_at__isnull=False)
        if not shown.update(shown_by_id=None, shown_at=None):
            raise Conflict("这项活动没有公开。")
        record("activity_hidden", f"activity:{activity_id}", reason, at, organ)
    found.refresh_from_db()
    return found
