"""Reads about people, organs, areas and sites."""

from datetime import date

from django.db.models import Q, QuerySet

from quancheng.people import sealing
from quancheng.people.models import (
    Account,
    Area,
    Authorship,
    IdentityAccess,
    Office,
    Organ,
    Site,
)
from quancheng.people.permissions import PERMISSIONS, Actor, HeldOffice, demand


def _in_force(on: date, prefix: str = "") -> Q:
    return Q(**{prefix + "valid_from__lte": on}) & (
        Q(**{prefix + "valid_to": None}) | Q(**{prefix + "valid_to__gte": on})
    )


def actor_for(account_id: int, on: date) -> Actor:
    """Return the actor for an account with the offices in force on `on` (one statement).

    A closed or unknown account, or one with no office in force, gives the public actor.
    """
    rows = list(
        Office.objects.filter(_in_force(on), account_id=account_id, account__closed_at=None).values_list(
            "account__name", "organ_id", "role", "site_id"
        )
    )
    if not rows:
        return Actor.public()
    offices = tuple(HeldOffice(organ=organ, role=role, site=site or "") for _, organ, role, site in rows)
    return Actor(account_id=account_id, name=rows[0][0], offices=offices)


def account_named(username: str) -> Account | None:
    """Return the open account of that user name."""
    return Account.objects.filter(username=username, closed_at=None).first()


def accounts(actor: Actor) -> list[Account]:
    """Return all accounts with their offices, for those who manage them."""
    demand(actor, "account.manage")
    return list(Account.objects.prefetch_related("offices__organ", "offices__site").order_by("username"))


def colleagues(organ: str, on: date, permission: str = "opinion.decide") -> list[Account]:
    """Return the accounts that hold `permission` at `organ` on `on`: those to whom work can be assigned."""
    roles = PERMISSIONS[permission]
    ids = Office.objects.filter(_in_force(on), organ_id=organ, role__in=roles).values("account_id")
    return list(Account.objects.filter(pk__in=ids, closed_at=None).order_by("name"))


def account_names(ids: set[int]) -> dict[int, str]:
    """Return the names of accounts by id."""
    return dict(Account.objects.filter(pk__in=ids).values_list("id", "name")) if ids else {}


def second_factor_set(account_id: int) -> bool:
    """Tell whether the account has a second factor."""
    return Account.objects.filter(pk=account_id).exclude(totp_secret="").exists()


def area_choices(on: date, kinds: tuple[str, ...] = ("county", "district", "zone")) -> list[Area]:
    """Return the areas of the given kinds in force on `on`, by code."""
    return list(Area.objects.filter(_in_force(on), kind__in=kinds).order_by("code"))


def find_areas(words: str, on: date, limit: int = 30) -> list[Area]:
    """Return the towns, villages and communities whose names hold the words, larger ones first (1 statement)."""
    found = Area.objects.filter(_in_force(on), name__contains=words).exclude(kind=Area.Kind.CITY)
    return list(found.select_related("parent").order_by("code")[:limit])


def areas_under(code: str, on: date) -> list[Area]:
    """Return the areas directly under `code` in force on `on`."""
    return list(Area.objects.filter(_in_force(on), parent_id=code).order_by("code"))


def area_codes() -> set[str]:
    """Return all area codes."""
    return set(Area.objects.values_list("code", flat=True))


def area_names(codes: set[str]) -> dict[str, str]:
    """Return area names by code."""
    return dict(Area.objects.filter(pk__in=codes).values_list("code", "name")) if codes else {}


def organ(code: str) -> Organ:
    """Return an organ. Raises Organ.DoesNotExist."""
    return Organ.objects.select_related("area").get(pk=code)


def organs() -> list[Organ]:
    """Return all organs by code."""
    return list(Organ.objects.order_by("code"))


def sites(on: date, function: str | None = None) -> QuerySet[Site]:
    """Return the sites in force on `on`, with area and functions."""
    found = Site.objects.filter(_in_force(on)).select_related("area__parent").prefetch_related("functions")
    if function:
        found = found.filter(functions__kind=function)
    return found.order_by("code")


def site(code: str) -> Site:
    """Return a site. Raises Site.DoesNotExist."""
    return Site.objects.select_related("area", "organ").get(pk=code)


def organ_with_role(role: str, on: date) -> str:
    """Return the code of the first organ in which somebody holds a role on a day, '' when there is none."""
    held = Office.objects.filter(_in_force(on), role=role).order_by("organ_id")
    return held.values_list("organ_id", flat=True).first() or ""


def subjects_of(phone: str) -> list[str]:
    """Return the public ids of everything that this verified number submitted; [] if nothing.

    Only for the person himself, after his number was verified in this session (S05).
    """
    rows = Authorship.objects.filter(identity__phone_index=sealing.index("phone", sealing.clean_phone(phone)))
    return [sealing.unseal("subject", sealed) for sealed in rows.values_list("subject_sealed", flat=True)]


def identity_accesses(actor: Actor, limit: int = 200) -> list[IdentityAccess]:
    """Return the log of who looked behind a submission (S05), newest first."""
    demand(actor, "audit.read")
    return list(IdentityAccess.objects.select_related("account").order_by("-id")[:limit])


def looked_behind(subject: str) -> list[IdentityAccess]:
    """Return when and why somebody looked who is behind `subject`; shown to the person himself (S05)."""
    return list(IdentityAccess.objects.filter(subject=subject).order_by("id"))
