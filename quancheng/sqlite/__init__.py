"""Database backend: Django's SQLite with a fair queue of writers inside one process and across processes."""
