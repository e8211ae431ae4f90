"""The livelihood projects of the demo city: a year that is over, one under way, one put to today's session, a call that is open."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from quancheng.demo import project_words as words
from quancheng.demo import writing
from quancheng.demo.stage import CONGRESS, FULL, GOVERNMENT, SEED, City, account, morning
from quancheng.demo.station_life import picture
from quancheng.people.permissions import Actor
from quancheng.projects import acts
from quancheng.projects import queries as projects
from quancheng.publications import acts as publications
from quancheng.publications import queries as publication_queries
from quancheng.voting import acts as voting
from quancheng.voting import queries as votes

DISTRICT, DISTRICT_GOVERNMENT = "hlrd", "hlzf"
LAST_VOTE = (3, 27)  # by then the congress of a year has voted, and the next call can be of the year after
DAY = timedelta(days=1)


class Stage:
    """What the builders of the single years share."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.office, self.government, self.releaser = (city.actors[name] for name in ("project1", "gov1", "releaser"))
        self.full = city.scale.deputies >= FULL.deputies
        self.said = 0
        self.names = writing.people(SEED + 11, 40)

    def organ_of(self, idea: words.Idea) -> str:
        """Return the unit that owns a project."""
        return self.city.units[idea.unit % len(self.city.units)]

    def wish(self, call: int, title: str, body: str, at: datetime, *, area: str = "410902", place: str = "", **changed: object) -> int:
        """Hand in a wish, by a resident where nothing else is said; return its id."""
        self.said += 1
        whole: dict[str, object] = {
            "title": title, "body": body, "area": area, "place": place, "submission_key": f"demo-wish-{self.said:06d}-{'k' * 12}",
        } | changed  # fmt: skip
        by = Actor.public()
        if whole.get("site"):
            by = self.city.site_staff[str(whole["site"])]
        elif whole.get("as_deputy"):
            by = self.city.deputies[self.said % 12]
        else:
            whole["phone"] = f"1370{self.said:07d}"
            whole["name"] = self.names[self.said % len(self.names)][0] + "女士" if self.said % 3 else ""
        return acts.submit(call_id=call, wish=acts.Wish(**whole), by=by, at=at).pk  # type: ignore[arg-type]  # strings, pictures and a flag by name

    def call(self, year: int, opens: datetime, days: int, organ: str = CONGRESS, by: Actor | None = None) -> int:
        """Announce the call of a congress for the projects of a year."""
        form = acts.CallForm(
            year=year, title=f"关于征集{year}年民生实事项目的公告", words=words.CALL, opens_on=opens.date(), closes_on=(opens + days * DAY).date(),
            government=GOVERNMENT if organ == CONGRESS else self.district_government(), telephone="0393-6660101（虚构）",
            address="市人民会堂一楼", decision="主任会议决定本年度征集的时间",
        )  # fmt: skip
        return acts.open_call(organ=organ, form=form, by=by or self.office, at=opens).pk

    def district_government(self) -> str:
        """Return the government of the district, where the scale has one."""
        return DISTRICT_GOVERNMENT if DISTRICT_GOVERNMENT in self.city.units else GOVERNMENT

    def wished(self, call: int, ideas: Sequence[words.Idea], at: datetime) -> list[int]:
        """Hand the ideas in by every door, and look-alikes of the first few; return the ids of the ideas."""
        made, sites = [], self.city.sites
        for number, idea in enumerate(ideas):
            moment = at + number % 30 * DAY + timedelta(hours=number % 8)
            door: dict[str, object] = {}
            if number % 7 == 3:
                door = {"site": sites[number % len(sites)], "consent_how": "signed"}
            elif number % 7 == 5:
                door = {"as_deputy": True}
            elif number == 0:
                door = {"pictures": (picture(41),), "latitude": "35.76190", "longitude": "115.02930"}
            made.append(self.wish(call, idea.title, idea.body, moment, area=idea.area, place=idea.place, **door))
        for number in range(min(len(made), 8)):
            title = f"也盼着{ideas[number].title}"[:40]
            alike = self.wish(call, title, ideas[number].body + words.ALIKE, at + 20 * DAY, area=ideas[number].area)
            acts.merge(leader_id=made[number], project_ids=[alike], reason="与这条建议说的是同一件事，一并研究。", by=self.office, at=at + 42 * DAY)
        return made

    def refused(self, call: int, at: datetime) -> None:
        """Hand in what is not listed, each on another of the grounds of R7.50."""
        for title, body, fate, reason in words.PERSONAL:
            made = self.wish(call, title, body, at + 5 * DAY)
            acts.decide(project_ids=[made], fate=fate, reason=reason, by=self.office, at=at + 43 * DAY)

    def candidates(self, call: int, ideas: Sequence[words.Idea], made: Sequence[int], year: int, at: datetime) -> None:
        """Write the dossiers, hear the owners, make them candidates."""
        acts.decide(project_ids=list(made), fate="in", reason=words.IN, by=self.office, at=at)
        for project, idea in zip(made, ideas, strict=True):
            own, city_share = self.organ_of(idea), idea.cost * 6 // 10
            form = acts.DossierForm(
                title=idea.name, content=idea.content, location=idea.place, benefit=idea.benefit, cost=str(idea.cost), owner=own,
                finish_on=date(year, 11, 30), feasibility=words.FEASIBLE, latitude="35.76190" if project == made[0] else "",
                longitude="115.02930" if project == made[0] else "",
                money=(("市级财政", str(city_share)), ("县区财政", str(idea.cost - city_share))),
            )  # fmt: skip
            acts.write_dossier(project_id=project, form=form, edits=0, by=self.office, at=at + 5 * DAY)
            acts.ask_units(project_id=project, units=[own], by=self.office, at=at + 6 * DAY)
            acts.give_view(project_id=project, stand="feasible", words=words.VIEW, by=self.city.clerks[own], at=at + 10 * DAY)
            acts.list_candidate(project_id=project, by=self.office, at=at + 12 * DAY)

    def listed(self, call: int, made: Sequence[int], places: int, at: datetime) -> None:
        """主任会议 looks at the list; it is put to the congress."""
        acts.note_review(
            call_id=call, kind="list", held_on=at.date(), meeting="第四十一次主任会议", words=words.REVIEW, by=self.office, at=at
        )
        acts.fix_list(call_id=call, places=places, order=list(made), by=self.office, at=at + 2 * DAY)

    def adopted(self, year: int, places: int, at: datetime) -> list[int]:
        """Take in what the congress decided that year; release the resolution; return the ids of what was adopted."""
        call = projects.call_of_year(year, CONGRESS)
        cases = [case for case, _title in projects.candidates(year, CONGRESS)]
        votes_of = {case: 320 - 6 * number if number < places else 150 - number for number, case in enumerate(cases)}
        outcome = acts.BallotOutcome(
            votes=votes_of, chosen=cases[:places], base=371, present=358, cast=357, valid=355, vote_number=f"濮人票〔{year}〕1号",
            announced_on=at.date(), resolution=projects.resolution_draft(call, cases[:places]),
        )  # fmt: skip
        acts.adopt(year=year, organ=CONGRESS, outcome=outcome, by=self.office, at=at)
        paper = publication_queries.of_case(call.case_id, "project_resolution")
        if paper is not None:
            publications.submit_for_review(publication_id=paper.pk, by=self.office, at=at)
            publications.release(publication_id=paper.pk, by=self.releaser, at=at + timedelta(hours=3))
        return [line.project.pk for line, _last in projects.figures(call) if line.project.case.state == "adopted"]

    def tasked(self, project: int, year: int, at: datetime) -> None:
        """Publish the tasks, and name the deputies who follow."""
        steps = [("完成招标并进场", date(year, 5, 31)), ("主体完工", date(year, 9, 30)), ("验收并交付使用", date(year, 11, 30))]
        acts.set_tasks(project_id=project, milestones=steps, by=self.government, at=at)
        group = [self.city.deputies[(project + n * 5) % 24].id for n in range(3)]
        acts.name_followers(project_id=project, accounts=list(dict.fromkeys(group)), leader=group[0], by=self.office, at=at)

    def reported(self, project: int, year: int, quarter: int, share: int, at: datetime) -> None:
        """Write and publish a quarter's progress."""
        found = projects.desk_project(project, at.date()).project
        owner, cost = str(found.dossier.owner_id), found.dossier.cost or 0
        form = acts.ReportForm(
            year=year, quarter=quarter, share=str(share), paid=f"{cost * share / 100:.2f}", words=words.PROGRESS[quarter - 1],
            pictures=(picture(project * 4 + quarter),) if quarter in (2, 4) else (), submit=True,
        )  # fmt: skip
        made = acts.write_report(project_id=project, form=form, by=self.city.clerks[owner], at=at)
        acts.release_report(report_id=made.pk, by=self.government, at=at + timedelta(hours=5))

    def reached(self, project: int, at: datetime, most: int = 3) -> None:
        """Mark the milestones whose day is over as reached, the first so many."""
        for one in projects.desk_project(project, at.date()).carried.milestones[:most]:
            if one.reached_on is None and one.due_on <= at.date():
                acts.reach_milestone(milestone_id=one.pk, reached_on=one.due_on, by=self.government, at=at)


def build_projects(city: City) -> None:
    """Build all years, by acts, in the order of time."""
    stage = Stage(city)
    voted = city.today >= date(city.today.year, *LAST_VOTE) + 5 * DAY
    year = city.today.year if voted else city.today.year - 1
    _past(stage, year - 1, 4)
    _under_way(stage, year, (words.IDEAS[:15], 12) if stage.full else (words.IDEAS[:5], 4))
    _put_to_the_vote(stage, year + 1, (words.IDEAS[8:23], 12) if stage.full else (words.IDEAS[8:13], 4))
    _collecting(stage)


def _decided(stage: Stage, year: int, ideas: Sequence[words.Idea], places: int) -> list[int]:
    """From the call in the autumn before to the vote in the last week of February."""
    opens = morning(date(year - 1, 9, 1))
    call = stage.call(year, opens, 40)
    made = stage.wished(call, ideas, opens)
    stage.refused(call, opens)
    acts.close_call(call_id=call, by=stage.office, at=opens + 41 * DAY)
    stage.candidates(call, ideas, made, year, opens + 44 * DAY)
    stage.listed(call, made, places, morning(date(year - 1, 11, 20)))
    return stage.adopted(year, places, morning(date(year, 2, 26)))


def _past(stage: Stage, year: int, places: int) -> None:
    """A year that is over: rated; one project was carried over."""
    found = _decided(stage, year, words.IDEAS[-places - 1 :], places)
    late = found[-1]
    for project in found:
        stage.tasked(project, year, morning(date(year, 3, 12)))
        for quarter, (day, share) in enumerate(
            ((date(year, 4, 9), 20), (date(year, 7, 9), 55), (date(year, 10, 12), 80), (date(year, 12, 18), 70 if project == late else 100)), 1
        ):
            if project != late or quarter != 3:
                stage.reported(project, year, quarter, share, morning(day))
        stage.reached(project, morning(date(year, 12, 19)), 2 if project == late else 3)
        if project != late:
            acts.complete(project_id=project, by=stage.government, at=morning(date(year, 12, 20)))
    at = morning(date(year, 12, 26))
    cases = [case for _title, case in projects.slips([CONGRESS], "rating")[0].rows]
    grades = {case: [40 - 3 * n, 6, 3 + n, 1] for n, case in enumerate(cases)}
    outcome = acts.RatingOutcome(
        grades=grades, base=55, present=52, cast=52, valid=52, vote_number=f"濮人票〔{year}〕6号", announced_on=at.date()
    )
    acts.take_rating(year=year, organ=CONGRESS, outcome=outcome, by=stage.office, at=at)
    for project in found:
        if project == late:
            acts.carry(project_id=project, measures=words.RECTIFY, finish_on=date(year + 1, 6, 30), by=stage.office, at=at + 4 * DAY)
        else:
            acts.close_project(project_id=project, by=stage.office, at=at + 3 * DAY)


def _under_way(stage: Stage, year: int, scale: tuple[Sequence[words.Idea], int]) -> None:
    """The year under way: quarters as far as they have come, followers, a change; the last project has reported nothing yet."""
    city, call_at = stage.city, morning(date(year, 3, 15))
    found = _decided(stage, year, *scale)
    for project in found:
        stage.tasked(project, year, call_at)
    shares = ((date(year, 4, 9), 20), (date(year, 7, 9), 50), (date(year, 10, 12), 80))
    owners = {project: projects.desk_project(project, city.today).project.dossier.owner_id for project in found}
    idle = next((project for project in found[2:] if owners[project] == city.units[0]), found[-1])  # unit1 has reported nothing yet
    for number, project in enumerate(one for one in found if one != idle):
        for quarter, (day, share) in enumerate(shares, 1):
            if morning(day) < city.now:
                stage.reported(project, year, quarter, max(share - number % 4 * 5, 5), morning(day) + timedelta(hours=number % 6))
        stage.reached(project, city.now, 2)
    carried = next(line.project for line, _last in projects.figures(projects.call_of_year(year, CONGRESS)) if line.project.case.state == "carried_over")
    for quarter, (day, share) in enumerate(shares[:2], 1):
        if morning(day) < city.now:
            stage.reported(carried.pk, year, quarter, share + 50 if quarter == 2 else 85, morning(day))
    if morning(shares[1][0]) < city.now:
        stage.reached(carried.pk, morning(shares[1][0]) + DAY)
        acts.complete(project_id=carried.pk, by=stage.government, at=morning(shares[1][0]) + DAY)
    first, moment = found[0], morning(date(year, 5, 14))
    follower = next(one for one in city.deputies if one.id == projects.desk_project(first, city.today).carried.followers[0].account_id)
    for at, said in ((moment, words.SEEN), (moment + 60 * DAY, words.SEEN_LATER)):
        if at < city.now:
            acts.inspect(project_id=first, seen_on=at.date(), words=said, pictures=[picture(77)], by=follower, at=at + timedelta(hours=6))
    question, answer = words.QUESTION
    asked = acts.ask_question(project_id=first, words=question, by=follower, at=call_at + 2 * DAY)
    acts.answer_question(question_id=asked.pk, words=answer, by=city.clerks[str(owners[first])], at=call_at + 5 * DAY)
    _changed(stage, found[1], year)
    call, middle = projects.call_of_year(year, CONGRESS), morning(date(year, 7, 28))
    if middle < city.now:
        acts.note_review(
            call_id=call.pk, kind="midyear", held_on=middle.date(), meeting="常委会第三十次会议", words=words.MIDYEAR, by=stage.office, at=middle
        )
    acts.open_residents_rating(
        call_id=call.pk, population="在濮阳市居住的人，每个手机号码一次", closes_at=city.now + 20 * DAY, by=stage.office, at=city.now - DAY
    )


def _changed(stage: Stage, project: int, year: int) -> None:
    """A change of time that the standing committee allowed."""
    at = morning(date(year, 8, 6))
    if at + 30 * DAY > stage.city.now:
        return
    change = acts.apply_change(
        project_id=project, kind="time", ground="force_majeure", new=f"{year}-12-20", words=words.CHANGE, by=stage.government, at=at
    )
    decision = acts.Decision(True, "常委会第三十一次会议", (at + 20 * DAY).date(), "情况属实，同意延期，不得再延。", f"濮人常〔{year}〕21号")
    acts.decide_change(change_id=change.pk, decision=decision, by=stage.office, at=at + 20 * DAY)


def _put_to_the_vote(stage: Stage, year: int, scale: tuple[Sequence[words.Idea], int]) -> None:
    """Next year's list, put to the session that sits today; its ballot and the rating of this year wait to be held there."""
    (ideas, places), now = scale, stage.city.now
    opens = now - 80 * DAY
    call = stage.call(year, opens, 35)
    made = stage.wished(call, ideas, opens)
    stage.refused(call, opens)
    acts.close_call(call_id=call, by=stage.office, at=opens + 44 * DAY)
    stage.candidates(call, ideas, made, year, opens + 45 * DAY)
    stage.listed(call, made, places, now - 15 * DAY)
    acts.open_preference(
        call_id=call, population="在濮阳市居住的人，每个手机号码一次", closes_at=now + 9 * DAY, by=stage.office, at=now - 12 * DAY
    )
    session = next((one for one in votes.meetings_to_vote_in({CONGRESS}) if one.kind == "congress" and one.case.state == "open"), None)
    if session is not None:
        for kind, title in (("ballot", f"{year}年民生实事项目票决"), ("rating", f"{year - 1}年民生实事项目测评")):
            _prepared(stage, session.pk, title, kind, now - timedelta(minutes=15))


def _prepared(stage: Stage, meeting: int, title: str, kind: str, at: datetime) -> None:
    slip = next(iter(projects.slips([CONGRESS], kind)), None)
    if slip is None:
        return
    actors, deputies = stage.city.actors, stage.city.deputies
    drafts = [voting.choosing(title, slip.rows, slip.places)] if kind == "ballot" else [voting.grading(*row) for row in slip.rows]
    vote = voting.prepare(
        meeting_id=meeting, title=title, mode="device", force="statutory", questions=drafts, by=actors["secretariat1"], at=at
    ).pk
    for duty, numbers in (("scrutineer", (1, 2, 6, 9, 10)), ("teller", (3, 4))):  # the first four can sign in
        accounts = [deputies[number - 1].id for number in numbers]
        voting.name_officials(vote_id=vote, duty=duty, accounts=accounts, by=actors["secretariat1"], at=at)
    voting.name_officials(vote_id=vote, duty="registrar", accounts=[actors["registrar1"].id], by=actors["secretariat1"], at=at)


def _collecting(stage: Stage) -> None:
    """The district's call, open now: wishes that wait for a fate."""
    at = stage.city.morning(-12)
    who = account("project2", "简实事", "project_office", organ=DISTRICT, at=at, signs_in=True)
    call = stage.call(at.year + 1, at, 45, DISTRICT, who)
    for number, idea in enumerate(words.IDEAS[: 16 if stage.full else 5]):
        stage.wish(call, idea.title, idea.body, at + number % 9 * DAY + timedelta(hours=number % 7), place=idea.place)
        if number < 4:
            stage.wish(call, f"希望{idea.title}"[:40], idea.body + words.ALIKE, at + 10 * DAY)
