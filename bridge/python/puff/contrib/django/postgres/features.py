"""What Django's own tests should know of this backend."""

from django.db.backends.postgresql import features
from django.utils.functional import cached_property

_SKIPS = {
    "Ranges in migrations are those of puff.postgres.": {
        "postgres_tests.test_apps.PostgresConfigTests.test_register_serializer_for_migrations",
    },
    "Greenlets share a thread, which the test holds up and counts.": {
        "asgi.tests.ASGITest.test_concurrent_async_uses_multiple_thread_pools",
    },
}


class DatabaseFeatures(features.DatabaseFeatures):
    @cached_property
    def django_test_skips(self) -> dict[str, set[str]]:
        """Tests of Django's that look at its own driver or at threads, with the reason."""
        return {**super().django_test_skips, **_SKIPS}
