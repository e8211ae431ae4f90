"""The whole loop on one draft: from the Word file to the published fate of every opinion, by everybody's own hands."""

import csv
import io
import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from quancheng import worker
from quancheng.consultations.models import Consultation
from quancheng.people.models import Notice
from quancheng.texts.read import plain_markdown
from tests.browser import desk_steps as desk
from tests.browser import laws, steps
from tests.browser.conftest import Clock, Visitors

SLUG = "liangshai-2026"
STRAY = "本稿供讨论，请勿外传。"
SAID = "充电桩坏了七天才修太慢，三天之内就该修好，不然老人没法出门。"
ALIKE = "充电桩坏了七天才修太慢了，三天之内就该修好，不然老人没法出门呀。"
REASON = "充电设施故障影响群众出行，已将修复时限由七日改为三日。"
KEPT = "施行日期需要留出宣传和改造的时间，维持草案规定。"
SECRETS = ("13700000001", "13700000002", "13955550000", "刘大妈", "陈先生")
WINDOW = {
    "标题": "社区晾晒和充电设施条例公开征求意见", "一句话说明": "家门口怎样晒被子、怎样安全充电。", "网址中的短名": SLUG,
    "联系人或者联系单位": "市人大常委会法工委", "通信地址": "濮阳市人民路100号", "联系电话": "0393-6660000",
    "想请大家回答的问题": "a8: 七日内修复合适吗",
}  # fmt: skip
LETTERS = [
    {"条款": "第八条", "意见内容": "七日太长，建议改为三日。", "渠道": "来信", "联系电话": SECRETS[2], "显示名": "陈先生"},
    {"条款": "第15条", "意见内容": "施行日期最好提前到元旦。", "渠道": "热线", "区划代码": "410928"},
    {"条款": "", "意见内容": "希望条例写得通俗一些，老人也能看懂。", "渠道": "来信"},
    {"条款": "第九条", "意见内容": "电费和服务费分开标，支持。", "渠道": "热线"},
]


@dataclass
class Walk:
    """The people of the walk, and what each carries on to the next step."""

    visitors: Visitors
    clock: Clock
    office: Page  # the clerk's browser
    head: Page  # the lead's browser
    resident: Page
    version: str = ""
    receipts: list[str] = field(default_factory=list)

    def everybody_signs_in(self) -> None:
        """Sign the clerk and the lead in."""
        steps.sign_in(self.office, "clerk")
        steps.sign_in(self.head, "lead")

    def consultation(self) -> Consultation:
        """Return the consultation as it stands."""
        return Consultation.objects.get(slug=SLUG)


@pytest.fixture
def walk(visitors: Visitors, clock: Clock, town) -> Walk:
    """The people at their screens."""
    return Walk(visitors, clock, visitors.desktop(), visitors.desktop(), visitors.phone())


def test_from_a_word_file_to_the_published_fate_of_every_opinion(walk: Walk):
    walk.everybody_signs_in()
    a_draft_comes_as_a_word_file_and_is_mended(walk)
    the_window_opens_only_as_the_law_allows(walk)
    residents_speak(walk)
    letters_come_in_by_a_table(walk)
    walk.clock.forward(days=32)
    walk.everybody_signs_in()
    the_window_closes_and_look_alikes_are_merged(walk)
    every_opinion_is_decided_with_its_reason(walk)
    the_next_version_is_drafted_and_opinions_are_linked(walk)
    everybody_is_answered(walk)
    the_report_is_released_by_another_person(walk)
    the_resident_sees_the_answer_and_proves_it_offline(walk)
    a_stranger_takes_the_open_data(walk)


def a_draft_comes_as_a_word_file_and_is_mended(walk: Walk) -> None:
    office = walk.office
    source = laws.DRAFT.replace("第二章　规划与建设\n\n第五条", f"第二章　规划与建设\n\n{STRAY}\n\n第五条")
    walk.version = desk.import_draft(office, "草案.docx", laws.docx_of(source), laws.EXPLANATION)
    assert len(desk.recognised(office)) == 15 and desk.recognised(office)[7] == "第八条"
    expect(office.locator("section.faults")).to_contain_text(STRAY)
    steps.press(office, "定稿")
    assert "未能识别" in steps.fault_of(office)
    box = office.get_by_label("全文（可直接修改）")
    box.fill(box.input_value().replace(STRAY, ""))
    steps.press(office, "保存并重新识别")
    steps.told(office, "重新识别")
    expect(office.locator("section.faults")).to_have_count(0)
    steps.press(office, "定稿")
    steps.told(office, "已定稿")


def the_window_opens_only_as_the_law_allows(walk: Walk) -> None:
    head, today = walk.head, timezone.localdate()
    head.goto(walk.version)
    head.get_by_role("link", name="公开征求意见").click()
    dates = {"开始日期": today.isoformat(), "截止日期": (today + timedelta(days=31)).isoformat()}
    desk.fill_window(head, WINDOW | dates)
    assert "列入常委会会议议程" in steps.fault_of(head)  # R1.01: not before it stands on the agenda
    desk.put_on_agenda(walk.office, walk.version)
    short = (today + timedelta(days=10)).isoformat()
    desk.fill_window(head, {"截止日期": short})
    assert "30日" in steps.fault_of(head)  # R1.01: thirty days at least
    expect(head.get_by_label("标题")).to_have_value(WINDOW["标题"])
    expect(head.get_by_label("中原路联络站")).to_be_checked()
    desk.fill_window(head, {"截止日期": dates["截止日期"]})
    steps.told(head, "征求意见已公布")
    walk.office.reload()  # the bill's page
    expect(walk.office.locator(".thread .done").filter(has_text="公布草案征求意见")).to_be_visible()


def residents_speak(walk: Walk) -> None:
    page = walk.resident
    for phone, words, name in ((SECRETS[0], SAID, SECRETS[3]), (SECRETS[1], ALIKE, "")):
        steps.write_on(page, SLUG, "第八条", words)
        page.get_by_label("公开显示的称呼").fill(name)
        if page.get_by_text("换一个号码").count():
            page.get_by_text("换一个号码").click()
        steps.prove_phone(page, phone)
        walk.receipts.append(steps.hand_in(page))
    worker.run(once=True)
    page.goto(f"/c/{SLUG}/")
    expect(steps.clause(page, "第八条")).to_contain_text("看大家怎么说（2 条）")
    expect(steps.clause(page, "第八条")).to_contain_text("刘大妈")


def letters_come_in_by_a_table(walk: Walk) -> None:
    office = walk.office
    wrong = [LETTERS[0], {**LETTERS[1], "条款": "第九十九条", "渠道": "微信"}, *LETTERS[2:]]
    desk.check_table(office, SLUG, "来信.csv", wrong)
    expect(office.get_by_text("没有写入任何意见")).to_be_visible()
    faults = office.get_by_role("row").filter(has_text="3")
    assert [row.inner_text().split("\t")[1] for row in faults.all()] == ["条款", "渠道"]
    desk.check_table(office, SLUG, "来信.csv", LETTERS)
    expect(office.get_by_text("逐行核对无误")).to_be_visible()
    assert walk.consultation().opinions.count() == 2
    steps.press(office, "导入 4 条意见")
    desk.worker_turn(office)
    office.get_by_role("link", name="返回").click()
    expect(office.get_by_role("heading", level=1)).to_contain_text("已导入")
    desk.check_table(office, SLUG, "又是来信.csv", LETTERS)
    assert "不能重复导入" in steps.fault_of(office)
    assert walk.consultation().opinions.count() == 6


def the_window_closes_and_look_alikes_are_merged(walk: Walk) -> None:
    office = walk.office
    desk.take_step(office, SLUG, "截止")
    steps.told(office, "已办理")
    worker.run(once=True)
    office.get_by_role("link", name="同类意见").click()
    office.get_by_role("region", name="同类意见的组").get_by_role("link").first.click()
    group = office.get_by_role("region", name="本组意见")
    expect(group.get_by_role("radio")).to_have_count(2)
    group.get_by_role("row").filter(has_text=SAID).get_by_role("radio").check()
    steps.press(office, "只并入代表意见，先不决定")
    steps.told(office, "已并入1条")
    office.goto(f"/desk/consultations/{SLUG}/")
    desk.take_step(office, SLUG, "完成梳理归并")
    steps.told(office, "已办理")


def every_opinion_is_decided_with_its_reason(walk: Walk) -> None:
    office = walk.office
    desk.save_template(office, "采纳", "修复时限", REASON)
    desk.take_step_too_early(office, SLUG, "完成逐条研究", "还有5件意见没有作出决定")
    office.goto(f"/desk/consultations/{SLUG}/opinions/?anchor=a15")
    desk.decide_by_keyboard(office, "n", KEPT)
    office.get_by_role("link", name="全部").click()
    desk.choose(office, SAID, LETTERS[0]["意见内容"])
    office.get_by_text("作出决定", exact=True).click()
    bulk = office.locator(".bulk")
    bulk.locator("[name=decision]").select_option(label="采纳")
    bulk.locator("[name=template]").select_option(label="修复时限")
    expect(bulk.get_by_label(re.compile("^理由（"))).to_have_value(REASON)
    steps.press(office, "对选中的意见作出决定")
    steps.told(office, "已对2条意见作出决定")
    one_is_assigned_with_a_note_and_decided_by_the_lead(walk)
    office.goto(f"/desk/consultations/{SLUG}/opinions/?state=received")
    desk.choose(office, LETTERS[3]["意见内容"])
    office.get_by_text("作出决定", exact=True).click()
    bulk.locator("[name=decision]").select_option(label="草案已有规定")
    bulk.get_by_label(re.compile("^理由（")).fill("草案第九条已经规定分别标明电费和服务费。")
    steps.press(office, "对选中的意见作出决定")
    steps.told(office, "已对1条意见作出决定")


def one_is_assigned_with_a_note_and_decided_by_the_lead(walk: Walk) -> None:
    office, head, words = walk.office, walk.head, LETTERS[2]["意见内容"]
    desk.choose(office, words)
    office.locator(".bulk").get_by_text("分配", exact=True).click()
    office.locator(".bulk [name=assignee]").select_option(label="李负责")
    steps.press(office, "分配选中的意见")
    steps.told(office, "已分配")
    head.goto("/desk/")
    head.get_by_role("row").filter(has_text=WINDOW["标题"]).get_by_role("link", name="1", exact=True).first.click()
    desk.row_of(head, words).get_by_role("link").first.click()
    head.get_by_role("link", name="单独打开").click()
    head.get_by_label("添加备注").fill("请办公室一并考虑宣传材料。")
    steps.press(head, "添加备注")
    steps.told(head, "备注已添加")
    head.get_by_label("怎样处理").select_option(label="在实施中解决")
    head.get_by_label("理由（作者会看到）").fill("宣传时将印发通俗读本，并配图说明。")
    steps.press(head, "记下决定")
    steps.told(head, "决定已记录")


def the_next_version_is_drafted_and_opinions_are_linked(walk: Walk) -> None:
    office = walk.office
    office.goto(walk.version)
    office.get_by_role("link", name="起草下一版本").click()
    desk.upload(office, "用文件替换全文", "修改稿.docx", laws.docx_of(laws.REVISED))
    steps.press(office, "保存下一版本")
    steps.told(office, "下一版本已起草")
    assert desk.confirm_all_matches(office) >= 1
    office.get_by_role("link", name="看对照表").click()
    expect(office.locator("tr.changed").filter(has_text="第八条").locator("ins").first).to_contain_text("三")
    office.get_by_role("link", name="条文对应").click()
    office.get_by_role("link", name="回到新版本").click()
    steps.press(office, "定稿")
    steps.told(office, "已定稿")
    office.goto(f"/desk/consultations/{SLUG}/opinions/?decision=adopted")
    desk.choose(office, SAID, LETTERS[0]["意见内容"])
    office.get_by_text("改变了哪一条").click()
    office.locator(".bulk [name=new_anchor]").select_option("a9")  # the wrong one
    steps.press(office, "记下选中意见的去向")
    steps.told(office, "已记下")
    for words in (SAID, LETTERS[0]["意见内容"]):
        the_link_is_put_right(office, words)


def the_link_is_put_right(office: Page, words: str) -> None:
    office.goto(f"/desk/consultations/{SLUG}/opinions/?decision=adopted")
    desk.row_of(office, words).get_by_role("link").first.click()
    office.get_by_role("link", name="单独打开").click()
    office.get_by_role("button", name="撤回关联").click()
    steps.told(office, "已撤回关联")
    office.get_by_label("下一版本的条文").select_option("a8")
    steps.press(office, "记下去向")
    steps.told(office, "已记下")


def everybody_is_answered(walk: Walk) -> None:
    office = walk.office
    walk.resident.goto(f"/r/{walk.receipts[0]}/")
    expect(walk.resident.get_by_text(REASON)).to_have_count(0)  # nothing is told before the answer
    desk.take_step(office, SLUG, "完成逐条研究")
    steps.told(office, "已办理")
    desk.take_step_too_early(office, SLUG, "答复提出意见的人", "勾选确认")
    office.get_by_label("发出后不能收回").check()
    steps.press(office, "答复提出意见的人")
    desk.worker_turn(office)
    assert not walk.consultation().opinions.exclude(state="replied").exists()
    assert Notice.objects.filter(text__contains="已有结果").count() == 3  # two residents and one letter left a number


def the_report_is_released_by_another_person(walk: Walk) -> None:
    author, reviewer = walk.visitors.desktop(), walk.visitors.desktop()
    steps.sign_in(author, "both", f"/desk/consultations/{SLUG}/report/")
    steps.press(author, "生成报告")
    steps.told(author, "报告已按数据生成")
    box = author.get_by_label("正文")
    box.fill(box.input_value() + "\n## 下一步\n\n修改稿将提请常委会会议审议。\n")
    steps.press(author, "保存")
    steps.told(author, "报告已保存")
    expect(author.get_by_label("预览")).to_contain_text("修改稿将提请常委会会议审议")
    steps.press(author, "送审核")
    steps.told(author, "已送审核")
    author.goto("/desk/review/")
    author.get_by_role("link", name=re.compile("意见采纳情况")).click()
    steps.press(author, "公开这份文件")
    assert "由另一人审核" in steps.fault_of(author)  # R9.05
    walk.resident.goto(f"/c/{SLUG}/result/")
    expect(walk.resident.get_by_role("heading", level=1)).to_have_text("结果还没有公布")
    steps.sign_in(reviewer, "releaser")
    reviewer.get_by_role("link", name=re.compile("意见采纳情况")).click()
    steps.press(reviewer, "公开这份文件")
    steps.told(reviewer, "已公开")


def the_resident_sees_the_answer_and_proves_it_offline(walk: Walk) -> None:
    page = walk.resident
    page.goto(f"/r/{walk.receipts[0]}/")
    expect(page.get_by_text(REASON)).to_be_visible()
    expect(page.get_by_role("heading", name="您的意见改动了第八条")).to_be_visible()
    changed = page.locator("section").filter(has=page.get_by_role("heading", name="您的意见改动了第八条"))
    assert "七" in "".join(changed.locator("del").all_inner_texts())
    assert "三" in "".join(changed.locator("ins").all_inner_texts())
    expect(page.get_by_text("与您意见相同的还有 1 条")).to_be_visible()
    file = steps.saved(page, page.get_by_role("link", name="保存回执文件"))
    assert verified(file) == (0, True)
    forged = file.with_name("forged.json")
    forged.write_text(file.read_text().replace("七天才修", "八天才修"))
    assert verified(forged) == (1, False)
    page.goto(f"/r/{walk.receipts[1]}/")
    expect(page.get_by_text("与其他意见相同").first).to_be_visible()
    expect(page.get_by_text(REASON)).to_be_visible()


def verified(file: Path) -> tuple[int, bool]:
    """Verify a receipt in a process that knows neither settings nor database; return its status and its verdict."""
    program = "import sys; from quancheng.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", program, "receipt", "verify", str(file)], cwd=laws.ROOT, env={"PYTHONPATH": str(laws.ROOT)},
        stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    return done.returncode, "核验通过" in done.stdout


def a_stranger_takes_the_open_data(walk: Walk) -> None:
    page = walk.visitors.desktop()
    page.goto("/")
    page.get_by_role("link", name="征求意见", exact=True).click()
    page.get_by_role("link", name=WINDOW["标题"]).click()
    rows = list(csv.DictReader(io.StringIO(steps.saved(page, page.get_by_role("link", name="CSV")).read_text("utf-8-sig"))))
    listed = json.loads(steps.saved(page, page.get_by_role("link", name="JSON").first).read_text())
    assert len(rows) == len(listed) == 6 and {row["text"] for row in rows} == {row["text"] for row in listed}
    adopted = next(row for row in listed if row["text"] == SAID)
    assert (adopted["clause"], adopted["decision"], adopted["reason"]) == ("第八条", "采纳", REASON)
    assert "第八条" in adopted["changed_clauses"]
    page.get_by_role("link", name="看修改前后对照").click()
    expect(page.locator("tr.changed").first.locator("ins").first).to_be_visible()
    page.get_by_role("link", name=WINDOW["标题"]).click()
    page.get_by_role("link", name="看征求意见的结果").click()
    expect(page.locator(".paper")).to_contain_text("修改稿将提请常委会会议审议")
    papers = [desk.words_of(steps.saved(page, page.get_by_role("link", name=kind))) for kind in ("PDF", "DOCX")]
    assert all("采纳" in words and "第八条" in words for words in papers)
    feed = page.request.get("/feed.xml").text()
    assert "意见采纳情况" in feed and f"/c/{SLUG}/result/" in feed
    everything = [page.content(), feed, *papers, json.dumps([rows, listed], ensure_ascii=False)]
    assert not [secret for secret in SECRETS for words in everything if secret in words]


@pytest.mark.parametrize("source", [None, *laws.real_laws()], ids=lambda path: path.stem if path else "our-own")
def test_a_regulation_in_force_becomes_a_draft_that_people_comment_on(source, walk: Walk):
    text = plain_markdown(source.read_text(encoding="utf-8")) if source else laws.DRAFT
    walk.everybody_signs_in()
    walk.version = desk.import_draft(walk.office, "条例.docx", laws.docx_of(text), laws.EXPLANATION)
    labels = desk.recognised(walk.office)
    assert len(labels) >= 12 and not walk.office.locator("section.faults").count()
    steps.press(walk.office, "定稿")
    desk.put_on_agenda(walk.office, walk.version)
    walk.head.goto(walk.version)
    walk.head.get_by_role("link", name="公开征求意见").click()
    last = (timezone.localdate() + timedelta(days=30)).isoformat()
    desk.fill_window(walk.head, WINDOW | {"截止日期": last, "想请大家回答的问题": "整体合适吗"})
    steps.told(walk.head, "征求意见已公布")
    page = walk.resident
    page.goto(f"/c/{SLUG}/")
    assert [label.inner_text() for label in page.locator("article.clause .law strong").all()] == labels
    steps.write_on(page, SLUG, labels[-2], "这一条说得清楚，支持。")
    steps.prove_phone(page)
    steps.hand_in(page)
    assert walk.consultation().opinions.get().anchor
