"""Deputies' life in the demo city: pairings, groups and topics, check-ins, reports to voters, learning; all by acts."""

import random
from datetime import timedelta

from quancheng.contact import acts
from quancheng.demo.stage import OFFICE, City
from quancheng.handling import acts as handling
from quancheng.handling import queries as handling_queries
from quancheng.people.permissions import Actor

TASKS = ("万人助万企", "乡村振兴", "安全生产大排查", "民生实事")
WORK = (
    "走访了两家企业，问了用工和贷款", "看了村里的文化广场，灯都亮着", "陪镇里的同志查了三个加油站", "到敬老院坐了坐，热水供上了",
    "和几位种粮大户算了算收成账", "看了学校门口的减速带", "问了几户独居老人的取暖", "跟着查了河沟清淤的进度",
)  # fmt: skip
TALKS = (
    "通了电话，说了说村里浇地用电的事。", "见了面，谈了镇卫生院缺药的情况。", "一起看了滩区新村的排水。", "听他说了企业夜间用工的难处。",
    "座谈了一个上午，重点说农村快递到村。", "书信往来，转来一份关于校车的调查。",
)  # fmt: skip
TOPICS = (
    ("村口路灯先装哪几处", "今年能装十二盏，先装哪几处，大家说说。", "大家同意先装学校门口、桥头和卫生室，已经报给乡里。"),
    ("垃圾桶摆在哪里合适", "有人嫌远，有人嫌味，摆在哪里都有道理，请说说看。", "摆在两头空地，每天清一次，试一个月再商量。"),
    ("广场舞几点结束", "跳的和睡的都是街坊，几点结束合适。", "夏天九点、冬天八点半，音箱朝里放。"),
    ("农忙时节的晾晒场地", "马路上晒粮不安全，能不能腾出别的地方。", "村委会院子和小学操场周末让出来，派人看着。"),
)  # fmt: skip
VOICES = (
    "学校门口最要紧，孩子放学天都黑了。", "桥头那里拐弯，夜里看不见人。", "离家太远老人倒不动，两百米内有一个就行。",
    "夏天味道大，一天得清两回。", "九点就该停，第二天还要上工。", "跳跳舞身体好，音量小点就行。", "操场周末让出来就中，俺自己扫干净。",
    "晒在路上压坏了也心疼，有地方谁愿意上马路。", "先紧着没灯的地方装。", "桶换成带盖的，猫狗就翻不着了。",
)  # fmt: skip
REPORT = (
    "一年来，到村里走访{visits}次，接待群众{met}人次，转交群众意见{sent}件，领衔提出建议{led}件。"
    "路灯、校车两件已经办成；排水一件正在施工；{left}还没有办好，明年接着盯。请大家多提意见。"
)
LEFT = ("镇卫生院的儿科", "进村的公交", "滩区的水管网", "老街的停车")
COURSES = (
    ("怎样写好一件建议", "一事一议、有情况有办法的写法，附三件写得好的建议。", -150, "代表建议应当几个月内答复？", ("三个月", "一年", "不限期"), 0),
    ("看懂政府预算草案", "预算表怎样看，从哪几行问起。", -60, "审查预算草案先看什么？", ("收支总表和重点支出", "封面"), 0),
    ("代表法修改了什么", "新修改的代表法逐条讲，重点讲联系群众和述职。", 20, "代表能不能直接处理问题？", ("不能，转交有关机关处理", "能"), 0),
)  # fmt: skip


def build_deputy_life(city: City) -> None:
    """Give deputies, members and residents' groups a year of work, more of it in a larger city."""
    dice = random.Random(f"deputies:{city.scale.deputies}")
    office = city.actors["office1"]
    deputies = city.deputies[: max(len(city.deputies) // 3, 12)]
    _check_ins(city, dice, office, deputies)
    _members(city, dice, office)
    _groups(city, dice, office, deputies[: max(len(deputies) // 4, 4)])
    _reports(city, dice, office, deputies[: max(len(deputies) // 10, 4)])
    _learning(city, dice, office, deputies)
    for deputy in city.deputies:  # what is older than two weeks was read
        old = [one.pk for one in handling_queries.messages(deputy, 1000) if one.at < city.morning(-14)]
        handling.mark_seen(message_ids=old, by=deputy, at=city.morning(-13))


def _check_ins(city: City, dice: random.Random, office: Actor, deputies: list[Actor]) -> None:
    """Both kinds of check-in, with tasks, over the last half year."""
    began = city.today - timedelta(days=330)
    tasks = [acts.make_task_tag(label=label, valid_from=began, by=office, at=city.morning(-330)).pk for label in TASKS]
    for number, deputy in enumerate(deputies):
        for _time in range(1 + number % 3):
            at = city.morning(-dice.randint(1, 180)) + timedelta(minutes=dice.randint(0, 480))
            home = city.homes.get(deputy.id, "")
            place = {"area": home} if home and dice.random() < 0.4 else {"site": dice.choice(city.sites)}
            form = acts.CheckInForm(
                **place, task_id=dice.choice([None, *tasks]), minutes=dice.choice((45, 60, 90, 120)), words=dice.choice(WORK)
            )
            acts.check_in(form=form, by=deputy, at=at)


def _members(city: City, dice: random.Random, office: Actor) -> None:
    """Members of the standing committee keep in touch with deputies; some are late."""
    rest = [deputy for deputy in city.deputies if deputy not in city.members]
    for number, member in enumerate(city.members[:20]):
        deputy = rest[(number * 7) % len(rest)] if rest else city.deputies[-1]
        if deputy.id == member.id:
            continue
        since = city.today - timedelta(days=200)
        made = acts.pair(
            kind="member", organ=OFFICE, holder_id=member.id, other_id=deputy.id, valid_from=since, by=office,
            at=city.morning(-200),
        )  # fmt: skip
        if number % 4:  # every fourth has not been in touch, and is reminded
            _contact(city, dice, made.pk, member, f"member-{number}", dice.randint(5, 80))


def _contact(city: City, dice: random.Random, pairing: int, who: Actor, key: str, days: int, issue: str = "") -> None:
    form = acts.ContactForm(
        on=city.today - timedelta(days=days), manner=dice.choice(("visit", "meeting", "call", "message")),
        words=dice.choice(TALKS), submission_key=f"demo-{key}-{'0' * 20}", issue=issue, consent_how="spoken" if issue else "",
    )  # fmt: skip
    acts.log_contact(pairing_id=pairing, form=form, by=who, at=city.morning(-days))


def _groups(city: City, dice: random.Random, office: Actor, deputies: list[Actor]) -> None:
    """Residents' groups of the villages where deputies live, each with a topic; some are closed."""
    for number, deputy in enumerate(deputies):
        home = city.homes.get(deputy.id)
        if not home:
            continue
        at = city.morning(-120)
        group = acts.make_group(name=f"居民议事小组{number + 1}", area=home, site="", by=office, at=at)
        made = acts.pair(
            kind="group", organ=OFFICE, holder_id=deputy.id, other_id=group.pk, valid_from=at.date(), by=office, at=at
        )
        _contact(city, dice, made.pk, deputy, f"group-{number}", dice.randint(3, 60))
        title, words, summary = TOPICS[number % len(TOPICS)]
        topic = acts.open_topic(group_id=group.pk, title=title, words=words, by=deputy, at=city.morning(-50))
        for said in range(2 + number % 4):
            form = acts.VoiceForm(
                body=dice.choice(VOICES), submission_key=f"demo-voice-{number}-{said}-{'0' * 16}", consent_how="spoken",
                name=dice.choice(("", "老李", "王婶", "村东头的", "小陈")),
            )  # fmt: skip
            acts.say_on_topic(topic_id=topic.pk, form=form, by=deputy, at=city.morning(-40 + said))
        if number % 3 == 0:
            acts.close_topic(topic_id=topic.pk, summary=summary, by=deputy, at=city.morning(-20))


def _reports(city: City, dice: random.Random, office: Actor, deputies: list[Actor]) -> None:
    """Reports to voters: closed with a result, open for questions, announced for next month."""
    for number, deputy in enumerate(deputies):
        held = (-40, -2, 15)[number % 3]
        body = REPORT.format(
            visits=dice.randint(8, 40), met=dice.randint(20, 120), sent=dice.randint(3, 20), led=dice.randint(1, 5),
            left=dice.choice(LEFT),
        )  # fmt: skip
        form = acts.ReportForm(
            dice.choice(city.sites), "向选民报告一年的工作", body, city.today + timedelta(days=held),
            city.today + timedelta(days=held + 10),
        )  # fmt: skip
        made = acts.announce_report(form=form, by=deputy, at=city.morning(held - 10))
        if held > 0:
            continue
        acts.open_report(report_id=made.pk, by=office, at=city.morning(held))
        if held < -10:
            counts = {"satisfied": dice.randint(20, 60), "basically": dice.randint(5, 15), "dissatisfied": dice.randint(0, 6)}
            acts.count_paper(report_id=made.pk, counts={**counts, "abstained": 1}, by=office, at=city.morning(held + 1))
            acts.close_report(report_id=made.pk, by=office, at=city.morning(held + 11))


def _learning(city: City, dice: random.Random, office: Actor, deputies: list[Actor]) -> None:
    """The plan of each year that has a course, with materials, places taken and quizzes passed."""
    plans: dict[int, int] = {}
    for title, words, days, question, options, right in COURSES:
        start = city.morning(days)
        year = start.year
        if year not in plans:
            made = acts.make_plan(
                organ=OFFICE, year=year, title=f"{year}年代表学习计划", words="每季度一课，线上线下同时开。",
                basis="市人大常委会主任会议通过", by=office, at=city.morning(-200),
            )  # fmt: skip
            plans[year] = made.pk
        form = acts.CourseForm(title, start, start + timedelta(hours=2), "市委党校一号教室", 120, words, "教室在一层，有手语翻译")
        course = acts.add_course(plan_id=plans[year], form=form, by=office, at=city.morning(-199))
        acts.add_material(course_id=course.pk, title="课前读物", words=words, data=b"", by=office, at=city.morning(-198))
        quiz = acts.set_quiz(
            course_id=course.pk, questions=[acts.QuestionForm(question, options, right, "见课前读物。")], by=office,
            at=city.morning(-198),
        )  # fmt: skip
        coming = deputies[: min(len(deputies), 40)]
        for deputy in coming:
            acts.sign_up(course_id=course.pk, by=deputy, at=city.morning(min(days, 0) - 5))
        if days < 0:
            came = [deputy.id for deputy in coming if dice.random() < 0.8]
            acts.mark_attended(course_id=course.pk, account_ids=came, by=office, at=start + timedelta(hours=3))
            chosen = {quiz[0].pk: quiz[0].options.get(right=True).pk}
            for deputy in coming[:10]:
                acts.take_quiz(
                    course_id=course.pk, chosen=chosen, submission_key=f"demo-quiz-{course.pk}-{deputy.id}-{'0' * 16}", by=deputy,
                    at=start + timedelta(hours=4),
                )  # fmt: skip

