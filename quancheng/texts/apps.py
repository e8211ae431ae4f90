"""Django's registration of the package."""

from django.apps import AppConfig


class TextsConfig(AppConfig):
    """Registers `quancheng.texts`."""

    name = "quancheng.texts"
    label = "texts"
