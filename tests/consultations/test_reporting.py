"""The summary report: numbers, reasons, arguments and voices apart, what changed; nobody is named."""

from datetime import date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quancheng.consultations import deciding, importing, receiving, reporting
from quancheng.consultations.models import Moderation, Opinion
from quancheng.legislation import acts as legislation
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.publications import documents
from quancheng.texts import acts as texts
from quancheng.texts.models import Version

AT = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
OPENED = AT.replace(day=10)
SOURCE = "某市停车条例（草案）\n第一条　为了规范停车，制定本条例。\n第二条　停车场应当公示收费标准。\n第三条　本条例自公布之日起施行。"
NEXT = SOURCE.replace("公示收费标准", "在入口公示收费标准")
ROWS = (
    "条款,意见内容,渠道,区划代码,显示名,联系电话\n2,请在入口写明价格,来信,410922,李小四,13800000001\n"
    "2,入口要有价目,热线,410922,王小五,\n2,停车应当[-全部-]免费,来信,,赵小六,\n,写得通俗些,来信,410902001,,\n1,请别公开这句话,来信,,,"
)
ADOPT = "意见有道理，已在第二条中增加规定。"
REFUSE = "停车设施的维护需要费用，全部免费难以持续。"


@pytest.fixture
def heard(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    people.import_areas(at=AT)
    people.create_organ(code="fgw", name="法工委", kind="working_body", area="410900", valid_from=date(2022, 1, 1), at=AT)
    account = people.create_account(username="lead", name="张三", password="long-enough-pass-1", at=AT)
    people.give_office(account_id=account.pk, organ="fgw", role="lead", valid_from=date(2022, 1, 1), at=AT)
    lead = people_queries.actor_for(account.pk, AT.date())
    bill = legislation.submit_bill(
        title="", field="grassroots", granting_law="", sponsor="主任会议", organ="fgw", source=SOURCE, explanation="说明",
        imported_from="", by=lead, at=OPENED,
    )
    version = Version.objects.get(text__case=bill.case)
    texts.fix_version(version_id=version.pk, by=lead, at=OPENED)
    found = receiving.open_consultation(
        subject_case_id=bill.case_id, version_id=version.pk, title="停车", summary="", slug="parking",
        opens_on=date(2026, 11, 10), closes_on=date(2026, 12, 20), short_window_decision="", contact="法工委", address="路1号",
        telephone="0393-1234567", email="", site_codes=[], questions=[], by=lead, at=OPENED,
    )
    batch = importing.check_batch(consultation_id=found.pk, file_name="a.csv", data=ROWS.encode(), by=lead, at=AT)
    importing.import_batch(batch_id=batch.pk, by=lead, at=AT)
    return SimpleNamespace(id=found.pk, lead=lead, version=version, opinions=list(Opinion.objects.order_by("id")))


def _settle(heard):
    leader, same, alone, whole, hidden = heard.opinions
    deciding.merge(leader_id=leader.pk, opinion_ids=[same.pk], by=heard.lead, at=AT)
    deciding.decide(opinion_ids=[leader.pk], decision="adopted", reason=ADOPT, by=heard.lead, at=AT)
    deciding.decide(opinion_ids=[alone.pk], decision="not_adopted", reason=REFUSE, by=heard.lead, at=AT)
    Opinion.objects.filter(pk=hidden.pk).update(visibility="withheld")
    Moderation.objects.create(
        opinion=hidden, ground="spam", explanation="广告", by_id=heard.lead.id, at=AT, appeal_due_on=date(2026, 12, 1)
    )
    later = texts.draft_next(version_id=heard.version.pk, source=NEXT, label="二审稿", explanation="说明", by=heard.lead, at=AT)
    deciding.link_change(opinion_ids=[leader.pk], version_id=later.pk, anchor="a2", by=heard.lead, at=AT)


def test_figures_count_by_every_facet(heard):
    _settle(heard)
    found = reporting.figures(heard.id)
    assert found["channel"] == {"paper": 4, "hotline": 1}
    assert found["anchor"] == {"a2": 3, "": 1, "a1": 1}
    assert found["area"] == {"410922": 2, "410902": 1, "": 2}
    assert found["decision"] == {"adopted": 1, "not_adopted": 1, "": 3}
    assert found["state"] == {"decided": 2, "merged": 1, "received": 2}


def test_r1_02_the_report_tells_numbers_reasons_and_changes(heard):
    _settle(heard)
    body = reporting.report_body(heard.id)
    assert "2026年11月10日至2026年12月20日" in body and "共收到意见5件" in body
    for line in ("| 来信 | 4 |", "| 热线 | 1 |", "| 第二条 | 3 |", "| 清丰县 | 2 |", "| 华龙区 | 1 |", "- 第二条：3件",
                 "| 采纳 | 1 |", "| 未采纳 | 1 |", "| 尚在研究 | 2 |"):
        assert line in body.splitlines()
    assert REFUSE in body and ADOPT in body
    assert "停车场应当{+在入口+}公示收费标准" in body
    assert "| 广告或者与本次征求意见无关的重复信息（已不公开显示） | 1 |" in body


def test_s10_voices_stand_beside_arguments_and_the_minority_is_listed(heard):
    _settle(heard)
    body = reporting.report_body(heard.id)
    assert f"- 采纳（1条意见，2人次提出）：{ADOPT}" in body
    assert f"- 未采纳（1条意见，1人次提出）：{REFUSE}" in body
    minority = body.split("## 少数意见")[1].split("## ")[0]
    assert "第二条：停车应当" in minority and "全部" in minority and "[-" not in minority


def test_s01_nobody_is_named_and_hidden_words_stay_hidden(heard):
    _settle(heard)
    said = reporting.report_body(heard.id) + str(list(reporting.open_data(heard.id)))
    for secret in ("李小四", "王小五", "赵小六", "13800000001", "请别公开这句话", "张三"):
        assert secret not in said
    assert all(opinion.receipt_code not in said for opinion in heard.opinions)


def test_the_documents_can_be_made_of_it(heard):
    _settle(heard)
    kinds = {block.kind for block in documents.blocks(reporting.report_body(heard.id))}
    assert kinds == {"heading", "paragraph", "table", "list"}
    minority = reporting.report_body(heard.id).split("## 少数意见")[1].split("## ")[0]
    assert {kind for line in minority.splitlines() for kind, _ in documents.runs(line)} == {"same"}


def test_a_report_before_anything_was_said(heard):
    Opinion.objects.all().delete()
    body = reporting.report_body(heard.id)
    assert "共收到意见0件" in body and "没有不公开显示的意见" in body
    assert list(reporting.open_data(heard.id)) == []


def test_the_number_of_statements_does_not_grow(heard):
    _settle(heard)
    counts = []
    for round_ in range(2):
        with CaptureQueriesContext(connection) as seen:
            reporting.report_body(heard.id)
            list(reporting.open_data(heard.id))
        counts.append(len(seen))
        lines = "\n".join(f"{n},又一条{round_}" for n in (1, 2, 3))
        batch = importing.check_batch(
            consultation_id=heard.id, file_name="b.csv", data=f"条款,意见内容\n{lines}".encode(), by=heard.lead, at=AT
        )
        importing.import_batch(batch_id=batch.pk, by=heard.lead, at=AT)
    assert counts[0] == counts[1]


def test_s26_open_data_has_each_opinion_and_words_only_where_public(heard):
    _settle(heard)
    Opinion.objects.filter(pk=heard.opinions[3].pk).update(erased_at=AT, body="")
    assert {row["decision"] + row["reason"] + row["changed_clauses"] for row in reporting.open_data(heard.id)} == {""}
    Opinion.objects.filter(consultation_id=heard.id).update(state="replied")  # before it nothing of this is told
    rows = list(reporting.open_data(heard.id))
    assert all(tuple(row) == reporting.OPEN_DATA_FIELDS for row in rows) and len(rows) == 5
    leader, same, _, erased, hidden = rows
    assert (leader["clause"], leader["area"], leader["received_on"]) == ("第二条", "清丰县", "2026-11-20")
    assert (leader["decision"], leader["reason"], leader["changed_clauses"]) == ("采纳", ADOPT, "二审稿第二条")
    assert same["merged_into"] == leader["public_id"] and leader["merged_into"] == ""
    assert leader["text"] == "请在入口写明价格" and erased["text"] == hidden["text"] == ""
