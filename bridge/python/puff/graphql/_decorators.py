"""Decorators of resolvers. They only mark the function; the reader of the schema obeys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

__all__ = [
    "Marks",
    "argument",
    "borrow_db_context",
    "channel",
    "constant",
    "cost",
    "field",
    "interface",
    "marks_of",
    "needs_puff",
    "nested_dataclass",
    "one_of",
    "parent",
    "parent_key",
    "permission",
    "pure",
    "sql",
]

F = TypeVar("F")
C = TypeVar("C", bound=type)
Permission = Callable[[Any], Any]
Parameter = tuple[str, Any]


@dataclass(frozen=True)
class Marks:
    """What decorators said of a resolver."""

    pure: bool = False
    borrows_connection: bool = False
    permissions: tuple[Permission, ...] = ()
    statement: str | None = None
    parameters: tuple[Parameter, ...] | None = None
    parent_keys: tuple[str, ...] = ()
    child_keys: tuple[str, ...] = ()
    autocommit: bool = False
    channel: str | None = None
    pubsub: str = "default"
    depends_on: tuple[str, ...] | None = None
    deprecated: str | None = None
    description: str | None = None
    cost: tuple[int, str, int] | None = None
    is_field: bool = False


_NAME = "__puff_graphql__"


def _function_of(method: Any) -> Any:
    return getattr(method, "__func__", method)


def marks_of(method: Any) -> Marks:
    """What decorators said of a method; nothing: all defaults."""
    marks: Marks = getattr(_function_of(method), _NAME, Marks())
    return marks


def _mark(method: F, **said: Any) -> F:
    function = _function_of(method)
    setattr(function, _NAME, replace(marks_of(method), **said))
    return method


def pure(method: F) -> F:
    """A resolver that neither waits nor computes for long: it runs at once, without a greenlet of
    its own, and cannot call anything that waits."""
    return _mark(method, pure=True)


def needs_puff(method: F) -> F:
    """A resolver that waits for Puff's resources; every resolver may, unless it is `@pure`."""
    return _mark(method, pure=False)


def borrow_db_context(method: F) -> F:
    """Django's database connection is the request's own while this resolver runs: what it does is
    part of a mutation's transaction."""
    return _mark(method, borrows_connection=True)


def permission(check: Permission) -> Callable[[F], F]:
    """Lets a field be resolved only if `check(context)` says so: a false value or PermissionDenied
    refuses the field, and the resolver is not called. Several are asked from the top."""

    def decorate(method: F) -> F:
        return _mark(method, permissions=(check, *marks_of(method).permissions))

    return decorate


def cost(weight: int = 0, *, size: int | str | None = None) -> Callable[[F], F]:
    """What a field counts towards `max_cost` of `[graphql.limits]`: `weight` for resolving it,
    besides one for each object. `size`: how many items its list has, or the name of the argument
    that says so; unless said, an argument `first`, `last` or `limit`, else the `list_size` of the
    limits."""
    if weight < 0 or (isinstance(size, int) and size < 0):
        raise ValueError("a cost and a size must not be negative")
    argument, items = (size, 0) if isinstance(size, str) else ("", size or 0)

    def decorate(method: F) -> F:
        return _mark(method, cost=(weight, argument, items))

    return decorate


def sql(
    statement: str,
    parameters: Sequence[Any] | None = None,
    parent_keys: Sequence[str] = (),
    child_keys: Sequence[str] = (),
    autocommit: bool = False,
) -> Callable[[F], F]:
    """A field that is nothing but SQL: Python is not entered when it is resolved, unless to ask its
    `@permission`. The function's body is not used; its hints say the field's type and arguments.

        @classmethod
        @graphql.sql(
            "SELECT id, title, author_id FROM book WHERE author_id = ANY($1) ORDER BY title",
            parent_keys=["id"], child_keys=["author_id"],
        )
        def books(cls, context, /) -> list[Book]: ...

    `parameters` say what $1, $2, .. are: `graphql.parent_key(column)`, an array of the parents'
    distinct values, `graphql.argument(name)`, or a constant. Without them: the parents' keys, then
    the arguments in their order.

    `autocommit`, for a root field of a mutation: the statement is a transaction of its own, which
    saves a BEGIN and a COMMIT. It is committed when it has succeeded, even if its rows then do not
    fit the schema: a null where none may be, several rows for one object. Without effect where
    more runs for what is selected below."""

    def decorate(method: F) -> F:
        given = None if parameters is None else tuple(_parameter(each) for each in parameters)
        return _mark(
            method,
            statement=statement,
            parameters=given,
            parent_keys=tuple(parent_keys),
            child_keys=tuple(child_keys),
            autocommit=autocommit,
        )

    return decorate


def channel(name: str, *, pubsub: str = "default") -> Callable[[F], F]:
    """A subscription whose events are the messages of a channel: Python is not entered for them.
    The function's body is not used; its hints say the field's type and arguments.

        @classmethod
        @graphql.channel("room:{room}")
        def heard(cls, context, /, room: str) -> Iterator[Message]: ...

    `{room}` in the name is the argument of that name; a brace is written twice. `pubsub` is the
    name of the `[[pubsub]]` pool. Of a `str` or `ID` an event is the message's text as it is, of
    any other type its JSON; the keys of a JSON object are the columns of a dataclass. `@permission`
    is asked when somebody subscribes. Who may subscribe chooses the arguments: what a name begins
    with is all that keeps channels apart."""

    def decorate(method: F) -> F:
        return _mark(method, channel=name, pubsub=pubsub)

    return decorate


class _Marked(tuple[str, Any]):
    """A parameter that is no constant."""

    __slots__ = ()


def argument(name: str) -> Any:
    """A parameter of `@sql`: the argument of that name; NULL if it was not given."""
    return _Marked(("argument", name))


def parent_key(column: str) -> Any:
    """A parameter of `@sql`: an array of the distinct values of a column of the parents."""
    return _Marked(("parent", column))


def constant(value: Any) -> Any:
    """A parameter of `@sql` that is always the same, as a value by itself is too."""
    return _Marked(("constant", value))


def _parameter(given: Any) -> Parameter:
    return (given[0], given[1]) if isinstance(given, _Marked) else ("constant", given)


def field(
    *,
    depends_on: Sequence[str] | None = None,
    deprecated: str | None = None,
    description: str | None = None,
) -> Callable[[F], F]:
    """More about a method that is a field: the columns of the parents that it reads (all that the
    class declares, unless said), why not to use it any more, what it is (its docstring, unless
    said)."""

    def decorate(method: F) -> F:
        return _mark(
            method,
            depends_on=None if depends_on is None else tuple(depends_on),
            deprecated=deprecated,
            description=description,
            is_field=True,
        )

    return decorate


def interface(cls: C) -> C:
    """Makes a dataclass an interface, which its derived classes implement. An abstract class (of
    `abc.ABC`) is one by itself."""
    setattr(cls, "__graphql_interface__", cls)  # noqa: B010
    return cls


def one_of(cls: C) -> C:
    """An input type of which exactly one field is given. Its fields are Optional and None unless
    given."""
    setattr(cls, "__graphql_one_of__", cls)  # noqa: B010
    return cls


def parent(method: F) -> F:
    """Says nothing any more; programs of the first versions used it."""
    return method


def nested_dataclass(cls: C) -> C:
    """A dataclass; programs of the first versions used it."""
    return dataclass(cls)  # type: ignore[return-value]
