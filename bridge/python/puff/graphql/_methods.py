"""Methods that are fields: how each is called with all parents of a layer at once."""

import functools
import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from puff.graphql._context import GraphQLContext, Parents
from puff.graphql._decorators import Marks, marks_of
from puff.graphql._failures import PermissionDenied
from puff.graphql._inputs import Decoder
from puff.graphql._returns import Aligned
from puff.graphql._spec import Function, RunsOn, Statement

How = Literal["class", "static", "instance"]


@dataclass(frozen=True)
class Method:
    """A method that is a field, as its class has it."""

    owner: type
    name: str
    how: How
    function: Callable[..., Any]
    takes_parents: bool
    parameters: dict[str, inspect.Parameter]
    marks: Marks
    # Attributes of its class, and the columns and decoders by which they are read of rows.
    columns: dict[str, tuple[str, Decoder | None]]

    @property
    def is_async(self) -> bool:
        function = inspect.unwrap(self.function)
        return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)

    @property
    def is_generator(self) -> bool:
        function = inspect.unwrap(self.function)
        return inspect.isgeneratorfunction(function) or self.is_async

    @property
    def runs_on(self) -> RunsOn:
        if self.is_async:
            return "asyncio"
        return "hub" if self.marks.pure else "greenlet"


_CONTEXT_NAMES = ("context", "ctx", "info")


def method_of(owner: type, name: str) -> Method | None:
    """The method, if it is a field: its context is positional-only, `(cls, context, /, ..)`, or a
    parameter of that name."""
    found = inspect.getattr_static(owner, name)
    how: How = "instance"
    if isinstance(found, classmethod | staticmethod):
        how = "class" if isinstance(found, classmethod) else "static"
        found = found.__func__
    if not inspect.isfunction(inspect.unwrap(found)) or name.startswith("_"):
        return None
    every = list(inspect.signature(found).parameters.values())
    own = every if how == "static" else every[1:]
    first = [each for each in own if each.kind is each.POSITIONAL_ONLY]
    if not first and own and own[0].name in _CONTEXT_NAMES:
        first = own[:1]
    marks = marks_of(found)
    declared = marks.statement is not None or marks.channel is not None
    if not first and not marks.is_field and not declared:
        return None
    if not 1 <= len(first) <= (1 if how == "instance" else 2):
        begin = {"class": "cls, ", "static": "", "instance": "self, "}[how]
        raise TypeError(
            f"{owner.__name__}.{name}: its parameters begin with ({begin}context, /, ..)"
        )
    rest = {each.name: each for each in own[len(first) :]}
    return Method(owner, name, how, found, len(first) == 2, rest, marks, {})


def function_of(method: Method, decoders: dict[str, Decoder]) -> Callable[[Any], Any]:
    """What the engine calls: takes a GraphqlCall, returns what the resolver returns."""
    call = _of_objects(method) if method.how == "instance" else _of_layer(method)
    if inspect.iscoroutinefunction(inspect.unwrap(method.function)):
        return _asynchronous(method, decoders, call)
    return _synchronous(method, decoders, call)


def guard_of(method: Method) -> Function | None:
    """What asks the method's permissions and does nothing else; None: there are none."""
    if not method.marks.permissions:
        return None

    def admit(call: Any, context: GraphQLContext, arguments: dict[str, Any]) -> None:
        return None

    async def admit_later(call: Any, context: GraphQLContext, arguments: dict[str, Any]) -> None:
        return None

    if _asks_later(method):
        return Function(_asynchronous(method, {}, admit_later), "asyncio", [])
    return Function(_synchronous(method, {}, admit), "greenlet", [])


def guarded(method: Method, statement: Statement) -> Function:
    """What asks the method's permissions, once for all parents, and then returns its statement."""
    keys = (statement.parent_keys, statement.child_keys) if statement.parent_keys else ()

    def resolve(call: Any, context: GraphQLContext, arguments: dict[str, Any]) -> Any:
        parents = Parents(call)
        values = [_value(parents, arguments, *each) for each in statement.parameters]
        return (..., statement.text, values, *keys)

    async def resolve_later(call: Any, context: GraphQLContext, arguments: dict[str, Any]) -> Any:
        return resolve(call, context, arguments)

    columns = {name: None for kind, name in statement.parameters if kind == "parent"}
    needed = list(columns | dict.fromkeys(statement.parent_keys))
    if _asks_later(method):
        return Function(_asynchronous(method, {}, resolve_later), "asyncio", needed)
    return Function(_synchronous(method, {}, resolve), "greenlet", needed)


def _asks_later(method: Method) -> bool:
    return any(inspect.iscoroutinefunction(check) for check in method.marks.permissions)


def _value(parents: Parents, arguments: dict[str, Any], kind: str, name: str) -> Any:
    if kind == "argument":
        return arguments.get(name)
    if kind == "constant":
        return json.loads(name)
    return list(dict.fromkeys(each for each in parents.column(name) if each is not None))


def _arguments(call: Any, decoders: dict[str, Decoder]) -> dict[str, Any]:
    arguments: dict[str, Any] = call.arguments
    for name, decode in decoders.items():
        if name in arguments and arguments[name] is not None:
            arguments[name] = decode(arguments[name])
    return arguments


def _synchronous(
    method: Method, decoders: dict[str, Decoder], resolve: Callable[..., Any]
) -> Callable[[Any], Any]:
    permissions, borrows = method.marks.permissions, method.marks.borrows_connection

    def run(call: Any) -> Any:
        context = GraphQLContext(call)
        for check in permissions:
            _demand(check(context))
        arguments = _arguments(call, decoders)
        if not borrows:
            return resolve(call, context, arguments)
        from puff.graphql._connections import borrowed

        with borrowed(context):
            return resolve(call, context, arguments)

    return run


def _asynchronous(
    method: Method, decoders: dict[str, Decoder], resolve: Callable[..., Any]
) -> Callable[[Any], Any]:
    permissions = method.marks.permissions

    async def run(call: Any) -> Any:
        context = GraphQLContext(call)
        for check in permissions:
            allowed = check(context)
            _demand(await allowed if inspect.isawaitable(allowed) else allowed)
        return await resolve(call, context, _arguments(call, decoders))

    return run


def _demand(allowed: Any) -> None:
    # A check that only raises returns None.
    if allowed is not None and not allowed:
        raise PermissionDenied()


def _of_layer(method: Method) -> Callable[..., Any]:
    bound = method.function if method.how == "static" else _bound(method)
    if method.takes_parents:
        return lambda call, context, arguments: bound(Parents(call), context, **arguments)
    return lambda call, context, arguments: bound(context, **arguments)


def _bound(method: Method) -> Callable[..., Any]:
    return functools.partial(method.function, method.owner)


def _of_objects(method: Method) -> Callable[..., Any]:
    if method.is_async:
        return _async_objects(method)

    def each(call: Any, context: GraphQLContext, arguments: dict[str, Any]) -> Any:
        values = []
        for one in objects_of(call, method):
            try:
                values.append(method.function(one, context, **arguments))
            except Exception as failure:
                values.append(failure)
        return Aligned(values)

    return each


def _async_objects(method: Method) -> Callable[..., Any]:
    import asyncio

    async def each(call: Any, context: GraphQLContext, arguments: dict[str, Any]) -> Any:
        ones = objects_of(call, method)
        pending = [method.function(one, context, **arguments) for one in ones]
        return Aligned(await asyncio.gather(*pending, return_exceptions=True))

    return each


def objects_of(call: Any, method: Method) -> list[Any]:
    """The parents as instances: those that a resolver returned, or, of rows, new ones that are made
    once for the layer."""
    owner = method.owner
    known = call.objects
    if known is not None and all(isinstance(one, owner) for one in known):
        objects: list[Any] = known
        return objects
    cache = call.cache
    if owner not in cache:
        cache[owner] = _instances(call, method)
    made: list[Any] = cache[owner]
    return made


def _instances(call: Any, method: Method) -> list[Any]:
    found: dict[str, list[Any]] = {}
    for name, (column, decode) in method.columns.items():
        values = call.column(column)
        if values is not None:
            found[name] = values if decode is None else [_decoded(each, decode) for each in values]
    made = []
    for row in range(call.rows):
        one: Any = object.__new__(method.owner)
        for name, cells in found.items():
            object.__setattr__(one, name, cells[row])
        made.append(one)
    return made


def _decoded(value: Any, decode: Decoder) -> Any:
    return None if value is None else decode(value)
