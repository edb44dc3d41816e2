"""The names of psycopg2's compiled module, for programs that import from it."""

from puff.postgres._adapters import *  # noqa: F403
from puff.postgres._adapters import Decimal, List  # noqa: F401
from puff.postgres._column import Column  # noqa: F401
from puff.postgres._connecting import _connect  # noqa: F401
from puff.postgres._connection import connection  # noqa: F401
from puff.postgres._cursor import cursor  # noqa: F401
from puff.postgres._dsn import parse_dsn  # noqa: F401
from puff.postgres._encodings import encodings  # noqa: F401
from puff.postgres._exceptions import *  # noqa: F403
from puff.postgres._exceptions import sqlstate_errors  # noqa: F401
from puff.postgres._identifiers import quote_ident  # noqa: F401
from puff.postgres._info import ConnectionInfo  # noqa: F401
from puff.postgres._lobject import lobject  # noqa: F401
from puff.postgres._moments import (  # noqa: F401
    Date,
    DateFromTicks,
    Time,
    TimeFromTicks,
    Timestamp,
    TimestampFromTicks,
)
from puff.postgres._notify import Notify  # noqa: F401
from puff.postgres._replication import (  # noqa: F401
    REPLICATION_LOGICAL,
    REPLICATION_PHYSICAL,
    ReplicationConnection,
    ReplicationCursor,
    ReplicationMessage,
)
from puff.postgres._typecasts import (  # noqa: F401
    binary_types,
    builtin,
    new_array_type,
    new_type,
    register_type,
    string_types,
)
from puff.postgres._version import (  # noqa: F401
    __libpq_version__,
    __version__,
    apilevel,
    paramstyle,
    threadsafety,
)
from puff.postgres._wait import get_wait_callback, set_wait_callback  # noqa: F401
from puff.postgres._xid import Xid  # noqa: F401
from puff.postgres.extensions import encrypt_password, libpq_version  # noqa: F401

globals().update({name: caster for name, caster in builtin.items() if name != "DEFAULT"})
