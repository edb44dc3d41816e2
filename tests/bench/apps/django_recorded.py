"""A database that answers at once: what it was asked before it has kept. With it a view costs what
Django itself costs."""

from typing import Any

from django.db import connections


class RecordedCursor:
    """As much of a DB-API cursor as queries need."""

    rowcount = -1

    def __init__(self, real: Any, kept: dict[Any, list[Any]]) -> None:
        self._real = real
        self._kept = kept
        self._rows: list[Any] = []

    def execute(self, sql: str, params: Any = None) -> None:
        question = (sql, params)
        if question not in self._kept:
            self._real.execute(sql, params)
            self._kept[question] = self._real.fetchall()
        self._rows = self._kept[question].copy()

    def fetchone(self) -> Any:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[Any]:
        rows, self._rows = self._rows[:size], self._rows[size:]
        return rows

    def close(self) -> None:
        return


def answer_at_once() -> None:
    """Has Django's connection give such cursors from now on."""
    database = connections["default"]
    database.ensure_connection()
    real, kept = database.create_cursor(), {}
    database.create_cursor = lambda name=None: RecordedCursor(real, kept)
