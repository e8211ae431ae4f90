"""Petitions in the open part of the office; and, apart from them and under seal, what only named readers reach (S02)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Petition(models.Model):
    """信访事项: an ordinary petition, opinion or claim. An accusation is never a row of this table (R7.35).

    The person is not here: his number hangs on `author_key` (people.Authorship), his name and address lie sealed in
    Petitioner. Once a matter is forwarded its words leave this table, whatever it was about.
    """

    class Channel(models.TextChoices):
        WEB = "web", _("网上")
        LETTER = "letter", _("来信")
        VISIT = "visit", _("来访")
        PHONE = "phone", _("来电")
        SITE = "site", _("站点代录")
        BOX = "box", _("密封信箱")

    class About(models.TextChoices):  # whose work it is about (R7.40 地方组织法 50)
        GOVERNMENT = "government", _("政府及其部门")
        SUPERVISION = "supervision", _("监察机关")
        COURT = "court", _("人民法院")
        PROCURATORATE = "procuratorate", _("人民检察院")
        CONGRESS = "congress", _("人大及其常委会")
        OTHER = "other", _("其他")

    class Kind(models.TextChoices):  # R7.35 信访工作条例 29–31; the second class stands under seal
        SUGGESTION = "suggestion", _("建议意见类")
        CLAIM = "claim", _("申诉求决类")

    class Route(models.TextChoices):  # R7.35 信访工作条例 31: the six routes of a claim
        COURT = "court", _("诉讼、检察、公安等法律程序")
        ARBITRATION = "arbitration", _("仲裁")
        PARTY = "party", _("党员申诉、申请复审等")
        ADMINISTRATIVE = "administrative", _("行政复议、裁决、确认、许可、处罚等行政程序")
        DUTY = "duty", _("查处违法行为、履行法定职责")
        OTHER = "other", _("信访程序")

    class Grade(models.TextChoices):
        SATISFIED = "satisfied", _("满意")
        BASICALLY = "basically", _("基本满意")
        DISSATISFIED = "dissatisfied", _("不满意")

    case = models.OneToOneField("procedures.Case", on_delete=models.PROTECT, related_name="petition")
    public_id = models.CharField(max_length=22, unique=True)
    receipt_code = models.CharField(max_length=12, unique=True)
    submission_index = models.BinaryField(max_length=32, unique=True)
    author_key = models.CharField(max_length=24, unique=True)
    author_index = models.BinaryField(max_length=32, db_index=True)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    about = models.CharField(max_length=14, choices=About.choices)
    title = models.CharField(max_length=60)
    request = models.TextField()
    facts = models.TextField()
    salt = models.BinaryField(max_length=32)
    headcount = models.PositiveIntegerField(default=1)
    area = models.ForeignKey("people.Area", null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind.choices, blank=True)
    route = models.CharField(max_length=14, choices=Route.choices, blank=True)
    accepted_on = models.DateField(null=True)
    delivered_on = models.DateField(null=True)  # the newest written conclusion reached the petitioner
    moved_at = models.DateTimeField(null=True)  # forwarded: the words are under seal
    office_grade = models.CharField(max_length=12, choices=Grade.choices, blank=True)
    unit_grade = models.CharField(max_length=12, choices=Grade.choices, blank=True)
    grade_reason = models.CharField(max_length=500, blank=True)
    graded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(  # R7.35: the class stands before anything is accepted, and the route of a claim
                condition=Q(accepted_on=None) | Q(kind="suggestion") | Q(kind="claim", route__in=["duty", "other"]),
                name="accepted_has_class_and_route",
            ),
            models.CheckConstraint(
                condition=Q(moved_at=None) | Q(request="", facts="", title=""), name="forwarded_keeps_no_words"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Petitioner(models.Model):
    """信访人: names and address as the law asks for them (R7.32 信访工作条例 19), sealed, opened only on record (S01, S04)."""

    petition = models.OneToOneField(Petition, on_delete=models.PROTECT, related_name="petitioner")
    sealed = models.BinaryField()


class PetitionerReading(models.Model):
    """Who opened the name and address, when and why; shown to the petitioner himself (S05)."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="readings")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200)


class Paper(models.Model):
    """信访文书: what the petitioner was told in writing. Never changed; emptied only when the matter is forwarded."""

    class Kind(models.TextChoices):
        INFORMED = "informed", _("登记告知书")
        ACCEPTED = "accepted", _("受理告知书")
        NOT_COMPETENT = "not_competent", _("不予受理告知书")
        FORWARDED = "forwarded", _("转送告知书")
        EXTENDED = "extended", _("延期告知书")
        CONCLUSION = "conclusion", _("处理意见书")
        REVIEW = "review", _("复查意见书")
        RE_EXAMINATION = "re_examination", _("复核意见书")
        LEAD = "lead", _("转为监督线索告知书")

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    text = models.TextField()
    by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Review(models.Model):
    """复查、复核: by the level above the one that answered (R7.37 信访工作条例 35、36)."""

    class Stage(models.TextChoices):
        REVIEW = "review", _("复查")
        RE_EXAMINATION = "re_examination", _("复核")

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("维持")
        CHANGED = "changed", _("变更")
        REVOKED = "revoked", _("撤销，责令重新处理")

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="reviews")
    stage = models.CharField(max_length=14, choices=Stage.choices)
    organ = models.ForeignKey("people.Organ", null=True, on_delete=models.PROTECT, related_name="petition_reviews")
    outside = models.CharField(max_length=60, blank=True)  # an organ above the city, outside this system
    reason = models.TextField()
    applied_at = models.DateTimeField()
    hearing_from = models.DateField(null=True)
    hearing_to = models.DateField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    document = models.CharField(max_length=60, blank=True)
    decided_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["petition", "stage"], name="one_review_a_stage"),
            models.CheckConstraint(
                condition=Q(organ__isnull=True) | Q(outside=""), name="review_is_inside_or_outside"
            ),
        ]


class OversightLead(models.Model):
    """监督线索: what a petition about a court, procuratorate or supervision says to oversight; no case is decided (R7.40)."""

    petition = models.OneToOneField(Petition, on_delete=models.PROTECT, related_name="lead")
    words = models.TextField()
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Addition(models.Model):
    """补充来件: a later submission on the same matter, or one with the same facts after the end (R7.37)."""

    class Kind(models.TextChoices):
        SUPPLEMENT = "supplement", _("补充材料")
        REPEAT = "repeat", _("同一事实和理由，不再受理")

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="additions")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    public_id = models.CharField(max_length=22, unique=True)
    receipt_code = models.CharField(max_length=12, unique=True)
    submission_index = models.BinaryField(max_length=32, unique=True)
    author_key = models.CharField(max_length=24, unique=True)
    request = models.TextField()
    facts = models.TextField()
    salt = models.BinaryField(max_length=32)
    received_at = models.DateTimeField()


class Reception(models.Model):
    """信访公开事项: address, telephone, reception time and place, how to ask, the procedure (R7.31 信访工作条例 18)."""

    organ = models.OneToOneField("people.Organ", primary_key=True, on_delete=models.PROTECT, related_name="petition_office")
    address = models.CharField(max_length=120)
    telephone = models.CharField(max_length=30)
    place = models.CharField(max_length=120)
    hours = models.CharField(max_length=120)
    how_to_ask = models.CharField(max_length=300)
    changed_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()


class SealedItem(models.Model):
    """密封件: everything that comes in before it is sorted, and accusations for good (S02 信访工作条例 30).

    All columns with a meaning are sealed and padded, in one form for every row: without the key nobody tells an
    accusation from an unsorted letter. No row of any other table points here.
    """

    public_id = models.CharField(max_length=22, unique=True)
    receipt_index = models.BinaryField(max_length=32, unique=True)
    submission_index = models.BinaryField(max_length=32, unique=True)
    author_index = models.BinaryField(max_length=32, db_index=True)
    organ = models.ForeignKey("people.Organ", on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    body_sealed = models.BinaryField()
    accused_sealed = models.BinaryField()
    status_sealed = models.BinaryField()
    moves = models.PositiveIntegerField(default=0)  # two readers at once cannot both win

    class Meta:
        indexes = [models.Index(fields=["organ", "-id"])]


class SealedReading(models.Model):
    """阅看记录: who opened a sealed item and when; sealed itself, for the readers of that item alone (S02)."""

    item = models.ForeignKey(SealedItem, on_delete=models.CASCADE, related_name="readings")
    sealed = models.BinaryField()


class SealedDay(models.Model):
    """来件日封: the one entry a day by which all that came in under seal reaches the ledger, were it nothing (S02, S13)."""

    organ = models.ForeignKey("people.Organ", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    salt = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organ", "day"], name="one_sealed_day")]


class Mark(models.Model):
    """来件印记: the salted digest of one submission or of one thing done under seal, bound by its day's entry."""

    organ = models.ForeignKey("people.Organ", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    digest = models.BinaryField(max_length=32)
    subject_index = models.BinaryField(max_length=32, default=b"")  # of a submission: it must be found somewhere
    batch = models.ForeignKey(SealedDay, null=True, on_delete=models.PROTECT, related_name="marks")

    class Meta:
        indexes = [models.Index(fields=["organ", "day"], condition=Q(batch=None), name="mark_unbound")]
