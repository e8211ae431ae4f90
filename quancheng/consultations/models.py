"""Consultations, the opinions received, what was decided on each and why, and how it was told."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Consultation(models.Model):
    """征求意见: one window on one version of a text, opened on any case (R1.01 立法法 40)."""

    case = models.OneToOneField("procedures.Case", on_delete=models.PROTECT, related_name="consultation")
    subject = models.ForeignKey("procedures.Case", on_delete=models.PROTECT, related_name="consultations")
    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=300)
    version = models.ForeignKey("texts.Version", on_delete=models.PROTECT, related_name="consultations")
    next_version = models.ForeignKey(
        "texts.Version", null=True, on_delete=models.PROTECT, related_name="answered_consultations"
    )
    opens_on = models.DateField()
    closes_on = models.DateField()
    short_window_decision = models.CharField(max_length=200, blank=True)  # 主任会议决定, when under 30 days
    contact = models.CharField(max_length=80)
    address = models.CharField(max_length=120)
    telephone = models.CharField(max_length=30)
    email = models.CharField(max_length=80, blank=True)
    sites = models.ManyToManyField("people.Site", related_name="consultations")
    tallied_entry = models.BigIntegerField(default=0)  # how long the sealed ledger was when tallies were counted
    forgotten_at = models.DateTimeField(null=True)  # when the numbers of its authors were let go (PIPL 19)

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """A question posed by the drafters."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    anchor = models.CharField(max_length=40, blank=True)


class ImportBatch(models.Model):
    """批量导入: one file of paper or hotline opinions; the digest of the file forbids a second import."""

    class State(models.TextChoices):
        CHECKING = "checking", _("核对中")
        CHECKED = "checked", _("核对通过，待导入")
        REFUSED = "refused", _("有错误，未导入")
        IMPORTING = "importing", _("导入中")
        IMPORTED = "imported", _("已导入")

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="batches")
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    stored_name = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State.choices)
    rows = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)  # of two tries at once only the later can end
    created_by = models.ForeignKey("people.Account", on_delete=models.PROTECT)
    created_at = models.DateTimeField()
    imported_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "file_digest"], condition=~Q(state="refused"), name="one_import_a_file"
            )
        ]


class ImportFault(models.Model):
    """What is wrong in which cell of a batch."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="faults")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=30)
    message = models.CharField(max_length=200)


class Opinion(models.Model):
    """意见: what was said, to which clause, by which door. Who said it is not here (S01).

    Words and salt are never changed; they can only be erased at the person's lawful request (S05), and the
    ledger's proof stays whole. `public_id` names the opinion in the ledger; `receipt_code` opens the author's page.
    """

    class Channel(models.TextChoices):
        WEB = "web", _("网站")
        SITE = "site", _("站点代录")
        ORGANISATION = "organisation", _("单位")
        DEPUTY = "deputy", _("人大代表")
        PAPER = "paper", _("来信")
        HOTLINE = "hotline", _("热线")

    class Consent(models.TextChoices):  # S19: how he on whose behalf it was entered agreed
        SIGNED = "signed", _("本人在纸质表上签字")
        SPOKEN = "spoken", _("本人当面口头同意")

    class State(models.TextChoices):
        RECEIVED = "received", _("待处理")
        MERGED = "merged", _("已并入同类意见")
        DECIDED = "decided", _("已决定")
        REPLIED = "replied", _("已答复")

    class Decision(models.TextChoices):  # R1.13
        ADOPTED = "adopted", _("采纳")
        PARTLY = "partly", _("部分采纳")
        COVERED = "covered", _("草案已有规定")
        IMPLEMENTATION = "implementation", _("在实施中解决")
        NOT_ADOPTED = "not_adopted", _("未采纳")
        OUT_OF_SCOPE = "out_of_scope", _("不属于本法规范围")
        DUPLICATE = "duplicate", _("与其他意见相同")

    class Visibility(models.TextChoices):
        SHOWN = "shown", _("公开显示")
        PRIVATE = "private", _("仅供起草机关阅看")
        WITHHELD = "withheld", _("依规定不公开显示")

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="opinions")
    public_id = models.CharField(max_length=22, unique=True)
    receipt_code = models.CharField(max_length=12, unique=True)
    submission_key = models.CharField(max_length=64, unique=True)
    channel = models.CharField(max_length=12, choices=Channel.choices)
    anchor = models.CharField(max_length=40, blank=True)
    quoted = models.TextField(blank=True)
    question = models.ForeignKey(Question, null=True, on_delete=models.PROTECT)
    body = models.TextField()
    legal_wording = models.TextField(blank=True)  # 法言法语 beside 群言群语 (M09)
    salt = models.BinaryField(max_length=32)
    display_name = models.CharField(max_length=20, blank=True)
    organisation = models.CharField(max_length=80, blank=True)
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.SHOWN)
    area = models.ForeignKey("people.Area", null=True, on_delete=models.PROTECT)
    site = models.ForeignKey("people.Site", null=True, on_delete=models.PROTECT, related_name="opinions")
    entered_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    consent_how = models.CharField(max_length=10, choices=Consent.choices, blank=True)
    witness = models.CharField(max_length=40, blank=True)  # who was there when he agreed by word of mouth
    batch = models.ForeignKey(ImportBatch, null=True, on_delete=models.PROTECT, related_name="opinions")
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    assignee = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="opinions")
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    decision = models.CharField(max_length=14, choices=Decision.choices, blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    moves = models.PositiveIntegerField(default=0)  # two staff deciding at once cannot both win
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["consultation", "-id"]),
            models.Index(fields=["consultation", "anchor", "-id"]),
            models.Index(fields=["consultation", "state", "-id"]),
            models.Index(fields=["consultation", "site", "-id"]),
            models.Index(fields=["consultation", "channel", "-id"]),
            models.Index(fields=["consultation", "decision", "-id"]),
            models.Index(fields=["consultation", "anchor", "state", "-id"]),
            models.Index(
                fields=["consultation", "assignee", "-id"], condition=Q(assignee__isnull=False),
                name="opinion_of_an_assignee",
            ),
            models.Index(fields=["consultation"], condition=Q(erased_at__isnull=False), name="opinion_erased"),
        ]
        constraints = [
            models.CheckConstraint(  # S09, R1.13: no decision without its reason and its named person
                condition=Q(decision="") | (~Q(reason="") & Q(decided_by__isnull=False)), name="decision_has_reason"
            ),
            models.CheckConstraint(
                condition=(Q(state="merged") & Q(merged_into__isnull=False))
                | (~Q(state="merged") & Q(state__in=["received", "decided", "replied"])),
                name="merged_names_its_leader",
            ),
        ]

    def get_channel_display(self) -> str:  # type: ignore[no-redef]  # in place of what Django adds
        """Return the door in words. These four stand for Django's own, which hash every choice anew at each call."""
        return _words(Opinion.Channel, self.channel)

    def get_state_display(self) -> str:  # type: ignore[no-redef]  # in place of what Django adds
        """Return the state in words."""
        return _words(Opinion.State, self.state)

    def get_decision_display(self) -> str:  # type: ignore[no-redef]  # in place of what Django adds
        """Return the decision in words, '' while there is none."""
        return _words(Opinion.Decision, self.decision)

    def get_visibility_display(self) -> str:  # type: ignore[no-redef]  # in place of what Django adds
        """Return in words who sees it."""
        return _words(Opinion.Visibility, self.visibility)


def _words(choices: type[models.TextChoices], value: str) -> str:
    try:
        return str(choices(value).label) if value else ""
    except ValueError:
        return value


class ClauseChange(models.Model):
    """An opinion that changed a clause: where the sentence went."""

    opinion = models.ForeignKey(Opinion, on_delete=models.PROTECT, related_name="changes")
    version = models.ForeignKey("texts.Version", on_delete=models.PROTECT)
    anchor = models.CharField(max_length=40)
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT)
    at = models.DateTimeField()
    salt = models.BinaryField(max_length=32, default=b"")  # with it the ledger's digest of this link can be checked

    class Meta:
        constraints = [models.UniqueConstraint(fields=["opinion", "version", "anchor"], name="one_change_once")]


class DecisionRecord(models.Model):
    """Each decision ever made on an opinion, also those later replaced before the reply (S13)."""

    opinion = models.ForeignKey(Opinion, on_delete=models.PROTECT, related_name="decision_records")
    decision = models.CharField(max_length=14, choices=Opinion.Decision.choices)
    reason = models.TextField()
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT)
    at = models.DateTimeField()
    salt = models.BinaryField(max_length=32, default=b"")  # with it the ledger's digest of this decision can be checked


class ReasonTemplate(models.Model):
    """理由模板: a prepared wording for a kind of decision; the person who uses it answers for it."""

    organ = models.ForeignKey("people.Organ", on_delete=models.PROTECT)
    decision = models.CharField(max_length=14, choices=Opinion.Decision.choices)
    title = models.CharField(max_length=60)
    text = models.TextField()


class Note(models.Model):
    """内部备注: a colleague's remark on an opinion, never published."""

    opinion = models.ForeignKey(Opinion, on_delete=models.PROTECT, related_name="notes")
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT)
    at = models.DateTimeField()
    text = models.TextField()


class Moderation(models.Model):
    """不公开显示: an opinion withheld from the public page on a listed ground, with appeal to another (S11)."""

    class Ground(models.TextChoices):  # 网络安全法 49: prohibited content; personal data of others; spam
        PROHIBITED = "prohibited", _("含法律、行政法规禁止发布的内容")
        PERSONAL_DATA = "personal_data", _("含他人个人信息")
        SPAM = "spam", _("广告或者与本次征求意见无关的重复信息")

    class State(models.TextChoices):
        STANDING = "standing", _("已不公开显示")
        APPEALED = "appealed", _("作者已申诉")
        UPHELD = "upheld", _("申诉后维持")
        REVERSED = "reversed", _("申诉后恢复显示")

    opinion = models.ForeignKey(Opinion, on_delete=models.PROTECT, related_name="moderations")
    ground = models.CharField(max_length=14, choices=Ground.choices)
    explanation = models.CharField(max_length=300)
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    former = models.CharField(  # what the author had chosen: a reversal gives it back, and never shows what was private
        max_length=10, choices=Opinion.Visibility.choices, default=Opinion.Visibility.SHOWN
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.STANDING)
    appeal = models.TextField(blank=True)
    appealed_at = models.DateTimeField(null=True)
    appeal_due_on = models.DateField()
    appeal_decided_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    appeal_decided_at = models.DateTimeField(null=True)
    appeal_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(  # S11: the appeal goes to another person
                condition=Q(appeal_decided_by=None) | ~Q(appeal_decided_by=models.F("by")), name="appeal_to_another"
            )
        ]


class Tally(models.Model):
    """A count refreshed by the worker: opinions of a consultation by clause, channel, site, area, state."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="tallies")
    facet = models.CharField(max_length=10)
    key = models.CharField(max_length=40, blank=True)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consultation", "facet", "key"], name="one_tally_a_key")]
