"""GraphQL: schemas from Python classes, resolved layer by layer.

    from dataclasses import dataclass
    from puff import graphql

    @dataclass
    class Query:
        @classmethod
        def hello(cls, context, /, name: str = "world") -> str:
            return f"Hello, {name}"

    @dataclass
    class Schema:
        query: Query

A resolver is called once for all objects of a layer. It returns a value, or a tuple that begins
with `...`: `(..., list)`, `(..., sql, params)`, and both of these with `parent_keys, child_keys`,
which say whose the items are."""

from puff.graphql._client import GraphQLClient, Subscription, global_graphql, named_client
from puff.graphql._context import GraphQLContext, Headers, ParentRow, Parents
from puff.graphql._decorators import (
    argument,
    borrow_db_context,
    channel,
    constant,
    cost,
    field,
    interface,
    needs_puff,
    nested_dataclass,
    one_of,
    parent,
    parent_key,
    permission,
    pure,
    sql,
)
from puff.graphql._failures import AuthRejection, GraphQLError, PermissionDenied, SchemaError
from puff.graphql._hints import NamedUnion as Union
from puff.graphql._inputs import UNSET, Unset
from puff.graphql._language import (
    build_schema,
    execute,
    parse,
    print_document,
    print_schema,
    validate,
)
from puff.graphql._leaves import ID, BigInt, Scalar
from puff.graphql._load import EmptyObject
from puff.graphql._relay import Connection, Edge, PageInfo, paginate
from puff.graphql._returns import aligned
from puff.graphql._schema_first import SchemaFirst, layer, schema_from_sdl
from puff.graphql._uploads import Upload

__all__ = [
    "ID",
    "UNSET",
    "AuthRejection",
    "BigInt",
    "Connection",
    "Edge",
    "EmptyObject",
    "GraphQLClient",
    "GraphQLContext",
    "GraphQLError",
    "Headers",
    "PageInfo",
    "ParentRow",
    "Parents",
    "PermissionDenied",
    "Scalar",
    "SchemaError",
    "SchemaFirst",
    "Subscription",
    "Union",
    "Unset",
    "Upload",
    "aligned",
    "argument",
    "borrow_db_context",
    "build_schema",
    "channel",
    "constant",
    "cost",
    "execute",
    "field",
    "global_graphql",
    "interface",
    "layer",
    "named_client",
    "needs_puff",
    "nested_dataclass",
    "one_of",
    "paginate",
    "parent",
    "parent_key",
    "parse",
    "permission",
    "print_document",
    "print_schema",
    "pure",
    "schema_from_sdl",
    "sql",
    "validate",
]
