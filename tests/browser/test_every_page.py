"""Every page as people see it: axe finds nothing serious, nothing scrolls sideways, one heading, a title, no error."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Page

from tests.browser import world as worlds
from tests.browser.conftest import check_accessible, check_no_overflow
from tests.browser.town import PASSWORD
from tests.browser.world import AT_WORK, COMING, DONE, OPEN, World

Paths = Callable[[World], list[str]]
SIZES = ((1280, 900), (390, 844))
IN_A_CITY = {  # looked at in test_tablet.py, test_study_pages.py, test_voters_pages.py and test_suggestion_pages.py, in the demo city
    "suggestions_public", "suggestion_public", "desk_inbox", "desk_handling", "desk_league", "desk_suggestions",
    "desk_suggestions_mine", "desk_suggestion_new", "desk_suggestion",
    "desk_tablet_state", "desk_study_course", "desk_bonds_office", "desk_pairing", "desk_group", "topic", "desk_duty_office", "desk_duty_file", "desk_study_material", "desk_voters_report", "voters_report",
    "door", "receipt_picture", "deputy", "reception", "activity_picture",
    "matter_public",
}  # fmt: skip
AFTER_POST = {"sign_out", "receipt_rate", "receipt_cancel", "desk_tablet_enrol", "desk_tablet_hand_over", "receipt_appeal", "type_size", "healthz"}  # no page of their own to look at

AFTER_POST |= {  # what the devices of the hall ask and tell: JSON, no pages (tests/voting/test_hall_addresses.py)
    "hall_state", "hall_standing", "hall_counted", "hall_board", "hall_press", "hall_audit", "hall_withdraw", "hall_events",
    "hall_keys", "hall_paper_count", "hall_paper_signature",
}  # fmt: skip

IN_A_CITY |= {  # test_hall_walk.py
    "desk_votes", "desk_vote_new", "desk_vote", "desk_vote_officials", "desk_vote_device", "desk_vote_archive",
    "desk_vote_count", "desk_vote_paper", "desk_count_duties", "desk_count_duty", "hall_recorded", "vote", "votes", "poll", "polls",
}  # fmt: skip
IN_A_CITY |= {"project_resolution", "project_resolution_file"}  # test_project_walk.py
IN_A_CITY |= {"hall_verifier", "hall_booth", "hall_scrutineer", "hall_registrar"}  # test_ballot_verifier.py, test_hall_devices.py
IN_A_CITY |= {  # looked at in test_suggestion_pages.py and test_key_suggestion.py
    "desk_suggestion_import", "desk_suggestion_batch", "desk_suggestion_blank", "desk_suggestion_sessions",
    "desk_suggestions_assign", "desk_suggestions_alike", "desk_pressure", "desk_key_files", "desk_unit_reports",
    "desk_unit_report", "desk_answer_templates", "desk_commitments", "desk_supervision_letters", "desk_succession",
    "desk_messages", "desk_file", "suggestions_catalogue",
}  # fmt: skip

IN_A_CITY |= {  # looked at in test_matter_walk.py
    "desk_referrals", "desk_matters_sealed", "desk_matter_sealed", "desk_matter_sealed_picture", "desk_matters", "desk_matters_export", "desk_matter", "desk_matter_picture",
    "desk_site_matter_new", "desk_site_slip", "desk_site_matters",
    # looked at in test_station_life.py
    "desk_stations", "desk_station", "desk_station_days", "desk_station_activities", "desk_station_checks",
    "desk_reception", "desk_activity_picture", "desk_station_tablets", "desk_codes", "desk_code_sheet",
    "desk_code_poster", "desk_grids", "desk_grid_file",
}  # fmt: skip

IN_A_CITY |= {  # looked at in test_meeting_walk.py
    "meetings", "meeting", "desk_meetings", "desk_meeting_new", "desk_meeting", "desk_meetings_mine", "desk_meeting_mine",
    "desk_meeting_papers", "desk_meeting_register", "desk_meeting_leaves", "desk_meeting_cards", "desk_meeting_run",
    "desk_meeting_motions", "desk_meeting_minutes", "desk_meeting_notes", "hall_screen",
    "meeting_minutes_file", "desk_meeting_paper", "desk_meeting_minutes_file",  # files: test_meeting_pages.py
}  # fmt: skip
AFTER_POST |= {"hall_screen_now"}  # JSON for the screen (tests/meetings/test_meeting_pages.py)

IN_A_CITY |= {  # looked at in test_observer_walk.py
    "observe_list", "observe", "draw", "draw_file", "draw_check", "meeting_remarks", "receipt_card", "councils", "council",
    "desk_observers", "desk_observer_card", "desk_meeting_said", "desk_invitations", "desk_invited_remark",
    "desk_invitations_mine", "desk_councils", "desk_council", "desk_remarks", "desk_remark",
}  # fmt: skip
AFTER_POST |= {"receipt_give_back", "receipt_remark"}

IN_A_CITY |= {  # looked at in test_petition_pages.py
    "petitions", "petition_new", "petition_receipt", "desk_petitions", "desk_petitions_export", "desk_petitions_incoming",
    "desk_petition_enter", "desk_petition_reception", "desk_petition_item", "desk_petition", "desk_petitions_sealed",
}  # fmt: skip

IN_A_CITY |= {  # looked at in test_project_pages.py
    "project", "project_board", "project_picture", "desk_projects", "desk_project_call_new", "desk_project_call", "desk_wishes",
    "desk_wishes_export", "desk_wishes_alike", "desk_wish_council", "desk_wish_deputy", "desk_project", "desk_wish_objections",
    "desk_wish_site", "project_propose", "projects", "project_remark", "desk_project_briefing",
}  # fmt: skip

IN_A_CITY |= {"desk_alike_group", "desk_topic_of_opinions", "desk_board", "desk_board_file", "desk_beside", "theme"}  # looked at in test_analysis_walk.py
IN_A_CITY |= {"desk_vote_report", "vote_report"}  # files: tests/voting/test_report.py
IN_A_CITY |= {"desk_polls", "desk_poll_new", "desk_poll"}  # looked at in test_poll_pages.py


def at(name: str, *args: object, query: str = "") -> str:
    return reverse(name, args=args) + query


PUBLIC: dict[str, Paths] = {
    "home": lambda w: ["/"],
    "consultations": lambda w: ["/consultations/", "/consultations/?state=published"],
    "consultation": lambda w: [at("consultation", slug) for slug in (OPEN, COMING, AT_WORK, DONE)],
    "clause": lambda w: [at("clause", OPEN, "a8"), at("clause", OPEN, "-"), at("clause", DONE, "a8"), at("clause", OPEN, "a1")],
    "write": lambda w: [
        at("write", OPEN, query="?anchor=a8"), at("write", OPEN, query="?as=organisation"), at("write", DONE),
        at("write", OPEN, query=f"?question={w.town.question(OPEN)}&anchor=a8"),
    ],
    "poster": lambda w: [at("poster", OPEN)],
    "result": lambda w: [at("result", DONE), at("result", OPEN)],
    "compare": lambda w: [at("compare", DONE), at("compare", DONE, query="?all=1")],
    "receipt_lookup": lambda w: ["/r/", "/r/?code=0000"],
    "receipt": lambda w: [
        at("receipt", w.receipts[key]) for key in ("new", "answered", "withheld", "appealed", "erased", "long")
    ] + [at("receipt", w.receipts["new"], query="?new=1")],
    "my": lambda w: ["/my/"],
    "moderation": lambda w: ["/moderation/"],
    "ledger": lambda w: ["/ledger/"],
    "matters_public": lambda w: ["/matters/", "/matters/?q=没有这个"],
    "months": lambda w: ["/reports/"],
    "month": lambda w: ["/reports/2026/1/"],
    "sites": lambda w: ["/sites/", "/sites/?q=没有这个"],
    "site": lambda w: ["/sites/zd1/"],
    "deputies": lambda w: ["/deputies/", "/deputies/?q=城关", "/deputies/?q=没有这个", "/deputies/?area=410928"],
    "privacy": lambda w: ["/about/privacy"],
    "sign_in": lambda w: ["/sign-in/"],
}  # fmt: skip
OFFICE: dict[str, Paths] = {
    "desk": lambda w: ["/desk/"],
    "desk_case": lambda w: [at("desk_case", w.cases["bill"]), at("desk_case", w.cases["submitted"])],
    "desk_bills": lambda w: ["/desk/bills/"],
    "desk_job": lambda w: [at("desk_job", w.jobs["dead"], query="?back=/desk/"), at("desk_job", w.jobs["ready"])],
    "desk_texts": lambda w: ["/desk/texts/", "/desk/texts/?q=没有这个"],
    "desk_text_new": lambda w: ["/desk/texts/new/"],
    "desk_text": lambda w: [at("desk_text", w.versions[key]) for key in ("mend", "doubtful", "new", "asked")],
    "desk_text_next": lambda w: [at("desk_text_next", w.versions["new"])],
    "desk_matches": lambda w: [at("desk_matches", w.versions["asked"], w.versions["doubtful"])],
    "desk_compare": lambda w: [at("desk_compare", w.versions["old"], w.versions["new"])],
    "desk_consultations": lambda w: ["/desk/consultations/"],
    "desk_consultation_new": lambda w: [at("desk_consultation_new", query=f"?version={w.versions['new']}")],
    "desk_consultation": lambda w: [at("desk_consultation", slug) for slug in (OPEN, AT_WORK, DONE, COMING)],
    "desk_opinions": lambda w: [
        at("desk_opinions", OPEN), at("desk_opinions", COMING),
        at("desk_opinions", OPEN, query=f"?open={w.opinions['new']}"),
        at("desk_opinions", AT_WORK, query=f"?open={w.opinions['decided']}"),
    ],
    "desk_analysis": lambda w: [at("desk_analysis", OPEN)],
    "desk_alike_groups": lambda w: [at("desk_alike_groups", OPEN), at("desk_alike_groups", OPEN, query="?waiting=1")],
    "desk_import": lambda w: [at("desk_import", OPEN)],
    "desk_report": lambda w: [at("desk_report", slug) for slug in (OPEN, "tuihui", AT_WORK, DONE)],
    "desk_batch": lambda w: [at("desk_batch", number) for number in w.batches.values()],
    "desk_opinion": lambda w: [
        at("desk_opinion", w.opinions[key])
        for key in ("new", "long", "withheld", "erased", "merged", "leader", "decided", "answered")
    ],
    "desk_appeals": lambda w: ["/desk/appeals/"],
    "desk_templates": lambda w: ["/desk/templates/"],
    "desk_parameters": lambda w: ["/desk/parameters/"],
    "desk_totp": lambda w: ["/desk/account/totp/"],
}  # fmt: skip
OTHERS: dict[str, dict[str, Paths]] = {
    "releaser": {
        "desk": lambda w: ["/desk/"],
        "desk_review": lambda w: ["/desk/review/"],
        "desk_report_review": lambda w: [at("desk_report_review", w.papers[key]) for key in ("in_review", "released")],
        "desk_appeals": lambda w: ["/desk/appeals/"],
    },
    "station": {
        "desk": lambda w: ["/desk/"],
        "desk_site": lambda w: ["/desk/site/"],
        "desk_site_sent": lambda w: ["/desk/site/sent/"],
        "desk_tablet": lambda w: ["/desk/tablet/"],
        "desk_site_enter": lambda w: [at("desk_site_enter", OPEN)],
    },
    "deputy": {
        "desk": lambda w: ["/desk/"],
        "desk_study": lambda w: ["/desk/study/"],
        "desk_voters": lambda w: ["/desk/voters/"],
        "desk_bonds": lambda w: ["/desk/bonds/"],
        "desk_duty": lambda w: ["/desk/duty/", "/desk/duty/?year=2024"],
        "desk_check_in": lambda w: ["/desk/duty/check-in/", "/desk/duty/check-in/?place=陈"],
        "desk_duty_days": lambda w: ["/desk/duty/days/"],
        "desk_letters": lambda w: ["/desk/letters/", "/desk/letters/?all=1"],
        "desk_deputy": lambda w: ["/desk/deputy/"],
        "desk_deputy_say": lambda w: [at("desk_deputy_say", OPEN)],
    },
    "admin": {
        "desk": lambda w: ["/desk/"],
        "desk_parameter": lambda w: [at("desk_parameter", "reason.min_characters")],
        "desk_calendar": lambda w: ["/desk/calendar/"],
        "desk_accounts": lambda w: ["/desk/accounts/"],
        "desk_audit": lambda w: ["/desk/audit/"],
    },
    "auditor": {"desk": lambda w: ["/desk/"], "desk_audit": lambda w: ["/desk/audit/"]},
}
FILES: dict[str, Paths] = {
    "result_file": lambda w: [at("result_file", DONE, form) for form in ("pdf", "docx")],
    "text_file": lambda w: [at("text_file", OPEN, form) for form in ("docx", "pdf", "txt", "json", "akn")],
    "open_data": lambda w: [at("open_data", OPEN, form) for form in ("csv", "json")],
    "receipt_file": lambda w: [at("receipt_file", w.receipts[key]) for key in ("answered", "erased")],
    "feed": lambda w: ["/feed.xml"],
    "month_file": lambda w: ["/reports/2026/1/report.csv"],
    "checkpoint": lambda w: ["/ledger/checkpoint"],
    "tile": lambda w: ["/ledger/tile/0/000.p/1"],
    "desk_text_export": lambda w: [
        at("desk_text_export", w.versions["new"], form) for form in ("docx", "pdf", "txt", "json", "akn")
    ],
    "desk_compare_file": lambda w: [
        at("desk_compare_file", w.versions["old"], w.versions["new"], form) for form in ("docx", "pdf")
    ],
    "desk_tablet_worker": lambda w: [at("desk_tablet_worker")],
    "desk_tablet_manifest": lambda w: [at("desk_tablet_manifest")],
    "desk_import_template": lambda w: [at("desk_import_template")],
    "desk_export": lambda w: [at("desk_export", OPEN, form) for form in ("csv", "xlsx")],
}


def names(resolver: URLResolver) -> set[str]:
    """Return the names of all pages."""
    found: set[str] = set()
    for pattern in resolver.url_patterns:
        found |= names(pattern) if isinstance(pattern, URLResolver) else {str(pattern.name)}
        assert isinstance(pattern, URLResolver) or (isinstance(pattern, URLPattern) and pattern.name)
    return found


@pytest.fixture
def world(town) -> World:
    return worlds.build(town)


def session_of(page: Page, live_server, username: str) -> None:
    """Give the browser the session of one who signed in."""
    client = Client()
    assert client.post("/sign-in/", {"username": username, "password": PASSWORD}).status_code == 302
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])


def look_at(page: Page, path: str) -> None:
    """Open a page and see that anybody can use it, on a wide screen and on a telephone."""
    page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
    page.goto(path)
    assert page.locator("h1").count() == 1, f"{path} has {page.locator('h1').count()} main headings"
    title, _, house = page.title().partition(" · ")
    assert title.strip(" ：") and house, f"{path} has no title"
    assert page.locator("html[lang=zh-CN]").count() == 1
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
        check_no_overflow(page)
        check_accessible(page)
    page.locator("nav details").evaluate_all("all => all.forEach(one => { one.open = false; })")  # menus lie over the page


def look_at_all(page: Page, pages: dict[str, Paths], world: World) -> None:
    """Look at every page, then tell of all that is wrong at once."""
    wrong = []
    for path in (path for paths in pages.values() for path in paths(world)):
        try:
            look_at(page, path)
        except AssertionError as fault:
            wrong.append(str(fault))
    assert not wrong, "\n\n".join(wrong)


def test_no_page_is_left_out():
    seen = {name for pages in (PUBLIC, OFFICE, *OTHERS.values(), FILES) for name in pages}
    assert names(get_resolver()) == seen | AFTER_POST | IN_A_CITY


def test_every_public_page(desktop: Page, world):
    look_at_all(desktop, PUBLIC, world)


def test_every_page_of_the_office(desktop: Page, world, live_server):
    session_of(desktop, live_server, "lead")
    look_at_all(desktop, OFFICE, world)


@pytest.mark.parametrize("username", list(OTHERS))
def test_every_page_of_the_others(desktop: Page, world, live_server, username):
    session_of(desktop, live_server, username)
    look_at_all(desktop, OTHERS[username], world)


def test_the_pages_that_refuse(desktop: Page, world, live_server):
    look_at(desktop, "/nowhere/")
    session_of(desktop, live_server, "deputy")
    for path in ("/desk/accounts/", at("desk_consultation", OPEN), "/desk/nowhere/"):
        look_at(desktop, path)
        assert desktop.get_by_role("link", name="回到首页").count()


def test_every_file_is_a_file(world):
    client = Client()
    client.post("/sign-in/", {"username": "lead", "password": PASSWORD})
    for path in (path for paths in FILES.values() for path in paths(world)):
        answer = client.get(path)
        assert answer.status_code == 200 and "text/html" not in answer["Content-Type"], path
        assert b"".join(answer) if answer.streaming else answer.content, path
