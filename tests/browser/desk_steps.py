"""What the office does on the desk, step by step, by what is written on buttons and fields."""

import csv
import io
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from quancheng import worker
from tests.browser.steps import fault_of, press, told

BUTTON = "button"


def upload(page: Page, label: str, name: str, data: bytes) -> None:
    """Put a file into a file field."""
    page.get_by_label(label).set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})


def worker_turn(page: Page, state: str = "done") -> None:
    """Let the worker take its turn, and see the job's page change by itself."""
    expect(page.locator("#job")).to_have_attribute("data-state", "ready")
    worker.run(once=True)
    expect(page.locator("#job")).to_have_attribute("data-state", state)


def import_draft(page: Page, name: str, data: bytes, explanation: str) -> str:
    """Take in a draft from a file; return the path of its version."""
    page.goto("/desk/")
    page.get_by_role("link", name="法规案").first.click()
    page.get_by_role("link", name="导入草案").first.click()
    page.get_by_label("立法事项").select_option("urban_rural")
    page.get_by_label("提案人").fill("市人民政府")
    upload(page, "草案文件", name, data)
    page.get_by_label("或者粘贴草案说明").fill(explanation)
    press(page, "导入并识别")
    told(page, "草案已导入")
    return re.sub(r"^https?://[^/]+", "", page.url)


def recognised(page: Page) -> list[str]:
    """Return the labels of the articles that the page of a version shows as recognised."""
    return page.locator(".tree .k-article b").all_inner_texts()


def put_on_agenda(page: Page, version: str) -> None:
    """Go from the version to its bill and put it on the agenda."""
    page.goto(version)
    page.locator("main p.quiet a").first.click()
    press(page, "列入常委会会议议程")
    told(page, "已办理")


def fill_window(page: Page, fields: dict[str, str]) -> None:
    """Fill the form that opens a consultation, and press its button."""
    for label, words in fields.items():
        page.get_by_label(re.compile("^" + label)).fill(words)
    page.get_by_label("中原路联络站").check()
    press(page, "公布草案并开始征求意见")


def table(rows: list[dict[str, str]]) -> bytes:
    """Return rows as the CSV that the import understands, written as a spreadsheet would."""
    file = io.StringIO()
    writer = csv.DictWriter(file, ["条款", "意见内容", "法言表述", "渠道", "区划代码", "显示名", "联系电话", "收到日期"])
    writer.writeheader()
    writer.writerows(rows)
    return ("\ufeff" + file.getvalue()).encode()


def check_table(page: Page, slug: str, name: str, rows: list[dict[str, str]]) -> None:
    """Upload a table of opinions for the check that takes nothing in."""
    page.goto(f"/desk/consultations/{slug}/")
    page.get_by_role("link", name="批量导入").click()
    upload(page, "文件（.csv 或者 .xlsx）", name, table(rows))
    press(page, "核对文件")


def row_of(page: Page, words: str) -> Any:
    """Return the row of the work list that holds the words."""
    return page.get_by_role("row").filter(has_text=words)


def choose(page: Page, *words: str) -> None:
    """Tick the rows of the work list that hold the words."""
    for said in words:
        row_of(page, said).get_by_label("选择这条意见").check()
    expect(page.locator("[data-selected]")).to_have_text(str(len(words)))


def decide_by_keyboard(page: Page, key: str, reason: str) -> None:
    """Open the first row, choose the decision and write the reason without touching the mouse."""
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_be_focused()
    page.keyboard.press(key)
    expect(page.locator("#d-reason")).to_be_focused()
    page.keyboard.type(reason)
    page.keyboard.press("Tab")
    expect(page.get_by_role(BUTTON, name="记下决定")).to_be_focused()
    page.keyboard.press("Enter")
    told(page, "决定已记录")


def save_template(page: Page, decision: str, title: str, text: str) -> None:
    """Prepare a reason that can be used for many opinions."""
    page.goto("/desk/templates/")
    page.get_by_label("用于哪种决定").select_option(label=decision)
    page.get_by_label("名称").fill(title)
    page.get_by_label("文字").fill(text)
    press(page, "保存模板")
    told(page, "模板已保存")


def take_step(page: Page, slug: str, name: str) -> None:
    """Take a step on the overview of a consultation."""
    page.goto(f"/desk/consultations/{slug}/")
    press(page, name)


def take_step_too_early(page: Page, slug: str, name: str, why: str) -> None:
    """Try a step that the law does not allow yet, and be told why."""
    take_step(page, slug, name)
    assert why in fault_of(page)


def confirm_all_matches(page: Page) -> int:
    """Confirm every doubtful match as the system proposes it; return how many there were."""
    done = 0
    while (form := page.locator("form.card").filter(has=page.get_by_role(BUTTON, name="确认"))).count():
        with page.expect_navigation():
            form.first.get_by_role(BUTTON, name="确认").click()
        told(page, "对应关系已确认")
        done += 1
    return done


def words_of(path: Path) -> str:
    """Return all words of a saved .docx or .pdf file."""
    if path.read_bytes()[:5] == b"%PDF-":
        import pypdfium2

        return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path))
    from docx import Document

    document = Document(str(path))
    cells = [cell.text for found in document.tables for row in found.rows for cell in row.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells)
