"""What GraphQL servers are asked, and what makes an answer right."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

RANDOM = "@random"
"""In variables: another number from 1 to 1,024 for each request."""


@dataclass(frozen=True)
class Question:
    text: str
    objects: int
    """How many objects a right answer holds, besides the response itself; 0: not looked at."""
    variables: Mapping[str, object] | None = None
    path: str = "/graphql"

    def body(self) -> str:
        asked: dict[str, object] = {"query": self.text}
        if self.variables is not None:
            asked["variables"] = dict(self.variables)
        return json.dumps(asked, separators=(",", ":"))

    def fault_of(self, answer: bytes) -> str | None:
        """Why an answer is wrong."""
        got = json.loads(answer)
        if got.get("errors") or not got.get("data"):
            return f"{self.text[:40]} is answered by {answer[:300]!r}"
        found = sum(map(_objects_in, got["data"].values()))
        if self.objects and found != self.objects:
            return f"{self.text[:40]} is answered by {found} objects instead of {self.objects}"
        return None


def _objects_in(value: Any) -> int:
    if isinstance(value, list):
        return sum(map(_objects_in, value))
    return 1 + sum(map(_objects_in, value.values())) if isinstance(value, dict) else 0


INTROSPECTION = (
    "query Q4{__schema{description queryType{name}mutationType{name}subscriptionType{name}"
    "types{...FullType}directives{name description isRepeatable locations args{...InputValue}}}}"
    "fragment FullType on __Type{kind name description specifiedByURL "
    "fields(includeDeprecated:true){name description args{...InputValue}type{...TypeRef}"
    "isDeprecated deprecationReason}inputFields{...InputValue}interfaces{...TypeRef}"
    "enumValues(includeDeprecated:true){name description isDeprecated deprecationReason}"
    "possibleTypes{...TypeRef}}"
    "fragment InputValue on __InputValue{name description type{...TypeRef}defaultValue}"
    "fragment TypeRef on __Type{kind name ofType{kind name ofType{kind name ofType{kind name "
    "ofType{kind name ofType{kind name ofType{kind name ofType{kind name}}}}}}}}"
)
ID = {"id": RANDOM}
LIMIT = {"limit": 64}
BODY = {"body": "hello mutation"}

OURS = {
    "one row": Question("query Q1($id:Int!){row(id:$id){id name}}", 1, ID),
    "64 rows": Question("query Q2($limit:Int!){rows(limit:$limit){id name}}", 64, LIMIT),
    "three levels": Question(
        "query Q3{authors{id name rating createdAt posts{id title createdAt comments{id body}}}}",
        3050,
    ),
    "introspection": Question(INTROSPECTION, 0),
    "insert": Question("mutation Q5($body:String!){addMut(body:$body){id}}", 1, BODY),
    "hello": Question("query Q6{hello}", 0),
}
"""For servers whose schema is ours. The floor tells them by the letter and digit of the name."""

POSTGRAPHILE = OURS | {
    "one row": Question("query Q1($id:Int!){row:rows1024ByRowId(rowId:$id){id:rowId name}}", 1, ID),
    "64 rows": Question(
        "query Q2($limit:Int!){rows:allRows1024SList(first:$limit){id:rowId name}}", 64, LIMIT
    ),
    "three levels": Question(
        "query Q3{authors:allAuthorsList{id:rowId name rating createdAt "
        "posts:postsByAuthorIdList{id:rowId title createdAt "
        "comments:commentsByPostIdList{id:rowId body}}}}",
        3050,
    ),
    "insert": Question(
        "mutation Q5($body:String!){addMut:createMut(input:{mut:{body:$body}}){mut{id:rowId}}}",
        2,
        BODY,
    ),
    "hello": Question("query Q6{__typename}", 0),
}
"""For the schema that PostGraphile makes of the tables."""


def wrk_script(question: Question) -> str:
    """A program for wrk that asks it again and again."""
    headers = "{['content-type']='application/json'}"
    start, found, end = question.body().partition(f'"{RANDOM}"')
    if not found:
        return (
            f"wrk.method='POST' wrk.path='{question.path}' wrk.headers={headers}\n"
            f"wrk.body=[==[{start}]==]\n"
        )
    return (
        f"local headers={headers} local random=math.random\n"
        f"function request() return wrk.format('POST','{question.path}',headers,"
        f"[==[{start}]==]..random(1,1024)..[==[{end}]==]) end\n"
    )


def first_body(question: Question) -> str:
    """The same with a number in it."""
    return question.body().replace(f'"{RANDOM}"', "7")
