"""Resolvers: how they are called, what they may return, and what becomes of their mistakes. Inside
Puff, in a greenlet."""

import asyncio
import functools
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from worlds import on_asyncio

import puff
from puff import graphql

CALLS: list[Any] = []


@pytest.fixture(autouse=True)
def _no_calls():
    CALLS.clear()


@dataclass
class Book:
    id: int
    author_id: int
    title: str

    @classmethod
    def shouted(cls, parents, context, /) -> str:
        CALLS.append(("shouted", len(parents)))
        return graphql.aligned([parent.title.upper() for parent in parents])

    @classmethod
    def broken_for_two(cls, context, /) -> str | None:
        ids = [id for (id,) in context.parent_values(["id"])]
        return ..., [graphql.GraphQLError("no two") if id == 2 else f"b{id}" for id in ids]

    @classmethod
    def too_few(cls, context, /) -> str | None:
        return ..., ["only one"]

    @classmethod
    def few_aligned(cls, context, /) -> str | None:
        return graphql.aligned(["only one"])

    @classmethod
    def uncorrelated(cls, context, /) -> list[str]:
        return ..., ["a", "b"]

    @classmethod
    def same_for_all(cls, context, /) -> list[str]:
        return ["x", "y"]

    @classmethod
    def missing_key(cls, context, /) -> str | None:
        return context.parent_values(["isbn"])

    def label(self, context, /, mark: str = "#") -> str | None:
        CALLS.append(("label", self.id))
        if self.id == 3:
            raise ValueError("three has no label")
        return f"{mark}{self.id}: {self.title}"

    async def slowly(self, context, /) -> int:
        await asyncio.sleep(0)
        return self.id * 10

    @classmethod
    def cached(cls, context, /) -> int:
        seen = context.layer_cache.setdefault("seen", [])
        seen.append("cached")
        return len(seen)

    @classmethod
    def cached_too(cls, context, /) -> int:
        seen = context.layer_cache.setdefault("seen", [])
        seen.append("too")
        return len(seen)


BOOKS = [Book(1, 1, "Emma"), Book(2, 1, "Persuasion"), Book(3, 2, "Ulysses")]


@dataclass
class Author:
    id: int
    name: str
    secret: str = field(default="hidden", metadata={"db_column": "secret_column"})

    @classmethod
    def books(cls, context, /, first: int | None = None) -> list[Book]:
        ids = [id for (id,) in context.parent_values(["id"])]
        CALLS.append(("books", ids, context.required_columns))
        found = [book for book in BOOKS if book.author_id in ids]
        return ..., found[:first], ["id"], ["author_id"]

    @classmethod
    def books_with_gaps(cls, context, /) -> list[Book]:
        return ..., [BOOKS[2], None, BOOKS[0]], ["id"], ["author_id"]

    @classmethod
    def titles(cls, context, /) -> list[str]:
        rows = [{"a": book.author_id, "title": book.title} for book in BOOKS]
        return ..., rows, ["id"], ["a"]

    @classmethod
    def one_book(cls, context, /) -> Book | None:
        return ..., BOOKS, ["id"], ["author_id"]

    @classmethod
    def last_book(cls, context, /) -> Book | None:
        return ..., BOOKS[2:], ["id"], ["author_id"]

    @classmethod
    def wrong_child_key(cls, context, /) -> list[Book]:
        return ..., BOOKS, ["id"], ["writer"]

    @classmethod
    def wrong_parent_key(cls, context, /) -> list[Book]:
        return ..., BOOKS, ["writer"], ["author_id"]


AUTHORS = [Author(1, "Jane"), Author(2, "James"), Author(3, "Nobody")]


class Unshowable:
    def __repr__(self):
        return "<unshowable>"


def only_admins(context):
    return context.auth == "admin"


async def only_admins_later(context):
    await asyncio.sleep(0)
    return context.auth == "admin"


@dataclass
class Query:
    @classmethod
    def authors(cls, context, /) -> list[Author]:
        return ..., AUTHORS

    @classmethod
    def with_parents(cls, parents, context, /) -> int:
        return len(parents)

    @staticmethod
    def plain(context, /, n: int = 1) -> int:
        return n + 1

    @classmethod
    def waits(cls, context, /) -> bool:
        puff.sleep_ms(1)
        return puff.is_greenlet()

    @classmethod
    @graphql.pure
    def runs_inline(cls, context, /) -> bool:
        return not puff.is_greenlet()

    @classmethod
    @graphql.needs_puff
    def needs(cls, context, /) -> bool:
        return puff.is_greenlet()

    @classmethod
    async def later(cls, context, /, n: int) -> int:
        await asyncio.sleep(0.001)
        return n

    @classmethod
    def as_dicts(cls, context, /) -> list[Author]:
        return [{"id": 7, "name": "Seven", "secret_column": "s7"}, {"id": 8, "name": "Eight"}]

    @classmethod
    def raises(cls, context, /) -> str | None:
        raise ValueError("not today")

    @classmethod
    def raises_data(cls, context, /) -> str | None:
        raise graphql.GraphQLError("never", {"code": "NEVER"})

    @classmethod
    def refuses(cls, context, /) -> str | None:
        raise graphql.PermissionDenied(403, "not you")

    @classmethod
    def unshowable(cls, context, /) -> str | None:
        return Unshowable()

    @classmethod
    def unshowable_any(cls, context, /) -> Any:
        return {"a": Unshowable()}

    @classmethod
    def no_list(cls, context, /) -> list[int] | None:
        return 5

    @classmethod
    def no_number(cls, context, /) -> int | None:
        return "five"

    @classmethod
    def no_object(cls, context, /) -> Author | None:
        return "Jane"

    @classmethod
    def lacks(cls, context, /) -> Author | None:
        return Book(1, 1, "no name")

    @classmethod
    def numbers(cls, context, /) -> list[int | None]:
        return [1, ValueError("two"), 3]

    @classmethod
    def no_convention(cls, context, /) -> str | None:
        return ..., 1, 2, 3, 4, 5

    @classmethod
    def endless(cls, context, /) -> list[int]:
        return (n for n in range(3))

    @classmethod
    def who(cls, context, /) -> list[str]:
        return [str(context.auth), str(context.auth_token), context.headers.get("X-Name", "-")]

    @classmethod
    @graphql.permission(only_admins)
    def guarded(cls, context, /) -> str | None:
        CALLS.append("guarded")
        return "secret"

    @classmethod
    @graphql.permission(only_admins_later)
    async def guarded_later(cls, context, /) -> str | None:
        CALLS.append("guarded_later")
        return "secret"

    @classmethod
    def page(
        cls, context, /, first: int | None = None, after: str | None = None
    ) -> graphql.Connection[Book]:
        return graphql.paginate(BOOKS, first=first, after=after, cursor=lambda book: book.id)


@dataclass
class Mutation:
    @classmethod
    def slow(cls, context, /) -> int:
        puff.sleep_ms(5)
        CALLS.append("slow")
        return len(CALLS)

    @classmethod
    def fast(cls, context, /) -> int:
        CALLS.append("fast")
        return len(CALLS)


@dataclass
class Schema:
    query: Query
    mutation: Mutation

    @staticmethod
    def auth(headers):
        if headers.get("authorization") == "Bearer bad":
            raise graphql.PermissionDenied(403, "you may not")
        if headers.get("authorization") == "Bearer broken":
            raise RuntimeError("database password is 1234")
        return "admin" if headers.get("authorization") == "Bearer root" else None


@functools.cache
def schema():
    return graphql.build_schema(Schema)


def ask(query, variables=None, **more):
    return schema().execute(query, variables, **more)


def data_of(query, variables=None, **more):
    response = ask(query, variables, **more)
    assert "errors" not in response, response
    return response["data"]


def error_of(query, **more):
    response = ask(query, **more)
    assert len(response["errors"]) == 1, response
    return response["errors"][0]


def test_a_layer_is_resolved_by_one_call():
    got = data_of("{ authors { name books { title shouted } } }")
    assert got["authors"] == [
        {
            "name": "Jane",
            "books": [
                {"title": "Emma", "shouted": "EMMA"},
                {"title": "Persuasion", "shouted": "PERSUASION"},
            ],
        },
        {"name": "James", "books": [{"title": "Ulysses", "shouted": "ULYSSES"}]},
        {"name": "Nobody", "books": []},
    ]
    assert [call[:2] for call in CALLS] == [("books", [1, 2, 3]), ("shouted", 3)]


def test_required_columns_are_those_selected():
    data_of("{ authors { books { title } } }")
    assert CALLS[0][2] == ("title",)


def test_defect_04_nested_aliases_and_typenames():
    query = "{ authors { a: books(first: 1) { t: title __typename } b: books { title title id } } }"
    first = data_of(query)["authors"][0]
    assert first["a"] == [{"t": "Emma", "__typename": "Book"}]
    assert [list(book) for book in first["b"]] == [["title", "id"], ["title", "id"]]


def test_defect_05_none_in_a_correlated_list_shifts_nothing():
    got = data_of("{ authors { id books_with_gaps { id } } }")["authors"]
    assert [[book["id"] for book in author["books_with_gaps"]] for author in got] == [[1], [3], []]


def test_defect_06_leaves_are_correlated_too():
    got = data_of("{ authors { titles } }")["authors"]
    assert [author["titles"] for author in got] == [["Emma", "Persuasion"], ["Ulysses"], []]


def test_defect_05_several_matches_for_a_single_field_are_an_error():
    response = ask("{ authors { one_book { id } } }")
    assert [author["one_book"] for author in response["data"]["authors"]] == [None, {"id": 3}, None]
    assert "several rows match" in response["errors"][0]["message"]
    assert response["errors"][0]["path"] == ["authors", 0, "one_book"]


def test_a_single_match_or_null():
    got = data_of("{ authors { last_book { title } } }")["authors"]
    assert [author["last_book"] for author in got] == [None, {"title": "Ulysses"}, None]


def test_defect_05_an_uncorrelated_list_for_several_parents_is_an_error():
    failure = error_of("{ authors { books { id } } a: authors { books { uncorrelated } } }")
    assert "is a list for 3 parents" in failure["message"]


def test_a_plain_value_is_given_to_every_parent():
    got = data_of("{ authors { books { same_for_all } } }")["authors"]
    assert got[0]["books"] == [{"same_for_all": ["x", "y"]}] * 2


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("too_few", "Book.too_few has 1 row for 3 parents"),
        ("few_aligned", "Book.few_aligned has 1 value for 3 parents"),
        ("missing_key", "Book.missing_key: its parents have no column 'isbn'; they have: "),
    ],
)
def test_wrong_lengths_and_columns(field, text):
    response = ask(f"{{ authors {{ books {{ {field} }} }} }}")
    assert text in response["errors"][0]["message"]
    assert response["data"]["authors"][0]["books"][0] == {field: None}


def test_wrong_keys_are_named():
    assert (
        '"writer", which its rows lack'
        in error_of("{ authors { wrong_child_key { id } } }")["message"]
    )
    assert (
        '"writer", which its parents lack'
        in error_of("{ authors { wrong_parent_key { id } } }")["message"]
    )


def test_defect_08_one_parent_may_fail_alone():
    response = ask("{ authors { books { id broken_for_two } } }")
    books = [book for author in response["data"]["authors"] for book in author["books"]]
    assert [book["broken_for_two"] for book in books] == ["b1", None, "b3"]
    assert [(e["message"], e["path"]) for e in response["errors"]] == [
        ("no two", ["authors", 0, "books", 1, "broken_for_two"])
    ]


def test_defect_11_methods_of_instances():
    response = ask('{ authors { books { label(mark: "~") } } }')
    assert response["data"]["authors"][0]["books"] == [
        {"label": "~1: Emma"},
        {"label": "~2: Persuasion"},
    ]
    assert response["errors"][0]["message"] == "three has no label"
    assert response["errors"][0]["path"] == ["authors", 1, "books", 0, "label"]
    assert CALLS[-3:] == [("label", 1), ("label", 2), ("label", 3)]


def test_defect_11_asynchronous_methods_of_instances():
    got = data_of("{ authors { books { slowly } } }")["authors"]
    assert [book["slowly"] for author in got for book in author["books"]] == [10, 20, 30]


def test_fields_of_a_layer_share_its_cache():
    book = data_of("{ authors { books { cached cached_too } } }")["authors"][0]["books"][0]
    assert sorted(book.values()) == [1, 2]


def test_ways_to_call():
    query = "{ with_parents plain(n: 4) waits runs_inline needs later(n: 9) endless }"
    assert data_of(query) == {
        "with_parents": 1,
        "plain": 5,
        "waits": True,
        "runs_inline": True,
        "needs": True,
        "later": 9,
        "endless": [0, 1, 2],
    }


def test_dicts_are_objects_and_db_column_renames():
    assert data_of("{ as_dicts { id name } }")["as_dicts"][1] == {"id": 8, "name": "Eight"}
    response = ask("{ as_dicts { secret } authors { secret } }")
    assert response["data"] is None
    assert "non-nullable field Author.secret" in response["errors"][0]["message"]
    assert data_of("{ authors { secret } }")["authors"][0] == {"secret": "hidden"}


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("raises", "not today"),
        ("unshowable", "String cannot represent value: <unshowable>"),
        ("unshowable_any", "<unshowable> has no JSON"),
        ("no_list", "Expected Iterable"),
        ("no_number", "Int cannot represent"),
        ("no_object { id }", 'Expected value of type "Author"'),
        ("no_convention", "Query.no_convention returned a tuple of 6 elements"),
    ],
)
def test_defect_08_mistakes_of_resolvers_are_errors_of_their_field(field, text):
    response = ask(f"{{ {field} with_parents }}")
    name = field.split()[0]
    assert response["data"] == {name: None, "with_parents": 1}
    assert text in response["errors"][0]["message"]
    assert response["errors"][0]["path"] == [name]


def test_an_attribute_that_is_not_there_is_an_error():
    response = ask("{ lacks { name } }")
    assert "has no attribute 'name'" in response["errors"][0]["message"]
    assert response["errors"][0]["path"] == ["lacks", "name"]


def test_an_item_of_a_list_may_fail_alone():
    response = ask("{ numbers }")
    assert response["data"]["numbers"] == [1, None, 3]
    assert response["errors"][0]["path"] == ["numbers", 1]


def test_errors_have_extensions():
    assert error_of("{ raises_data }")["extensions"] == {"code": "NEVER"}
    assert error_of("{ refuses }")["message"] == "not you"


def test_defect_01_auth_is_a_value():
    got = data_of(
        "{ who }", headers={"Authorization": "Bearer root", "x-name": "me"}, auth_token="root"
    )
    assert got["who"] == ["admin", "root", "me"]
    assert data_of("{ who }")["who"] == ["None", "None", "-"]


def test_defect_01_a_refused_request_goes_nowhere():
    for token, text in [("bad", "you may not")]:
        response = ask("{ guarded who }", headers={"authorization": f"Bearer {token}"})
        assert response == {"errors": [{"message": text}]}
    broken = ask("{ guarded who }", headers={"authorization": "Bearer broken"})
    assert broken == {"errors": [{"message": "The request could not be authorized."}]}
    assert CALLS == []


def test_permissions_of_fields():
    root = {"authorization": "Bearer root"}
    assert data_of("{ guarded guarded_later }", headers=root) == {
        "guarded": "secret",
        "guarded_later": "secret",
    }
    CALLS.clear()
    response = ask("{ guarded guarded_later who }")
    assert response["data"] == {
        "guarded": None,
        "guarded_later": None,
        "who": ["None", "None", "-"],
    }
    assert {error["extensions"]["code"] for error in response["errors"]} == {"FORBIDDEN"}
    assert CALLS == []


def test_defect_03_root_fields_of_a_mutation_run_in_order():
    assert data_of("mutation { slow fast a: slow }") == {"slow": 1, "fast": 2, "a": 3}


def test_pages_of_relay():
    query = """query ($after: String) { page(first: 2, after: $after) {
        edges { cursor node { title } } pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
    first = data_of(query)["page"]
    assert [edge["node"]["title"] for edge in first["edges"]] == ["Emma", "Persuasion"]
    assert first["pageInfo"]["hasNextPage"] is True
    second = data_of(query, {"after": first["pageInfo"]["endCursor"]})["page"]
    assert [edge["node"]["title"] for edge in second["edges"]] == ["Ulysses"]
    assert second["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": True,
        "endCursor": second["edges"][0]["cursor"],
    }
    assert "no cursor" in error_of('{ page(after: "x") { edges { cursor } } }')["message"]


def test_execution_on_the_asyncio_thread():
    async def run():
        return await schema().execute("{ authors { name } later(n: 2) waits }")

    assert on_asyncio(run)["data"]["later"] == 2


def test_many_at_a_time():
    def one(n):
        return data_of(
            "query ($n: Int!) { later(n: $n) waits authors { books { label } } }", {"n": n}
        )

    schema()
    runs = [puff.spawn(ask, "query ($n: Int!) { later(n: $n) waits }", {"n": n}) for n in range(50)]
    assert [got["data"]["later"] for got in puff.join_all(runs)] == list(range(50))


SDL = """
type Query { hello(name: String = "you"): String  people: [Person!]!  thing: Thing }
type Person { name: String  shout: String  first: String }
union Thing = Person | Rock
type Rock { weight: Int }
"""


def first_first_default(parent, type_name, field_name, args):
    if isinstance(parent, dict):
        return parent.get(field_name, f"{type_name}.{field_name}")
    return None


def test_schema_first():
    @graphql.layer
    def shout(parents, context):
        return graphql.aligned([parent.name.upper() for parent in parents])

    async def first(parent, context):
        return parent["name"][0]

    made = graphql.build_schema(
        graphql.schema_from_sdl(
            SDL,
            {
                "Query": {
                    "hello": lambda parent, context, name: f"hello {name}",
                    "people": lambda parent, context: [{"name": "ann"}, {"name": "bob"}],
                    "thing": lambda parent, context: {"weight": 5},
                },
                "Person": {"shout": shout, "first": first},
            },
            resolve_type={"Thing": lambda value: "Rock" if "weight" in value else "Person"},
        )
    )
    got = made.execute("{ hello people { name shout first } thing { ... on Rock { weight } } }")
    assert got == {
        "data": {
            "hello": "hello you",
            "people": [
                {"name": "ann", "shout": "ANN", "first": "a"},
                {"name": "bob", "shout": "BOB", "first": "b"},
            ],
            "thing": {"weight": 5},
        }
    }


def test_a_default_resolver_of_ones_own():
    made = graphql.schema_from_sdl(
        SDL,
        {"Query": {"people": lambda parent, context: [{"name": "ann"}]}},
        default_resolver=first_first_default,
    )
    got = graphql.execute(made, "{ hello people { name shout } }")
    assert got["data"]["people"] == [{"name": "ann", "shout": "Person.shout"}]


def test_resolvers_of_unknown_fields_are_refused():
    made = graphql.schema_from_sdl(SDL, {"Query": {"bye": print}})
    with pytest.raises(graphql.SchemaError, match=r"Query.bye, which the SDL lacks"):
        graphql.build_schema(made)


def test_language():
    document = graphql.parse("query  Q{a(x:1){b}}")
    assert graphql.print_document(document) == "query Q {\n  a(x: 1) {\n    b\n  }\n}"
    with pytest.raises(graphql.GraphQLError, match="Syntax Error"):
        graphql.parse("{")
    errors = graphql.validate(schema(), "{ nothing }")
    assert errors[0]["message"].startswith('Cannot query field "nothing" on type "Query".')
    assert graphql.validate(schema(), "{ who }") == []
    assert json.loads(json.dumps(errors)) == errors
