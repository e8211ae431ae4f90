"""Acts about people: verification of residents, sign-in of staff, organs, areas, sites, offices."""

import csv
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pyotp
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction

from quancheng.ledger import acts as ledger
from quancheng.people import sealing
from quancheng.people.models import (
    Account,
    Area,
    Authorship,
    Identity,
    IdentityAccess,
    LoginTry,
    Notice,
    Office,
    Organ,
    PhoneCode,
    Seat,
    Site,
    SiteFunction,
    Term,
)
from quancheng.people.permissions import ROLES, Actor, demand

CODE_LIFE = timedelta(minutes=5)
CODES_PER_PHONE = 5  # an hour
CODES_PER_CLIENT = 60  # an hour; a village may share one address
TRIES = 5
LOGIN_TRIES = 8  # in a quarter of an hour


class TooManyCodes(Exception):
    """Too many codes were asked for in a short time."""


class WrongCode(Exception):
    """The code is not the one sent, or was used or has expired."""


class SignInRefused(Exception):
    """User name, password or second factor is wrong, or there were too many tries."""


class BadInput(ValueError):
    """A field of an account, organ, area or site is not acceptable."""


def _allow(key: str, limit: int) -> bool:
    cache.add(key, 0, 3600)
    return cache.incr(key) <= limit


def send_phone_code(*, phone: str, client: str, at: datetime) -> str | None:
    """Send a six-digit code to `phone`; returned only in a demo city, where no message leaves the machine.

    Raises BadPhone, TooManyCodes. R1.15 网络安全法 26: the number is verified at the back, never shown.
    """
    number = sealing.clean_phone(phone)
    phone_index = sealing.index("phone", number)
    sent = PhoneCode.objects.filter(phone_index=phone_index, sent_at__gt=at - timedelta(hours=1)).count()
    if sent >= CODES_PER_PHONE or not _allow("codes:" + client, CODES_PER_CLIENT):
        raise TooManyCodes("验证码发送次数过多，请一小时后再试，或者改用电话、信件等方式提交意见。")
    code = f"{secrets.randbelow(10**6):06d}"
    with transaction.atomic():
        PhoneCode.objects.create(phone_index=phone_index, code_digest=sealing.index("code", code), sent_at=at)
        if not settings.DEMO:
            Notice.objects.create(
                phone_sealed=sealing.seal("notice", number), text=f"验证码 {code}，五分钟内有效。", created_at=at
            )
    return code if settings.DEMO else None


def check_phone_code(*, phone: str, code: str, at: datetime) -> None:
    """Use up the code sent to `phone`. Raises BadPhone, WrongCode."""
    phone_index = sealing.index("phone", sealing.clean_phone(phone))
    right = False
    with transaction.atomic():
        sent = (
            PhoneCode.objects.select_for_update()
            .filter(phone_index=phone_index, used_at=None, sent_at__gt=at - CODE_LIFE, tries__lt=TRIES)
            .order_by("-sent_at")
            .first()
        )
        if sent is not None:
            right = hmac.compare_digest(bytes(sent.code_digest), sealing.index("code", code.strip()))
            sent.tries += 1
            sent.used_at = at if right else None
            sent.save(update_fields=["tries", "used_at"])
    if not right:
        raise WrongCode("验证码不正确或者已过期，请核对后重新填写，或者重新获取。")


def record_authorships(*, rows: list[tuple[str, str]], at: datetime) -> None:
    """Record who is behind submissions: `rows` of (public id, telephone number). Raises BadPhone."""
    if not rows:
        return
    numbers = {phone: sealing.clean_phone(phone) for _, phone in rows}
    by_index = {sealing.index("phone", number): number for number in numbers.values()}
    with transaction.atomic(savepoint=False):  # a failure here fails the act that it is part of
        made = Identity.objects.bulk_create(
            [
                Identity(phone_index=key, phone_sealed=sealing.seal("phone", number), verified_at=at)
                for key, number in sorted(by_index.items())  # one order, so that two batches never wait for each other
            ],
            update_conflicts=True,  # a number that is used again is new again, and the sweep lets it be
            unique_fields=["phone_index"],
            update_fields=["verified_at"],
            batch_size=500,
        )
        ids: dict[bytes, int] = {}
        keys = list(by_index)
        if len(made) == 1 and made[0].pk:  # of one row the database said which it is
            ids, keys = {keys[0]: made[0].pk}, []
        for start in range(0, len(keys), 500):
            found = Identity.objects.filter(phone_index__in=keys[start : start + 500])
            ids.update((bytes(key), pk) for key, pk in found.values_list("phone_index", "id"))
        Authorship.objects.bulk_create(
            [
                Authorship(
                    subject_index=sealing.index("subject", subject),
                    subject_sealed=sealing.seal("subject", subject),
                    identity_id=ids[sealing.index("phone", numbers[phone])],
                )
                for subject, phone in rows
            ],
            batch_size=500,
        )


def record_authorship(*, subject: str, phone: str, at: datetime) -> None:
    """Record who is behind one submission. Raises BadPhone."""
    record_authorships(rows=[(subject, phone)], at=at)


def share_authorship(*, subject: str, of: str, at: datetime) -> bool:
    """Put the person behind `of` behind `subject` too, without reading who he is (S01); False when he is not known."""
    known = Authorship.objects.filter(subject_index=sealing.index("subject", of)).values_list("identity_id", flat=True).first()
    if known is None:
        return False
    Authorship.objects.create(
        subject_index=sealing.index("subject", subject), subject_sealed=sealing.seal("subject", subject), identity_id=known
    )
    return True


def notify_authors(*, texts: dict[str, str], at: datetime) -> int:
    """Queue a message to the author of each subject whose number is known; return how many were queued."""
    wanted = {sealing.index("subject", subject): text for subject, text in texts.items()}
    keys = list(wanted)
    notices = []
    for start in range(0, len(keys), 500):
        found = Authorship.objects.filter(subject_index__in=keys[start : start + 500])
        for key, sealed in found.values_list("subject_index", "identity__phone_sealed"):
            number = sealing.unseal("phone", sealed)
            notices.append(
                Notice(phone_sealed=sealing.seal("notice", number), text=wanted[bytes(key)][:300], created_at=at)
            )
    Notice.objects.bulk_create(notices, batch_size=500)
    return len(notices)


def notify_author(*, subject: str, text: str, at: datetime) -> bool:
    """Queue a message to the author of `subject`; False when his number is not known."""
    return notify_authors(texts={subject: text}, at=at) == 1


def forget_authors(*, subjects: list[str], at: datetime) -> int:
    """Cut the thread from these subjects to their authors, as promised when the numbers were asked for (PIPL 19).

    Numbers behind which nothing is left go with the next sweep. Returns how many threads were cut.
    """
    keys = [sealing.index("subject", subject) for subject in subjects]
    cut = 0
    with transaction.atomic():
        for start in range(0, len(keys), 500):
            cut += Authorship.objects.filter(subject_index__in=keys[start : start + 500]).delete()[0]
    return cut


def open_identity(*, subject: str, reason: str, by: Actor, at: datetime) -> str:
    """Return the number behind a submission, on record and with a reason (S01, S05). Raises NotAllowed, BadInput."""
    demand(by, "identity.open")
    if len(reason.strip()) < 10:
        raise BadInput("请写明查看身份的理由（不少于10个字）。这次查看会记入日志，并告知本人。")
    row = Authorship.objects.select_related("identity").filter(subject_index=sealing.index("subject", subject)).first()
    with transaction.atomic():
        IdentityAccess.objects.create(subject=subject, account_id=by.id, at=at, reason=reason.strip())
        ledger.append(
            kind="identity.opened", at=at, subject=subject, content=reason.strip().encode(), salt=ledger.new_salt()
        )
    return sealing.unseal("phone", row.identity.phone_sealed) if row else ""


def sign_in(*, username: str, password: str, totp: str, client: str, at: datetime) -> int:
    """Return the account id of one who proved himself. Raises SignInRefused (one sentence for every cause)."""
    since = at - timedelta(minutes=15)
    if LoginTry.objects.filter(username=username[:40], at__gt=since).count() >= LOGIN_TRIES:
        raise SignInRefused("尝试次数过多，请十五分钟后再试。")
    account = Account.objects.filter(username=username, closed_at=None).first()
    known = check_password(password, account.password if account else make_password(None))
    if account is not None and known and account.totp_secret:
        known = _totp_right(account, totp, at)
    if account is None or not known:
        LoginTry.objects.create(username=username[:40], at=at)
        raise SignInRefused("用户名、密码或者动态口令不正确。")
    Account.objects.filter(pk=account.pk).update(last_login=at)
    return account.pk


def _totp_right(account: Account, code: str, at: datetime) -> bool:
    secret = sealing.unseal("totp", bytes.fromhex(account.totp_secret))
    right = pyotp.TOTP(secret).verify(code.strip(), for_time=at, valid_window=1)
    return right and cache.add(f"totp:{account.pk}:{code.strip()}", 1, 120)  # a code works once


def new_totp_secret() -> str:
    """Return a fresh secret for a second factor, to be confirmed with `set_totp`. Without at: it writes nothing."""
    return pyotp.random_base32()


def set_totp(*, secret: str, code: str, by: Actor, at: datetime) -> None:
    """Switch on the actor's second factor after he typed one right code. Raises WrongCode."""
    if not re.fullmatch(r"[A-Z2-7]{16,64}", secret) or not pyotp.TOTP(secret).verify(code.strip(), for_time=at):
        raise WrongCode("动态口令不正确，请核对手机时间后重试。")
    Account.objects.filter(pk=by.id).update(totp_secret=sealing.seal("totp", secret).hex())


@dataclass(frozen=True)
class CheckedPassword:
    """A password that met the rules, as it is stored: hashing takes a fifth of a second, so many accounts share one."""

    stored: str


def check_new_password(*, password: str) -> CheckedPassword:
    """Return a password ready for `create_account`. Raises BadInput. Without at: it writes nothing."""
    try:
        validate_password(password)
    except ValidationError as error:
        raise BadInput("密码不合要求：" + "；".join(error.messages)) from error
    return CheckedPassword(make_password(password))


def create_account(
    *, username: str, name: str, password: str | CheckedPassword | None, at: datetime, by: Actor | None = None
) -> Account:
    """Create an account; with None for a password nobody signs in with it. `by` None only from the command line.

    Raises NotAllowed, BadInput.
    """
    if by is not None:
        demand(by, "account.manage")
    if not re.fullmatch(r"[a-z0-9_.-]{2,40}", username) or not name.strip():
        raise BadInput("用户名须为2至40个小写字母、数字或者 . _ -，姓名不能为空。")
    if Account.objects.filter(username=username).exists():
        raise BadInput(f"用户名 {username} 已被使用。")
    if isinstance(password, str):
        password = check_new_password(password=password)
    stored = password.stored if password is not None else make_password(None)
    return Account.objects.create(username=username, name=name.strip(), password=stored)


def close_account(*, account_id: int, by: Actor, at: datetime) -> None:
    """Close an account; its record of acts stays. Raises NotAllowed."""
    demand(by, "account.manage")
    if account_id == by.id:
        raise BadInput("不能关闭自己的账户。")
    Account.objects.filter(pk=account_id, closed_at=None).update(closed_at=at)


def give_office(
    *, account_id: int, organ: str, role: str, valid_from: date, at: datetime, site: str = "", by: Actor | None = None
) -> Office:
    """Give an account a role at an organ (and site) from a date. Raises NotAllowed, BadInput."""
    if by is not None:
        demand(by, "account.manage")
    if role not in ROLES or not Organ.objects.filter(pk=organ).exists():
        raise BadInput("职务或者机关不存在。")
    if role == "site_staff" and not site:
        raise BadInput("站点工作人员须注明站点。")
    return Office.objects.create(
        account_id=account_id, organ_id=organ, role=role, site_id=site or None, valid_from=valid_from
    )


def create_organ(
    *, code: str, name: str, kind: str, area: str, valid_from: date, at: datetime, document_mark: str = "",
    parent: str = "", by: Actor | None = None,
) -> Organ:
    """Create an organ. Raises NotAllowed."""
    if by is not None:
        demand(by, "account.manage")
    return Organ.objects.create(
        code=code, name=name, kind=kind, area_id=area, parent_id=parent or None, document_mark=document_mark,
        valid_from=valid_from,
    )


def create_site(
    *, code: str, name: str, area: str, organ: str, address: str, valid_from: date, at: datetime,
    functions: tuple[str, ...], telephone: str = "", hours: str = "", by: Actor | None = None,
) -> Site:
    """Create a site with its functions (站点融合, M50). Raises NotAllowed, BadInput."""
    if by is not None:
        demand(by, "account.manage")
    unknown = set(functions) - set(SiteFunction.Kind.values)
    if unknown or not functions:
        raise BadInput("站点功能须为代表联络站或者基层立法联系点，至少一项。")
    with transaction.atomic():
        site = Site.objects.create(
            code=code, name=name, area_id=area, organ_id=organ, address=address, telephone=telephone, hours=hours,
            valid_from=valid_from,
        )
        SiteFunction.objects.bulk_create([SiteFunction(site=site, kind=kind) for kind in functions])
    return site


def import_areas(*, at: datetime) -> int:
    """Load the shipped table of areas (city to village) if none is there; return how many were added."""
    if Area.objects.exists():
        return 0
    path = Path(__file__).parent / "data" / "areas.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            Area(
                code=row["code"], name=row["name"], kind=row["kind"], parent_id=row["parent"] or None,
                valid_from=date.fromisoformat(row["valid_from"]),
            )
            for row in csv.DictReader(file)
        ]
    with transaction.atomic():
        Area.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def open_term(*, organ: str, number: int, starts_on: date, at: datetime, ends_on: date | None = None) -> Term:
    """Open a term of a congress (地方组织法 9)."""
    return Term.objects.create(organ_id=organ, number=number, starts_on=starts_on, ends_on=ends_on)


def seat_deputy(
    *, term: Term, account_id: int, electoral_unit: str, field: str, valid_from: date, at: datetime
) -> Seat:
    """Record that an account holds a deputy's seat in a term."""
    return Seat.objects.create(
        term=term, account_id=account_id, electoral_unit=electoral_unit, field=field, valid_from=valid_from
    )


def end_seat(*, account_id: int, last_day: date, ground: str, at: datetime, by: Actor | None = None) -> int:
    """End a deputy's seat and his deputy's offices (代表法 59–61); return how many seats ended.

    What he began goes on: a matter says who takes his place. Raises NotAllowed, BadInput.
    """
    if by is not None:
        demand(by, "account.manage")
    if len(ground.strip()) < 5:
        raise BadInput("请写明代表资格终止的原因和依据。")
    with transaction.atomic():
        ended = Seat.objects.filter(account_id=account_id, valid_to=None).update(valid_to=last_day)
        if not ended:
            raise BadInput("这个账户没有在任的代表席位。")
        Office.objects.filter(account_id=account_id, role=Office.Role.DEPUTY, valid_to=None).update(valid_to=last_day)
        ledger.append(
            kind="seat.ended", at=at, subject=f"account:{account_id}", content=ground.strip().encode(),
            salt=ledger.new_salt(), detail={"last_day": str(last_day)},
        )
    return ended


def end_organ(*, code: str, last_day: date, basis: str, at: datetime, by: Actor | None = None) -> Organ:
    """End an organ that was dissolved or merged; its matters are reassigned by acts of their own.

    Raises NotAllowed, BadInput.
    """
    if by is not None:
        demand(by, "account.manage")
    if len(basis.strip()) < 5:
        raise BadInput("请写明机构调整的依据。")
    with transaction.atomic():
        if not Organ.objects.filter(pk=code, valid_to=None).update(valid_to=last_day):
            raise BadInput("没有这个机构，或者已经终止。")
        Office.objects.filter(organ_id=code, valid_to=None).update(valid_to=last_day)
        ledger.append(
            kind="organ.ended", at=at, organ=code, subject=f"organ:{code}", content=basis.strip().encode(),
            salt=ledger.new_salt(), detail={"last_day": str(last_day)},
        )
    return Organ.objects.get(pk=code)
