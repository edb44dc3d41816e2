"""A Django project in one file: a table, and a view that asks it five times.

BENCH_DATABASE holds the settings of the database, as JSON."""

import json
import os

import django
from django.conf import settings

ROWS = 10_000

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": json.loads(os.environ["BENCH_DATABASE"])},
    DEBUG=False,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[],
    LOGGING_CONFIG=None,
    MIDDLEWARE=[],
    ROOT_URLCONF=__name__,
    SECRET_KEY="for measurements",
    USE_TZ=True,
)
django.setup()

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db import models  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402


class Item(models.Model):
    """What a shop sells."""

    name = models.CharField(max_length=100)
    price = models.DecimalField(max_digits=8, decimal_places=2, db_index=True)
    added = models.DateTimeField()
    seen = models.IntegerField(default=0)

    class Meta:
        app_label = "bench"

    def __str__(self) -> str:
        return str(self.name)


def shop(request: HttpRequest) -> JsonResponse:
    """Five queries, as pages have them."""
    item = Item.objects.get(pk=4711)
    near = list(Item.objects.filter(price__gt=item.price).order_by("price")[:10])
    dear = Item.objects.filter(price__gt=4990).count()
    names = list(Item.objects.filter(pk__lt=20).values_list("name", flat=True))
    known = Item.objects.filter(name="item 1", pk=1).exists()
    if (len(near), dear, len(names), known) != (10, 20, 19, True):
        raise RuntimeError("the database answers something else")
    return JsonResponse({"item": item.name, "near": [n.name for n in near], "dear": dear})


urlpatterns = [path("", shop)]
app = WSGIHandler()
