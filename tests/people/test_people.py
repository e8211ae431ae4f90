"""Identity kept apart, codes used once, permissions from one table."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyotp
import pytest
from cryptography.exceptions import InvalidTag
from django.core.cache import cache

from quancheng.people import acts, permissions, queries, sealing, tasks
from quancheng.people.models import Account, Authorship, Identity, IdentityAccess, Notice, PhoneCode
from quancheng.people.permissions import Actor, HeldOffice, NotAllowed, may

AT = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
LEAD = Actor(account_id=None, name="负责人", offices=(HeldOffice("fgw", "lead"),))


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def city(db):
    acts.import_areas(at=AT)
    acts.create_organ(
        code="fgw", name="法制工作委员会", kind="working_body", area="410900", valid_from=date(2022, 1, 1), at=AT
    )
    return acts.create_account(username="lead", name="甲", password="long-enough-pass-1", at=AT)


@pytest.mark.parametrize("phone", ["138 0000 0001", "１３８００００００００", "0393-6660000", "+8613800000000"])
def test_numbers_as_people_type_them(phone):
    assert sealing.clean_phone(phone).isascii()


@pytest.mark.parametrize("phone", ["", "12", "1380000000a", "23800000000", "<script>"])
def test_nonsense_is_no_number(phone):
    with pytest.raises(sealing.BadPhone):
        sealing.clean_phone(phone)


def test_sealed_value_is_bound_to_its_purpose():
    sealed = sealing.seal("phone", "13800000001")
    assert b"13800000001" not in sealed
    assert sealing.unseal("phone", sealed) == "13800000001"
    with pytest.raises(InvalidTag):
        sealing.unseal("notice", sealed)


@pytest.mark.django_db
def test_r1_15_code_works_once_and_for_five_minutes(settings):
    settings.DEMO = True
    code = acts.send_phone_code(phone="13800000001", client="a", at=AT)
    with pytest.raises(acts.WrongCode):
        acts.check_phone_code(phone="13800000001", code="x" + code, at=AT)
    acts.check_phone_code(phone="13800000001", code=code, at=AT)
    with pytest.raises(acts.WrongCode):
        acts.check_phone_code(phone="13800000001", code=code, at=AT)
    code = acts.send_phone_code(phone="13800000001", client="a", at=AT)
    with pytest.raises(acts.WrongCode):
        acts.check_phone_code(phone="13800000001", code=code, at=AT + timedelta(minutes=6))


@pytest.mark.django_db
def test_code_has_five_tries(settings):
    settings.DEMO = True
    code = acts.send_phone_code(phone="13800000001", client="a", at=AT)
    for _ in range(5):
        with pytest.raises(acts.WrongCode):
            acts.check_phone_code(phone="13800000001", code="nope", at=AT)
    with pytest.raises(acts.WrongCode):
        acts.check_phone_code(phone="13800000001", code=code, at=AT)


@pytest.mark.django_db
def test_codes_are_limited_per_number(settings):
    settings.DEMO = False
    for _ in range(acts.CODES_PER_PHONE):
        assert acts.send_phone_code(phone="13800000001", client="a", at=AT) is None
    with pytest.raises(acts.TooManyCodes):
        acts.send_phone_code(phone="13800000001", client="b", at=AT)
    assert Notice.objects.count() == acts.CODES_PER_PHONE
    assert PhoneCode.objects.count() == acts.CODES_PER_PHONE


@pytest.mark.django_db
def test_s01_no_column_joins_words_to_a_person():
    acts.record_authorships(rows=[("op-a", "13800000001"), ("op-b", "138 0000 0001"), ("op-c", "13900000002")], at=AT)
    assert Identity.objects.count() == 2
    assert sorted(queries.subjects_of("13800000001")) == ["op-a", "op-b"]
    for row in Authorship.objects.values_list("subject_index", "subject_sealed", "identity__phone_sealed"):
        raw = b"".join(bytes(part) for part in row)
        assert b"op-" not in raw and b"138" not in raw


@pytest.mark.django_db
def test_author_is_told_by_his_channel():
    acts.record_authorship(subject="op-a", phone="13800000001", at=AT)
    assert acts.notify_author(subject="op-a", text="已答复", at=AT)
    assert not acts.notify_author(subject="unknown", text="已答复", at=AT)
    assert sealing.unseal("notice", Notice.objects.get().phone_sealed) == "13800000001"


def test_s05_looking_behind_needs_reason_and_leaves_a_trace(city):
    acts.give_office(account_id=city.pk, organ="fgw", role="lead", valid_from=date(2026, 1, 1), at=AT)
    lead = queries.actor_for(city.pk, AT.date())
    acts.record_authorship(subject="op-a", phone="13800000001", at=AT)
    with pytest.raises(acts.BadInput):
        acts.open_identity(subject="op-a", reason="看看", by=lead, at=AT)
    with pytest.raises(NotAllowed):
        acts.open_identity(subject="op-a", reason="需要联系本人核实情况的书面申请", by=Actor.public(), at=AT)
    assert IdentityAccess.objects.count() == 0
    number = acts.open_identity(subject="op-a", reason="需要联系本人核实情况的书面申请", by=lead, at=AT)
    assert number == "13800000001"
    assert queries.looked_behind("op-a")[0].reason.startswith("需要联系")


def test_sign_in_with_second_factor_and_refusal_after_many_tries(city):
    secret = acts.new_totp_secret()
    actor = Actor(account_id=city.pk)
    with pytest.raises(acts.WrongCode):
        acts.set_totp(secret=secret, code="000", by=actor, at=AT)
    acts.set_totp(secret=secret, code=pyotp.TOTP(secret).at(AT), by=actor, at=AT)
    later = AT + timedelta(minutes=2)

    def sign_in(password, totp, at):
        return acts.sign_in(username="lead", password=password, totp=totp, client="c", at=at)

    with pytest.raises(acts.SignInRefused):
        sign_in("long-enough-pass-1", "", later)
    code = pyotp.TOTP(secret).at(later)
    assert sign_in("long-enough-pass-1", code, later) == city.pk
    with pytest.raises(acts.SignInRefused):
        sign_in("long-enough-pass-1", code, later)
    for _ in range(acts.LOGIN_TRIES):
        with pytest.raises(acts.SignInRefused):
            sign_in("wrong", "", later)
    much_later = later + timedelta(minutes=1)
    with pytest.raises(acts.SignInRefused, match="次数"):
        sign_in("long-enough-pass-1", pyotp.TOTP(secret).at(much_later), much_later)


def test_offices_end_and_accounts_close(city):
    office = acts.give_office(account_id=city.pk, organ="fgw", role="clerk", valid_from=date(2026, 1, 1), at=AT)
    assert queries.actor_for(city.pk, AT.date()).roles() == {"clerk"}
    assert queries.actor_for(city.pk, date(2025, 12, 31)) == Actor.public()
    office.valid_to = date(2026, 6, 30)
    office.save()
    assert queries.actor_for(city.pk, AT.date()) == Actor.public()
    Account.objects.filter(pk=city.pk).update(closed_at=AT)
    assert queries.actor_for(city.pk, date(2026, 3, 1)) == Actor.public()


@pytest.mark.parametrize("bad", [{"username": "甲"}, {"password": "short"}, {"name": " "}])
def test_bad_account_changes_nothing(db, bad):
    good = {"username": "abc", "name": "乙", "password": "long-enough-pass-1", "at": AT}
    with pytest.raises(acts.BadInput):
        acts.create_account(**{**good, **bad})
    assert not Account.objects.exists()


def test_permission_table_names_only_known_roles():
    for name, roles in permissions.PERMISSIONS.items():
        assert roles <= {*permissions.ROLES, "public"}, name
    assert may(Actor.public(), "public")
    assert may(LEAD, "opinion.decide", organ="fgw") and not may(LEAD, "opinion.decide", organ="other")
    with pytest.raises(KeyError):
        may(LEAD, "no.such.permission")


def test_areas_of_puyang(db):
    acts.import_areas(at=AT)
    assert acts.import_areas(at=AT) == 0
    assert len(queries.area_choices(AT.date())) == 8
    assert len(queries.areas_under("410928", AT.date())) == 20


def test_s04_a_number_goes_when_nothing_is_left_behind_it(city):
    old = AT - timedelta(days=400)
    acts.record_authorships(rows=[("op-a", "13800000001"), ("op-b", "13800000001"), ("op-c", "13900000002")], at=old)
    assert acts.forget_authors(subjects=["op-a", "op-c", "op-unknown"], at=AT) == 2
    tasks.forget()
    assert queries.subjects_of("13800000001") == ["op-b"]
    assert queries.subjects_of("13900000002") == []
    assert Identity.objects.count() == 1


def test_s04_a_number_used_again_is_new_again(city):
    acts.record_authorship(subject="op-a", phone="13800000001", at=AT - timedelta(days=400))
    acts.record_authorship(subject="op-b", phone="13800000001", at=AT)
    assert Identity.objects.get().verified_at == AT
