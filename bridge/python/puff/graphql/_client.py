"""The schemas that this process serves, asked from Python."""

import json
from collections.abc import Mapping
from typing import Any

from puff import _puff
from puff._clients import NamedClient, Receiver
from puff.graphql._failures import GraphQLError
from puff.graphql._language import json_of

__all__ = ["GraphQLClient", "Subscription", "global_graphql", "named_client"]


class GraphQLClient(NamedClient):
    """The `[[graphql]]` schema of a name."""

    _kind = "schema"

    def query(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        connection: Any = None,
        auth_token: str | None = None,
        *,
        operation_name: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Executes a query or mutation: its response, `{"data": .., "errors": [..]}`, in a greenlet
        the dict, on the asyncio thread an awaitable of it. What is wrong with it is in its errors.

        The schema's `auth` is asked with `headers`, and the token as a bearer's. All SQL of the
        operation runs on `connection`, if one is given (see `puff.postgres`), as it is: what it has
        not committed is seen, and nothing is committed."""
        asked = self._asked(query, variables, connection, auth_token, operation_name, headers)
        answer = _puff.graphql_query(*asked)
        return _awaited(answer) if _puff.is_asyncio() else json.loads(answer)

    def subscribe(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        connection: Any = None,
        auth_token: str | None = None,
        *,
        operation_name: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Opens a subscription; see `Subscription`. GraphQLError if it is refused."""
        asked = self._asked(query, variables, connection, auth_token, operation_name, headers)
        opened = _puff.graphql_subscribe(*asked)
        return _opened(opened) if _puff.is_asyncio() else _subscription(opened)

    def _asked(
        self,
        query: str,
        variables: Mapping[str, Any] | None,
        connection: Any,
        auth_token: str | None,
        operation_name: str | None,
        headers: Mapping[str, str] | None,
    ) -> tuple[Any, ...]:
        sent = dict(headers or {})
        if auth_token is not None and "authorization" not in {name.lower() for name in sent}:
            sent["authorization"] = f"Bearer {auth_token}"
        session = None
        if connection is not None:
            from puff.graphql._connections import session_of

            session = session_of(connection)
        given = json.dumps(dict(variables or {}), default=json_of)
        return self._name, query, given, operation_name, list(sent.items()), auth_token, session


class Subscription(Receiver):
    """An open subscription. `receive` waits for its next event; iterating does so until it ends.
    Close it, or leave its `with` block, when no more events are wanted."""

    def __init__(self, native: Any) -> None:
        self._native = native

    def receive(self) -> Any:
        """The next event, `(field_name, {"data": value, ..})`, with `errors` beside the data if
        there are any; None when the subscription has ended."""
        event = self._native.receive()
        return _event_later(event) if _puff.is_asyncio() else _event(event)

    def close(self) -> None:
        """Ends it: the generator is closed, and its `finally` blocks run."""
        self._native.close()


async def _awaited(answer: Any) -> Any:
    return json.loads(await answer)


async def _opened(opened: Any) -> Subscription:
    return _subscription(await opened)


def _subscription(opened: Any) -> Subscription:
    native, refusal = opened
    if native is None:
        error = json.loads(refusal)["errors"][0]
        raise GraphQLError(error["message"], error.get("extensions"))
    return Subscription(native)


async def _event_later(event: Any) -> Any:
    return _event(await event)


def _event(text: str | None) -> Any:
    if text is None:
        return None
    response: dict[str, Any] = json.loads(text)
    data = response.pop("data", None) or {None: None}
    field, value = next(iter(data.items()))
    if field is None and response.get("errors"):
        path = response["errors"][0].get("path") or [None]
        field = path[0]
    return field, {"data": value, **response}


def named_client(name: str) -> GraphQLClient:
    """The client of the `[[graphql]]` schema of that name."""
    return GraphQLClient(name)


global_graphql = GraphQLClient()
