"""What every face shares: the template environment, the page decorators, moments and small drawings."""

from quancheng.web.parts.moments import now, today
from quancheng.web.parts.pages import cached, page
from quancheng.web.parts.rendering import environment, qr_svg
from quancheng.web.parts.visitors import client_address, page_number, safe_next

__all__ = ["cached", "client_address", "environment", "now", "page", "page_number", "qr_svg", "safe_next", "today"]
