"""The names of psycopg2's streaming replication, which this driver does not have."""

from typing import Any

from puff.postgres._connection import connection
from puff.postgres._cursor import cursor
from puff.postgres._exceptions import NotSupportedError

REPLICATION_PHYSICAL = 12345678
REPLICATION_LOGICAL = 87654321


class ReplicationConnection(connection):
    """NotSupportedError when made: this driver has no streaming replication."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotSupportedError("puff.postgres has no streaming replication")


class LogicalReplicationConnection(ReplicationConnection):
    """See ReplicationConnection."""


class PhysicalReplicationConnection(ReplicationConnection):
    """See ReplicationConnection."""


class ReplicationCursor(cursor):
    """The cursor of a ReplicationConnection."""


class ReplicationMessage:
    """What a ReplicationCursor would read."""


class StopReplication(Exception):
    """Ends the reading of a ReplicationCursor."""
