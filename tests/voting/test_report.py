"""The report of a count: both files hold the numbers; nothing before the count, nothing for others before the announcement."""

import io

import pypdfium2
import pytest
from django.test import Client, override_settings
from docx import Document

from quancheng.voting import acts
from quancheng.voting.rules import QuestionCount
from tests.voting.device_hall import AT, DeviceHall
from tests.voting.test_count import PaperHall
from tests.voting.test_desk_votes import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _hall_network():
    with override_settings(HALL_NETWORKS="127.0.0.0/8"):
        yield


def words_of(pdf):
    with pypdfium2.PdfDocument(pdf) as paper:
        return "".join(page.get_textpage().get_text_range() for page in paper)


def words_of_docx(data):
    document = Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def counted(hall, *marks):
    for teller in (1, 2):
        hall.enter(teller, 8, QuestionCount(7, 1, marks))
    hall.sign(1, 2)


def test_a_counted_paper_vote_yields_both_files_with_the_totals():
    hall = PaperHall()
    desk, other, teller = signed_in(hall.secretary), signed_in(hall.registrar), signed_in(hall.tellers[0])
    at, public = f"/desk/votes/{hall.paper.pk}/report", f"/votes/{hall.paper.pk}/report"
    hall.issue()
    assert desk.get(at + ".pdf").status_code == 400 and "report.pdf" not in desk.get(f"/desk/votes/{hall.paper.pk}/count/").content.decode()
    counted(hall, 4, 2, 1)
    acts.recount(reason="有代表对两张票的归类提出疑问", by=hall.secretary, **hall.of)
    counted(hall, 5, 1, 1)
    assert other.get(at + ".pdf").status_code == 403 and Client().get(at + ".pdf").status_code == 302
    assert Client().get(public + ".pdf").status_code == 404 and other.get(public + ".docx").status_code == 404
    assert "还没有宣布" in words_of_docx(teller.get(at + ".docx").content)
    assert "report.pdf" in desk.get(f"/desk/votes/{hall.paper.pk}/count/").content.decode()
    acts.announce(by=hall.head, **hall.of)
    assert "report.docx" in Client().get(f"/votes/{hall.paper.pk}/").content.decode()
    for words in (words_of(Client().get(public + ".pdf").content), words_of_docx(Client().get(public + ".docx").content),
                  words_of_docx(other.get(at + ".docx").content)):  # fmt: skip
        for said in (
            hall.paper.case.number, "第五次会议", "纸质选票无记名表决", "有效票7张，无效票1张", "全体过半数通过", "以应到9人为基数", "通过：5票，须5票",
            "teller1", "watcher2", "交计票单", "在计票结果上签字", "归类提出疑问", "没有经过外部机构审查", "没有电子票存档",
        ):
            assert said in "".join(words.split()), said
        assert "还没有宣布" not in words
    assert Client().get(public + ".txt").status_code == 404


def test_a_device_vote_names_its_archive_by_digest():
    hall = DeviceHall(choice=True)
    hall.open()
    for card in hall.cards[:6]:
        hall.press(card, [[1, 1, 0, 0], [1, 0, 0]])
    hall.close()
    assert signed_in(hall.secretary).get(f"/desk/votes/{hall.vote.pk}/report.docx").status_code == 400
    hall.decrypt()
    acts.announce(vote_id=hall.vote.pk, by=hall.head, at=AT)
    words = words_of_docx(Client().get(f"/votes/{hall.vote.pk}/report.docx").content)
    assert "SHA-256" in words and "参加解密" in words and "有效票6张，无效票0张" in words and "选定2项" in words
    assert words_of(Client().get(f"/votes/{hall.vote.pk}/report.pdf").content).count("密码部分没有经过外部审查") == 1


def test_words_of_the_markup_stay_words():
    hall = PaperHall(questions=[acts.yes_or_no("关于 | 预算 [-删-] # 的决议")])
    hall.issue()
    counted(hall, 5, 1, 1)
    acts.announce(by=hall.head, **hall.of)
    assert "关于 | 预算 [ -删-] # 的决议" in words_of_docx(Client().get(f"/votes/{hall.paper.pk}/report.docx").content)
