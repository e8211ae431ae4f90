"""Suggestions and motions of deputies, who signs them, why one was returned, which units were proposed, imports."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Session(models.Model):
    """会议: a session of a congress, within which suggestions are numbered and until when motions are taken (R0.20)."""

    organ = models.ForeignKey("people.Organ", on_delete=models.PROTECT, related_name="suggestion_sessions")
    name = models.CharField(max_length=60)
    opens_on = models.DateField()
    closes_on = models.DateField()
    motions_until = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organ", "name"], name="one_session_a_name"),
            models.CheckConstraint(condition=Q(closes_on__gte=models.F("opens_on")), name="session_ends_after_it_opens"),
        ]

    def __str__(self) -> str:
        return self.name


class Suggestion(models.Model):
    """代表建议、代表议案: one matter of a lead sponsor and his co-signers, with a case of its own (R7.01–R7.03)."""

    class Kind(models.TextChoices):
        SUGGESTION = "suggestion", _("建议、批评和意见")
        MOTION = "motion", _("议案")

    class Category(models.TextChoices):
        ECONOMY = "economy", _("财政经济")
        URBAN = "urban", _("城乡建设")
        AGRICULTURE = "agriculture", _("农业农村")
        ENVIRONMENT = "environment", _("环境资源")
        EDUCATION = "education", _("教育科技")
        HEALTH = "health", _("医疗卫生")
        SOCIAL = "social", _("社会保障")
        LAW = "law", _("法治建设")
        CULTURE = "culture", _("文化旅游")
        OTHER = "other", _("其他")

    class Openness(models.TextChoices):
        SHOWN = "shown", _("可以公开")
        UNSUITABLE = "unsuitable", _("不宜公开")

    class Source(models.TextChoices):
        DEPUTY = "deputy", _("代表提交")
        PAPER = "paper", _("纸质建议，代为录入")
        MOTION = "motion", _("由议案转来")

    case = models.OneToOneField("procedures.Case", on_delete=models.PROTECT, related_name="suggestion")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.DEPUTY)
    session = models.ForeignKey(Session, null=True, on_delete=models.PROTECT, related_name="suggestions")
    number = models.PositiveIntegerField(null=True)  # within `series`, given when it is checked
    series = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=80)
    category = models.CharField(max_length=12, choices=Category.choices)
    body = models.TextField()  # 建议内容; of a motion its 案由
    grounds = models.TextField(blank=True)  # 案据
    plan = models.TextField(blank=True)  # 方案
    lead = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="suggestions_led")
    openness = models.CharField(max_length=10, choices=Openness.choices, default=Openness.SHOWN)
    openness_reason = models.CharField(max_length=200, blank=True)
    submission_key = models.CharField(max_length=64, unique=True)
    edits = models.PositiveIntegerField(default=0)
    entered_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    salt = models.BinaryField(max_length=32, default=b"")

    class Meta:
        indexes = [models.Index(fields=["lead", "-id"]), models.Index(fields=["-submitted_at"])]
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], condition=~Q(number=None), name="one_number_a_series"),
            models.CheckConstraint(  # R7.01: 案由、案据、方案
                condition=~Q(kind="motion") | (~Q(grounds="") & ~Q(plan="")), name="motion_has_grounds_and_plan"
            ),
            models.CheckConstraint(  # R7.15
                condition=Q(openness="shown") | ~Q(openness_reason=""), name="unsuitable_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Sponsor(models.Model):
    """联名代表: a deputy who is asked to sign and confirms for himself, for one wording (R7.03). Place 0 leads."""

    class State(models.TextChoices):
        ASKED = "asked", _("待确认")
        CONFIRMED = "confirmed", _("已确认")
        DECLINED = "declined", _("不参加")
        WITHDRAWN = "withdrawn", _("已退出")
        LAPSED = "lapsed", _("提交前未确认")

    suggestion = models.ForeignKey(Suggestion, on_delete=models.PROTECT, related_name="sponsors")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="sponsorships")
    place = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    wording = models.PositiveIntegerField(default=0)  # the count of edits that he confirmed
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["place", "id"]
        constraints = [models.UniqueConstraint(fields=["suggestion", "account"], name="one_signature_each")]
        indexes = [models.Index(fields=["account", "state"])]


class Return(models.Model):
    """退回: why a suggestion cannot be taken as it stands (R7.02, a closed list), with what should be mended."""

    class Ground(models.TextChoices):
        SEVERAL = "several", _("不是一事一议")
        VAGUE = "vague", _("内容不具体、没有可以办理的建议")
        OWN = "own", _("涉及代表本人或者亲属的个人事务")
        COURT = "court", _("涉及正在办理的具体案件")
        PASSED_ON = "passed_on", _("转递群众来信，应当走信访渠道")
        PRODUCT = "product", _("推介具体产品")
        ACADEMIC = "academic", _("学术探讨")
        ACCUSATION = "accusation", _("检举控告，应当走法定渠道")
        LEVEL = "level", _("不属于本级职权")

    suggestion = models.ForeignKey(Suggestion, on_delete=models.PROTECT, related_name="returns")
    ground = models.CharField(max_length=12, choices=Ground.choices)
    words = models.TextField()
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class UnitProposal(models.Model):
    """建议的承办单位: what the deputy or the form proposes; only the office assigns (R7.04)."""

    class Role(models.TextChoices):
        LEAD = "lead", _("主办")
        ASSIST = "assist", _("协办")

    suggestion = models.ForeignKey(Suggestion, on_delete=models.PROTECT, related_name="proposals")
    unit = models.ForeignKey("people.Organ", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["suggestion", "unit"], name="one_proposal_a_unit")]


class PressureReport(models.Model):
    """反映施压: a deputy tells that he was pressed over a rating (R7.16). Sealed: the head of the office alone opens it.

    No event of the case, no list and no count shows that there is one.
    """

    suggestion = models.ForeignKey(Suggestion, on_delete=models.PROTECT, related_name="+")
    organ = models.ForeignKey("people.Organ", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    sealed = models.BinaryField()
    answered_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    sealed_answer = models.BinaryField(default=b"")


class ImportBatch(models.Model):
    """批量录入: forms handed in on paper, read from files, checked before they are taken in."""

    class State(models.TextChoices):
        CHECKED = "checked", _("核对无误，可以录入")
        REFUSED = "refused", _("有错误，没有录入")
        IMPORTED = "imported", _("已录入")

    organ = models.ForeignKey("people.Organ", on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(Session, null=True, on_delete=models.PROTECT, related_name="imports")
    digest = models.CharField(max_length=64)
    files = models.PositiveSmallIntegerField()
    rows = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices)
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    imported_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organ", "digest"], condition=~Q(state="refused"), name="one_batch_a_pack")
        ]


class ImportFault(models.Model):
    """What is wrong where in an imported file."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="faults")
    place = models.CharField(max_length=160)
    column = models.CharField(max_length=20)
    message = models.CharField(max_length=300)
