"""What the driver says of itself."""

from puff import _puff

# The version of psycopg2 whose behaviour it has.
__version__ = "2.9.13 (puff dt dec pq3 ext lo64)"
__libpq_version__ = _puff.pg_libpq_version()

apilevel = "2.0"
# Threads may share connections, but not cursors.
threadsafety = 2
paramstyle = "pyformat"
