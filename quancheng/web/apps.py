"""The web faces as a Django app."""

from django.apps import AppConfig
from django.core.checks import Tags, register


class WebConfig(AppConfig):
    """Registers the check that every page names its permission."""

    name = "quancheng.web"
    label = "web"

    def ready(self) -> None:
        """Hang up the check."""
        from quancheng.web.parts.pages import check_pages  # noqa: PLC0415  settings must be read first

        register(check_pages, Tags.urls)
