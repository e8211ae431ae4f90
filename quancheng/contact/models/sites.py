"""One site, many functions (站点融合, M50): what a site is beyond people.Site, and what happens there."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class SiteProfile(models.Model):
    """站点资料: where it lies, who keeps it, where the sealed box hangs. One for each site."""

    site = models.OneToOneField("people.Site", on_delete=models.PROTECT, related_name="profile")
    latitude = models.DecimalField(max_digits=8, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    about = models.TextField(blank=True)
    keeper = models.CharField(max_length=20, blank=True)
    sealed_box = models.CharField(max_length=120, blank=True)  # where accusations go on paper, and who empties it
    changed_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None) | Q(latitude__isnull=False, longitude__isnull=False),
                name="both_coordinates_or_none",
            )
        ]


class OpeningHours(models.Model):
    """开放时间: one span of one weekday (0 = Monday)."""

    site = models.ForeignKey("people.Site", on_delete=models.PROTECT, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "weekday", "opens"], name="one_span_once"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens"), weekday__lte=6), name="a_span_has_length"),
        ]


class ClosedDay(models.Model):
    """闭站日: a day on which the site is closed in spite of its hours, and why."""

    site = models.ForeignKey("people.Site", on_delete=models.PROTECT, related_name="closed_days")
    day = models.DateField()
    reason = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "day"], name="closed_once_a_day")]


class RotaTurn(models.Model):
    """值班: which deputy or member of staff is at the site, on which day, from when to when (R8.03)."""

    site = models.ForeignKey("people.Site", on_delete=models.PROTECT, related_name="rota")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="turns")
    day = models.DateField()
    starts = models.TimeField()
    ends = models.TimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "day"]), models.Index(fields=["site", "day"])]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "day", "starts"], condition=Q(cancelled_at=None), name="one_turn_at_once"
            ),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="a_turn_has_length"),
        ]


class SiteCheck(models.Model):
    """“八有”自查、检查: the eight things a station has, looked at on a day (R8.13)."""

    site = models.ForeignKey("people.Site", on_delete=models.PROTECT, related_name="checks")
    on = models.DateField()
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    words = models.TextField(blank=True)


class SiteCheckItem(models.Model):
    """One of the eight, met or not, and what is still to be done."""

    class Item(models.TextChoices):
        ROOM = "room", _("有场所")
        SIGN = "sign", _("有标识")
        RULES = "rules", _("有制度")
        STAFF = "staff", _("有人员")
        FUNDS = "funds", _("有经费")
        ACTIVITIES = "activities", _("有活动")
        LEDGER = "ledger", _("有台账")
        RESULTS = "results", _("有成效")

    check_made = models.ForeignKey(SiteCheck, on_delete=models.PROTECT, related_name="items")
    item = models.CharField(max_length=12, choices=Item.choices)
    met = models.BooleanField()
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["check_made", "item"], name="each_of_eight_once")]


class Demonstration(models.Model):
    """基层示范点: nominated, checked, named by another person, reviewed in due time, removed (M49)."""

    class State(models.TextChoices):
        NOMINATED = "nominated", _("已推荐")
        CHECKED = "checked", _("已核查")
        NAMED = "named", _("已命名")
        REMOVED = "removed", _("已撤销")

    site = models.ForeignKey("people.Site", on_delete=models.PROTECT, related_name="demonstrations")
    host = models.CharField(max_length=60)
    grounds = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.NOMINATED)
    nominated_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    nominated_at = models.DateTimeField()
    checked_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)
    findings = models.TextField(blank=True)
    named_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    named_on = models.DateField(null=True)
    review_due_on = models.DateField(null=True)
    reminded_on = models.DateField(null=True)  # a sweep claimed it when its review came due
    removed_on = models.DateField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site"], condition=~Q(state="removed"), name="one_demonstration_a_site"),
            models.CheckConstraint(  # whoever names it did not nominate it
                condition=Q(named_by=None) | ~Q(named_by=F("nominated_by")), name="named_by_another_person"
            ),
        ]


class DemonstrationReview(models.Model):
    """示范点复查: what was found, and what follows."""

    class Outcome(models.TextChoices):
        KEPT = "kept", _("保留")
        MEND = "mend", _("限期整改")
        REMOVED = "removed", _("撤销")

    demonstration = models.ForeignKey(Demonstration, on_delete=models.PROTECT, related_name="reviews")
    on = models.DateField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    words = models.TextField()
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class DemonstrationMark(models.Model):
    """One of the five functions of a demonstration point, as the review found it (研习、实践、展示、宣传、辐射)."""

    class Function(models.TextChoices):
        STUDY = "study", _("研习")
        PRACTICE = "practice", _("实践")
        DISPLAY = "display", _("展示")
        PUBLICITY = "publicity", _("宣传")
        RADIATE = "radiate", _("辐射")

    review = models.ForeignKey(DemonstrationReview, on_delete=models.PROTECT, related_name="marks")
    function = models.CharField(max_length=10, choices=Function.choices)
    words = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "function"], name="each_function_once")]


class Activity(models.Model):
    """站点活动: one of the five functions 联聚督治学, with its log and pictures; shown by a second person (R8.14)."""

    class Function(models.TextChoices):
        CONTACT = "contact", _("联")
        GATHER = "gather", _("聚")
        SUPERVISE = "supervise", _("督")
        GOVERN = "govern", _("治")
        LEARN = "learn", _("学")

    site = models.ForeignKey("people.Site", on_delete=models.PROTECT, related_name="activities")
    function = models.CharField(max_length=10, choices=Function.choices)
    title = models.CharField(max_length=60)
    words = models.TextField()
    held_on = models.DateField()
    place = models.CharField(max_length=60, blank=True)
    present = models.PositiveIntegerField(default=0)
    submission_key = models.CharField(max_length=64, unique=True)
    recorded_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    shown_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    shown_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["site", "-held_on"])]
        constraints = [
            models.CheckConstraint(  # R9.05: a second person looks before the public does
                condition=Q(shown_by=None) | ~Q(shown_by=F("recorded_by")), name="shown_by_another_person"
            )
        ]


class ActivityDeputy(models.Model):
    """A deputy who took part in an activity."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="deputies")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity", "account"], name="took_part_once")]


class ActivityPicture(models.Model):
    """A picture in the log, kept under the data folder by its digest, without its metadata."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="pictures")
    stored_name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    caption = models.CharField(max_length=60)
