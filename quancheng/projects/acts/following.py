"""Deputies follow projects: who follows which, and what they saw on the spot; it instructs nobody (R7.57)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from quancheng.people.permissions import Actor, NotAllowed, demand
from quancheng.procedures import acts as procedures
from quancheng.projects import files, rules
from quancheng.projects.models import Follower, Inspection, Picture
from quancheng.projects.procedure import DOING
from quancheng.projects.recording import project_of, seated_deputies
from quancheng.projects.rules import ProjectRefused

MOST_FOLLOWERS = 15


def name_followers(*, project_id: int, accounts: Sequence[int], leader: int, by: Actor, at: datetime) -> list[Follower]:
    """Name the group of deputies that follows a project, one of them leading; the whole list anew each time (R7.57).

    Raises NotAllowed, ProjectRefused.
    """
    found = project_of(project_id)
    demand(by, "project.manage", organ=found.call.organ_id)
    if found.case.state not in DOING:
        raise ProjectRefused("只能为已票决、还没有办结的项目确定跟踪代表。")
    day, wanted = timezone.localdate(at), list(dict.fromkeys(accounts))
    seated = dict(seated_deputies(found.call.organ_id, day))
    if not 1 <= len(wanted) <= MOST_FOLLOWERS or not set(wanted) <= seated.keys():
        raise ProjectRefused(f"请从本级人大代表中选择1至{MOST_FOLLOWERS}人。", "accounts")
    if leader not in wanted:
        raise ProjectRefused("请从小组成员中选一人牵头。", "leader")
    shown = f"{seated[leader]}（牵头）" + "".join(f"、{seated[one]}" for one in wanted if one != leader)
    with transaction.atomic():
        Follower.objects.filter(project=found).exclude(account__in=wanted).delete()
        since = dict(Follower.objects.filter(project=found).values_list("account_id", "since"))
        Follower.objects.filter(project=found).delete()
        Follower.objects.bulk_create(
            [Follower(project=found, account_id=pk, leads=pk == leader, since=since.get(pk, day)) for pk in wanted]
        )
        procedures.note(
            case=found.case, event="project.follow", words=shown, by=by, at=at, held="project.manage", shown=shown
        )
    return list(Follower.objects.filter(project=found))


def inspect(
    *, project_id: int, seen_on: date, words: str, pictures: Sequence[bytes] = (), by: Actor, at: datetime
) -> Inspection:
    """Note what a following deputy saw on the spot, with pictures; it is public at once (R7.57).

    Raises NotAllowed, ProjectRefused.
    """
    demand(by, "project.speak")
    found = project_of(project_id)
    if not Follower.objects.filter(project=found, account_id=by.id).exists():
        raise NotAllowed("project.speak")
    if found.case.state not in DOING:
        raise ProjectRefused("项目不在实施阶段。")
    if not found.call.opens_on <= seen_on <= timezone.localdate(at):
        raise ProjectRefused("请核对察看的日期。", "seen_on")
    words = rules.need(words, 10, "请写明看到了什么", "words", 2000)
    kept = files.keep_pictures(pictures, rules.REPORT_PICTURES)
    with transaction.atomic():
        made = Inspection.objects.create(project=found, by_id=by.id, at=at, seen_on=seen_on, words=words)
        Picture.objects.bulk_create([Picture(project=found, inspection=made, **one.__dict__) for one in kept])
        procedures.note(
            case=found.case, event="project.inspected", words=words, by=by, at=at, held="project.speak",
            shown=f"{by.name}代表，{seen_on:%Y年%-m月%-d日}",
        )  # fmt: skip
    return made
