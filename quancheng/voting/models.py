"""Votes: what is put to the vote, in which mode, and what each mode keeps. No row of any table joins a person and his vote.

Device votes keep only what stands on the board: credentials (drawn blind), ciphers, proofs. Recorded votes are named by
law and lie sealed until the close. Paper and hands keep sums. Polls that only advise keep one enciphered sum.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Vote(models.Model):
    """表决: one ballot of one or more questions. Its procedure is `ballot` (rulebook B.12).

    `base` is all deputies or members (R0.1, R0.5, E6), `quorum` how many must be present; both fixed from the meeting
    when the vote is issued. A statutory vote has a meeting; a poll that only advises (S29) may have none.
    """

    class Mode(models.TextChoices):
        DEVICE = "device", _("表决器无记名表决")
        RECORDED = "recorded", _("表决器记名表决")
        HANDS = "hands", _("举手表决")
        PAPER = "paper", _("纸质选票无记名表决")
        ONLINE = "online", _("网上参考性意见")

    class Force(models.TextChoices):
        STATUTORY = "statutory", _("法定表决")
        ADVISORY = "advisory", _("参考性，不具法定效力")

    case = models.OneToOneField("procedures.Case", on_delete=models.PROTECT, related_name="vote")
    meeting = models.ForeignKey("meetings.Meeting", null=True, on_delete=models.PROTECT, related_name="votes")
    title = models.CharField(max_length=80)
    mode = models.CharField(max_length=10, choices=Mode.choices)
    force = models.CharField(max_length=10, choices=Force.choices)
    base = models.PositiveIntegerField(default=0)
    quorum = models.PositiveIntegerField(default=0)
    population = models.CharField(max_length=120, blank=True)  # who may take part, declared before opening
    poll_key = models.CharField(max_length=64, blank=True)  # under which a poll's sums are enciphered
    poll_secret_sealed = models.BinaryField(default=b"")  # gone once the sums are open
    papers_issued = models.PositiveIntegerField(default=0)  # handed out in a vote by paper
    rounds_set_aside = models.PositiveSmallIntegerField(default=0)  # of counting, by a recount; their sheets stay
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    after = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="next")  # a vote again on a tie

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(force="statutory") | (Q(meeting__isnull=False) & ~Q(mode="online")),
                name="statutory_only_in_the_hall",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """表决事项: one question; between `least` and `most` of its options may be marked. `rule` decides the outcome."""

    class Rule(models.TextChoices):
        MAJORITY = "majority", _("全体过半数通过")
        TWO_THIRDS = "two_thirds", _("全体三分之二以上通过")
        GRADES = "grades", _("满意和基本满意合计超过全体半数")
        RANK = "rank", _("得票超过全体半数，按票数取前几名")
        PREFERENCE = "preference", _("按得票多少排列，仅供参考")

    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="questions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    least = models.PositiveSmallIntegerField()
    most = models.PositiveSmallIntegerField()
    rule = models.CharField(max_length=12, choices=Rule.choices)
    seats = models.PositiveSmallIntegerField(default=0)
    write_in = models.BooleanField(default=False)  # 另选他人: on paper only

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vote", "number"], name="question_number_once")]


class Option(models.Model):
    """选项: what may be marked; `subject` is the case that it decides about, if it has one."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="options")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    subject = models.ForeignKey("procedures.Case", null=True, on_delete=models.PROTECT, related_name="put_to_vote")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "number"], name="option_number_once")]


class Result(models.Model):
    """结果: what was counted, question by question, in the canonical JSON that was announced; one a vote."""

    vote = models.OneToOneField(Vote, on_delete=models.PROTECT, related_name="result")
    present = models.PositiveIntegerField(default=0)
    issued = models.PositiveIntegerField()
    cast = models.PositiveIntegerField()
    found = models.TextField()
    counted_at = models.DateTimeField()
    announced_at = models.DateTimeField(null=True)


class Official(models.Model):
    """监票人、计票人: who watches or counts a vote; chosen by the meeting, never a relative of a candidate (R5.18)."""

    class Duty(models.TextChoices):
        SCRUTINEER = "scrutineer", _("监票人")
        TELLER = "teller", _("计票人")
        REGISTRAR = "registrar", _("签到组")

    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="officials")
    duty = models.CharField(max_length=12, choices=Duty.choices)
    number = models.PositiveSmallIntegerField()
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT)
    key = models.CharField(max_length=64, blank=True)  # public key made on his own device

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vote", "duty", "number"], name="official_number_once"),
            models.UniqueConstraint(fields=["vote", "duty", "account"], name="official_once"),
        ]


class Board(models.Model):
    """票板现状: where the board of a device vote stands; its row is the lock under which events are appended.

    `secret_sealed` signs for the board (open, close, receipts, result); it cannot open a ballot.
    """

    vote = models.OneToOneField(Vote, on_delete=models.PROTECT, related_name="kept_board")
    phase = models.CharField(max_length=12)
    length = models.PositiveIntegerField()
    head = models.CharField(max_length=64)
    present = models.PositiveIntegerField(default=0)
    joint = models.CharField(max_length=64, blank=True)
    root = models.CharField(max_length=64, blank=True)
    aggregate = models.TextField(blank=True)  # the sums at the close, canonical
    secret_sealed = models.BinaryField()


class BoardEvent(models.Model):
    """票板: one event of a device vote, chained by its hash (docs/ballots.md). Only ever appended."""

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="board")
    number = models.PositiveIntegerField()
    type = models.CharField(max_length=12)
    body = models.TextField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vote", "number"], name="event_number_once")]


class Credential(models.Model):
    """表决卡公钥: a card drawn blind; nobody knows whose. Where it stands: nothing, electronic, or paper."""

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="credentials")
    public = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default="none")
    seq = models.PositiveIntegerField(default=0)
    tracker = models.CharField(max_length=64, blank=True)
    event = models.PositiveIntegerField(null=True)  # the number of the ballot that counts
    code = models.CharField(max_length=8, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vote", "public"], name="credential_once"),
            models.UniqueConstraint(fields=["vote", "code"], name="tracker_code_once"),
        ]


class Sheet(models.Model):
    """计票单: what one teller counted by himself; two that agree make the count (S07, R5.18 选举法 43).

    Where they differ, both count again in the next round. `box` is how many papers lay in it, or how many hands rose.
    """

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="sheets")
    teller = models.ForeignKey(Official, on_delete=models.PROTECT, related_name="sheets")
    round = models.PositiveSmallIntegerField()
    box = models.PositiveIntegerField()
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vote", "teller", "round"], name="one_sheet_a_round")]


class SheetLine(models.Model):
    """One number on a sheet: valid papers, void papers, marks for an option, or for a name that was written in."""

    class Kind(models.TextChoices):
        VALID = "valid", _("有效票")
        VOID = "void", _("无效票")
        OPTION = "option", _("选项得票")
        WRITE_IN = "write_in", _("另选他人")

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="lines")
    question = models.ForeignKey(Question, on_delete=models.PROTECT)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    option = models.ForeignKey(Option, null=True, on_delete=models.PROTECT)
    name = models.CharField(max_length=40, blank=True)
    count = models.PositiveIntegerField()


class CountSignature(models.Model):
    """监票人在计票结果上的签名: by his account, and in a device vote by his key as well."""

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="count_signatures")
    official = models.ForeignKey(Official, on_delete=models.PROTECT)
    round = models.PositiveSmallIntegerField()
    signature = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vote", "official", "round"], name="signs_a_count_once")]


class RecordedPress(models.Model):
    """记名表决: what a member pressed, sealed until the close; then `choice` is opened, as the law publishes it by name.

    One row a member and question; pressing again replaces it until the close.
    """

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="presses")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT)
    sealed = models.BinaryField()
    choice = models.CharField(max_length=600, blank=True)  # option numbers, question by question: 1;2,3

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vote", "account"], name="presses_as_one")]


class PollSum(models.Model):
    """合计（加密）: the enciphered sum of the answers that chose an option of a poll."""

    option = models.OneToOneField(Option, on_delete=models.CASCADE, related_name="poll_sum")
    a = models.CharField(max_length=64)
    b = models.CharField(max_length=64)


class Participant(models.Model):
    """参加过的号码: a keyed digest, so that one number answers a poll once. Nothing of the answer, nothing of the time."""

    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="participants")
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vote", "digest"], name="answers_a_poll_once")]
