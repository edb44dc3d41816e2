"""From a schema's class, instance or dotted path to its description."""

import datetime
import functools
import inspect
from collections.abc import Mapping
from typing import Any

from puff.graphql._context import Headers
from puff.graphql._failures import SchemaError
from puff.graphql._hints import description_of, evaluate
from puff.graphql._reader import Reader, annotations_of
from puff.graphql._schema_first import SchemaFirst
from puff.graphql._spec import Schema
from puff.imports import import_string

__all__ = ["EmptyObject", "describe", "load"]

LAST_SECOND = 253402300800  # the year 10000
ROOTS = ("query", "mutation", "subscription")


class EmptyObject:
    """A root without fields: the schema has no such operation."""


def load(path: str) -> Schema:
    """The description of the schema that a dotted path names."""
    return describe(_found(path))


def _found(path: str) -> Any:
    try:
        return import_string(path)
    except (ImportError, AttributeError):
        module, _, name = path.rpartition(".")
        if not name[:1].islower():
            raise
        try:
            return import_string(f"{module}.{name[:1].upper()}{name[1:]}")
        except (ImportError, AttributeError):
            pass
        raise


def describe(source: Any) -> Schema:
    """The description of a schema's class, an instance of one, or one from SDL."""
    if isinstance(source, SchemaFirst):
        return source.describe()
    if inspect.isfunction(source):
        source = source()
    cls = source if isinstance(source, type) else type(source)
    reader = Reader()
    made = Schema(description=description_of(cls))
    roots = _roots(source, cls)
    if "query" not in roots:
        raise SchemaError(f"{cls.__name__} has no query: a schema needs at least `query: Query`")
    for kind, root in roots.items():
        setattr(made, kind, reader.read_root(root, kind))
    made.types = reader.finish()
    auth = _auth_of(source)
    if auth is not None:
        made.auth, made.auth_runs_on = authorizer(auth)
    return made


def _roots(source: Any, cls: type) -> dict[str, type]:
    found = {}
    hints = {name: (hint, module) for name, hint, module, _ in annotations_of(cls)}
    for kind in ROOTS:
        root = getattr(source, kind, None)
        if root is None and kind in hints:
            hint, module = hints[kind]
            root = evaluate(hint, f"{cls.__name__}.{kind}", module, {})
        if root is not None and not isinstance(root, type):
            root = type(root)
        if root is not None and not _is_empty(root):
            found[kind] = root
    return found


def _auth_of(source: Any) -> Any:
    auth = getattr(source, "auth", None)
    if not callable(auth):
        return None
    # A method of instances, of a schema that is given as its class.
    wants_self = inspect.isfunction(auth) and len(inspect.signature(auth).parameters) > 1
    return functools.partial(auth, source) if wants_self else auth


def _is_empty(root: type) -> bool:
    if root is EmptyObject or root is type(None):
        return True
    own = [name for base in root.__mro__[:-1] for name in vars(base) if not name.startswith("_")]
    return not own and not annotations_of(root)


def expiry_of(auth: Any) -> float | None:
    """When what `auth` returned expires, in seconds since 1970: its `expires_at`, an attribute or a
    key, which is a number of them or an aware datetime."""
    is_mapping = isinstance(auth, Mapping)
    at = auth.get("expires_at") if is_mapping else getattr(auth, "expires_at", None)
    if at is None:
        return None
    if isinstance(at, datetime.datetime) and at.tzinfo is not None:
        return at.timestamp()
    if isinstance(at, (int, float)) and not isinstance(at, bool) and 0 <= at < LAST_SECOND:
        return float(at)
    raise TypeError(
        f"expires_at of what `auth` returned is {at!r}: "
        "give seconds since 1970, an aware datetime or None"
    )


def authorizer(auth: Any) -> Any:
    """What the engine calls for a request: takes its GraphqlCall; and where that runs."""
    if inspect.iscoroutinefunction(auth):

        async def ask(call: Any) -> Any:
            return await auth(Headers(call.headers))

        return ask, "asyncio"
    return lambda call: auth(Headers(call.headers)), "greenlet"
