"""The city's settings over a folder of its own, made when a test process starts and removed when it ends."""

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix="quancheng-test-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["QUANCHENG_DATA"] = _folder

from quancheng.settings import *  # noqa: E402, F403  reads QUANCHENG_DATA, so it comes after it is set
from quancheng.settings import DATA, DATABASES  # noqa: E402  as above

if DATABASES["default"]["ENGINE"] == "quancheng.sqlite":
    # A file, not memory: the live server's threads need connections of their own, as in production.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA / "test.sqlite3")}
else:
    # One database for each run, so that two runs on one server leave each other alone.
    DATABASES["default"]["TEST"] = {"NAME": f"test_quancheng_{os.getpid()}"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
