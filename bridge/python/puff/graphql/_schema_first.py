"""Schemas whose types are written in GraphQL's own language."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from puff import _puff
from puff.graphql._context import GraphQLContext, Parents
from puff.graphql._decorators import marks_of
from puff.graphql._failures import SchemaError
from puff.graphql._leaves import Scalar
from puff.graphql._returns import Aligned
from puff.graphql._spec import Field, Function, RunsOn, Schema, Type
from puff.graphql._streams import driver

__all__ = ["SchemaFirst", "layer", "schema_from_sdl"]

Resolver = Callable[..., Any]
DefaultResolver = Callable[[Any, str, str, dict[str, Any]], Any]


def layer(function: Resolver) -> Resolver:
    """Marks a resolver of `schema_from_sdl` as one of layers: it is called once for all parents, as
    `f(parents, context, **arguments)`, and returns what methods of classes return. Others are
    called for each parent, as `f(parent, context, **arguments)`."""
    setattr(function, "__puff_layer__", True)  # noqa: B010
    return function


@dataclass(frozen=True)
class SchemaFirst:
    """A schema from SDL; made by `schema_from_sdl`."""

    sdl: str
    resolvers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    default_resolver: DefaultResolver | None = None
    resolve_type: Mapping[str, Resolver] = field(default_factory=dict)
    scalars: tuple[Scalar, ...] = ()
    auth: Resolver | None = None

    def describe(self) -> Schema:
        """What the engine is told."""
        from puff.graphql._load import authorizer

        made = Schema(sdl=self.sdl, resolve_type=dict(self.resolve_type))
        for name, query, kind, fields in _puff.graphql_outline(self.sdl):
            one = Type(kind, name)
            if kind == "object":
                resolvers = self.resolvers.get(name, {})
                one.fields = self._fields(name, query, fields, resolvers)
            made.types.append(one)
        self._check({one.name: one for one in made.types})
        for scalar in self.scalars:
            made.types.append(
                Type("scalar", scalar.name, serialize=scalar.serialize, parse=scalar.parse)
            )
        if self.auth is not None:
            made.auth, made.auth_runs_on = authorizer(self.auth)
        return made

    def _fields(
        self, type_name: str, root: str, fields: list[str], resolvers: Mapping[str, Any]
    ) -> list[Field]:
        made = []
        for name in fields:
            resolver = resolvers.get(name)
            if resolver is not None:
                binding = _binding(resolver, root == "subscription")
            elif self.default_resolver is not None:
                binding = _default(self.default_resolver, type_name, name)
            else:
                continue
            made.append(Field(name, "", binding))
        return made

    def _check(self, types: Mapping[str, Type]) -> None:
        for name, fields in self.resolvers.items():
            if name not in types:
                raise SchemaError(f"resolvers are given for type {name!r}, which the SDL lacks")
            known = {each.name for each in types[name].fields}
            for each in fields:
                if each not in known:
                    raise SchemaError(f"a resolver is given for {name}.{each}, which the SDL lacks")


def schema_from_sdl(
    sdl: str,
    resolvers: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    default_resolver: DefaultResolver | None = None,
    resolve_type: Mapping[str, Resolver] | None = None,
    scalars: tuple[Scalar, ...] = (),
    auth: Resolver | None = None,
) -> SchemaFirst:
    """A schema whose types are `sdl`. `resolvers[type][field]` are functions, of one parent each or
    `@layer` of all; `default_resolver(parent, type_name, field_name, arguments)` gives fields
    without one, instead of reading the parent's attribute or key of that name;
    `resolve_type[abstract_type](value)` names the type of a value, or gives its class."""
    return SchemaFirst(
        sdl, resolvers or {}, default_resolver, resolve_type or {}, tuple(scalars), auth
    )


def _binding(resolver: Any, streams: bool) -> Function:
    function = inspect.unwrap(resolver)
    is_async = inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
    runs_on: RunsOn = "asyncio" if is_async else "hub" if marks_of(resolver).pure else "greenlet"
    if streams:
        return Function(driver(_of_stream(resolver), is_async), runs_on, [], True)
    if getattr(resolver, "__puff_layer__", False):
        return Function(_of_layer(resolver), runs_on, [])
    call = _of_nodes_async(resolver) if is_async else _of_nodes(resolver)
    return Function(call, runs_on, ["__self__"])


def _of_stream(resolver: Resolver) -> Callable[[Any], Any]:
    return lambda call: resolver(GraphQLContext(call), **call.arguments)


def _of_layer(resolver: Resolver) -> Callable[[Any], Any]:
    return lambda call: resolver(Parents(call), GraphQLContext(call), **call.arguments)


def _nodes(call: Any) -> Any:
    return Parents(call) if call.objects is None else call.objects


def _of_nodes(resolver: Resolver) -> Callable[[Any], Any]:
    def run(call: Any) -> Any:
        context, arguments, values = GraphQLContext(call), call.arguments, []
        for parent in _nodes(call):
            try:
                values.append(resolver(parent, context, **arguments))
            except Exception as failure:
                values.append(failure)
        return Aligned(values)

    return run


def _of_nodes_async(resolver: Resolver) -> Callable[[Any], Any]:
    import asyncio

    async def run(call: Any) -> Any:
        context, arguments = GraphQLContext(call), call.arguments
        pending = [resolver(parent, context, **arguments) for parent in _nodes(call)]
        return Aligned(await asyncio.gather(*pending, return_exceptions=True))

    return run


def _default(resolver: DefaultResolver, type_name: str, name: str) -> Function:
    def run(call: Any) -> Any:
        arguments, values = call.arguments, []
        for parent in _nodes(call):
            try:
                values.append(resolver(parent, type_name, name, arguments))
            except Exception as failure:
                values.append(failure)
        return Aligned(values)

    return Function(run, "greenlet", ["__self__"])
