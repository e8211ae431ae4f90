"""Consultations on the desk: opening, the work list, decisions, import, report, review, appeals."""

from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from quancheng.analysis import reading
from quancheng.consultations import queries as consultations
from quancheng.procedures import jobs
from quancheng.texts import queries as texts

REASON = "草案第三条已经改为十二小时，采纳您的意见。"


def opening(version_id, **changed):
    on = timezone.localdate()
    return {
        "version": version_id, "title": "征求意见", "summary": "管好井盖。", "slug": "jinggai", "opens_on": on.isoformat(),
        "closes_on": (on + timedelta(days=30)).isoformat(), "contact": "法工委", "address": "市府路1号",
        "telephone": "0393-6660000", "sites": ["zd1"], "questions": "a3: 时限合适吗\n还有什么建议",
    } | changed


def test_r1_01_window_opens_with_its_questions(city):
    version_id = city.fixed()
    assert "不少于30日" in city.clients["lead"].get(f"/desk/consultations/new/?version={version_id}").content.decode()
    assert city.clients["lead"].post("/desk/consultations/new/", opening(version_id)).status_code == 303
    found = consultations.consultation("jinggai")
    assert [(q.text, q.anchor) for q in found.questions.all()] == [("时限合适吗", "a3"), ("还有什么建议", "")]
    assert "征求意见" in city.clients["clerk"].get("/desk/consultations/?q=征求").content.decode()


def test_r1_01_short_window_without_decision_is_refused_and_nothing_is_lost(city):
    version_id, on = city.fixed(), timezone.localdate()
    fields = opening(version_id, closes_on=(on + timedelta(days=10)).isoformat())
    answer = city.clients["lead"].post("/desk/consultations/new/", fields)
    page = answer.content.decode()
    assert answer.status_code == 400 and "时限合适吗" in page and "管好井盖" in page and "checked" in page
    assert city.clients["lead"].post("/desk/consultations/new/", opening(version_id, opens_on="")).status_code == 400
    assert city.clients["clerk"].post("/desk/consultations/new/", fields).status_code == 403


def test_overview_shows_thread_and_refuses_a_step_out_of_turn(city, window, say):
    say("井盖缺失的，希望十二小时内补装。", "a3")
    client = city.clients["clerk"]
    page = client.get("/desk/consultations/shijing/").content.decode()
    assert "全程轴" in page and "办理意见" in page
    refused = client.post("/desk/consultations/shijing/", {"step": "decide"})
    assert refused.status_code in (400, 409) and "faults" in refused.content.decode()
    assert client.post("/desk/consultations/shijing/", {"step": "fly"}).status_code == 400
    assert city.clients["foreign"].get("/desk/consultations/shijing/").status_code == 403


def test_worklist_filters_opens_beside_and_decides_many(city, window, say):
    one, two = say("希望十二小时内补装。", "a3"), say("建议增加夜间巡查。", "a3")
    third = say("施行日期太晚了。", "a4")
    client, path = city.clients["clerk"], "/desk/consultations/shijing/opinions/"
    page = client.get(path).content.decode()
    assert "希望十二小时" in page and "施行日期" in page
    assert "施行日期" not in client.get(path + "?anchor=a3").content.decode()
    assert "没有符合条件" in client.get(path + "?decision=adopted").content.decode()
    beside = client.get(f"{path}?open={one.pk}").content.decode()
    assert 'id="panel"' in beside and "二十四小时" in beside and 'id="decide"' in beside
    fields = {"do": "decide", "opinion": [one.pk, two.pk], "decision": "adopted", "reason": "", f"moves-{one.pk}": 0, f"moves-{two.pk}": 0}
    refused = client.post(path, fields)
    assert refused.status_code == 400 and "checked" in refused.content.decode()
    assert client.post(path, fields | {"opinion": []}).status_code == 400
    done = client.post(path, fields | {"reason": REASON}, follow=True)
    assert done.redirect_chain[0][1] == 303 and "2条" in done.content.decode()
    assert consultations.opinion_detail(third.pk, city.actors["clerk"]).opinion.decision == ""


def test_two_deciding_at_once_are_told_of_each_other(city, window, say):
    opinion = say("希望十二小时内补装。", "a3")
    path = f"/desk/opinions/{opinion.pk}/"
    fields = {"do": "decide", "moves": opinion.moves, "decision": "adopted", "reason": REASON}
    assert city.clients["clerk"].post(path, fields).status_code == 303
    late = city.clients["lead"].post(path, fields | {"decision": "not_adopted", "reason": "理由是我已经写了很久的这一段。"})
    page = late.content.decode()
    assert late.status_code == 409 and "甲clerk" in page and "我已经写了很久的这一段" in page


def test_opinion_page_notes_assigns_and_guards_what_is_grave(city, window, say):
    opinion = say("希望十二小时内补装。", "a3")
    path, clerk, lead = f"/desk/opinions/{opinion.pk}/", city.clients["clerk"], city.clients["lead"]
    assert clerk.post(path, {"do": "note", "note": "请住建局看一下"}).status_code == 303
    assert clerk.post(path, {"do": "assign", "assignee": city.actors["clerk"].id}).status_code == 303
    page = clerk.get(path).content.decode()
    assert "请住建局看一下" in page and "甲clerk" in page and "希望十二小时" in page
    unsure = lead.post(path, {"do": "erase", "ground": "本人来信申请删除原文"})
    assert unsure.status_code == 400 and "什么都没有发生" in unsure.content.decode()
    assert clerk.post(path, {"do": "erase", "ground": "本人来信申请删除原文", "sure": "yes"}).status_code == 403
    assert lead.post(path, {"do": "erase", "ground": "本人来信申请删除原文", "sure": "yes"}).status_code == 303
    assert "希望十二小时" not in clerk.get(path).content.decode()
    assert city.clients["auditor"].get(path).status_code == 403
    assert city.clients["foreign"].get(path).status_code == 403


def test_template_fills_the_reason_without_script(city, window, say):
    opinion, client = say("希望十二小时内补装。", "a3"), city.clients["clerk"]
    assert client.post("/desk/templates/", {"decision": "adopted", "title": "已采纳", "text": REASON}).status_code == 303
    assert client.post("/desk/templates/", {"decision": "", "title": "空", "text": "留着的字"}).status_code == 400
    template = consultations.templates("fgw")[0]
    page = client.post(f"/desk/opinions/{opinion.pk}/", {"do": "template", "template": template.pk}).content.decode()
    assert page.count(REASON) >= 2


def test_a_template_can_be_removed(city, window):
    client = city.clients["clerk"]
    client.post("/desk/templates/", {"decision": "adopted", "title": "已采纳", "text": REASON})
    [template] = consultations.templates("fgw")
    assert "删除" in client.get("/desk/templates/").content.decode()
    assert client.post("/desk/templates/", {"remove": template.pk}).status_code == 303
    assert consultations.templates("fgw") == []


def test_worklist_sorts_and_tells_the_whole_text_apart(city, window, say):
    say("先说的。", "a3")
    say("后说的，对全文。")
    page, path = city.clients["clerk"], "/desk/consultations/shijing/opinions/"
    newest, oldest = (page.get(path + "?sort=" + key).content.decode() for key in ("", "old"))
    assert newest.index("后说的") < newest.index("先说的") and oldest.index("先说的") < oldest.index("后说的")
    whole = page.get(path + "?anchor=-").content.decode()
    assert "后说的" in whole and "先说的" not in whole


def test_s11_appeal_goes_to_another_person(city, window, say):
    from quancheng.consultations import acts

    opinion = say("某某电话是13900000000。", "a3")
    path = f"/desk/opinions/{opinion.pk}/"
    assert city.clients["lead"].post(path, {"do": "withhold", "ground": "none", "explanation": "含他人电话"}).status_code == 400
    sent = {"do": "withhold", "ground": "personal_data", "explanation": "含他人电话号码。"}
    assert city.clients["lead"].post(path, sent).status_code == 303
    acts.appeal(receipt_code=opinion.receipt_code, text="这是单位公开的电话。", at=city.at)
    found = consultations.appeals(city.actors["lead2"])[0]
    fields = {"moderation": found.pk, "do": "reverse", "reason": "电话是单位公开的，恢复显示。"}
    assert "须由另一人复核" in city.clients["lead"].get("/desk/appeals/").content.decode()
    assert city.clients["lead"].post("/desk/appeals/", fields).status_code in (400, 403)
    assert city.clients["lead2"].post("/desk/appeals/", fields).status_code == 303


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_export_keeps_words_words(city, window, say, form):
    say('=HYPERLINK("http://evil.example")', "a3")
    say("施行日期太晚了。", "a4")
    answer = city.clients["clerk"].get(f"/desk/export/shijing.{form}?anchor=a3")
    if form == "csv":
        words = answer.content.decode("utf-8-sig")
        assert "'=HYPERLINK" in words
    else:
        import io

        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
        words = " ".join(str(cell.value) for cell in cells)
        assert all(cell.data_type == "s" for cell in cells) and "HYPERLINK" in words
    assert "施行日期" not in words and "13800000001" not in words
    assert city.clients["auditor"].get(f"/desk/export/shijing.{form}").status_code == 403


def test_alike_are_merged_by_a_person_and_split_again(city, window, say):
    words = "井盖缺失的，希望权属单位在十二小时内补装到位，并设置警示标志"
    first, second = say(words + "。", "a3"), say(words + "谢谢。", "a3")
    client = city.clients["clerk"]
    reading.read_news()
    assert "井盖缺失的" in client.get("/desk/consultations/shijing/analysis/groups/").content.decode()
    path = f"/desk/analysis/groups/{first.pk}/"
    assert "以这条为代表" in client.get(path).content.decode()
    page = client.post(path, {"do": "merge", "first": second.pk, "left_out": [second.pk]})
    assert page.status_code == 400 and "代表意见须是本组待处理的意见" in page.content.decode()
    assert client.post(path, {"do": "merge", "first": second.pk}).status_code == 303
    first.refresh_from_db()
    assert first.merged_into_id == second.pk
    page = client.post(path, {"do": "merge", "first": first.pk})
    assert page.status_code == 400 and "代表意见须是本组待处理的意见" in page.content.decode()
    assert client.post(f"/desk/opinions/{first.pk}/", {"do": "split"}).status_code == 303


def test_import_checks_before_anything_is_taken_in(city, window):
    client, path = city.clients["clerk"], "/desk/consultations/shijing/import/"
    sample = client.get("/desk/imports/template.csv").content
    head = sample.decode("utf-8-sig").splitlines()[0]
    assert "意见内容" in head
    assert client.post(path, {}).status_code == 400
    bad = SimpleUploadedFile("坏.csv", f"{head}\n第九十九条,建议公示电话,,来信,,,,\n".encode())
    page = client.post(path, {"file": bad}, follow=True).content.decode()
    assert "没有写入任何意见" in page and "第九十九条" in page and "导入 1 条" not in page
    good = client.post(path, {"file": SimpleUploadedFile("好.csv", sample)}, follow=True)
    assert "逐行核对无误" in good.content.decode() and not window.opinions.exists()
    batch_path = good.redirect_chain[0][0]
    assert "后台任务" in client.post(batch_path, follow=True).content.decode()
    assert jobs.run_due("test")
    assert window.opinions.count() == 2 and "已导入" in client.get(batch_path).content.decode()
    again = client.post(batch_path)
    assert again.status_code == 400 and "不能重复导入" in again.content.decode()


def test_r9_05_report_is_released_by_another_person(city, window, say):
    from quancheng.consultations import acts

    opinion = say("希望十二小时内补装。", "a3")
    clerk, path = city.clients["clerk"], "/desk/consultations/shijing/report/"
    assert "生成报告" in clerk.get(path).content.decode()
    later = timezone.now() + timedelta(days=40)
    acts.close(consultation_id=window.pk, by=city.actors["clerk"], at=later)
    acts.mark_sorted(consultation_id=window.pk, by=city.actors["clerk"], at=later)
    acts.decide(opinion_ids=[opinion.pk], decision="adopted", reason=REASON, moves=None, by=city.actors["clerk"], at=later)
    acts.mark_decided(consultation_id=window.pk, by=city.actors["clerk"], at=later)
    unsure = clerk.post("/desk/consultations/shijing/", {"step": "reply"})
    assert unsure.status_code == 400 and "勾选确认" in unsure.content.decode()
    assert clerk.post(path, {"do": "draft"}).status_code == 303
    assert clerk.post(path, {"do": "edit", "edits": "0", "body": " "}).status_code == 400
    assert clerk.post(path, {"do": "submit"}).status_code == 303
    paper = city.review(window)
    assert clerk.get(f"/desk/review/{paper.pk}/").status_code == 403
    releaser, one = city.clients["releaser"], f"/desk/review/{paper.pk}/"
    assert paper.title in releaser.get("/desk/review/").content.decode()
    assert releaser.post(one, {"do": "return", "note": ""}).status_code == 400
    assert releaser.post(one, {"do": "withhold", "ground": "work_secret", "review_on": ""}).status_code == 400
    assert releaser.post(one, {"do": "return", "note": "请补充采纳率的说明"}).status_code == 303
    assert "请补充采纳率的说明" in clerk.get(path).content.decode()
    assert clerk.post(path, {"do": "submit"}).status_code == 303
    early = releaser.post(one, {"do": "release"})
    assert early.status_code == 409 and consultations.consultation("shijing").case.state == "decided"
    answer = clerk.post("/desk/consultations/shijing/", {"step": "reply", "sure": "yes"}, follow=True)
    assert "后台任务" in answer.content.decode()
    assert jobs.run_due("test")
    assert releaser.post(one, {"do": "release"}).status_code == 303
    assert consultations.consultation("shijing").case.state == "result_published"
    assert clerk.post(path, {"do": "correct", "body": "改过的全文。", "note": ""}).status_code == 400
    assert clerk.post(path, {"do": "correct", "body": "改过的全文。", "note": "件数写错了"}).status_code == 303
    assert "改过的全文" not in Client().get("/c/shijing/result/").content.decode()  # R9.14: the former stands until then
    assert clerk.post(path, {"do": "submit"}).status_code == 303
    assert releaser.post(f"/desk/review/{city.review(window).pk}/", {"do": "release"}).status_code == 303
    public = Client().get("/c/shijing/result/").content.decode()
    assert "改过的全文" in public and "件数写错了" in public


def test_text_page_links_are_whole(city, window):
    page = city.clients["lead"].get(f"/desk/texts/{window.version_id}/").content.decode()
    assert "起草下一版本" in page and texts.version(window.version_id).digest[:16] in page
