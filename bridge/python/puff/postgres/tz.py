"""Time zones. New programs use datetime.timezone, which is what rows have."""

import time
from datetime import datetime, timedelta, tzinfo
from typing import Any, ClassVar, Self

ZERO = timedelta(0)


class FixedOffsetTimezone(tzinfo):
    """A fixed offset from UTC: a timedelta, or minutes to the east. Equal ones are the same object.
    Without a name it is called +01 or -03:30."""

    _offset = ZERO
    _name: str | None = None
    _made: ClassVar[dict[tuple[Any, ...], Any]] = {}

    def __new__(cls, offset: timedelta | float | None = None, name: str | None = None) -> Self:
        key = (cls, offset, name)
        zone = cls._made.get(key)
        if zone is None:
            zone = cls._made.setdefault(key, super().__new__(cls))
        made: Self = zone
        return made

    def __init__(self, offset: timedelta | float | None = None, name: str | None = None) -> None:
        if offset is not None:
            self._offset = offset if isinstance(offset, timedelta) else timedelta(minutes=offset)
        if name is not None:
            self._name = name

    def __repr__(self) -> str:
        return f"puff.postgres.tz.FixedOffsetTimezone(offset={self._offset!r}, name={self._name!r})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, FixedOffsetTimezone):
            return self._offset == other._offset
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self._offset)

    def __getinitargs__(self) -> tuple[Any, ...]:
        return self._offset, self._name

    def utcoffset(self, dt: datetime | None) -> timedelta:
        return self._offset

    def dst(self, dt: datetime | None) -> timedelta:
        return ZERO

    def tzname(self, dt: datetime | None) -> str:
        if self._name is not None:
            return self._name
        total = round(self._offset.total_seconds())
        minutes, seconds = divmod(abs(total), 60)
        hours, minutes = divmod(minutes, 60)
        text = f"{'-' if total < 0 else '+'}{hours:02}"
        if minutes or seconds:
            text += f":{minutes:02}"
        return f"{text}:{seconds:02}" if seconds else text


STDOFFSET = timedelta(seconds=-time.timezone)
DSTOFFSET = timedelta(seconds=-time.altzone) if time.daylight else STDOFFSET
DSTDIFF = DSTOFFSET - STDOFFSET


class LocalTimezone(tzinfo):
    """The zone of the machine, as the C library knows it."""

    def utcoffset(self, dt: datetime | None) -> timedelta:
        return DSTOFFSET if self._is_summer(dt) else STDOFFSET

    def dst(self, dt: datetime | None) -> timedelta:
        return DSTDIFF if self._is_summer(dt) else ZERO

    def tzname(self, dt: datetime | None) -> str:
        return time.tzname[self._is_summer(dt)]

    def _is_summer(self, dt: datetime | None) -> bool:
        if dt is None:
            return False
        clock = (dt.year, dt.month, dt.day, dt.hour, dt.minute, dt.second)
        moment = time.mktime((*clock, dt.weekday(), 0, -1))
        return time.localtime(moment).tm_isdst > 0


LOCAL = LocalTimezone()
