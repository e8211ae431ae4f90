"""The town that is measured: the demo city's people, a bill of sixty articles, an open consultation."""

import csv
import io
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from quancheng.consultations import acts as consultations
from quancheng.consultations import queries as consultation_queries
from quancheng.demo import city, writing
from quancheng.kernel.numerals import to_chinese
from quancheng.legislation import acts as legislation
from quancheng.people import queries as people
from quancheng.people.permissions import Actor
from quancheng.texts import acts as texts
from quancheng.texts import queries as text_queries

ARTICLES = 60
SLUG = "bench"


@dataclass
class Town:
    """What is measured."""

    consultation_id: int
    actors: dict[str, Actor]
    next_key: int = 0

    def say(self, count: int) -> None:
        """Hand in `count` opinions, spread over the articles."""
        drafts = writing.write_opinions(3, max(count, 40), [draft()])[:count]
        for one in drafts:
            self.next_key += 1
            consultations.submit(
                consultation_id=self.consultation_id,
                form=consultations.Submission(
                    channel="web", body=one.body, anchor=f"a{self.next_key % ARTICLES + 1}",
                    phone=f"139{self.next_key:08d}", submission_key=f"bench-town-{self.next_key:020d}",
                ),
                by=Actor.public(), at=timezone.now(),
            )  # fmt: skip


def draft() -> str:
    """Return a regulation of sixty articles in six chapters, made of the demo city's sentences."""
    sentences = [
        line.split("　", 1)[1] for line in writing.text("draft1.txt").splitlines() if line.startswith("第") and "条　" in line
    ]
    lines = ["濮阳市性能测量条例（草案）"]
    for number in range(1, ARTICLES + 1):
        if number % 10 == 1:
            lines.append(f"第{'一二三四五六'[number // 10]}章　第{'一二三四五六'[number // 10]}部分")
        lines.append(f"第{to_chinese(number)}条　{sentences[number % len(sentences)]}")
    return "\n".join(lines)


def build() -> Town:
    """Build the town in an empty, migrated database."""
    city.build_city(opinions=60)
    today = timezone.localdate()
    lead = people.actor_for(_account("lead"), today)
    at = timezone.now() - timedelta(minutes=5)
    bill = legislation.submit_bill(
        title="", field="urban_rural", granting_law="", sponsor="濮阳市人民政府", organ=city.ORGAN, source=draft(),
        explanation="关于性能测量条例草案的说明。", imported_from="", by=lead, at=at,
    )
    version = text_queries.versions(bill.case.legal_text.pk)[0]
    texts.fix_version(version_id=version.pk, by=lead, at=at)
    legislation.put_on_agenda(bill_id=bill.pk, by=lead, at=at)
    found = legislation.open_consultation(
        subject_case_id=bill.case_id, version_id=version.pk, title="性能测量条例征求意见", summary="只用于测量。",
        slug=SLUG, opens_on=today, closes_on=today + timedelta(days=40), short_window_decision="", contact="法工委",
        address="人民路100号", telephone="0393-0000100", email="", site_codes=[], questions=[("哪一条要改？", "")],
        by=lead, at=at,
    )
    actors = {name: people.actor_for(_account(name), today) for name in ("lead", "clerk", "releaser")}
    return Town(consultation_queries.consultation(found.slug).pk, actors)


def _account(username: str) -> int:
    found = people.account_named(username)
    if found is None:
        raise LookupError(username)
    return int(found.pk)


def table(rows: int) -> bytes:
    """Return a CSV of `rows` letters and calls, as an office would import it."""
    drafts = writing.write_opinions(11, 2000, [draft()])
    out = io.StringIO()
    pen = csv.writer(out)
    pen.writerow(["条款", "意见内容", "法言表述", "渠道", "联系电话"])
    for number in range(rows):
        body = f"{drafts[number % 2000].body}（第{number + 1}件）"
        phone = f"138{number:08d}" if number % 3 == 0 else ""
        clause = "" if number % 9 == 0 else f"第{to_chinese(number % ARTICLES + 1)}条"
        pen.writerow([clause, body, "", "来信" if number % 2 else "热线", phone])
    return out.getvalue().encode()
