import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "polls_site.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

if settings.DEBUG:
    from polls.sample import prepare

    prepare()
