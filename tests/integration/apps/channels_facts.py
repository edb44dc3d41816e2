"""A site of Django Channels whose consumers use the database and the cache; see test_channels.py
and test_django_channels.py. CHANNELS_REDIS is the URL of a Redis that tells consumers of other
processes."""

import asyncio
import json
import os

import django
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from channels.generic.http import AsyncHttpConsumer
from channels.generic.websocket import AsyncJsonWebsocketConsumer, JsonWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.asgi import get_asgi_application
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.urls import path

import puff

LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
if "CHANNELS_REDIS" in os.environ:
    LAYERS["default"] = {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [os.environ["CHANNELS_REDIS"]]},
    }

settings.configure(
    SECRET_KEY="no secrets",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
    USE_TZ=True,
    DATABASES={"default": {"ENGINE": "puff.contrib.django.postgres", "NAME": "global"}},
    CACHES={
        "default": {
            "BACKEND": "puff.contrib.django.redis.PuffRedisCache",
            "LOCATION": "global",
        }
    },
    CHANNEL_LAYERS=LAYERS,
)
django.setup()

User = get_user_model()


def asked(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()[0]


class Numbers(AsyncHttpConsumer):
    """Answers with what several queries at once, and the cache, say."""

    async def handle(self, body):
        ask = database_sync_to_async(asked)
        given = json.loads(body)
        rows = await asyncio.gather(*[ask("SELECT %s + 1 FROM pg_sleep(0.05)", n) for n in given])
        await cache.aset("numbers", rows, 60)
        answer = {"rows": rows, "cached": await cache.aget("numbers")}
        headers = [(b"content-type", b"application/json")]
        await self.send_response(200, json.dumps(answer).encode(), headers=headers)


class Failing(AsyncHttpConsumer):
    async def handle(self, body):
        await database_sync_to_async(asked)("SELECT 1 / 0")


class Chat(AsyncJsonWebsocketConsumer):
    """Keeps who writes as a user, and tells everybody."""

    async def connect(self):
        await self.channel_layer.group_add("chat", self.channel_name)
        await self.accept()

    async def receive_json(self, content):
        user, _ = await User.objects.aget_or_create(username=content["name"])
        told = {"type": "tell", "name": user.username, "users": await User.objects.acount()}
        await self.channel_layer.group_send("chat", told)

    async def tell(self, event):
        await self.send_json([event["name"], event["users"]])

    async def disconnect(self, code):
        await self.channel_layer.group_discard("chat", self.channel_name)


class Mixed(AsyncJsonWebsocketConsumer):
    """Asks in synchronous functions that it awaits."""

    async def receive_json(self, content):
        told = await asyncio.gather(*[sync_to_async(self.ask)(n) for n in content])
        await self.send_json(told)

    def ask(self, n):
        return [asked("SELECT %s * 2 FROM pg_sleep(0.02)", n), puff.is_greenlet()]


class Synchronous(JsonWebsocketConsumer):
    """Runs where synchronous code of Django runs."""

    def receive_json(self, content):
        cache.set("name", content, 60)
        found = User.objects.filter(username=cache.get("name")).exists()
        self.send_json([found, puff.is_greenlet(), asked("SELECT 7")])


def page(request):
    return HttpResponse(f"a page of Django's, {asked('SELECT 8')}")


def migrate(request):
    call_command("migrate", verbosity=0)
    return HttpResponse("migrated")


urlpatterns = [path("page", page), path("migrated", migrate)]
asgi = ProtocolTypeRouter(
    {
        "http": URLRouter(
            [
                path("numbers", Numbers.as_asgi()),
                path("failing", Failing.as_asgi()),
                path("page", get_asgi_application()),
                path("migrated", get_asgi_application()),
            ]
        ),
        "websocket": URLRouter(
            [
                path("chat", Chat.as_asgi()),
                path("mixed", Mixed.as_asgi()),
                path("synchronous", Synchronous.as_asgi()),
            ]
        ),
    }
)
