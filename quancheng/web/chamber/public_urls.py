"""Addresses of the public side of meetings at the desk, under /desk/; each view names its permission."""

from django.urls import path

from quancheng.web.chamber import councils, inviting, observers

urlpatterns = [
    path("meetings/<int:meeting_id>/observers/", observers.observers, name="desk_observers"),
    path("meetings/<int:meeting_id>/said/", observers.said, name="desk_meeting_said"),
    path("meetings/<int:meeting_id>/invitations/", inviting.invitations, name="desk_invitations"),
    path("meetings/<int:meeting_id>/remark/", inviting.remark, name="desk_invited_remark"),
    path("observers/<str:code>/", observers.card, name="desk_observer_card"),
    path("invitations/", inviting.mine, name="desk_invitations_mine"),
    path("councils/", councils.listing, name="desk_councils"),
    path("councils/<int:council_id>/", councils.council, name="desk_council"),
]
