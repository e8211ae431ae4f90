"""What every act on petitions shares: the mark of a thing done under seal, a paper, the petition with its case, a word to its author."""

from datetime import date, datetime

from django.utils import timezone

from quancheng.handling import queries as handling
from quancheng.handling import rules as handling_rules
from quancheng.handling.models import Answer, Assignment
from quancheng.handling.recording import end_share
from quancheng.kernel.deadlines import Term
from quancheng.ledger import acts as ledger
from quancheng.people import acts as people
from quancheng.people.permissions import Actor, demand
from quancheng.petitions import procedure as _declared  # noqa: F401  # registers the procedure
from quancheng.petitions import rules, vault
from quancheng.petitions.models import Mark, Paper, Petition, SealedItem
from quancheng.petitions.rules import PetitionRefused
from quancheng.procedures import acts as procedures
from quancheng.procedures import declare
from quancheng.procedures.acts import Conflict
from quancheng.procedures.models import Case, Clock

REMEDY = "对本处理意见不服的，可以自收到之日起三十日内请求上一级机关、单位复查（信访工作条例第三十五条）。"


def mark(organ: str, public_id: str, request: str, facts: str, salt: bytes, at: datetime, submission: bool) -> None:
    """Keep the digest of what came in or was done under seal; the day's one entry binds it in the ledger (S02, S13)."""
    Mark.objects.create(
        organ_id=organ, day=timezone.localdate(at), digest=vault.digest_of(public_id, request, facts, salt),
        subject_index=rules.subject_index(public_id) if submission else b"",
    )


def log(item: SealedItem, status: vault.Status, what: str, words: str, by: Actor, at: datetime) -> None:
    """Enter under seal what was done to a sealed item, and mark it; the caller saves the item."""
    entry_id, salt = rules.new_public_id(), ledger.new_salt()
    mark(item.organ_id, entry_id, what, words, salt, at, submission=False)
    status.log.append(
        {"at": at.isoformat(), "by": by.name, "id": entry_id, "salt": salt.hex(), "what": what, "words": words}
    )


def save(item: SealedItem, status: vault.Status, **columns: bytes) -> None:
    """Save what changed on a sealed item. Raises Conflict when another reader was faster."""
    done = SealedItem.objects.filter(pk=item.pk, moves=item.moves).update(
        status_sealed=vault.seal_status(item.public_id, status), moves=item.moves + 1, **columns
    )
    if not done:
        raise Conflict("这件来件刚刚已由他人处理，请刷新后再看。")
    item.moves += 1


def petition(petition_id: int) -> Petition:
    """Return a petition with its case. Raises Petition.DoesNotExist."""
    return Petition.objects.select_related("case__organ").get(pk=petition_id)


def petition_by_code(receipt_code: str) -> Petition:
    """Return the petition of a receipt code. Raises Petition.DoesNotExist."""
    return Petition.objects.select_related("case__organ").get(receipt_code=receipt_code)


def held(found: Petition, permission: str, by: Actor) -> None:
    """Demand a permission of the petition's office of one who has no interest in it (R7.38 信访工作条例 28).

    Raises NotAllowed, PetitionRefused.
    """
    demand(by, permission, organ=found.case.organ_id)
    withdraws(found, by)


def withdraws(found: Petition, by: Actor) -> None:
    """Raise PetitionRefused for an officer of whom the petition speaks."""
    if rules.interested(by, f"{found.title}\n{found.request}\n{found.facts}"):
        raise PetitionRefused("您与本事项有直接利害关系，应当回避，请由其他人员办理（信访工作条例第二十八条）。")


def paper(found: Petition, kind: str, text: str, by: Actor, at: datetime) -> Paper:
    """Write what the petitioner is told, and tell him that it is there."""
    made = Paper.objects.create(petition=found, kind=kind, text=text, by_id=by.account_id, at=at)
    words = f"您的信访事项（回执号{found.receipt_code}）有新的文书：{made.get_kind_display()}，请凭回执号查看。"
    people.notify_author(subject=found.author_key, text=words, at=at)
    return made


def start_clock(found: Petition, key: str, label: str, parameter: str, start: date, at: datetime, organ: str = "") -> None:
    """Start a clock of the petition's case, counted in days from `start`."""
    term: Term = rules.term(found.case.organ, parameter, start)
    procedures.start_clock(case=found.case, key=key, label=label, term=term, start=start, at=at, organ=organ)


def stop_clocks(found: Petition, at: datetime) -> None:
    """Stop every clock of a case that has come to its end."""
    Clock.objects.filter(case=found.case, stopped_at=None).update(stopped_at=at)


def is_final(found: Petition) -> bool:
    """Tell whether the matter has ended."""
    return declare.get(found.case.procedure, found.case.version).states[found.case.state].final


def answered(case: Case, by: Actor, at: datetime) -> None:
    """Follow the engine: every unit has signed; the answers become the conclusion, their shares end (R7.36)."""
    found = Petition.objects.select_related("case__organ").get(case=case)
    signed = Answer.objects.filter(assignment__case=case, signed_at__isnull=False).exclude(
        assignment__role=Assignment.Role.ASSIST
    )
    forms = [handling.answer_form(one).removeprefix("# ") for one in signed.select_related("assignment__unit", "assignment__case__organ", "signed_by")]
    for share in Assignment.objects.filter(case=case, ended_at=None).select_related("case"):
        end_share(share, Assignment.End.ANSWERED, at)
    paper(found, Paper.Kind.CONCLUSION, "\n\n".join([*forms, REMEDY]), by, at)


def _titles(case_ids: list[int]) -> dict[int, str]:
    return dict(Petition.objects.filter(case_id__in=case_ids, moved_at=None).values_list("case_id", "title"))


handling_rules.register(
    "petition",
    handling_rules.Matter(
        heading=lambda case: f"{case.number}信访事项", titles=_titles, counts_from=rules.accepted_on, answered=answered
    ),
)
