"""Django's test suite with the servers that `run_django.py` started."""

import os


def _database(name, pool):
    if os.environ["SUITE_DRIVER"] == "psycopg2":
        engine = "django.db.backends.postgresql"
    else:
        engine = "puff.contrib.django.postgres"
    if os.environ["SUITE_POOLED"]:
        return {"ENGINE": engine, "NAME": pool}
    return {
        "ENGINE": engine,
        "NAME": name,
        "USER": "postgres",
        "HOST": os.environ["SUITE_HOST"],
        "PORT": os.environ["SUITE_PORT"],
    }


DATABASES = {"default": _database("django", "global"), "other": _database("django_other", "other")}

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "redis": {"BACKEND": "puff.contrib.django.redis.PuffRedisCache", "LOCATION": "global"},
}

SECRET_KEY = "the suite has no secrets"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = False
