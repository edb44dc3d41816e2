"""GraphQL by other people's clients: a query, a mutation, a subscription and a refusal each."""

import asyncio

import pytest
from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport

from support.graphql_world import World, run_node, shared_world

__all__ = ["shared_world"]

GREETINGS = [{"greetings": word} for word in ("Hi", "Bonjour", "Hola", "Ciao", "Zdravo")]
UNKNOWN = 'Cannot query field "nothing" on type "Query".'
SAID = {
    "query": {"getValue": "value"},
    "mutation": {"setValue": "new"},
    "subscription": GREETINGS,
}


@pytest.mark.parametrize(
    "name",
    [
        "graphql-ws",
        "subscriptions-transport-ws",
        "graphql-sse",
        "graphql-sse-single",
        "apollo",
        "urql",
        "relay",
    ],
)
def test_a_client_of_npm(shared_world: World, name: str) -> None:
    url = shared_world.url("/fixture")
    said = run_node("clients/run.mjs", name, url, url.replace("http", "ws"))
    assert said.pop("wrong") == UNKNOWN
    assert said == SAID


TRANSPORTS = [
    (AIOHTTPTransport, None),
    (WebsocketsTransport, WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL),
    (WebsocketsTransport, WebsocketsTransport.APOLLO_SUBPROTOCOL),
]


@pytest.mark.parametrize(("kind", "protocol"), TRANSPORTS)
def test_the_client_of_pypi(shared_world: World, kind: type, protocol: str | None) -> None:
    url = shared_world.url("/fixture")

    async def ask() -> None:
        how = {"url": url.replace("http", "ws"), "subprotocols": [protocol]} if protocol else {}
        async with Client(transport=kind(**(how or {"url": url}))) as session:
            assert await session.execute(gql("{ getValue }")) == SAID["query"]
            change = gql("mutation ($to: String!) { setValue(value: $to) }")
            change.variable_values = {"to": "new"}
            assert await session.execute(change) == SAID["mutation"]
            with pytest.raises(TransportQueryError, match="Cannot query field"):
                await session.execute(gql("{ nothing }"))
            if protocol:
                events = session.subscribe(gql("subscription { greetings }"))
                assert [event async for event in events] == GREETINGS

    asyncio.run(ask())
