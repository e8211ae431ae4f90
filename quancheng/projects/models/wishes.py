"""The yearly call, and what people propose: one row from the first wish to the last rating."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Call(models.Model):
    """征集: the projects of one year of one congress, from the call to the rating (R7.50). Its procedure: `project_call`."""

    case = models.OneToOneField("procedures.Case", on_delete=models.PROTECT, related_name="project_call")
    organ = models.ForeignKey("people.Organ", on_delete=models.PROTECT, related_name="+")
    government = models.ForeignKey("people.Organ", on_delete=models.PROTECT, related_name="+")  # who carries them out
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    words = models.TextField()
    opens_on = models.DateField()
    closes_on = models.DateField()
    decision = models.CharField(max_length=200, blank=True)  # 主任会议决定, when out of the season or shorter than the rule
    telephone = models.CharField(max_length=30)
    address = models.CharField(max_length=120, blank=True)
    places = models.PositiveSmallIntegerField(null=True)  # how many the congress is asked to adopt, once listed

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organ", "year"], name="one_call_a_year")]

    def __str__(self) -> str:
        return self.title


class Project(models.Model):
    """民生实事: a wish, perhaps a project. One case, one code, one public page all the way. Who proposed it is not here (S01).

    `year` is that of the list on which it stands now; carrying over moves it on, the code stays. `voices` counts the
    wish and those merged into it (S10).
    """

    class Door(models.TextChoices):
        WEB = "web", _("网上提出")
        SITE = "site", _("站点代录")
        DEPUTY = "deputy", _("人大代表提出")
        COUNCIL = "council", _("街道议政会提出")

    class Consent(models.TextChoices):
        SIGNED = "signed", _("本人签名")
        SPOKEN = "spoken", _("本人口头同意")
        GUARDIAN = "guardian", _("未满14周岁，监护人同意")

    class Fate(models.TextChoices):  # R7.50
        IN = "in", _("列入筛选论证")
        MERGED = "merged", _("并入同类建议")
        NOT_PUBLIC = "not_public", _("未列入：不属于公共利益事项")
        NOT_IN_A_YEAR = "not_in_a_year", _("未列入：一年内不能完成")
        NO_BUDGET = "no_budget", _("未列入：没有预算资金保障")
        DEBT_RISK = "debt_risk", _("未列入：会形成政府债务风险")
        PLANNED = "planned", _("未列入：已列入其他规划、计划")
        OTHER_LEVEL = "other_level", _("未列入：属于其他层级事权")

    case = models.OneToOneField("procedures.Case", on_delete=models.PROTECT, related_name="project")
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="projects")
    year = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=20, unique=True)
    public_id = models.CharField(max_length=22, unique=True)
    receipt_code = models.CharField(max_length=12, unique=True)
    submission_key = models.CharField(max_length=64, unique=True)
    door = models.CharField(max_length=10, choices=Door.choices)
    title = models.CharField(max_length=40)
    body = models.TextField()
    salt = models.BinaryField(max_length=32)
    name = models.CharField(max_length=20, blank=True)
    area = models.ForeignKey("people.Area", null=True, on_delete=models.PROTECT)
    place = models.CharField(max_length=80, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    site = models.ForeignKey("people.Site", null=True, on_delete=models.PROTECT, related_name="wishes")
    council = models.CharField(max_length=40, blank=True)  # R7.54: of which street the council proposed it
    consent_how = models.CharField(max_length=10, choices=Consent.choices, blank=True)
    witness = models.CharField(max_length=40, blank=True)
    entered_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    fate = models.CharField(max_length=14, choices=Fate.choices, blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    voices = models.PositiveIntegerField(default=1)
    erased_at = models.DateTimeField(null=True)
    hidden_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["call", "fate", "-id"]),
            models.Index(fields=["year", "-id"]),
        ]
        constraints = [
            models.CheckConstraint(  # R7.50, S09: every fate has its reason and its named person
                condition=Q(fate="") | (~Q(reason="") & Q(decided_by__isnull=False)), name="fate_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(fate="merged", merged_into__isnull=False) | (~Q(fate="merged") & Q(merged_into=None)),
                name="merged_wish_names_its_leader",
            ),
            models.CheckConstraint(  # S19: entered on somebody's behalf only with his consent
                condition=~Q(door="site") | ~Q(consent_how=""), name="wish_on_behalf_has_consent"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Picture(models.Model):
    """A picture of a project, kept by its digest without metadata: with the wish, a report, an inspection."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="pictures")
    report = models.ForeignKey("projects.Report", null=True, on_delete=models.PROTECT, related_name="pictures")
    inspection = models.ForeignKey("projects.Inspection", null=True, on_delete=models.PROTECT, related_name="pictures")
    stored_name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()


class Hiding(models.Model):
    """不公开显示: a wish taken off the public pages on a listed ground; the author may object, another person decides (S11)."""

    class Ground(models.TextChoices):  # 网络安全法 49
        PROHIBITED = "prohibited", _("含法律、行政法规禁止发布的内容")
        PERSONAL_DATA = "personal_data", _("含他人个人信息")
        SPAM = "spam", _("广告或者与征集无关的重复信息")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="hidings")
    ground = models.CharField(max_length=14, choices=Ground.choices)
    words = models.CharField(max_length=300)
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    appeal = models.TextField(blank=True)
    appealed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    upheld = models.BooleanField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(  # S11: the appeal goes to another person
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("by")), name="wish_appeal_to_another"
            )
        ]
