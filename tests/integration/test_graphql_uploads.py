"""Files with requests, by multipart/form-data."""

import asyncio
import hashlib
import json
import os
from pathlib import Path

import httpx
import pytest
from gql import Client, FileVar, gql
from gql.transport.aiohttp import AIOHTTPTransport
from integration.apps.serving import Site, served

from support.graphql_world import run_node
from support.raw_http import RawConnection

SITE = """
[[graphql]]
schema = "graphql_uploads.Schema"
url = "/graphql/"
uploads = true
[graphql.limits]
max_files = 3
max_file_bytes = 2000000
max_upload_bytes = 3000000
[[graphql]]
name = "guarded"
schema = "graphql_uploads.Guarded"
url = "/guarded/"
uploads = true
[graphql.limits]
max_file_bytes = 2000000
[[graphql]]
name = "without"
schema = "graphql_uploads.Schema"
url = "/without/"
"""
ASKED = {"GraphQL-Require-Preflight": "1"}
ONE = "mutation ($file: Upload!) { one(file: $file) { name content_type size digest } }"
MANY = "mutation ($files: [Upload!]!) { many(files: $files) { name size digest } }"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with served(tmp_path_factory.mktemp("uploads"), SITE) as running:
        yield running


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def send(
    site: Site, query: str, variables: dict, places: dict, files: dict, **how
) -> httpx.Response:
    """`places` as in the map of the specification; `files` as of httpx."""
    form = {
        "operations": json.dumps({"query": query, "variables": variables}),
        "map": json.dumps(places),
    }
    url = site.url + how.get("path", "/graphql/")
    headers = how.get("headers", ASKED)
    return httpx.post(url, data=form, files=files, headers=headers, timeout=30)


@pytest.mark.parametrize("size", [0, 10, 300_000, 1_900_000])
def test_a_file_arrives_whole(site, size: int) -> None:
    content = bytes(number % 251 for number in range(size))
    files = {"0": ("näme.bin", content, "application/x-own")}
    answer = send(site, ONE, {"file": None}, {"0": ["variables.file"]}, files)
    assert answer.json() == {
        "data": {
            "one": {
                "name": "näme.bin",
                "content_type": "application/x-own",
                "size": size,
                "digest": digest(content),
            }
        }
    }


def test_files_in_lists_and_input_types(site) -> None:
    files = {"a": ("1.txt", b"one"), "b": ("2.txt", b"two")}
    places = {"a": ["variables.files.0"], "b": ["variables.files.1"]}
    answer = send(site, MANY, {"files": [None, None]}, places, files).json()
    assert [one["digest"] for one in answer["data"]["many"]] == [digest(b"one"), digest(b"two")]
    query = "mutation ($parcel: Parcel!) { parcel(parcel: $parcel) }"
    variables = {"parcel": {"title": "t", "file": None}}
    got = send(site, query, variables, {"a": ["variables.parcel.file"]}, {"a": ("f", b"x\ny")})
    assert got.json() == {"data": {"parcel": "t: x\n"}}


def test_one_file_in_two_places_is_read_twice(site) -> None:
    query = "mutation ($a: Upload!, $b: Upload!) { twice(a: $a, b: $b) }"
    places = {"0": ["variables.a", "variables.b"]}
    got = send(site, query, {"a": None, "b": None}, places, {"0": ("f", b"abcdef")})
    assert got.json() == {"data": {"twice": True}}


def test_the_client_of_pypi(site, tmp_path) -> None:
    path = tmp_path / "large.bin"
    path.write_bytes(b"0123456789" * 60_000)

    async def ask() -> dict:
        transport = AIOHTTPTransport(url=f"{site.url}/graphql/", headers=ASKED)
        async with Client(transport=transport) as session:
            query = gql(ONE)
            query.variable_values = {"file": FileVar(str(path), content_type="text/plain")}
            return await session.execute(query, upload_files=True)

    one = asyncio.run(ask())["one"]
    assert one["size"] == 600_000
    assert one["content_type"] == "text/plain"
    assert one["digest"] == digest(path.read_bytes())


def test_the_upload_link_of_apollo_client(site) -> None:
    said = run_node("clients/apollo_upload.mjs", f"{site.url}/graphql/")
    assert said == {
        "one": {"one": {"name": "large.txt", "content_type": "text/plain", "size": 600_000}},
        "many": {"many": [{"name": "1.txt", "size": 1}, {"name": "2.txt", "size": 2}]},
        "twice": {"twice": True},
        "parcel": {"parcel": "said: first\n"},
        "without": {"parcel": "alone: None"},
        "wrong": 'Variable "$file" got invalid value "none"; Upload value invalid: send a file '
        "with the request, by multipart/form-data.",
    }


@pytest.mark.parametrize("name", ["Apollo-Require-Preflight", "X-Requested-With"])
def test_other_fields_force_a_preflight_too(site, name: str) -> None:
    files = {"0": ("f", b"x")}
    got = send(site, ONE, {"file": None}, {"0": ["variables.file"]}, files, headers={name: "x"})
    assert got.status_code == 200


def test_a_form_that_a_page_could_send_unasked_is_refused(site) -> None:
    files = {"0": ("f", b"x")}
    got = send(site, ONE, {"file": None}, {"0": ["variables.file"]}, files, headers={})
    assert got.status_code == 403
    assert "GraphQL-Require-Preflight" in got.json()["errors"][0]["message"]


def test_files_are_refused_unless_puff_toml_allows_them(site) -> None:
    files = {"0": ("f", b"x")}
    got = send(site, ONE, {"file": None}, {"0": ["variables.file"]}, files, path="/without/")
    assert got.status_code == 415


def test_limits(site) -> None:
    def told(count: int, size: int) -> tuple[int, str]:
        names = [str(number) for number in range(count)]
        files = {name: (name, b"x" * size) for name in names}
        places = {name: [f"variables.files.{name}"] for name in names}
        got = send(site, MANY, {"files": [None] * count}, places, files)
        return got.status_code, got.json().get("errors", [{"message": ""}])[0]["message"]

    assert told(3, 10) == (200, "")
    assert told(4, 10) == (413, "The limit of files in one request is 3.")
    assert told(1, 2_000_001) == (413, "A file is larger than the limit of 2000000 bytes.")
    assert told(2, 1_600_000)[0] == 413


def test_what_is_no_file_is_none(site) -> None:
    for given in ("text", {"\0upload": 0}, {"path": "/etc/passwd"}):
        query = {"query": ONE, "variables": {"file": given}}
        answer = httpx.post(f"{site.url}/graphql/", json=query, timeout=20).json()
        assert answer.get("data") is None, answer


def test_a_form_with_faults_says_which(site) -> None:
    got = send(site, ONE, {"file": None}, {"0": ["variables.other"]}, {"0": ("f", b"x")})
    assert got.status_code == 400
    assert got.json()["errors"][0]["message"] == (
        'There is no null at "variables.other" for the file "0".'
    )


def files_open(site: Site) -> list[str]:
    """Files without a name that the server has open."""
    links = Path(f"/proc/{site.process.pid}/fd").iterdir()
    return [name for each in links if "(deleted)" in (name := os.path.realpath(each))]


def begun_form(site: Site, token: str, size: int) -> RawConnection:
    """Sends a form up to the middle of its file of `size` bytes."""
    parts = [
        ("operations", json.dumps({"query": ONE, "variables": {"file": None}}), ""),
        ("map", '{"0": ["variables.file"]}', ""),
        ("0", "x" * size, '; filename="f"'),
    ]
    form = (
        "".join(
            f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{text}\r\n'
            for name, text, more in parts
        )
        + "--b--\r\n"
    )
    connection = site.raw(timeout=20)
    connection.send(
        f"POST /guarded/ HTTP/1.1\r\nHost: x\r\nGraphQL-Require-Preflight: 1\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(form)}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    )
    connection.send(form[: size // 2])
    connection.rest = form[size // 2 :]
    return connection


def test_files_of_who_may_not_are_not_taken(site) -> None:
    for _ in range(3):
        connection = begun_form(site, "stranger", 1_500_000)
        answer = connection.read_response("POST")  # though half of the form was never sent
        assert answer.status == 403
        assert json.loads(answer.body)["errors"][0]["message"] == "Friends only."
        connection.close()
    assert files_open(site) == []


def test_files_of_who_may_are_taken_when_that_is_known(site) -> None:
    for size in (10, 100_000, 1_500_000):
        connection = begun_form(site, "friend", size)
        connection.send(connection.rest)
        answer = json.loads(connection.read_response("POST").body)
        assert answer["data"]["one"]["size"] == size
        connection.close()
