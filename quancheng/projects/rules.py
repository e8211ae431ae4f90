"""Predicates of projects: the season of a call, the lawful surplus of candidates, words and figures that people type."""

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from quancheng.kernel.words import clean, one_line
from quancheng.people.models import Organ
from quancheng.procedures import queries as procedure_queries

LONGEST = 5_000  # characters of a wish
PICTURES = 3  # of one wish
REPORT_PICTURES = 6
KEY_LENGTH = 20
MOST_MONEY = Decimal("9999999.99")  # 万元
SEASON = range(7, 13)  # R7.50: the third and fourth quarter
_MONEY = re.compile(r"\d{1,7}(\.\d{1,2})?")
_PLACE = re.compile(r"\d{1,3}(\.\d{1,8})?")


class ProjectRefused(ValueError):
    """Something must be mended first; `field` names where."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def need(words: str, least: int, sentence: str, field: str, most: int) -> str:
    """Return the words cleaned. Raises ProjectRefused when there are too few or too many."""
    words = clean(words)
    if len(words) < least:
        raise ProjectRefused(f"{sentence}（不少于{least}个字）。" if least > 1 else f"{sentence}。", field)
    if len(words) > most:
        raise ProjectRefused(f"最多{most}字，现有{len(words)}字，请删减。写下的内容还在。", field)
    return words


def line(words: str, least: int, sentence: str, field: str, most: int) -> str:
    """Return words of one line, as `need` does."""
    return need(one_line(words), least, sentence, field, most)


def check_key(key: str) -> str:
    """Return a form's key. Raises ProjectRefused when the form came without one."""
    if not KEY_LENGTH <= len(key) <= 64 or not key.isascii():
        raise ProjectRefused("表单不完整，请刷新页面后重新提交。写下的内容还在。")
    return key


def money(typed: str, field: str, sentence: str = "请用数字填写金额，单位万元，最多两位小数") -> Decimal:
    """Return an amount in 万元. Raises ProjectRefused for what is none."""
    plain = typed.replace(",", "").replace("，", "").strip()
    if not _MONEY.fullmatch(plain):
        raise ProjectRefused(f"{sentence}。", field)
    return Decimal(plain)


def place(latitude: str, longitude: str) -> tuple[Decimal | None, Decimal | None]:
    """Return coordinates, or none where none were typed. Raises ProjectRefused for what lies outside China."""
    if not latitude.strip() and not longitude.strip():
        return None, None
    try:
        if not (_PLACE.fullmatch(latitude.strip()) and _PLACE.fullmatch(longitude.strip())):
            raise InvalidOperation
        north, east = (round(Decimal(value.strip()), 5) for value in (latitude, longitude))
    except InvalidOperation:
        raise ProjectRefused("纬度、经度请用数字填写，例如 35.76190 和 115.02930；不知道的可以不填。", "latitude") from None
    if not (Decimal(3) <= north <= Decimal(54) and Decimal(73) <= east <= Decimal(136)):
        raise ProjectRefused("这个位置不在国内，请核对纬度和经度有没有填反。", "latitude")
    return north, east


def check_window(organ: Organ, year: int, opens_on: date, closes_on: date, decision: str, today: date) -> None:
    """Raise ProjectRefused unless the window is long enough and in season, or a meeting decided otherwise (R7.50)."""
    least = procedure_queries.parameter("project.call_days", area=organ.area_id, on=opens_on)
    days = (closes_on - opens_on).days
    if opens_on < today:
        raise ProjectRefused("开始日期不能早于今天：公布以前的日子不能计入征集的时间。", "opens_on")
    if days < least:
        raise ProjectRefused(f"征集不少于{least}日，现为{max(days, 0)}日，请把截止日期改到{opens_on + timedelta(days=least):%Y-%m-%d}或者以后。", "closes_on")
    if days > 183:
        raise ProjectRefused("征集超过半年，请核对截止日期。", "closes_on")
    in_season = opens_on.month in SEASON and closes_on.month in SEASON and opens_on.year == closes_on.year == year - 1
    if not in_season and len(decision) < 6:
        raise ProjectRefused(
            f"{year}年的项目应当在{year - 1}年第三、第四季度征集。确需另定时间的，请写明主任会议的决定。", "decision"
        )


def surplus(candidates: int, places: int, floor: int, ceiling: int) -> str:
    """Return why so many candidates for so many places are not lawful, '' if they are (R7.52). Whole numbers only."""
    if places < 1:
        return "请填写提请票决多少个项目。"
    over = 100 * (candidates - places)
    least, most = places + -(-places * floor // 100), places + places * ceiling // 100
    if floor * places <= over <= ceiling * places:
        return ""
    if least > most:
        return f"{places}个名额，多{floor}%至{ceiling}%没有整数可取，请调整名额。"
    more = f"多{over / places:.1f}%" if over > 0 else "没有差额" if over == 0 else f"少{-over // 100}个"
    allowed = f"{least}个" if least == most else f"{least}至{most}个"
    return f"{places}个名额、{candidates}个候选项目，{more}。差额须在{floor}%至{ceiling}%之间，即候选项目{allowed}。"


def quarter_end(year: int, quarter: int) -> date:
    """Return the last day of a quarter."""
    return date(year + quarter // 4, quarter * 3 % 12 + 1, 1) - timedelta(days=1)


def quarter_of(day: date) -> tuple[int, int]:
    """Return the year and the quarter in which a day lies."""
    return day.year, (day.month + 2) // 3
