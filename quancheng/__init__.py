"""全程 · Quancheng: the platform on which a people's congress runs the whole democratic process."""

import sys

__version__ = "0.1.0"

try:  # A SQLite without the WAL-reset fault (fixed in 3.51.3); see docs/decisions/0001-stack.md.
    import pysqlite3
    import pysqlite3.dbapi2
except ImportError:
    pass
else:
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
