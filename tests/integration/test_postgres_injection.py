"""Text that would be more than text, if anybody let it: through both ways of binding, and through
Django's ORM. Runs inside Puff (`puff pytest`)."""

import json
from pathlib import Path

import django
import pytest
from django.conf import settings

from puff import postgres
from puff.postgres import sql

HOSTILE = json.loads(
    (Path(__file__).parents[1] / "support" / "hostile_strings.json").read_text(encoding="utf-8")
)
db = postgres.pool("default")

settings.configure(
    DATABASES={"default": {"ENGINE": "puff.contrib.django.postgres", "NAME": "global"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[],
    USE_TZ=True,
)
django.setup()

from django.core.exceptions import FieldError  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.db.models.fields.json import KeyTextTransform  # noqa: E402
from django.db.models.functions import Concat  # noqa: E402


class Note(models.Model):
    name = models.TextField()
    data = models.JSONField()

    class Meta:
        app_label = "notes"


@pytest.fixture(autouse=True, scope="module")
def canary():
    """A table that the texts want to read and to drop, and one for what is stored."""
    db.execute("CREATE TABLE canary (secret text); INSERT INTO canary VALUES ('tweet')")
    with connection.schema_editor() as editor:
        editor.create_model(Note)
    Note.objects.bulk_create(Note(name=text, data={text: text}) for text in HOSTILE)
    yield
    assert db.fetch("SELECT * FROM canary") == [("tweet",)]
    assert not connection.in_atomic_block
    db.execute("DROP TABLE canary, notes_note")


@pytest.fixture(params=["on", "off"])
def cursor(request):
    """With and without backslashes that mean something."""
    with postgres.connect() as made, made.cursor() as curs:
        curs.execute(f"SET standard_conforming_strings = {request.param}")
        curs.execute("CREATE TEMP TABLE kept (value text)")
        yield curs
        made.rollback()


def test_there_are_many_of_them():
    assert len(set(HOSTILE)) == len(HOSTILE) >= 100


def test_literals_mean_themselves(cursor):
    for text in HOSTILE:
        cursor.execute("SELECT %s, %s", (text, [text]))
        assert cursor.fetchone() == (text, [text])
        cursor.execute("SELECT %(v)s || '%%', %(v)s = ANY(%(all)s)", {"v": text, "all": [text]})
        assert cursor.fetchone() == (text + "%", True)
        cursor.execute("SELECT %s::bytea", (text.encode(),))
        assert bytes(cursor.fetchone()[0]) == text.encode()


def test_many_values_at_once_mean_themselves(cursor):
    cursor.executemany("INSERT INTO kept VALUES (%s)", [(text,) for text in HOSTILE])
    cursor.execute("SELECT value FROM kept")
    assert [row[0] for row in cursor] == HOSTILE


def test_names_mean_themselves(cursor):
    for text in HOSTILE:
        cursor.execute(sql.SQL("SELECT 1 AS {}").format(sql.Identifier(text)))
        assert cursor.description[0].name == text


def test_bound_values_mean_themselves():
    for text in HOSTILE:
        assert db.fetchrow("SELECT $1::text, $2::text[]", text, [text]) == (text, [text])
        document = json.dumps({text: text})
        assert json.loads(db.fetchval("SELECT $1::jsonb", document)) == {text: text}


def test_a_zero_byte_is_refused(cursor):
    with pytest.raises(ValueError, match="NUL"):
        cursor.execute("SELECT %s", ("a\0'; DROP TABLE canary; --",))
    with pytest.raises((ValueError, postgres.Error)):
        db.fetchval("SELECT $1::text", "a\0'; DROP TABLE canary; --")


def test_django_finds_what_it_stored():
    for text in HOSTILE:
        note = Note.objects.get(name=text)
        assert note.data == {text: text}
        assert Note.objects.filter(name__in=[text]).count() == 1
        for lookup in ("contains", "startswith", "endswith", "icontains"):
            assert note in Note.objects.filter(**{f"name__{lookup}": text})
        (raw,) = Note.objects.raw("SELECT * FROM notes_note WHERE name = %s", [text])
        assert raw == note
        assert Note.objects.extra(where=["name = %s"], params=[text]).get() == note
        twice = Concat("name", models.Value(text), output_field=models.TextField())
        assert Note.objects.annotate(c=twice).get(c=text * 2) == note


def test_djangos_paths_into_documents_mean_themselves():
    for text in HOSTILE:
        assert Note.objects.get(data__has_key=text).name == text
        found = Note.objects.annotate(v=KeyTextTransform(text, "data")).get(v=text)
        assert found.name == text
        assert Note.objects.get(data__contains={text: text}).name == text


def test_django_refuses_fields_that_are_none():
    for text in HOSTILE:
        if text.startswith("data__"):  # a path into a document, whatever it says
            assert len(Note.objects.order_by(text)) == len(HOSTILE)
            assert not Note.objects.filter(**{text: 1})
            continue
        if text != "?":  # means: in any order
            with pytest.raises(FieldError):
                list(Note.objects.order_by(text))
        with pytest.raises((FieldError, ValueError)):
            list(Note.objects.values(text))
        with pytest.raises(FieldError):
            list(Note.objects.filter(**{text: 1}))
