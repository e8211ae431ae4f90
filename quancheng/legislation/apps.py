"""Django's registration of the package."""

from django.apps import AppConfig


class LegislationConfig(AppConfig):
    """Registers `quancheng.legislation`."""

    name = "quancheng.legislation"
    label = "legislation"
