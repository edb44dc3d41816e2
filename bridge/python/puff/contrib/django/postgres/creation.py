"""The databases of tests."""

from typing import Any

from django.db.backends.postgresql import creation

from puff.contrib.django.postgres import kept
from puff.contrib.django.postgres.places import server_of


class DatabaseCreation(creation.DatabaseCreation):
    def _get_test_db_name(self) -> str:
        """That of a pool is named after the pool's database."""
        settings = self.connection.settings_dict
        pool = settings.get("PUFF_POOL")
        if pool is None or settings["TEST"]["NAME"]:
            name: Any = super()._get_test_db_name()
            return str(name)
        return f"test_{server_of(pool).get('dbname', pool)}"

    def test_db_signature(self) -> Any:
        """Tells databases of different pools apart."""
        return (*super().test_db_signature(), self.connection.settings_dict.get("PUFF_POOL"))

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        kept.close_all()  # a database that somebody is connected to cannot go
        super()._destroy_test_db(test_database_name, verbosity)
