"""The other side of a device vote for tests: scrutineers, registrar and voters with their keys, acting on the real server."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from quancheng.ballots import ballot, cast
from quancheng.ballots.board import signed
from quancheng.ballots.group import SUITES
from quancheng.ballots.trustee import Trustee
from quancheng.meetings.models import Attendee, Meeting
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.procedures import acts as procedures
from quancheng.procedures.models import Case
from quancheng.voting import board as boards
from quancheng.voting import device
from quancheng.voting.models import Official, Option, Question, Vote

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 1, 10, tzinfo=ZONE)
HALL = "127.0.0.1"
G = SUITES["ristretto255"]


def account(username, role, organ="pyrd"):
    made = people.create_account(username=username, name=username, password=None, at=AT)
    people.give_office(account_id=made.pk, organ=organ, role=role, valid_from=date(2022, 1, 1), at=AT)
    return people_queries.actor_for(made.pk, AT.date())


class DeviceHall:
    """A meeting that is open, a vote on livelihood projects, and everybody with a key."""

    def __init__(self, members=7, present=6, options=4, most=2, seats=2, choice=False):
        people.import_areas(at=AT)
        people.create_organ(code="pyrd", name="某市人民代表大会", kind="standing_committee", area="410900", parent="",
                            document_mark="", valid_from=date(2022, 1, 1), at=AT)
        self.secretary = account("secretary", "secretariat")
        self.head = account("head", "secretariat_lead")
        self.registrar = account("registrar", "registrar")
        self.watchers = [account(f"watcher{n}", "deputy") for n in range(1, 6)]
        case = procedures.open_case(procedure="meeting", organ="pyrd", by=self.secretary, at=AT)
        Case.objects.filter(pk=case.pk).update(state="open")
        self.meeting = Meeting.objects.create(
            case=case, kind="congress", title="第五次会议", place="礼堂", starts_at=AT, base=members,
            quorum=-(-2 * members // 3),
        )
        for n in range(members):
            Attendee.objects.create(meeting=self.meeting, name=f"代表{n}", capacity="member", came_at=AT if n < present else None)
        self.vote = Vote.objects.create(
            case=procedures.open_case(procedure="ballot", organ="pyrd", by=self.secretary, at=AT), meeting=self.meeting,
            title="民生实事项目票决", mode="device", force="statutory",
        )
        question = Question.objects.create(vote=self.vote, number=1, title="民生实事项目", least=0, most=most, rule="rank", seats=seats)
        for n in range(1, options + 1):
            Option.objects.create(question=question, number=n, title=f"项目{n}")
        if choice:
            second = Question.objects.create(vote=self.vote, number=2, title="决议草案", least=1, most=1, rule="majority")
            for n, title in enumerate(("赞成", "反对", "弃权"), 1):
                Option.objects.create(question=second, number=n, title=title)
        self.identities = [G.draw() for _ in range(5)]
        self.registrar_secret = G.draw()
        for n, who in enumerate(self.watchers, 1):
            Official.objects.create(vote=self.vote, duty="scrutineer", number=n, account_id=who.id)
        Official.objects.create(vote=self.vote, duty="registrar", number=1, account_id=self.registrar.id)

    def register_keys(self):
        for who, secret in zip(self.watchers, self.identities, strict=True):
            device.register_key(vote_id=self.vote.pk, duty="scrutineer", key=G.base(secret).hex(), by=who, at=AT)
        device.register_key(
            vote_id=self.vote.pk, duty="registrar", key=G.base(self.registrar_secret).hex(), by=self.registrar, at=AT
        )

    def freeze(self):
        device.freeze(vote_id=self.vote.pk, booth="", by=self.secretary, at=AT)
        self.manifest = boards.manifest_of(self.vote.pk)
        self.trustees = [Trustee(self.manifest, n, one) for n, one in enumerate(self.identities, 1)]

    def post(self, type_, body, network=HALL):
        return device.post(vote_id=self.vote.pk, type=type_, body=body, network=network, at=AT)

    def post_as_registrar(self, type_, body):
        return self.post(type_, signed(G, self.manifest.eid, self.registrar_secret, type_, body))

    def make_keys(self):
        for one in self.trustees:
            self.post("commit", one.commit())
        for one in self.trustees:
            self.post("open_key", one.open_key())
        for one in self.trustees:
            self.post("shares", one.shares())
        for one in self.trustees:
            self.post("confirm", one.confirm(boards.bodies(self.vote.pk, "open_key"), boards.bodies(self.vote.pk, "shares")))
        self.joint = bytes.fromhex(boards.bodies(self.vote.pk, "confirm")[0]["joint"])

    def seat(self, cards=None, present=None):
        """Post roll and presence; return the cards' secrets."""
        self.cards = [G.draw() for _ in range(cards or self.meeting.base)]
        self.post_as_registrar("roll", {"credentials": sorted(G.base(card).hex() for card in self.cards)})
        if present is None:
            present = self.meeting.attendees.exclude(came_at=None).count()
        self.post_as_registrar("presence", {"present": present})
        return self.cards

    def open(self):
        self.register_keys()
        self.freeze()
        self.make_keys()
        self.seat()
        device.issue(vote_id=self.vote.pk, network=HALL, by=self.secretary, at=AT)
        self.vote.case.refresh_from_db()

    def made(self, card, marks, seq=1):
        return ballot.make(self.manifest, self.joint, card, seq, marks)

    def press(self, card, marks, seq=1, network=HALL):
        return device.press(vote_id=self.vote.pk, body=self.made(card, marks, seq)[0], network=network, at=AT)

    def withdraw(self, card, tracker):
        body = cast.sign_withdrawal(self.manifest, card, tracker)
        return device.withdraw(vote_id=self.vote.pk, body=body, network=HALL, at=AT)

    def hand_out_paper(self, card):
        return self.post_as_registrar("paper", {"credential": G.base(card).hex()})

    def close(self):
        return device.close(vote_id=self.vote.pk, by=self.secretary, at=AT)

    def decrypt(self, who=(1, 3, 5)):
        for index in who:
            self.post("decryption", self.trustees[index - 1].decrypt(boards.replayed(self.vote.pk)))

    def count_paper(self, box, questions, signers=(1, 2)):
        from quancheng.voting.models import Board

        root = Board.objects.get(vote=self.vote).root
        count = {"box": box, "questions": questions}
        signatures = [self.trustees[n - 1].sign_paper({"root": root, **count}) for n in signers]
        return device.paper_count(vote_id=self.vote.pk, count=count, signatures=signatures, network=HALL, at=AT)
