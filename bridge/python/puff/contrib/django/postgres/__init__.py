"""Django's PostgreSQL backend on Puff's driver and pools: ENGINE `puff.contrib.django.postgres`.

    DATABASES = {
        "default": {
            "ENGINE": "puff.contrib.django.postgres",
            "NAME": "global",  # or the name of a [[postgres]] table
        }
    }

Everything else may stay as it is with Django's own backend: with a HOST, USER or PORT the NAME is
that of a database, and connections are made as these say. psycopg need not be installed."""
