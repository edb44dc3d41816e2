"""`dbshell`."""

import signal
from collections.abc import Iterable
from typing import Any

from django.db.backends.base.client import BaseDatabaseClient
from django.db.backends.postgresql import client

from puff import _puff
from puff.contrib.django.postgres.places import django_settings_of


class DatabaseClient(client.DatabaseClient):
    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> Any:
        pool = settings_dict.get("PUFF_POOL")
        if pool is not None:
            settings_dict = {**settings_dict, **django_settings_of(pool)}
        return super().settings_to_cmd_args_env(settings_dict, parameters)

    def runshell(self, parameters: Iterable[str]) -> None:
        """Under Puff psql gets Ctrl-C, and the handlers of signals are not Python's to change."""
        if not _puff.is_puff() or signal.getsignal(signal.SIGINT) is not None:
            super().runshell(parameters)
            return
        BaseDatabaseClient.runshell(self, parameters)
