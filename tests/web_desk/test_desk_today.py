"""The first page of the desk: what waits for each office, at a fixed number of statements."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quancheng.people.permissions import ROLES

OFFICE, UNIT = {"deputy_office", "deputy_office_lead"}, {"unit_clerk", "unit_head"}
WAITS = {
    "等我转交的来信": {"deputy"}, "请我联名": {"deputy"}, "等我测评的答复": {"deputy"}, "本周到期": UNIT, "正在办理": UNIT, "等我签发": {"unit_head"},
    "到期没有联系": {"deputy", "sc_member"}, "逾期未联系": OFFICE, "履职更正申请": OFFICE, "待审核的建议": OFFICE, "待交办的建议": OFFICE, "等待研究的退办": OFFICE, "拟发的督办函": OFFICE,
}  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_each_office_sees_what_waits_for_it(city, role):
    with CaptureQueriesContext(connection) as ran:
        page = city.clients[role].get("/desk/").content.decode()
    assert len(ran) <= 12, [query["sql"][:100] for query in ran.captured_queries]
    for label, offices in WAITS.items():
        assert (label in page) == (role in offices), label
