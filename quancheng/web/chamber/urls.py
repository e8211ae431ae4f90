"""Addresses of the chamber, under /desk/meetings/; each view names its permission."""

from django.urls import path

from quancheng.web.chamber import door, mine, minutes, papers, planning, running

urlpatterns = [
    path("", planning.listing, name="desk_meetings"),
    path("new/", planning.new, name="desk_meeting_new"),
    path("mine/", mine.listing, name="desk_meetings_mine"),
    path("mine/<int:meeting_id>/", mine.one, name="desk_meeting_mine"),
    path("papers/<int:paper_id>/", papers.paper, name="desk_meeting_paper"),
    path("minutes/<int:minutes_id>/file.<str:form>", minutes.minutes_file, name="desk_meeting_minutes_file"),
    path("<int:meeting_id>/", planning.one, name="desk_meeting"),
    path("<int:meeting_id>/papers/", papers.papers, name="desk_meeting_papers"),
    path("<int:meeting_id>/register/", door.register, name="desk_meeting_register"),
    path("<int:meeting_id>/leaves/", door.leaves, name="desk_meeting_leaves"),
    path("<int:meeting_id>/cards/", door.cards, name="desk_meeting_cards"),
    path("<int:meeting_id>/run/", running.run, name="desk_meeting_run"),
    path("<int:meeting_id>/motions/", running.motions, name="desk_meeting_motions"),
    path("<int:meeting_id>/minutes/", minutes.minutes, name="desk_meeting_minutes"),
    path("<int:meeting_id>/notes/", minutes.notes, name="desk_meeting_notes"),
]
