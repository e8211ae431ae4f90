"""Reception days at the site and on the road; who booked, who waits, who was seen (M35, M52)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Reception(models.Model):
    """接待日、流动站: deputies receive residents on a day, at the site or at another named place."""

    class Kind(models.TextChoices):
        AT_SITE = "at_site", _("到站接待")
        MOBILE = "mobile", _("流动站")

    site = models.ForeignKey("people.Site", on_delete=models.PROTECT, related_name="receptions")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    place = models.CharField(max_length=80, blank=True)
    area = models.ForeignKey("people.Area", null=True, on_delete=models.PROTECT)
    day = models.DateField()
    starts = models.TimeField()
    ends = models.TimeField()
    topic = models.CharField(max_length=80, blank=True)
    capacity = models.PositiveSmallIntegerField()  # how many may book; whoever walks in is never sent away
    taken = models.PositiveSmallIntegerField(default=0)
    last_number = models.PositiveSmallIntegerField(default=0)
    made_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=120, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["day", "site"]), models.Index(fields=["site", "-day"])]
        constraints = [
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="no_more_booked_than_places"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="a_reception_has_length"),
            models.CheckConstraint(condition=~Q(kind="mobile") | ~Q(place=""), name="a_mobile_station_has_a_place"),
            models.UniqueConstraint(
                fields=["site", "day", "starts", "place"], condition=Q(cancelled_at=None), name="one_reception_once"
            ),
        ]


class ReceptionDeputy(models.Model):
    """A deputy who receives on that day; `came_at` when he did."""

    reception = models.ForeignKey(Reception, on_delete=models.PROTECT, related_name="deputies")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="receptions")
    came_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reception", "account"], name="receives_once")]


class Booking(models.Model):
    """预约、取号: a place in the queue. Who it is stands sealed apart; the digest only keeps him from booking twice."""

    class Door(models.TextChoices):
        BOOKED = "booked", _("网上预约")
        WALK_IN = "walk_in", _("现场取号")

    class State(models.TextChoices):
        WAITING = "waiting", _("等候")
        CALLED = "called", _("已叫号")
        SEEN = "seen", _("已接待")
        ABSENT = "absent", _("未到")
        CANCELLED = "cancelled", _("已取消")

    reception = models.ForeignKey(Reception, on_delete=models.PROTECT, related_name="bookings")
    public_id = models.CharField(max_length=22, unique=True)
    receipt_code = models.CharField(max_length=12, unique=True)
    submission_key = models.CharField(max_length=64, unique=True)
    number = models.PositiveSmallIntegerField()
    door = models.CharField(max_length=10, choices=Door.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    person_index = models.BinaryField(max_length=32, null=True)
    name = models.CharField(max_length=20, blank=True)
    about = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    opinion = models.ForeignKey("contact.ResidentOpinion", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reception", "number"], name="one_number_one_place"),
            models.UniqueConstraint(
                fields=["reception", "person_index"], condition=~Q(state="cancelled"), name="one_booking_a_person"
            ),
        ]
