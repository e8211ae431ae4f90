"""Addresses of the hall; each view names its permission."""

from django.urls import path

from quancheng.web.hall import device, recorded, screen

urlpatterns = [
    path("screen/<int:meeting_id>/", screen.screen, name="hall_screen"),
    path("screen/<int:meeting_id>/now/", screen.screen_now, name="hall_screen_now"),
    path("booth/", device.booth, name="hall_booth"),
    path("scrutineer/", device.scrutineer, name="hall_scrutineer"),
    path("registrar/", device.registrar, name="hall_registrar"),
    path("verifier/", device.verifier, name="hall_verifier"),
    path("recorded/<int:vote_id>/", recorded.press, name="hall_recorded"),
    path("votes/<int:vote_id>/state/", device.state, name="hall_state"),
    path("votes/<int:vote_id>/standing/", device.standing, name="hall_standing"),
    path("votes/<int:vote_id>/counted/", device.counted, name="hall_counted"),
    path("votes/<int:vote_id>/board/", device.board, name="hall_board"),
    path("votes/<int:vote_id>/press/", device.press, name="hall_press"),
    path("votes/<int:vote_id>/audit/", device.audit, name="hall_audit"),
    path("votes/<int:vote_id>/withdraw/", device.withdraw, name="hall_withdraw"),
    path("votes/<int:vote_id>/events/", device.events, name="hall_events"),
    path("votes/<int:vote_id>/paper-count/", device.paper_count, name="hall_paper_count"),
    path("votes/<int:vote_id>/paper-signature/", device.paper_signature, name="hall_paper_signature"),
    path("votes/<int:vote_id>/keys/", device.keys, name="hall_keys"),
]
