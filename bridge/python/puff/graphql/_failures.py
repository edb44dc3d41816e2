"""Errors that clients see, and what becomes of others."""

import json
from collections.abc import Mapping
from typing import Any

from puff.errors import Cancelled

__all__ = ["AuthRejection", "GraphQLError", "PermissionDenied", "SchemaError", "describe"]


class GraphQLError(Exception):
    """An error for the client: its text is the message, and it is not logged. `extensions` stand
    beside the message in the response."""

    def __init__(self, message: str, extensions: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.extensions = dict(extensions or {})


class PermissionDenied(GraphQLError):
    """Refuses: raised by a schema's `auth` the whole request, by a resolver its field. The status
    and headers are for the answer of a refused request."""

    def __init__(
        self,
        status: int | str = 403,
        response_message: str = "Permission denied",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        text = status if isinstance(status, str) else response_message
        super().__init__(text, {"code": "FORBIDDEN"})
        self.status = 403 if isinstance(status, str) else status
        self.response_message = text
        self.headers = dict(headers or {})


AuthRejection = PermissionDenied


class SchemaError(TypeError):
    """A class that no GraphQL schema can be made of; the text says where and what to do."""


def describe(failure: BaseException) -> tuple[str, str | None, bool]:
    """The message and the extensions (as JSON) that a client gets, and whether the exception is
    meant for clients, so that it need not be logged."""
    extensions = getattr(failure, "extensions", None)
    more = json.dumps(extensions, default=str) if isinstance(extensions, dict) else None
    text = str(failure) or type(failure).__name__
    meant = isinstance(failure, GraphQLError | Cancelled)
    return text, more if extensions else None, meant
