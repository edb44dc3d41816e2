"""DB-API's constructors of dates and times, and of bytes."""

import time
from datetime import date, datetime, tzinfo
from datetime import time as clock
from typing import Any

from puff.postgres._adapters import DateFromPy, TimeFromPy, TimestampFromPy
from puff.postgres.tz import LOCAL


def _split(second: float) -> tuple[int, int]:
    """Whole seconds, and millionths."""
    whole = int(second)
    return whole, round((second - whole) * 1_000_000)


def Date(year: int, month: int, day: int) -> Any:
    """A date, to be used as a value."""
    return DateFromPy(date(year, month, day))


def Time(hour: int, minute: int, second: float, tzinfo: tzinfo | None = None) -> Any:
    """A time, to be used as a value."""
    whole, micros = _split(second)
    return TimeFromPy(clock(hour, minute, whole, micros, tzinfo))


def Timestamp(
    year: int,
    month: int,
    day: int,
    hour: int = 0,
    minute: int = 0,
    second: float = 0.0,
    tzinfo: tzinfo | None = None,
) -> Any:
    """A date and time, to be used as a value."""
    whole, micros = _split(second)
    return TimestampFromPy(datetime(year, month, day, hour, minute, whole, micros, tzinfo))


def DateFromTicks(ticks: float) -> Any:
    """The local date at some seconds after 1970, to be used as a value."""
    return Date(*time.localtime(ticks)[:3])


def TimeFromTicks(ticks: float) -> Any:
    """The local time at some seconds after 1970, to be used as a value."""
    hour, minute, second = time.localtime(ticks)[3:6]
    return Time(hour, minute, second + ticks % 1)


def TimestampFromTicks(ticks: float) -> Any:
    """The local date and time at some seconds after 1970, to be used as a value."""
    return TimestampFromPy(datetime.fromtimestamp(ticks, LOCAL))
