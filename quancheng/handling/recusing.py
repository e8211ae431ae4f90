"""回避: who has a stake in a case takes no part in handling it (S15)."""

from datetime import datetime

from django.db import IntegrityError, transaction

from quancheng.handling import rules
from quancheng.handling.models import Recusal
from quancheng.handling.recording import HandlingRefused, case_of, demand_office, need, note
from quancheng.people.models import Account
from quancheng.people.permissions import Actor, demand
from quancheng.procedures.acts import Conflict


def recuse(*, case_id: int, account_id: int, reason: str, by: Actor, at: datetime) -> Recusal:
    """Keep somebody out of a case in which he has a stake: he says so himself, or the office that assigns decides (S15).

    The reason stays with the office; the record shows that somebody stands aside. Raises NotAllowed, Conflict,
    HandlingRefused.
    """
    case = case_of(case_id)
    held = "handling.read"
    if account_id == by.id:
        demand(by, held)
    else:
        held = demand_office(case, by)
    reason = need(reason, rules.SHORTEST_REASON, "请写明需要回避的情形", "reason")[:300]
    if not Account.objects.filter(pk=account_id, closed_at=None).exists():
        raise HandlingRefused("请选择需要回避的人。", "account")
    try:
        with transaction.atomic():
            made = Recusal.objects.create(case=case, account_id=account_id, reason=reason, by_id=by.id, at=at)
            note("recused", case, reason, by, at, held)
    except IntegrityError:
        raise Conflict("这个人已经回避。") from None
    return made
