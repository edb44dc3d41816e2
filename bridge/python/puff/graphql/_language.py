"""GraphQL's language and schemas for programs of their own: parse, print, validate, execute."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from puff import _puff
from puff.graphql._failures import GraphQLError
from puff.graphql._schema_first import SchemaFirst

__all__ = [
    "Document",
    "GraphQLSchema",
    "GraphQLSyntaxError",
    "build_schema",
    "execute",
    "json_of",
    "parse",
    "print_document",
    "print_schema",
    "validate",
]


class GraphQLSyntaxError(GraphQLError):
    """A text is no GraphQL; `locations` say where."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.locations: list[dict[str, int]] = error.get("locations", [])


@dataclass(frozen=True)
class Document:
    """A parsed text; `str(document)` prints it."""

    _native: Any

    def __str__(self) -> str:
        return print_document(self)


@dataclass(frozen=True)
class GraphQLSchema:
    """A schema that a program uses by itself; `str(schema)` is its SDL."""

    _native: Any

    def __str__(self) -> str:
        return print_schema(self)

    def execute(self, query: str, variables: Mapping[str, Any] | None = None, **more: Any) -> Any:
        """See `execute`."""
        return execute(self, query, variables, **more)


def parse(text: str) -> Document:
    """The document of a text; GraphQLSyntaxError with the place if it is none."""
    document, errors = _puff.graphql_parse(text)
    if errors is not None:
        raise GraphQLSyntaxError(json.loads(errors)["errors"][0])
    return Document(document)


def print_document(document: Document) -> str:
    """The document in GraphQL's usual layout, without comments."""
    text: str = _puff.graphql_print(document._native)
    return text


def build_schema(source: Any) -> GraphQLSchema:
    """The schema of SDL, of a `Schema` class (or an instance of one), or of `schema_from_sdl`.
    SchemaError says what is wrong with it."""
    return GraphQLSchema(
        _puff.graphql_build(SchemaFirst(source) if isinstance(source, str) else source)
    )


def print_schema(schema: Any) -> str:
    """The schema in GraphQL's language."""
    text: str = _puff.graphql_print_schema(_schema_of(schema)._native)
    return text


def validate(schema: Any, document: Document | str) -> list[dict[str, Any]]:
    """What is wrong with a document, as errors of a response; an empty list if it may be
    executed."""
    parsed = parse(document) if isinstance(document, str) else document
    found = json.loads(_puff.graphql_validate(_schema_of(schema)._native, parsed._native))
    errors: list[dict[str, Any]] = found["errors"]
    return errors


def execute(
    schema: Any,
    query: Document | str,
    variables: Mapping[str, Any] | None = None,
    operation_name: str | None = None,
    headers: Mapping[str, str] | None = None,
    auth_token: str | None = None,
) -> Any:
    """Executes a query or mutation by itself and gives its response, `{"data": .., "errors": ..}`:
    in a greenlet the dict, on the asyncio thread an awaitable. In a plain Python resolvers run one
    after the other, and cannot be coroutines. There is no database."""
    given = _puff.graphql_execute(
        _schema_of(schema)._native,
        query if isinstance(query, str) else print_document(query),
        json.dumps(dict(variables or {}), default=json_of),
        operation_name,
        list((headers or {}).items()),
        auth_token,
    )
    return _awaited(given) if _puff.is_asyncio() else json.loads(given)


async def _awaited(given: Any) -> Any:
    return json.loads(await given)


def json_of(value: Any) -> Any:
    """What JSON can hold of a variable that it has no kind for; the `default` of json.dumps."""
    from puff.graphql._leaves import text_of

    made = text_of(value)
    if made is NotImplemented:
        raise TypeError(f"{value!r} is no value of a variable")
    return made


def _schema_of(schema: Any) -> GraphQLSchema:
    return schema if isinstance(schema, GraphQLSchema) else build_schema(schema)
