import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = os.environ.get("POLLS_DEBUG", "1") != "0"
SECRET_KEY = os.environ.get("POLLS_SECRET_KEY", "only for development" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("set POLLS_SECRET_KEY, or POLLS_DEBUG=1 for development")
ALLOWED_HOSTS = os.environ.get("POLLS_HOSTS", "*" if DEBUG else "localhost").split(",")

INSTALLED_APPS = [
    "polls",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "polls_site.urls"
WSGI_APPLICATION = "polls_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": {"ENGINE": "puff.contrib.django.postgres", "NAME": "global"}}
CACHES = {"default": {"BACKEND": "puff.contrib.django.redis.PuffRedisCache", "LOCATION": "global"}}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# A cookie of another application on the same address does not collide.
SESSION_COOKIE_NAME = "polls_session"
CSRF_COOKIE_NAME = "polls_csrf"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / ".puff" / "static"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
