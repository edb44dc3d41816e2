"""What the same query costs in Puff and in strawberry, inside of one Python: a list of dataclasses
with five fields each, and a method that gives them. Prints the milliseconds of the best execution.

    puff run graphql_objects.by_puff SECONDS
    python graphql_objects.py SECONDS             (strawberry)
"""

import sys
import time
from dataclasses import make_dataclass

COUNT = 1_000
FIELDS = [("id", int), ("name", str), ("price", float), ("stock", int), ("listed", bool)]
QUERY = "{ items { id name price stock listed } }"


def _rows(kind):
    return [kind(n, f"item {n}", n / 4, n % 7, n % 2 == 0) for n in range(COUNT)]


def _measured(run, seconds):
    run()
    best, until = float("inf"), time.perf_counter() + float(seconds)
    while time.perf_counter() < until:
        began = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - began)
    print(f"{best * 1000:.3f}")


def by_puff(seconds):
    """Puff, the response left as JSON: what a server sends."""
    from puff import _puff, graphql

    item = make_dataclass("Item", FIELDS)
    rows = _rows(item)

    class Query:
        @classmethod
        def items(cls, context, /) -> list[item]:
            return rows

    class Schema:
        query = Query

    native = graphql.build_schema(Schema)._native
    _measured(lambda: _puff.graphql_execute(native, QUERY, "", None, [], None), seconds)


def by_strawberry(seconds):
    """Strawberry's execution alone: its response is a dict."""
    import strawberry

    item = strawberry.type(make_dataclass("Item", FIELDS))
    rows = _rows(item)

    def items() -> list[item]:
        return rows

    query = strawberry.type(
        type("Query", (), {"items": strawberry.field(items), "__annotations__": {}})
    )
    schema = strawberry.Schema(query=query)
    _measured(lambda: schema.execute_sync(QUERY), seconds)


if __name__ == "__main__":
    by_strawberry(sys.argv[1])
