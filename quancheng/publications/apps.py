"""Django's registration of the package."""

from django.apps import AppConfig


class PublicationsConfig(AppConfig):
    """Registers `quancheng.publications`."""

    name = "quancheng.publications"
    label = "publications"
