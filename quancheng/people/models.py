"""Areas, organs, terms, seats, offices, sites, accounts; and, held apart, who is behind a submission (S01)."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Area(models.Model):
    """行政区划: a division by its real code, from city to village; codes change, so it has validity dates."""

    class Kind(models.TextChoices):
        CITY = "city", _("市")
        COUNTY = "county", _("县")
        DISTRICT = "district", _("区")
        ZONE = "zone", _("功能区")
        TOWNSHIP = "township", _("乡")
        TOWN = "town", _("镇")
        SUBDISTRICT = "subdistrict", _("街道")
        VILLAGE = "village", _("村")
        COMMUNITY = "community", _("社区")

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    def __str__(self) -> str:
        return self.name


class Organ(models.Model):
    """机关: a congress, standing committee, working body or undertaking unit, with validity dates."""

    class Kind(models.TextChoices):
        STANDING_COMMITTEE = "standing_committee", _("人大常委会")
        WORKING_BODY = "working_body", _("工作机构")
        TOWNSHIP_CONGRESS = "township_congress", _("乡镇人大")
        STREET_WORKING_COMMITTEE = "street_working_committee", _("人大街道工委")
        GOVERNMENT = "government", _("政府及部门")

    code = models.SlugField(max_length=40, primary_key=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=30, choices=Kind.choices)
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    document_mark = models.CharField(max_length=20, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """站点: one place with many functions (站点融合, M50): liaison station, legislative contact point, …"""

    code = models.SlugField(max_length=40, primary_key=True)
    name = models.CharField(max_length=60)
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    organ = models.ForeignKey(Organ, on_delete=models.PROTECT)
    address = models.CharField(max_length=120)
    telephone = models.CharField(max_length=30, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    def __str__(self) -> str:
        return self.name


class SiteFunction(models.Model):
    """A function that a site carries."""

    class Kind(models.TextChoices):
        LIAISON = "liaison", _("代表联络站")
        LEGISLATION = "legislation", _("基层立法联系点")

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="functions")
    kind = models.CharField(max_length=20, choices=Kind.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "kind"], name="one_function_once")]


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by user name."""


class Account(AbstractBaseUser):
    """账户: a member of staff or a deputy who logs in. Residents need none (R1.15)."""

    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    totp_secret = models.CharField(max_length=200, blank=True)  # sealed; empty = second factor not set up
    closed_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "username"
    objects = AccountManager()

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # a closed account is the one state; no second flag
        """Whether the account may log in."""
        return self.closed_at is None


class Office(models.Model):
    """职务: which account acts for which organ (and site) in which role, from when to when."""

    class Role(models.TextChoices):
        CLERK = "clerk", _("法制工作人员")
        LEAD = "lead", _("法制工作负责人")
        RELEASER = "releaser", _("公开审核人")
        SITE_STAFF = "site_staff", _("站点工作人员")
        DEPUTY = "deputy", _("人大代表")
        AUDITOR = "auditor", _("审计监督人员")
        ADMIN = "admin", _("系统管理员")
        DEPUTY_OFFICE = "deputy_office", _("代表工委工作人员")
        DEPUTY_OFFICE_LEAD = "deputy_office_lead", _("代表工委负责人")
        UNIT_CLERK = "unit_clerk", _("承办单位经办人")
        UNIT_HEAD = "unit_head", _("承办单位负责人")
        CHAIRPERSONS = "chairpersons", _("主任会议（经办）")
        COMMITTEE = "committee", _("督办委员会工作人员")
        PETITION_CLERK = "petition_clerk", _("信访工作人员")
        PETITION_LEAD = "petition_lead", _("信访负责人")
        DISCIPLINE = "discipline", _("纪检监察移送经办")
        SC_MEMBER = "sc_member", _("常委会组成人员")
        SECRETARIAT = "secretariat", _("会议秘书处工作人员")
        SECRETARIAT_LEAD = "secretariat_lead", _("会议秘书处负责人")
        REGISTRAR = "registrar", _("签到和资格审查人员")
        PROJECT_OFFICE = "project_office", _("民生实事项目工作人员（人大）")
        PROJECT_GOVERNMENT = "project_government", _("民生实事项目工作人员（政府）")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="offices")
    organ = models.ForeignKey(Organ, on_delete=models.PROTECT)
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="roster")
    role = models.CharField(max_length=20, choices=Role.choices)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)


class Term(models.Model):
    """届: a term of a congress; five years (地方组织法 9)."""

    organ = models.ForeignKey(Organ, on_delete=models.PROTECT)
    number = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)


class Seat(models.Model):
    """代表席位: who holds a deputy's seat in a term, for which electoral unit, from when to when."""

    term = models.ForeignKey(Term, on_delete=models.PROTECT)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="seats")
    electoral_unit = models.CharField(max_length=60)
    field = models.CharField(max_length=40, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)


class Identity(models.Model):
    """真实身份: a verified telephone number, sealed, apart from every word said (S01, R1.15 网络安全法 26).

    `phone_index` is a keyed digest, so that one number has one row; `phone_sealed` is AES-GCM.
    """

    phone_index = models.BinaryField(max_length=32, unique=True)
    phone_sealed = models.BinaryField()
    verified_at = models.DateTimeField()


class Authorship(models.Model):
    """The only thread from words to a person: both ends sealed, so that no join without the key finds it (S01)."""

    subject_index = models.BinaryField(max_length=32, unique=True)
    subject_sealed = models.BinaryField()
    identity = models.ForeignKey(Identity, on_delete=models.PROTECT)


class IdentityAccess(models.Model):
    """Who looked behind a submission, when and why (S05)."""

    subject = models.CharField(max_length=64, db_index=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    at = models.DateTimeField()
    reason = models.CharField(max_length=200)


class PhoneCode(models.Model):
    """短信验证码: a six-digit code as a keyed digest; five tries, five minutes, used once."""

    phone_index = models.BinaryField(max_length=32)
    code_digest = models.BinaryField(max_length=32)
    sent_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["phone_index", "-sent_at"])]


class Notice(models.Model):
    """通知: a message to leave by SMS; sealed until sent, then its words are gone."""

    phone_sealed = models.BinaryField()
    text = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["id"], condition=Q(sent_at=None), name="notice_unsent")]


class LoginTry(models.Model):
    """A failed login, for slowing down guesses; swept after a day."""

    username = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["username", "at"])]
