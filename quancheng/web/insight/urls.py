"""Addresses of the analyst's pages, all under /desk/."""

from django.urls import path

from quancheng.web.insight import analysing, boards

urlpatterns = [
    path("consultations/<slug:slug>/analysis/", analysing.overview, name="desk_analysis"),
    path("consultations/<slug:slug>/analysis/groups/", analysing.groups, name="desk_alike_groups"),
    path("consultations/<slug:slug>/analysis/board/", boards.board, name="desk_board"),
    path("consultations/<slug:slug>/analysis/board.<str:form>", boards.board_file, name="desk_board_file"),
    path("consultations/<slug:slug>/analysis/beside/", boards.beside, name="desk_beside"),
    path("analysis/groups/<int:leader_id>/", analysing.group, name="desk_alike_group"),
    path("analysis/topics/<int:topic_id>/", analysing.topic, name="desk_topic_of_opinions"),
]
