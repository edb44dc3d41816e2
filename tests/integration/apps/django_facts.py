"""A Django site without models that shows where its database's connections are. Served by WSGI and
by ASGI; see test_django.py. FACTS_DATABASE has other settings of the database, as JSON."""

import json
import os

import django
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.cache import cache
from django.core.exceptions import SynchronousOnlyOperation
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections, transaction
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path
from django.views.static import serve

import puff

settings.configure(
    DEBUG=False,
    SECRET_KEY="no secrets",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
    USE_TZ=True,
    LOGGING={
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "root": {"handlers": ["console"]},
    },
    DATABASES={
        "default": {
            "ENGINE": "puff.contrib.django.postgres",
            "NAME": "global",
            "CONN_MAX_AGE": 600,
            **json.loads(os.environ.get("FACTS_DATABASE", "{}")),
        }
    },
    CACHES={
        "default": {
            "BACKEND": "puff.contrib.django.redis.PuffRedisCache",
            "LOCATION": "redis://global",
        }
    },
)
django.setup()


def asked(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()[0]


def backend(request):
    """The server's process of this request, before and after others had their turn."""
    before = asked("SELECT pg_backend_pid()")
    puff.sleep_ms(100)
    asked("SELECT pg_sleep(0.05)")
    return JsonResponse([before, asked("SELECT pg_backend_pid()")], safe=False)


def unfinished(request):
    """Ends with an open transaction that made a table."""
    transaction.set_autocommit(False)
    asked("CREATE TABLE unfinished (); SELECT 1")
    return HttpResponse("left")


def spawned(request):
    """Greenlets that use the database and tell nobody when they have done, a hundred of them."""
    for _ in range(10):
        puff.join_all([puff.spawn(asked, "SELECT 1") for _ in range(10)])
    return HttpResponse("done")


def failing(request):
    with transaction.atomic():
        asked("CREATE TABLE failing (); SELECT 1")
        raise LookupError("the view failed")


def streamed(request):
    def numbers():
        with connection.chunked_cursor() as cursor:
            cursor.execute("SELECT generate_series(1, 5000)")
            for row in cursor:
                yield f"{row[0]}\n"

    return StreamingHttpResponse(numbers())


async def asynchronous(request):
    """What a coroutine may and may not."""
    try:
        asked("SELECT 1")
        refused = False
    except SynchronousOnlyOperation:
        refused = True
    try:
        cache.get("x")
        cache_refused = False
    except SynchronousOnlyOperation:
        cache_refused = True
    await cache.aset("x", {"a": 1}, 60)
    found = await cache.aget("x")
    many = await cache.aget_many(["x", "y"])
    pids = [await sync_to_async(asked)("SELECT pg_backend_pid()") for _ in range(2)]
    return JsonResponse(
        {
            "refused": refused,
            "cache_refused": cache_refused,
            "cached": found,
            "many": many,
            "one_connection": len(set(pids)) == 1,
        }
    )


def on_a_thread(request):
    """A thread of the blocking pool, with a connection of its own."""

    def work():
        try:
            return cache.get_or_set("thread", 7), asked("SELECT 1")
        finally:
            connections.close_all()

    return JsonResponse(puff.blocking(work)(), safe=False)


urlpatterns = [
    path("backend", backend),
    path("unfinished", unfinished),
    path("spawned", spawned),
    path("failing", failing),
    path("streamed", streamed),
    path("asynchronous", asynchronous),
    path("on_a_thread", on_a_thread),
    path("files/<path:path>", serve, {"document_root": os.path.dirname(__file__)}),
]

wsgi = get_wsgi_application()
asgi = get_asgi_application()
