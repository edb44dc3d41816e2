"""Some files here are for tests that run inside Puff, in a greenlet; see test_inside.py."""

import sys
import uuid

import pytest

INSIDE = [
    "test_runtime.py",
    "test_blocking.py",
    "test_asgiref.py",
    "test_channels.py",
    "test_redis.py",
    "test_postgres_injection.py",
    "test_pubsub.py",
    "test_pubsub_history.py",
    "test_postgres_pool.py",
    "test_sqlalchemy.py",
    "test_graphql_declarations.py",
    "test_graphql_schema.py",
    "test_graphql_resolvers.py",
]

native = sys.modules.get("puff._puff")
collect_ignore = [] if native is not None and native.is_puff() else INSIDE


@pytest.fixture
def name():
    """One that no other test uses, for events, gates and messages."""
    return uuid.uuid4().hex
