"""The office looks at many opinions: topics, their names, a crowd that says the same, decided in one act."""

import random
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from quancheng import worker
from quancheng.analysis import reading
from quancheng.consultations import acts
from quancheng.consultations.models import Opinion
from quancheng.publications import acts as publication_acts
from quancheng.publications import queries as publications
from tests.analysis.conftest import COMMON
from tests.browser.steps import press, sign_in, told
from tests.mining.test_analyse import THEMES, said
from tests.mining.voices import nudged


def looked(page: Page, check_accessible, check_no_overflow) -> None:
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        check_no_overflow(page)
        check_accessible(page)


def answered(town, found) -> None:
    """The window ends, the rest is decided, everybody is answered."""
    lead, later = town.actors["lead"], timezone.now() + timedelta(days=40)
    rest = Opinion.objects.filter(consultation=found, state="received").values_list("pk", flat=True)
    acts.close(consultation_id=found.pk, by=lead, at=later)
    acts.mark_sorted(consultation_id=found.pk, by=lead, at=later)
    acts.decide(opinion_ids=list(rest), decision="out_of_scope", reason="不属于本条例规定的事项，已转有关单位。", by=lead, at=later)
    acts.mark_decided(consultation_id=found.pk, by=lead, at=later)
    acts.reply_all(consultation_id=found.pk, by=lead, at=later)


def test_topics_and_a_crowd_of_copies(town, desktop: Page, assert_accessible, assert_no_overflow):
    def looked_at(page: Page) -> None:
        looked(page, assert_accessible, assert_no_overflow)

    reading._STATES.clear()
    found, draw = town.consultation(started=5), random.Random(3)
    crowd = [town.say(found, nudged(COMMON, draw, i % 3), "第八条", phone=f"138{i:08d}") for i in range(12)]
    for theme in THEMES:
        for i in range(13):
            town.say(found, said(draw, theme), "第十五条" if i % 2 else "")
    worker.run(once=True)
    sign_in(desktop, "lead", f"/desk/consultations/{found.slug}/")
    desktop.get_by_role("link", name="意见分析").click()
    expect(desktop.get_by_role("main")).to_contain_text("还没有归纳过主题")
    press(desktop, "归纳主题")
    expect(desktop.get_by_role("progressbar")).to_be_visible()
    press(desktop, "停止归纳")
    told(desktop, "已停止")
    press(desktop, "归纳主题")
    worker.run(once=True)
    desktop.reload()
    expect(desktop.get_by_role("figure").first).to_contain_text("各主题的意见")
    looked_at(desktop)

    topics = desktop.get_by_role("region", name="主题列表").get_by_role("link")
    with desktop.expect_navigation():
        topics.first.click()
    looked_at(desktop)
    desktop.get_by_label("名称").fill("群众最关心的一件事")
    press(desktop, "改名")
    told(desktop, "已改名")
    desktop.get_by_label("名称").fill("短")
    press(desktop, "改名")
    expect(desktop.get_by_role("alert")).to_contain_text("2至40个字")
    expect(desktop.get_by_label("名称")).to_have_value("短")

    desktop.goto(f"/desk/consultations/{found.slug}/analysis/groups/")
    looked_at(desktop)
    with desktop.expect_navigation():
        desktop.get_by_role("region", name="同类意见的组").get_by_role("link").first.click()
    looked_at(desktop)
    desktop.get_by_label("这条不一并决定").nth(3).check()
    desktop.get_by_label("决定", exact=True).select_option("adopted")
    desktop.get_by_label("理由", exact=True).fill("意见合理，修复时限已改为三日。")
    press(desktop, "一并决定")
    told(desktop, "已对11条意见一并作出决定")
    looked_at(desktop)
    the_sheet_for_a_meeting(desktop, found, looked_at)
    answered(town, found)
    desktop.goto(f"/r/{crowd[7].receipt_code}/")
    expect(desktop.get_by_role("main")).to_contain_text("采纳")
    expect(desktop.get_by_role("main")).to_contain_text("修复时限已改为三日")
    the_report_tells_the_topics(town, desktop, found, looked_at)


def the_sheet_for_a_meeting(desktop: Page, found, looked_at) -> None:
    desktop.goto(f"/desk/consultations/{found.slug}/analysis/")
    desktop.get_by_role("link", name="分析简报").click()
    expect(desktop.get_by_role("button", name="打印")).to_be_visible()
    expect(desktop.get_by_role("main")).to_contain_text("群众最关心的一件事")
    looked_at(desktop)
    with desktop.expect_download() as saved:
        desktop.get_by_role("link", name=".docx").click()
    assert saved.value.suggested_filename.endswith("意见分析.docx")
    desktop.emulate_media(media="print")
    expect(desktop.get_by_role("link", name=".docx")).to_be_hidden()
    desktop.emulate_media(media="screen")


def the_report_tells_the_topics(town, desktop: Page, found, looked_at) -> None:
    desktop.goto(f"/desk/consultations/{found.slug}/report/")
    press(desktop, "生成报告")
    themes = desktop.get_by_role("main").get_by_role("table").filter(has_text="群众最关心的一件事")
    expect(themes).to_have_count(1)
    press(desktop, "送审核")
    at = timezone.now() + timedelta(days=41)
    paper = publications.of_case(found.case_id, "consultation_result")
    publication_acts.release(publication_id=paper.pk, by=town.actors["releaser"], at=at)
    acts.publish_result(consultation_id=found.pk, publication_slug=paper.slug, by=town.actors["releaser"], at=at)
    desktop.goto(f"/c/{found.slug}/result/")
    row = desktop.get_by_role("row").filter(has_text="群众最关心的一件事")
    with desktop.expect_navigation():
        row.get_by_role("link").click()
    expect(desktop.get_by_role("heading", level=1)).to_contain_text("群众最关心的一件事")
    expect(desktop.get_by_role("main")).to_contain_text("其中公开显示的有")
    looked_at(desktop)
