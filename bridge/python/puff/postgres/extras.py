"""Conveniences: rows by name, statements in batches, JSON, ranges, hstore, composite types, .."""

import json
import select
from typing import Any

from puff.postgres._adapters import adapt
from puff.postgres._batches import execute_batch, execute_values
from puff.postgres._batches import pages as _paginate
from puff.postgres._catalog import solve_scope as _solve_conn_curs
from puff.postgres._composite import CompositeCaster, register_composite
from puff.postgres._connection import connection
from puff.postgres._constants import POLL_OK, POLL_READ, POLL_WRITE
from puff.postgres._cursor import cursor
from puff.postgres._dict_rows import (
    DictConnection,
    DictCursor,
    DictCursorBase,
    DictRow,
    NamedTupleConnection,
    NamedTupleCursor,
    RealDictConnection,
    RealDictCursor,
    RealDictRow,
)
from puff.postgres._hstore import HstoreAdapter, register_hstore
from puff.postgres._json import (
    Json,
    register_default_json,
    register_default_jsonb,
    register_json,
)
from puff.postgres._logging import (
    LoggingConnection,
    LoggingCursor,
    MinTimeLoggingConnection,
    MinTimeLoggingCursor,
)
from puff.postgres._network import (
    Inet,
    UUID_adapter,
    register_inet,
    register_ipaddress,
    register_uuid,
)
from puff.postgres._range import (
    DateRange,
    DateTimeRange,
    DateTimeTZRange,
    NumericRange,
    Range,
    RangeAdapter,
    RangeCaster,
    register_range,
)
from puff.postgres._replication import (
    REPLICATION_LOGICAL,
    REPLICATION_PHYSICAL,
    LogicalReplicationConnection,
    PhysicalReplicationConnection,
    ReplicationCursor,
    ReplicationMessage,
    StopReplication,
)

__all__ = [
    "REPLICATION_LOGICAL",
    "REPLICATION_PHYSICAL",
    "CompositeCaster",
    "DateRange",
    "DateTimeRange",
    "DateTimeTZRange",
    "DictConnection",
    "DictCursor",
    "DictCursorBase",
    "DictRow",
    "HstoreAdapter",
    "Inet",
    "Json",
    "LoggingConnection",
    "LoggingCursor",
    "LogicalReplicationConnection",
    "MinTimeLoggingConnection",
    "MinTimeLoggingCursor",
    "NamedTupleConnection",
    "NamedTupleCursor",
    "NumericRange",
    "PhysicalReplicationConnection",
    "Range",
    "RangeAdapter",
    "RangeCaster",
    "RealDictConnection",
    "RealDictCursor",
    "RealDictRow",
    "ReplicationCursor",
    "ReplicationMessage",
    "StopReplication",
    "UUID_adapter",
    "execute_batch",
    "execute_values",
    "json",
    "register_composite",
    "register_default_json",
    "register_default_jsonb",
    "register_hstore",
    "register_inet",
    "register_ipaddress",
    "register_json",
    "register_range",
    "register_uuid",
    "wait_select",
]

# Other libraries import these by psycopg2's private names.
_A = adapt
_connection = connection
_cursor = cursor
_solve_conn_curs = _solve_conn_curs
_paginate = _paginate


def wait_select(conn: Any) -> None:
    """A wait callback for `set_wait_callback` that blocks the thread, and cancels the statement on
    Ctrl-C."""
    while True:
        try:
            state = conn.poll()
            if state == POLL_OK:
                return
            if state == POLL_READ:
                select.select([conn.fileno()], [], [])
            elif state == POLL_WRITE:
                select.select([], [conn.fileno()], [])
            else:
                raise conn.OperationalError(f"bad state from poll: {state}")
        except KeyboardInterrupt:
            # The server's error about it ends the wait.
            conn.cancel()
