"""Django's registration of the package."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Registers `quancheng.people`."""

    name = "quancheng.people"
    label = "people"
