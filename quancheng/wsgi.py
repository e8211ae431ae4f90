"""What a web server runs: Django behind the cache of anonymous pages."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from quancheng.web.pagecache import PageCache

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quancheng.settings")
application = PageCache(get_wsgi_application(), seconds=settings.PAGE_CACHE_SECONDS)
