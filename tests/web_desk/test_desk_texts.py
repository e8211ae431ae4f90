"""Texts on the desk: taken in, mended, fixed, carried on, compared."""

from django.core.files.uploadedfile import SimpleUploadedFile

from quancheng.texts import queries as texts


def test_r2_01_import_asks_for_field_and_keeps_what_was_typed(city):
    answer = city.clients["clerk"].post("/desk/texts/new/", {"source": city.text, "sponsor": "市人民政府", "explanation": "说明全文"})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "四类" in page and "第三条　窨井设施权属单位" in page and "说明全文" in page


def test_r2_01_granted_field_needs_the_law(city):
    fields = {"source": city.text, "sponsor": "市人民政府", "field": "granted"}
    assert "授权" in city.clients["clerk"].post("/desk/texts/new/", fields).content.decode()
    answer = city.clients["clerk"].post("/desk/texts/new/", fields | {"granting_law": "某法第十条"})
    assert answer.status_code == 303


def test_import_of_a_file_opens_the_editor(city):
    file = SimpleUploadedFile("草案.txt", city.text.encode())
    answer = city.clients["clerk"].post(
        "/desk/texts/new/", {"source_file": file, "field": "urban_rural", "sponsor": "市人民政府"}, follow=True
    )
    page = answer.content.decode()
    assert answer.redirect_chain[0][1] == 303
    assert "草案已导入" in page and "第三条" in page and "保存并重新识别" in page
    assert "市井管理条例" in city.clients["clerk"].get("/desk/texts/?q=市井").content.decode()
    assert "没有找到文本" in city.clients["clerk"].get("/desk/texts/?q=不存在的").content.decode()


def test_unreadable_file_is_told_in_a_sentence(city):
    file = SimpleUploadedFile("草案.docx", b"PK\x03\x04 broken")
    answer = city.clients["clerk"].post(
        "/desk/texts/new/", {"source_file": file, "field": "urban_rural", "sponsor": "市人民政府"}
    )
    assert answer.status_code == 400 and "市人民政府" in answer.content.decode()


def test_unplaced_lines_stand_on_top_with_number_and_reason(city):
    version_id = city.draft(city.text.replace("第二条　", "第三章　怪章\n\n游离的一行文字。\n\n第二条　"))
    page = city.clients["clerk"].get(f"/desk/texts/{version_id}/").content.decode()
    assert "没有识别，请整理" in page and "游离的一行文字" in page and "行</b>" in page
    refused = city.clients["clerk"].post(f"/desk/texts/{version_id}/", {"do": "fix"})
    assert refused.status_code == 400 and "未能识别" in refused.content.decode()


def test_editor_saves_fixes_and_refuses_afterwards(city):
    version_id = city.draft()
    client, path = city.clients["clerk"], f"/desk/texts/{version_id}/"
    page = client.get(path).content.decode()
    assert "<textarea" in page and "重新识别" in page
    answer = client.post(path, {"do": "save", "edits": "0", "source": city.text.replace("二十四", "十二")})
    assert answer.status_code == 303 and "十二小时" in client.get(path).content.decode()
    stale = client.post(path, {"do": "save", "edits": "0", "source": city.text + "\n迟到的修改"})
    assert stale.status_code >= 400 and "迟到的修改" in stale.content.decode() and "由他人保存" in stale.content.decode()
    assert client.post(path, {"do": "explain", "explanation": "新的说明"}).status_code == 303
    assert client.post(path, {"do": "fix"}).status_code == 303
    refused = client.post(path, {"do": "save", "edits": "1", "source": city.text})
    assert refused.status_code == 400 and "已定稿" in refused.content.decode()


def test_foreign_organ_does_not_see_the_text(city):
    version_id = city.draft()
    assert city.clients["foreign"].get(f"/desk/texts/{version_id}/").status_code == 403


def test_next_version_matches_and_comparison(city):
    old = city.fixed()
    client = city.clients["clerk"]
    assert "起草下一版本" in client.get(f"/desk/texts/{old}/").content.decode()
    assert "二十四小时" in client.get(f"/desk/texts/{old}/next/").content.decode()
    answer = client.post(
        f"/desk/texts/{old}/next/", {"label": "修改稿", "source": city.text.replace("二十四小时", "十二小时")}, follow=True
    )
    assert "条文对应" in answer.content.decode()
    new = texts.versions(texts.version(old).text_id)[-1].pk
    page = client.get(f"/desk/compare/{old}/{new}/").content.decode()
    assert "<ins>" in page and "<del>" in page
    made = client.get(f"/desk/compare/{old}/{new}/table.docx")
    assert made.content[:2] == b"PK" and "attachment" in made["Content-Disposition"]
    assert client.get(f"/desk/compare/{old}/{new}/table.pdf").content[:5] == b"%PDF-"
    assert client.get(f"/desk/compare/{old}/{new}/table.exe").status_code == 404
    assert client.get(f"/desk/texts/{old}/text.docx").content[:2] == b"PK"
    wrong = client.post(f"/desk/matches/{old}/{new}/", {"match": str(texts.matches(old, new)[0].pk), "new_anchor": "a99"})
    assert wrong.status_code == 400 and "没有这一条文" in wrong.content.decode()
    right = client.post(f"/desk/matches/{old}/{new}/", {"match": str(texts.matches(old, new)[0].pk), "new_anchor": "a1"})
    assert right.status_code == 303
    again = client.post(f"/desk/texts/{old}/next/", {"label": "再改", "source": city.text})
    assert again.status_code == 400 and "已经起草" in again.content.decode()


def test_bill_page_takes_its_step_once(city):
    version_id = city.draft()
    case_id = texts.version(version_id).text.case_id
    client = city.clients["clerk"]
    assert "列入常委会会议议程" in client.get(f"/desk/cases/{case_id}/").content.decode()
    assert client.post(f"/desk/cases/{case_id}/", {"step": "put_on_agenda"}).status_code == 303
    refused = client.post(f"/desk/cases/{case_id}/", {"step": "put_on_agenda"})
    assert refused.status_code == 409 and "不能进行" in refused.content.decode()
    assert "市井管理条例" in client.get("/desk/bills/").content.decode()
