"""A served schema that takes files."""

import hashlib
from dataclasses import dataclass

import puff
from puff import graphql


@dataclass
class Taken:
    name: str
    content_type: str
    size: int
    digest: str


@dataclass
class Parcel:
    title: str
    file: graphql.Upload | None = None


def taken(file: graphql.Upload) -> Taken:
    with file:
        digest = hashlib.sha256()
        while piece := file.read(100_000):
            digest.update(piece)
        assert file.tell() == file.size
        return Taken(file.name, file.content_type, file.size, digest.hexdigest())


@dataclass
class Query:
    ready: bool = True


@dataclass
class Mutation:
    @classmethod
    def one(cls, context, /, file: graphql.Upload) -> Taken:
        return taken(file)

    @classmethod
    def many(cls, context, /, files: list[graphql.Upload]) -> list[Taken]:
        return [taken(file) for file in files]

    @classmethod
    def parcel(cls, context, /, parcel: Parcel) -> str:
        return f"{parcel.title}: {parcel.file and parcel.file.readline().decode()}"

    @classmethod
    def twice(cls, context, /, a: graphql.Upload, b: graphql.Upload) -> bool:
        a.read(3)
        return b.read(3) == b"abc" and a.read() == b"def"


@dataclass
class Schema:
    query: Query
    mutation: Mutation


@dataclass
class Guarded:
    query: Query
    mutation: Mutation

    @staticmethod
    def auth(headers):
        puff.sleep_ms(20)  # by when much of the body is there
        if headers.get("authorization") != "Bearer friend":
            raise graphql.PermissionDenied("Friends only.")
        return "a friend"
