"""Schemas from Python classes: the types that they become, and what is wrong with others. Inside
Puff, in a greenlet."""

import abc
import datetime
import decimal
import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, List, Optional, Tuple  # noqa: UP035

import pytest

from puff import graphql


def schema_of(query, **roots):
    """The schema whose roots are these classes."""
    roots = {"query": query, **roots}
    return graphql.build_schema(type("Schema", (), roots))


def sdl(query, **roots):
    return graphql.print_schema(schema_of(query, **roots))


def data_of(response):
    assert "errors" not in response, response
    return response["data"]


def errors_of(response):
    return [error["message"] for error in response["errors"]]


class Shade(enum.Enum):
    """How dark."""

    LIGHT = "l"
    DARK = "d"


@dataclass
class Leaves:
    """All kinds of leaves."""

    text: str
    whole: int
    real: float
    flag: bool
    anything: Any
    shade: Shade
    moment: datetime.datetime
    day: datetime.date
    clock: datetime.time
    price: decimal.Decimal
    key: uuid.UUID
    raw: bytes
    id: graphql.ID
    big: graphql.BigInt
    maybe: Optional[int] = None  # noqa: UP045
    perhaps: int | None = None
    old_moment: "Datetime | None" = None  # noqa: F821
    old_key: "Uuid | None" = None  # noqa: F821
    old_raw: "Binary | None" = None  # noqa: F821
    grid: List[List[int]] = field(default_factory=list)  # noqa: UP006
    words: Sequence[str] = ()
    bare: list = field(default_factory=list)


LEAVES = Leaves(
    text="grüße",
    whole=7,
    real=1.5,
    flag=True,
    anything={"a": [1, None, {"b": "c"}]},
    shade=Shade.DARK,
    moment=datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.UTC),
    day=datetime.date(2024, 2, 29),
    clock=datetime.time(23, 59, 59),
    price=decimal.Decimal("10.50"),
    key=uuid.UUID(int=1),
    raw=b"\x00\xff",
    id="x1",
    big=2**40,
    maybe=3,
    grid=[[1, 2], [3]],
    words=("a", "b"),
    bare=[1, "x"],
)


@dataclass
class LeafQuery:
    @classmethod
    def leaves(cls, context, /) -> Leaves:
        return LEAVES


def test_types_of_leaves():
    printed = sdl(LeafQuery)
    assert '"""All kinds of leaves."""\ntype Leaves {' in printed
    assert '"""How dark."""\nenum Shade {\n  LIGHT\n  DARK\n}' in printed
    expected = (
        "text: String! whole: Int! real: Float! flag: Boolean! anything: Any shade: Shade! "
        "moment: DateTime! day: Date! clock: Time! price: Decimal! key: UUID! raw: Binary! "
        "id: ID! big: BigInt! maybe: Int perhaps: Int old_moment: DateTime old_key: UUID "
        "old_raw: Binary grid: [[Int!]!]! words: [String!]! bare: [Any]!"
    )
    body = printed.split("type Leaves {")[1].split("}")[0]
    assert " ".join(body.split()) == expected


def test_values_of_leaves():
    fields = [line.split(":")[0] for line in Leaves.__annotations__]
    got = data_of(graphql.execute(schema_of(LeafQuery), f"{{ leaves {{ {' '.join(fields)} }} }}"))
    assert got["leaves"] == {
        "text": "grüße",
        "whole": 7,
        "real": 1.5,
        "flag": True,
        "anything": {"a": [1, None, {"b": "c"}]},
        "shade": "DARK",
        "moment": "2024-02-29T12:30:00+00:00",
        "day": "2024-02-29",
        "clock": "23:59:59",
        "price": "10.50",
        "key": "00000000-0000-0000-0000-000000000001",
        "raw": "AP8=",
        "id": "x1",
        "big": 2**40,
        "maybe": 3,
        "perhaps": None,
        "old_moment": None,
        "old_key": None,
        "old_raw": None,
        "grid": [[1, 2], [3]],
        "words": ["a", "b"],
        "bare": [1, "x"],
    }


@dataclass
class Size:
    """How large."""

    width: int
    height: int = 5
    label: str | None = None


@dataclass
class ArgumentQuery:
    @classmethod
    def echo(
        cls,
        context,
        /,
        shade: Shade = Shade.LIGHT,
        size: Size | None = None,
        moment: datetime.datetime | None = None,
        price: decimal.Decimal | None = None,
        key: uuid.UUID | None = None,
        raw: bytes | None = None,
        ids: list[graphql.ID] | None = None,
        count: int = 10,
        note: str | graphql.Unset | None = graphql.UNSET,
    ) -> str:
        """Says what it was given."""
        return repr((shade, size, moment, price, key, raw, ids, count, note))

    @classmethod
    def sizes(cls, context, /, sizes: list[Size]) -> list[int]:
        return [each.width * each.height for each in sizes]

    @classmethod
    def real(cls, context, /, value: float) -> str:
        return type(value).__name__


def echo(arguments="", variables=None, declared=""):
    return graphql.execute(
        schema_of(ArgumentQuery), f"query {declared} {{ echo{arguments} }}", variables
    )


def test_defect_10_arguments_have_their_defaults_in_the_schema():
    printed = sdl(ArgumentQuery)
    assert "shade: Shade! = LIGHT" in printed
    assert "count: Int! = 10" in printed
    assert "note: String)" in printed
    assert "input Size {\n  width: Int!\n  height: Int! = 5\n  label: String\n}" in printed
    assert '"""Says what it was given."""' in printed


def test_arguments_arrive_as_their_hints_say():
    given = """(shade: DARK, size: {width: 2}, moment: "2024-01-02T03:04:05Z", price: "1.20",
        key: "00000000-0000-0000-0000-000000000001", raw: "AP8=", ids: ["a", 1], count: 3,
        note: null)"""
    assert data_of(echo(given))["echo"] == repr(
        (
            Shade.DARK,
            Size(2),
            datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.UTC),
            decimal.Decimal("1.20"),
            uuid.UUID(int=1),
            b"\x00\xff",
            ["a", "1"],
            3,
            None,
        )
    )


def test_defect_07_what_is_absent_is_not_null():
    absent = data_of(echo())["echo"]
    assert absent == repr((Shade.LIGHT, None, None, None, None, None, None, 10, graphql.UNSET))
    assert data_of(echo("(ids: null)"))["echo"] == absent
    assert "UNSET" not in data_of(echo("(note: null)"))["echo"]


def test_defect_07_an_integer_is_a_float():
    query = "query ($v: Float!) { real(value: $v) }"
    assert data_of(graphql.execute(schema_of(ArgumentQuery), query, {"v": 1}))["real"] == "float"


def test_lists_of_input_types():
    query = "query ($s: [Size!]!) { sizes(sizes: $s) }"
    given = {"s": [{"width": 1}, {"width": 2, "height": 3, "label": None}]}
    assert data_of(graphql.execute(schema_of(ArgumentQuery), query, given))["sizes"] == [5, 6]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("moment", "2023-02-29T00:00:00"),
        ("moment", 5),
        ("key", "1"),
        ("raw", "A"),
        ("price", "1.2.3"),
    ],
)
def test_wrong_scalars_are_refused(name, value):
    kind = {"moment": "DateTime", "key": "UUID", "raw": "Binary", "price": "Decimal"}[name]
    got = echo(f"({name}: $v)", {"v": value}, f"($v: {kind})")
    assert f"{kind} cannot represent value" in errors_of(got)[0]
    assert "data" not in got


@dataclass
class Animal(abc.ABC):
    """Whatever lives."""

    name: str

    @abc.abstractmethod
    def noise(self) -> str: ...


@dataclass
class Dog(Animal):
    barks: bool = True

    def noise(self) -> str:
        return "woof"

    def said(self, context, /, times: int = 1) -> str:
        return " ".join([self.noise()] * times)


@dataclass
class Cat(Animal):
    __typename__ = "Tomcat"
    lives: int = 9

    def noise(self) -> str:
        return "meow"


@dataclass
class Stone:
    grams: int


Thing = Annotated[Dog | Stone, graphql.Union("Thing", "Something.")]


@dataclass
class AbstractQuery:
    @classmethod
    def animals(cls, context, /) -> list[Animal]:
        return [Dog("Rex"), Cat("Tom"), Dog("Max", barks=False)]

    @classmethod
    def things(cls, context, /) -> list[Thing]:
        return [Stone(5), Dog("Rex")]

    @classmethod
    def either(cls, context, /) -> Dog | Cat | None:
        return None


def test_defect_10_interfaces_are_abstract_bases():
    printed = sdl(AbstractQuery)
    assert '"""Whatever lives."""\ninterface Animal {\n  name: String!\n}' in printed
    assert "type Dog implements Animal {" in printed
    assert "type Tomcat implements Animal {" in printed
    query = """{ animals { __typename name ... on Dog { barks said(times: 2) }
                 ... on Tomcat { lives } } }"""
    assert data_of(graphql.execute(schema_of(AbstractQuery), query))["animals"] == [
        {"__typename": "Dog", "name": "Rex", "barks": True, "said": "woof woof"},
        {"__typename": "Tomcat", "name": "Tom", "lives": 9},
        {"__typename": "Dog", "name": "Max", "barks": False, "said": "woof woof"},
    ]


def test_defect_10_unions():
    printed = sdl(AbstractQuery)
    assert '"""Something."""\nunion Thing = Dog | Stone' in printed
    assert "union DogOrTomcat = Dog | Tomcat" in printed
    query = (
        "{ things { __typename ... on Stone { grams } ... on Dog { name } } either { __typename } }"
    )
    assert data_of(graphql.execute(schema_of(AbstractQuery), query)) == {
        "things": [{"__typename": "Stone", "grams": 5}, {"__typename": "Dog", "name": "Rex"}],
        "either": None,
    }


def _cents(text):
    return round(float(text) * 100)


Money = Annotated[
    int,
    graphql.Scalar("Money", lambda cents: f"{cents / 100:.2f}", _cents, "Euros.", "https://e.u"),
]


@dataclass
class MoneyQuery:
    @classmethod
    def doubled(cls, context, /, amount: Money) -> Money:
        return amount * 2


def test_scalars_of_ones_own():
    printed = sdl(MoneyQuery)
    assert '"""Euros."""\nscalar Money @specifiedBy(url: "https://e.u")' in printed
    assert data_of(graphql.execute(schema_of(MoneyQuery), '{ doubled(amount: "1.25") }')) == {
        "doubled": "2.50"
    }
    wrong = graphql.execute(schema_of(MoneyQuery), '{ doubled(amount: "much") }')
    assert "could not convert" in errors_of(wrong)[0]


@dataclass
class Both:
    """An output and an input."""

    a: int

    @classmethod
    def more(cls, context, /) -> "Both":
        return Both(1)


@dataclass
class BothQuery:
    @classmethod
    def both(cls, context, /, given: Both) -> Both:
        return given


def test_defect_10_a_class_may_be_output_and_input():
    assert "both(given: BothInput!): Both!" in sdl(BothQuery)
    got = graphql.execute(schema_of(BothQuery), "{ both(given: {a: 4}) { a more { a } } }")
    assert data_of(got)["both"] == {"a": 4, "more": {"a": 1}}


@graphql.one_of
@dataclass
class Key:
    id: int | None = None
    name: str | None = None


@dataclass
class OldQuery:
    """What can be asked."""

    old: int = field(default=1, metadata={"deprecated": "too old", "description": "Once."})

    @classmethod
    @graphql.field(deprecated="use found")
    def find(cls, context, /, by: Key) -> str:
        return repr(by)

    @classmethod
    def tuple_hint(cls, context, /) -> Tuple[List[int], list]:  # noqa: UP006
        return ..., [1, 2]


def test_defect_10_descriptions_deprecations_and_one_of():
    printed = sdl(OldQuery)
    assert '"""Once."""\n  old: Int! @deprecated(reason: "too old")' in printed
    assert 'find(by: Key!): String! @deprecated(reason: "use found")' in printed
    assert "input Key @oneOf {" in printed
    assert "tuple_hint: [Int!]!" in printed
    got = graphql.execute(schema_of(OldQuery), '{ find(by: {name: "x"}) tuple_hint }')
    assert data_of(got) == {"find": "Key(id=None, name='x')", "tuple_hint": [1, 2]}
    both = graphql.execute(schema_of(OldQuery), '{ find(by: {name: "x", id: 1}) }')
    assert "exactly one" in errors_of(both)[0].lower()


@dataclass
class Empty:
    pass


def test_a_root_without_fields_is_not_there():
    printed = sdl(OldQuery, mutation=Empty, subscription=graphql.EmptyObject)
    assert "Empty" not in printed


def _broken(annotation, name="wrong"):
    return dataclass(type("Broken", (), {"__annotations__": {name: annotation}}))


@pytest.mark.parametrize(
    ("cls", "text"),
    [
        (_broken("Missing"), "Broken.wrong: the annotation 'Missing' names 'Missing'"),
        (_broken(tuple[int, str]), "Broken.wrong: a tuple of 2 types"),
        (_broken(complex), "Broken.wrong: <class 'complex'> is no GraphQL type: use a dataclass"),
        (_broken(int | str), "Broken.wrong: a union is of classes"),
        (Empty, "Empty has no fields: give it annotated attributes, or methods"),
    ],
)
def test_errors_name_class_field_and_the_remedy(cls, text):
    query = type("Query", (), {"__annotations__": {"it": cls}, "it": None})
    with pytest.raises(graphql.SchemaError) as failure:
        schema_of(query)
    assert text in str(failure.value)


def test_a_resolver_needs_a_return_hint():
    def wrong(cls, context, /):
        return 1

    query = type("Query", (), {"wrong": classmethod(wrong)})
    with pytest.raises(graphql.SchemaError, match=r"Query.wrong: its resolver has no return hint"):
        schema_of(query)


def test_an_argument_needs_a_hint():
    def wrong(cls, context, /, size) -> int:
        return 1

    query = type("Query", (), {"wrong": classmethod(wrong)})
    with pytest.raises(graphql.SchemaError, match=r"Query.wrong, argument size: it has no hint"):
        schema_of(query)


def test_two_types_of_one_name_are_refused():
    other = dataclass(type("Stone", (), {"__annotations__": {"kilos": int}}))
    query = type("Query", (), {"__annotations__": {"a": Stone, "b": other}})
    with pytest.raises(graphql.SchemaError, match="two different types are called Stone"):
        schema_of(query)


def test_a_schema_may_be_an_instance():
    @dataclass
    class Schema:
        query: LeafQuery

    assert "type LeafQuery" in graphql.print_schema(Schema(query=LeafQuery()))
    assert "type LeafQuery" in graphql.print_schema(Schema(query=LeafQuery))
