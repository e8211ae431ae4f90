"""Addresses of the public site."""

from django.urls import path

from quancheng.web.site import about, access, consulting, monthly, papers, receipts, suggestions, writing

urlpatterns = [
    path("", consulting.home, name="home"),
    path("consultations/", consulting.consultations, name="consultations"),
    path("c/<slug:slug>/", consulting.consultation, name="consultation"),
    path("c/<slug:slug>/clause/<str:anchor>/", consulting.clause, name="clause"),
    path("c/<slug:slug>/write/", writing.write, name="write"),
    path("c/<slug:slug>/poster/", papers.poster, name="poster"),
    path("c/<slug:slug>/result/", papers.result, name="result"),
    path("c/<slug:slug>/result.<str:form>", papers.result_file, name="result_file"),
    path("c/<slug:slug>/compare/", papers.compare, name="compare"),
    path("c/<slug:slug>/text.<str:form>", papers.text_file, name="text_file"),
    path("c/<slug:slug>/open-data.<str:form>", papers.open_data, name="open_data"),
    path("r/", receipts.lookup, name="receipt_lookup"),
    path("r/<str:code>/", receipts.receipt, name="receipt"),
    path("r/<str:code>/appeal/", receipts.appeal, name="receipt_appeal"),
    path("r/<str:code>/receipt.json", receipts.receipt_file, name="receipt_file"),
    path("my/", receipts.my, name="my"),
    path("feed.xml", papers.feed, name="feed"),
    path("moderation/", about.moderation, name="moderation"),
    path("ledger/", about.ledger_page, name="ledger"),
    path("ledger/checkpoint", about.checkpoint, name="checkpoint"),
    path("ledger/tile/<path:tile>", about.tile, name="tile"),
    path("suggestions/", suggestions.published, name="suggestions_public"),
    path("suggestions/<slug:slug>/", suggestions.one, name="suggestion_public"),
    path("reports/", monthly.months, name="months"),
    path("reports/<int:year>/<int:month>/", monthly.month, name="month"),
    path("reports/<int:year>/<int:month>/report.csv", monthly.month_file, name="month_file"),
    path("sites/", about.sites, name="sites"),
    path("about/privacy", about.privacy, name="privacy"),
    path("healthz", about.healthz, name="healthz"),
    path("type/", about.type_size, name="type_size"),
    path("sign-in/", access.sign_in, name="sign_in"),
    path("sign-out/", access.sign_out, name="sign_out"),
]
