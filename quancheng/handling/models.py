"""Who handles a case, what was objected, contacted, answered, rated, promised, supervised and urged."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Assignment(models.Model):
    """交办: one unit's share in a case, with a clock of its own (R7.04). Never changed; it ends and another begins."""

    class Role(models.TextChoices):
        LEAD = "lead", _("主办")
        ASSIST = "assist", _("协办")
        SEPARATE = "separate", _("分办")

    class End(models.TextChoices):
        ANSWERED = "answered", _("已办结")
        OBJECTED = "objected", _("退办后改由他单位")
        REPLACED = "replaced", _("机构调整，由承接单位继续")
        WITHDRAWN = "withdrawn", _("案件撤回")

    case = models.ForeignKey("procedures.Case", on_delete=models.PROTECT, related_name="assignments")
    unit = models.ForeignKey("people.Organ", on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=10, choices=Role.choices)
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)
    complex = models.BooleanField(default=False)  # 涉及面广、处理难度大: the longer term (R7.08)
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followed_by")
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=10, choices=End.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None, role="lead"), name="one_lead_at_a_time"),
            models.UniqueConstraint(fields=["case", "unit"], condition=Q(ended_at=None), name="one_share_a_unit"),
        ]
        indexes = [models.Index(fields=["unit", "ended_at"]), models.Index(fields=["unit", "at"])]

    @property
    def principal(self) -> bool:
        """Whether this share answers the author: the lead's, or one of several separate ones."""
        return self.role != self.Role.ASSIST


class Objection(models.Model):
    """退办: a unit says in writing that the matter is not its own; the office decides (R7.05, hard stop 12)."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待研究")
        ACCEPTED = "accepted", _("同意退办")
        REFUSED = "refused", _("不同意退办")

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="objections")
    reason = models.TextField()
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    decided_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment"], condition=Q(state="waiting"), name="one_objection_waits")
        ]


class Contact(models.Model):
    """办前沟通: the unit spoke with the author before it answered (R7.07). The author may say that it did not."""

    class Manner(models.TextChoices):
        VISIT = "visit", _("上门走访")
        MEETING = "meeting", _("座谈")
        TELEPHONE = "telephone", _("电话")
        WRITTEN = "written", _("书面")

    case = models.ForeignKey("procedures.Case", on_delete=models.PROTECT, related_name="contacts")
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="contacts")
    unit = models.ForeignKey("people.Organ", on_delete=models.PROTECT, related_name="+")
    manner = models.CharField(max_length=10, choices=Manner.choices)
    on = models.DateField()
    words = models.TextField()
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    disputed_at = models.DateTimeField(null=True)
    dispute = models.CharField(max_length=300, blank=True)


class Answer(models.Model):
    """答复: in fixed form, signed by the head of the unit (R7.09), with its outcome (R7.10). Signed, it never changes.

    An assisting unit's answer goes to the lead, not to the author (R7.06). `salt` lets the ledger's digest be checked.
    """

    class Outcome(models.TextChoices):
        A = "A", _("A类：已经解决或者采纳")
        B = "B", _("B类：正在解决或者列入计划")
        C = "C", _("C类：因条件限制暂时不能解决，留作参考")
        D = "D", _("D类：需由上级解决，已转报")

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="answers")
    round = models.PositiveSmallIntegerField(default=1)
    outcome = models.CharField(max_length=1, choices=Outcome.choices)
    text = models.TextField()
    promise = models.CharField(max_length=300, blank=True)  # of a B answer: what will be done
    promised_for = models.DateField(null=True)
    contact_name = models.CharField(max_length=40, blank=True)
    telephone = models.CharField(max_length=30, blank=True)
    edits = models.PositiveIntegerField(default=0)  # raised by every save; two who edit at once cannot both win
    drafted_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)  # laid before the head
    returned_note = models.CharField(max_length=500, blank=True)
    number = models.CharField(max_length=60, blank=True)
    signed_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)  # the last day of its clock when it was signed; lateness is derived
    salt = models.BinaryField(max_length=32, default=b"")
    joint_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="joint_answers")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "round"], name="one_answer_a_round"),
            models.CheckConstraint(
                condition=~Q(outcome="B") | (~Q(promise="") & Q(promised_for__isnull=False)), name="b_answer_promises"
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None) | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="signed_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["signed_at"])]


class AnswerCopy(models.Model):
    """送达: an answer reached one reader: each author and co-signer (R7.09), and when he opened it."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="copies")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="answer_copies")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "account"], name="one_copy_a_reader")]


class AnswerTemplate(models.Model):
    """答复模板: words that a unit uses again."""

    unit = models.ForeignKey("people.Organ", on_delete=models.PROTECT, related_name="answer_templates")
    title = models.CharField(max_length=60)
    text = models.TextField()
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "title"], name="one_template_a_title")]


class Rating(models.Model):
    """测评: by the author alone, in three grades; dissatisfaction gives its reason (R7.11, R6.06, S28)."""

    class Grade(models.TextChoices):
        SATISFIED = "satisfied", _("满意")
        BASICALLY = "basically", _("基本满意")
        DISSATISFIED = "dissatisfied", _("不满意")

    answer = models.OneToOneField(Answer, on_delete=models.PROTECT, related_name="rating")
    grade = models.CharField(max_length=12, choices=Grade.choices)
    reason = models.TextField(blank=True)
    by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(grade="dissatisfied") | ~Q(reason=""), name="dissatisfied_says_why")
        ]
        indexes = [models.Index(fields=["at"])]


class Assessment(models.Model):
    """评估: what experts and units found where the author is still dissatisfied; the unit follows it (R7.11)."""

    class Finding(models.TextChoices):
        STANDS = "stands", _("答复适当，向作者说明")
        FOLLOW = "follow", _("应当继续办理")

    case = models.OneToOneField("procedures.Case", on_delete=models.PROTECT, related_name="assessment")
    finding = models.CharField(max_length=10, choices=Finding.choices)
    members = models.CharField(max_length=300)
    words = models.TextField()
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Commitment(models.Model):
    """承诺台账: what a B answer or an assessment promised, followed over the years to its end (R7.12).

    The unit claims that it is kept; the office looks and says so, or sends it back. Neither is done by the other.
    """

    answer = models.OneToOneField(Answer, null=True, on_delete=models.PROTECT, related_name="commitment")
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="commitments")
    case = models.ForeignKey("procedures.Case", on_delete=models.PROTECT, related_name="commitments")
    unit = models.ForeignKey("people.Organ", on_delete=models.PROTECT, related_name="commitments")
    words = models.CharField(max_length=300)
    due_on = models.DateField()
    claimed_at = models.DateTimeField(null=True)
    claimed_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(null=True)
    kept_said_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["unit", "due_on"], condition=Q(kept_at=None), name="commitment_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kept_at=None) | ~Q(kept_said_by=models.F("claimed_by")), name="kept_is_said_by_another"
            )
        ]


class Milestone(models.Model):
    """承诺进展: a planned step towards a promise, or one that was taken, with what shows it."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="milestones")
    words = models.TextField()
    planned_for = models.DateField(null=True)
    done_at = models.DateTimeField(null=True)
    progress = models.TextField(blank=True)
    evidence = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(done_at=None) | ~Q(evidence=""), name="done_step_has_evidence")
        ]


class Letter(models.Model):
    """催办、督办: what urged a unit, when and by whom (R7.18, S14). A supervision letter is proposed, then sent by a person."""

    class Kind(models.TextChoices):
        REMINDER = "reminder", _("催办通知")
        SUPERVISION = "supervision", _("督办函")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("拟发")
        SENT = "sent", _("已发")
        DROPPED = "dropped", _("不发")

    case = models.ForeignKey("procedures.Case", on_delete=models.PROTECT, related_name="letters")
    assignment = models.ForeignKey(Assignment, null=True, on_delete=models.PROTECT, related_name="letters")
    clock = models.ForeignKey("procedures.Clock", null=True, on_delete=models.PROTECT, related_name="letters")
    unit = models.ForeignKey("people.Organ", on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SENT)
    words = models.TextField()
    made_at = models.DateTimeField()
    by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")  # none: the sweep
    at = models.DateTimeField(null=True)  # when it was sent or dropped
    reply = models.TextField(blank=True)
    replied_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    replied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clock", "kind"], condition=~Q(clock=None), name="one_sweep_letter_a_clock")
        ]
        indexes = [
            models.Index(fields=["unit", "-made_at"]),
            models.Index(fields=["made_at"], condition=Q(state="proposed"), name="letter_proposed"),
        ]


class KeyFile(models.Model):
    """重点督办: four named roles, all required (双办理双督办, R7.13, M38), chosen by 主任会议."""

    case = models.OneToOneField("procedures.Case", on_delete=models.PROTECT, related_name="key_file")
    leader_name = models.CharField(max_length=40)  # ① 党政领导领衔办理
    leader_post = models.CharField(max_length=80)
    department = models.ForeignKey("people.Organ", on_delete=models.PROTECT, related_name="+")  # ② 部门具体办理
    supervisor_name = models.CharField(max_length=40)  # ③ 人大领导领衔督办
    supervisor_post = models.CharField(max_length=80)
    committee = models.ForeignKey("people.Organ", on_delete=models.PROTECT, related_name="key_files")  # ④ 专工委督办
    decision = models.CharField(max_length=200)  # which 主任会议 decided so
    chosen_on = models.DateField()
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(leader_name="") & ~Q(leader_post="") & ~Q(supervisor_name="") & ~Q(supervisor_post="")
                & ~Q(decision=""),
                name="four_roles_named",
            )
        ]


class SupervisionEntry(models.Model):
    """督办记录: a site visit, a meeting, a report heard (M38)."""

    class Kind(models.TextChoices):
        SITE_VISIT = "site_visit", _("现场督办")
        MEETING = "meeting", _("座谈推进")
        REPORT = "report", _("听取汇报")
        TALK = "talk", _("沟通协调")

    key_file = models.ForeignKey(KeyFile, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    on = models.DateField()
    place = models.CharField(max_length=80)
    present = models.CharField(max_length=300)
    words = models.TextField()
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Attachment(models.Model):
    """附件: a file that belongs to a case and to at most one thing in it; its type is what its bytes say."""

    case = models.ForeignKey("procedures.Case", on_delete=models.PROTECT, related_name="attachments")
    answer = models.ForeignKey(Answer, null=True, on_delete=models.PROTECT, related_name="attachments")
    milestone = models.ForeignKey(Milestone, null=True, on_delete=models.PROTECT, related_name="attachments")
    entry = models.ForeignKey(SupervisionEntry, null=True, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Bundle(models.Model):
    """并案办理: like cases with one joint answer; each keeps its own author, clock and rating."""

    head = models.ForeignKey("procedures.Case", on_delete=models.PROTECT, related_name="bundles_led")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    dissolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["head"], condition=Q(dissolved_at=None), name="one_bundle_a_head")
        ]


class BundleMember(models.Model):
    """A case that is answered together with the head of its bundle."""

    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="members")
    case = models.ForeignKey("procedures.Case", on_delete=models.PROTECT, related_name="bundled")
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(left_at=None), name="one_bundle_a_member")
        ]


class UnitReport(models.Model):
    """办理情况报告: what a unit did in a year, by 31 August, drafted from the data (R7.14 代表法 51)."""

    case = models.OneToOneField("procedures.Case", on_delete=models.PROTECT, related_name="unit_report")
    unit = models.ForeignKey("people.Organ", on_delete=models.PROTECT, related_name="unit_reports")
    year = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)
    edits = models.PositiveIntegerField(default=0)
    edited_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "year"], name="one_report_a_year")]


class Recusal(models.Model):
    """回避: somebody with a stake in a case, who takes no part in handling it (S15)."""

    case = models.ForeignKey("procedures.Case", on_delete=models.PROTECT, related_name="recusals")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="recusals")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "account"], name="one_recusal_a_person")]


class Message(models.Model):
    """站内告知: what an account is told about a case; nothing is silent (S14)."""

    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="messages")
    case = models.ForeignKey("procedures.Case", null=True, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=30)
    text = models.CharField(max_length=300)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-id"])]
