"""All addresses: the public site at the root, the desk under /desk/, the hall under /hall/."""

from django.urls import include, path

urlpatterns = [
    path("", include("quancheng.web.site.urls")),
    path("desk/meetings/", include("quancheng.web.chamber.urls")),
    path("desk/", include("quancheng.web.chamber.public_urls")),
    path("desk/", include("quancheng.web.insight.urls")),
    path("desk/", include("quancheng.web.desk.urls")),
    path("hall/", include("quancheng.web.hall.urls")),
]
handler400 = "quancheng.web.errors.handler400"
handler403 = "quancheng.web.errors.handler403"
handler404 = "quancheng.web.errors.handler404"
handler500 = "quancheng.web.errors.handler500"
