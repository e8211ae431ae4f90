"""A consultation with voices: two campaigns, people of their own words, one empty of letters."""

import random

import pytest
from django.utils import timezone

from quancheng.analysis import reading
from tests.browser import town as towns
from tests.mining.test_analyse import THEMES, said
from tests.mining.voices import nudged

COMMON = "七日太长，充电桩坏了老人上下楼全靠它，请把修复时限改为三日以内并在小区门口公告。"


@pytest.fixture
def heard(db, settings):
    """The town's consultation with 60 opinions; returns (town, consultation, opinions)."""
    settings.DEMO = True
    reading._STATES.clear()  # another test's worker
    town = towns.build()
    found, draw, rows = town.consultation(started=5), random.Random(3), []
    for i in range(20):
        rows.append(town.say(found, nudged(COMMON, draw, i % 3), "第八条", phone=f"138{i:08d}"))
    for theme in THEMES:
        rows += [town.say(found, said(draw, theme), "第十五条" if i % 2 else "") for i in range(13)]
    rows.append(town.say(found, "……！"))
    return town, found, rows


@pytest.fixture
def lead(heard):
    """Who may decide."""
    return heard[0].actors["lead"]


@pytest.fixture
def now():
    """The moment of the acts."""
    return timezone.now()
