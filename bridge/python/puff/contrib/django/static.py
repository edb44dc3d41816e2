"""`django.views.static.serve` that reads files without blocking other greenlets.

`puff.patch_django()` puts it into Django's place; `django = true` in puff.toml does so at the
start. Beside Django's own job (development) it is fit for small sites."""

import mimetypes
import posixpath
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import IO, Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.utils._os import safe_join
from django.views.static import serve as _serve_elsewhere
from django.views.static import was_modified_since

import puff

PIECE = 256 * 1024  # bytes of a file that are read at a time


def serve(
    request: HttpRequest,
    path: str,
    document_root: str | Path | None = None,
    show_indexes: bool = False,
) -> Any:
    """The file `path` below `document_root`, as Django's view of this name. Files of up to
    256 KiB are one body, larger ones are streamed."""
    file = Path(safe_join(document_root, posixpath.normpath(path).lstrip("/")))
    if not puff.is_greenlet() or not file.is_file():
        return _serve_elsewhere(request, path, document_root, show_indexes)
    status = file.stat()
    if not was_modified_since(request.META.get("HTTP_IF_MODIFIED_SINCE"), status.st_mtime):
        return HttpResponseNotModified()
    kind, encoding = mimetypes.guess_type(file)
    kind = kind or "application/octet-stream"
    response: Any
    if status.st_size <= PIECE:
        response = HttpResponse(puff.read_file_bytes(file), content_type=kind)
        response["Content-Length"] = len(response.content)
    else:
        opened = puff.blocking(file.open)("rb")
        response = StreamingHttpResponse(_pieces(opened), content_type=kind)
        response["Content-Length"] = status.st_size
        response._resource_closers.append(opened.close)
    response["Last-Modified"] = formatdate(status.st_mtime, usegmt=True)
    if encoding:
        response["Content-Encoding"] = encoding
    return response


def _pieces(opened: IO[bytes]) -> Iterator[bytes]:
    read = puff.blocking(opened.read)
    while piece := read(PIECE):
        yield piece
