"""Django's registration of the package."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Registers `quancheng.ledger`."""

    name = "quancheng.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
