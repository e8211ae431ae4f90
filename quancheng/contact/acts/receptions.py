"""Reception days and mobile stations: planning, booking, taking a number, calling, seeing (M35, M52, R8.03)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils import timezone

from quancheng.contact import rules
from quancheng.contact.content import person_index
from quancheng.contact.models import Booking, Reception, ReceptionDeputy, ResidentOpinion
from quancheng.contact.recording import ContactRefused, add_fact, check_key, need, record
from quancheng.kernel.words import clean, letters
from quancheng.people import acts as people
from quancheng.people.models import Area, Site
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import queries as procedure_queries
from quancheng.procedures.acts import Conflict


class FullyBooked(ContactRefused):
    """Every place is given; whoever comes may still take a number."""


class AlreadyBooked(ContactRefused):
    """This number has a place on that day already."""


@dataclass(frozen=True)
class ReceptionForm:
    """A reception day, or a mobile station with its `place`."""

    site: str
    day: date
    starts: time
    ends: time
    capacity: int
    deputies: tuple[int, ...]
    topic: str = ""
    place: str = ""
    area: str = ""


def plan_reception(*, form: ReceptionForm, by: Actor, at: datetime) -> Reception:
    """Plan a day on which deputies receive residents, at the site or, with a `place`, on the road (R8.03 代表法 28).

    Raises NotAllowed, ContactRefused, Conflict.
    """
    site = Site.objects.get(pk=form.site)
    organ = rules.keeps(by, site)
    if form.day < timezone.localdate(at) or form.ends <= form.starts:
        raise ContactRefused("请填写今天以后的日期，开始要早于结束。", "day")
    if not 1 <= form.capacity <= 500:
        raise ContactRefused("预约名额应在1至500之间。", "capacity")
    deputies = list(dict.fromkeys(form.deputies))
    if not deputies or any(not rules.is_sitting(pk, form.day) for pk in deputies):
        raise ContactRefused("请选择接待的代表，接待当天须在任。", "deputies")
    if form.area and not Area.objects.filter(pk=form.area).exists():
        raise ContactRefused("没有这个地区，请重新选择。", "area")
    place = clean(form.place)[:80]
    kind = Reception.Kind.MOBILE if place else Reception.Kind.AT_SITE
    try:
        with transaction.atomic():
            made = Reception.objects.create(
                site=site, kind=kind, place=place, area_id=form.area or None, day=form.day, starts=form.starts,
                ends=form.ends, topic=clean(form.topic)[:80], capacity=form.capacity, made_by_id=by.id, made_at=at,
            )
            ReceptionDeputy.objects.bulk_create([ReceptionDeputy(reception=made, account_id=pk) for pk in deputies])
            record("reception", f"reception:{made.pk}", made.topic, at, organ, day=str(form.day), site=site.pk)
    except IntegrityError:
        raise Conflict("这个站点在这个时间已经安排了接待。") from None
    return made


def cancel_reception(*, reception_id: int, reason: str, by: Actor, at: datetime) -> Reception:
    """Cancel a reception; whoever booked is told. Raises NotAllowed, ContactRefused, Conflict."""
    found = _reception(reception_id)
    organ = rules.keeps(by, found.site)
    reason = need(reason, rules.SHORTEST_REASON, "请写明取消的原因，预约的群众会看到", "reason", 120)
    with transaction.atomic():
        running = Reception.objects.filter(pk=reception_id, cancelled_at=None, closed_at=None)
        if not running.update(cancelled_at=at, cancel_reason=reason):
            raise Conflict("这次接待已经取消或者结束。")
        waiting = found.bookings.filter(state__in=(Booking.State.WAITING, Booking.State.CALLED))
        texts = {
            public_id: f"{found.day:%-m月%-d日}在{found.site.name}的接待取消：{reason[:60]}。请改约其他时间。"
            for public_id in waiting.values_list("public_id", flat=True)
        }
        waiting.update(state=Booking.State.CANCELLED, ended_at=at)
        people.notify_authors(texts=texts, at=at)
        record("reception_cancelled", f"reception:{reception_id}", reason, at, organ)
    found.refresh_from_db()
    return found


def _reception(reception_id: int) -> Reception:
    return Reception.objects.select_related("site__area").get(pk=reception_id)


@dataclass(frozen=True)
class BookingForm:
    """What somebody says who wants to be received. `phone` was verified by the face where he books himself."""

    submission_key: str
    phone: str = ""
    name: str = ""
    about: str = ""


def book(*, reception_id: int, form: BookingForm, by: Actor, at: datetime) -> Booking:
    """Book a place; one number books one place a day, the same form gives back the same place.

    Raises NotAllowed, FullyBooked, AlreadyBooked, ContactRefused, people's BadPhone.
    """
    demand(by, "matter.submit")
    earlier = Booking.objects.filter(submission_key=check_key(form.submission_key)).first()
    if earlier is not None:
        return earlier
    found, today = _reception(reception_id), timezone.localdate(at)
    if not form.phone:  # R1.15 网络安全法 26
        raise ContactRefused("请填写手机号码并验证。号码只用来通知您，单独加密保存，不会公开。", "phone")
    ahead = procedure_queries.parameter("reception.book_days", area=found.site.area_id, on=today)
    if found.day > today + timedelta(days=ahead):
        raise ContactRefused(f"接待日前{ahead}日起可以预约，请{found.day - timedelta(days=ahead):%-m月%-d日}以后再来。")
    if timezone.localtime(at).replace(tzinfo=None) >= datetime.combine(found.day, found.ends):
        raise ContactRefused("这次接待已经结束，请改约其他时间。")
    made = _new(found, form, Booking.Door.BOOKED, person_index(f"reception:{reception_id}", form.phone), at)
    places = Reception.objects.filter(pk=reception_id, taken__lt=F("capacity"))
    return _take_place(made, places.filter(cancelled_at=None, closed_at=None), 1, form, at, "")


def take_number(*, reception_id: int, form: BookingForm, by: Actor, at: datetime) -> Booking:
    """Give a number to somebody who came without booking; nobody who came is sent away (M52).

    Raises NotAllowed, AlreadyBooked, ContactRefused, people's BadPhone.
    """
    found = _reception(reception_id)
    organ = rules.keeps(by, found.site)
    earlier = Booking.objects.filter(submission_key=check_key(form.submission_key)).first()
    if earlier is not None:
        return earlier
    if found.day != timezone.localdate(at):
        raise ContactRefused("现场取号只在接待当天。")
    who = person_index(f"reception:{reception_id}", form.phone) if form.phone else None
    made = _new(found, form, Booking.Door.WALK_IN, who, at)
    running = Reception.objects.filter(pk=reception_id, cancelled_at=None, closed_at=None)
    return _take_place(made, running, 0, form, at, organ)


def _new(reception: Reception, form: BookingForm, door: str, who: bytes | None, at: datetime) -> Booking:
    return Booking(
        reception=reception, public_id="b" + letters(20), receipt_code=letters(12), submission_key=form.submission_key,
        door=door, person_index=who, name=clean(form.name)[:20], about=clean(form.about)[:200], made_at=at,
    )


def _take_place(
    made: Booking, places: models.QuerySet[Reception], taken: int, form: BookingForm, at: datetime, organ: str
) -> Booking:
    """Write a booking under the next number; the reception's row is held from the first update on."""
    try:
        with transaction.atomic():
            if not places.update(taken=F("taken") + taken, last_number=F("last_number") + 1):
                raise _no_place(made.reception_id)
            made.number = Reception.objects.values_list("last_number", flat=True).get(pk=made.reception_id)
            made.save(force_insert=True)
            if form.phone:
                people.record_authorship(subject=made.public_id, phone=form.phone, at=at)
            record("booked", made.public_id, "", at, organ, door=made.door, reception=made.reception_id)
    except IntegrityError:
        earlier = Booking.objects.filter(submission_key=made.submission_key).first()
        if earlier is None:
            raise AlreadyBooked("这个手机号码已经预约了这次接待，不用再约。", "phone") from None
        return earlier
    return made


def _no_place(reception_id: int) -> ContactRefused:
    found = Reception.objects.get(pk=reception_id)
    if found.cancelled_at is not None:
        return ContactRefused(f"这次接待已经取消：{found.cancel_reason}。请改约其他时间。")
    if found.closed_at is not None:
        return ContactRefused("这次接待已经结束，请改约其他时间。")
    return FullyBooked("预约名额已满。当天到站仍可现场取号，也可以改约其他时间。")


def cancel_booking(*, receipt_code: str, at: datetime) -> Booking:
    """Give a place back; the receipt code is the key of whoever booked it. Raises Booking.DoesNotExist, Conflict."""
    found = Booking.objects.get(receipt_code=receipt_code)
    with transaction.atomic():
        if not Booking.objects.filter(pk=found.pk, state=Booking.State.WAITING).update(
            state=Booking.State.CANCELLED, ended_at=at
        ):
            raise Conflict("这个预约已经取消，或者已经叫到。")
        if found.door == Booking.Door.BOOKED:
            Reception.objects.filter(pk=found.reception_id).update(taken=F("taken") - 1)
        record("booking_cancelled", found.public_id, "", at)
    found.refresh_from_db()
    return found


def call_next(*, reception_id: int, by: Actor, at: datetime) -> Booking | None:
    """Call the next who waits, by number; None when nobody does. Two who call at once call two. Raises NotAllowed."""
    found = _reception(reception_id)
    organ = rules.keeps(by, found.site)
    if found.day != timezone.localdate(at) or found.cancelled_at or found.closed_at:
        raise ContactRefused("只在接待当天叫号。")
    waiting = Booking.objects.filter(reception=found, state=Booking.State.WAITING).order_by("number")
    while (following := waiting.first()) is not None:
        with transaction.atomic():
            if Booking.objects.filter(pk=following.pk, state=Booking.State.WAITING).update(
                state=Booking.State.CALLED, called_at=at
            ):
                record("called", following.public_id, "", at, organ, number=following.number)
                following.refresh_from_db()
                return following
    return None


def finish_visit(
    *, booking_id: int, came: bool, by: Actor, at: datetime, opinion_id: int | None = None
) -> Booking:
    """Record that whoever was called was seen, or was not there; with the opinion that he left. Raises NotAllowed, Conflict."""
    found = Booking.objects.select_related("reception__site").get(pk=booking_id)
    organ = rules.keeps(by, found.reception.site)
    if opinion_id is not None and not ResidentOpinion.objects.filter(
        pk=opinion_id, site_id=found.reception.site_id, sealed_at=None
    ).exists():
        raise ContactRefused("这件意见不是本站记录的。", "opinion")
    state = Booking.State.SEEN if came else Booking.State.ABSENT
    with transaction.atomic():
        called = Booking.objects.filter(pk=booking_id, state=Booking.State.CALLED)
        if not called.update(state=state, ended_at=at, opinion_id=opinion_id if came else None):
            raise Conflict("这个号还没有叫，或者已经处理。")
        record("visit", found.public_id, "", at, organ, came=came)
    found.refresh_from_db()
    return found


def note_deputy_came(*, reception_id: int, account_id: int, by: Actor, at: datetime) -> ReceptionDeputy:
    """Record that a deputy received residents that day: a fact of his duty. Raises NotAllowed, ContactRefused, Conflict."""
    found = _reception(reception_id)
    organ = rules.keeps(by, found.site)
    if found.day > timezone.localdate(at) or found.cancelled_at:
        raise ContactRefused("接待日还没有到，或者已经取消。")
    if account_id == by.account_id:
        raise ContactRefused("代表本人的到站由站点工作人员记录。")
    with transaction.atomic():
        planned = ReceptionDeputy.objects.filter(reception=found, account_id=account_id, came_at=None)
        if not planned.update(came_at=at):
            raise Conflict("这位代表没有排在这次接待，或者已经记录。")
        title = f"在{found.place or found.site.name}接待群众"
        add_fact(account_id, "reception", found.day, title, f"reception:{found.pk}:{account_id}", by, at)
        record("deputy_came", f"reception:{reception_id}", "", at, organ)
    return ReceptionDeputy.objects.get(reception=found, account_id=account_id)


def close_reception(*, reception_id: int, by: Actor, at: datetime) -> Reception:
    """Close a reception once everybody who came was seen; who booked and did not come is noted absent.

    Raises NotAllowed, ContactRefused, Conflict.
    """
    found = _reception(reception_id)
    organ = rules.keeps(by, found.site)
    if found.day > timezone.localdate(at):
        raise ContactRefused("接待日还没有到。")
    with transaction.atomic():
        if not Reception.objects.filter(pk=reception_id, cancelled_at=None, closed_at=None).update(closed_at=at):
            raise Conflict("这次接待已经取消或者结束。")
        here = found.bookings.filter(door=Booking.Door.WALK_IN, state=Booking.State.WAITING)
        left = here.count() + found.bookings.filter(state=Booking.State.CALLED).count()
        if left:
            raise ContactRefused(f"还有{left}人在等候，请接待完再结束。")
        found.bookings.filter(state=Booking.State.WAITING).update(state=Booking.State.ABSENT, ended_at=at)
        record("reception_closed", f"reception:{reception_id}", "", at, organ)
    found.refresh_from_db()
    return found
