from django.conf import settings
from django.contrib import admin
from django.contrib.staticfiles import views as found_files
from django.urls import include, path
from django.views import static

if settings.DEBUG:  # where they lie
    files = path("static/<path:path>", found_files.serve)
else:  # what `puff django collectstatic` gathered
    files = path("static/<path:path>", static.serve, {"document_root": settings.STATIC_ROOT})

urlpatterns = [path("", include("polls.urls")), path("admin/", admin.site.urls), files]
