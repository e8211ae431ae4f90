"""Addresses of the public side of meetings."""

from django.urls import path

from quancheng.web.site import observing

urlpatterns = [
    path("observe/", observing.notices, name="observe_list"),
    path("meetings/<int:meeting_id>/observe/", observing.observe, name="observe"),
    path("meetings/<int:meeting_id>/draw/", observing.draw, name="draw"),
    path("meetings/<int:meeting_id>/draw.json", observing.draw_file, name="draw_file"),
    path("meetings/<int:meeting_id>/remarks/", observing.remarks, name="meeting_remarks"),
    path("draw-check/", observing.draw_check, name="draw_check"),
    path("r/<str:code>/card/", observing.card, name="receipt_card"),
    path("r/<str:code>/give-back/", observing.give_back, name="receipt_give_back"),
    path("r/<str:code>/remark/", observing.remark, name="receipt_remark"),
    path("councils/", observing.councils, name="councils"),
    path("councils/<int:council_id>/", observing.council, name="council"),
]
