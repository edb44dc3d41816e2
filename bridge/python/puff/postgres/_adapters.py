"""How Python's objects become SQL literals: the registry of adapters, and those for Python's types.

An adapter is called with the object and has `getquoted()`, which returns the literal as bytes, and
perhaps `prepare(connection)`, which is called before. The adapters of common types are also written
in C++, which is used where nobody registered others."""

import datetime
import decimal
from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import Any

from puff import _puff
from puff.postgres._encodings import codec_of
from puff.postgres._exceptions import ProgrammingError

Adapter = Callable[[Any], Any]


class ISQLQuote:
    """The protocol of objects that can say how they are quoted; also the base of those."""

    _wrapped: Any = None

    def __init__(self, wrapped: Any = None) -> None:
        self._wrapped = wrapped

    def getquoted(self) -> Any:
        """The literal."""
        return None

    def getbinary(self) -> Any:
        """Reserved."""
        return None

    def getbuffer(self) -> Any:
        """Reserved."""
        return None


adapters: dict[tuple[type, Any], Adapter] = {}


def register_adapter(typ: type, callable: Adapter) -> None:
    """Makes `callable` the adapter of objects of type `typ`."""
    adapters[(typ, ISQLQuote)] = callable


def adapt(obj: Any, protocol: Any = ISQLQuote, alternate: Any = None) -> Any:
    """The adapter of an object: by its type, its protocol, its `__conform__`, or a base class of
    its type. ProgrammingError if there is none."""
    kind = type(obj)
    found = adapters.get((kind, protocol))
    if found is not None:
        return found(obj)
    for ask, about in ((getattr(protocol, "__adapt__", None), obj), (_conform(obj), protocol)):
        adapted = None if ask is None else _asked(ask, about)
        if adapted is not None:
            return adapted
    for base in kind.__mro__[1:]:
        found = adapters.get((base, protocol))
        if found is not None:
            return found(obj)
    raise ProgrammingError(f"can't adapt type '{kind.__name__}'")


def _conform(obj: Any) -> Any:
    return getattr(obj, "__conform__", None)


def _asked(ask: Any, about: Any) -> Any:
    try:
        return ask(about)
    except TypeError:
        return None


def quoted(obj: Any, connection: Any) -> Any:
    """The literal of an object by its adapter, as bytes."""
    adapted = adapt(obj)
    if connection is not None:
        prepare = getattr(adapted, "prepare", None)
        if prepare is not None:
            prepare(connection)
    literal = adapted.getquoted()
    if type(literal) is str:
        codec = getattr(connection, "_codec", None)
        return literal.encode(codec or "utf-8")
    return literal


class _Literal:
    """What the adapters share: the object is `adapted`, and str() shows its literal."""

    _codec: str | None = None
    _standard_strings = True

    def __init__(self, obj: Any) -> None:
        self.adapted = obj

    @abstractmethod
    def getquoted(self) -> bytes: ...

    def __conform__(self, protocol: Any) -> Any:
        return self if protocol is ISQLQuote else None

    def __str__(self) -> str:
        return self.getquoted().decode(self._codec or "utf-8")


def _signed(text: str) -> bytes:
    # A space keeps "1 - %s" from becoming a comment.
    return (" " + text if text.startswith("-") else text).encode()


class AsIs(_Literal):
    """An object whose str() is valid SQL, put into the statement as it is."""

    def getquoted(self) -> bytes:
        return str(self.adapted).encode()


class Boolean(_Literal):
    """true or false."""

    def getquoted(self) -> bytes:
        return b"true" if self.adapted else b"false"


class Int(_Literal):
    """An int; also of classes derived from it, whatever their str()."""

    def getquoted(self) -> bytes:
        return _signed(str(int(self.adapted)))


class Float(_Literal):
    """A float; infinities and NaN as the server knows them."""

    def getquoted(self) -> bytes:
        number = float(self.adapted)
        if number != number:
            return b"'NaN'::float"
        if number in (float("inf"), float("-inf")):
            return b"'Infinity'::float" if number > 0 else b"'-Infinity'::float"
        return _signed(repr(self.adapted))


class Decimal(_Literal):
    """A Decimal; what is not finite is NaN."""

    def getquoted(self) -> bytes:
        return _signed(str(self.adapted)) if self.adapted.is_finite() else b"'NaN'::numeric"


class QuotedString(_Literal):
    """A str, quoted in the connection's encoding once it is prepared. `encoding` is Python's name
    of the encoding until then."""

    def __init__(self, obj: Any) -> None:
        super().__init__(obj)
        self.encoding = "latin1"
        self._connection: Any = None

    @property
    def buffer(self) -> Any:
        """The text."""
        return self.adapted

    def prepare(self, connection: Any) -> None:
        """Takes encoding and quoting from a connection."""
        self._connection = connection
        self.encoding = connection._codec or "utf_8"
        self._standard_strings = connection._standard_strings

    def getquoted(self) -> bytes:
        if not isinstance(self.adapted, str | bytes):
            raise TypeError(f"can't quote {type(self.adapted).__name__} as a string")
        if self._connection is not None:
            codec = self._connection._codec
        else:
            codec = _python_codec(self.encoding)
        return _puff.pg_quote_text(self.adapted, codec, self._standard_strings)

    def __str__(self) -> str:
        return self.getquoted().decode(self.encoding)


def _python_codec(name: str) -> str | None:
    try:
        codec = codec_of(name)
    except KeyError:
        codec = name
    return None if codec in ("utf_8", "utf8", "utf-8") else codec


class Binary(_Literal):
    """Bytes, or whatever shows its memory, as a bytea."""

    def __init__(self, obj: Any) -> None:
        super().__init__(obj)
        self._connection: Any = None

    @property
    def buffer(self) -> Any:
        """The object with the bytes."""
        return self.adapted

    def prepare(self, connection: Any) -> None:
        """Takes the way of quoting from a connection."""
        self._connection = connection
        self._standard_strings = connection._standard_strings

    def getquoted(self) -> bytes:
        if self.adapted is None:
            return b"NULL"
        try:
            return _puff.pg_quote_binary(self.adapted, self._standard_strings)
        except BufferError:
            return _puff.pg_quote_binary(memoryview(self.adapted).tobytes(), self._standard_strings)
        except TypeError:
            kind = type(self.adapted).__name__
            raise TypeError(f"can't escape {kind} to binary") from None


class List(_Literal):
    """A list as an array, its items by their adapters."""

    def __init__(self, obj: Any) -> None:
        if not isinstance(obj, list):
            raise TypeError(f"a list is needed, not {type(obj).__name__}")
        super().__init__(obj)
        self._connection: Any = None

    def prepare(self, connection: Any) -> None:
        """What the items' adapters are prepared with."""
        self._connection = connection
        self._codec = connection._codec
        self._standard_strings = connection._standard_strings

    def getquoted(self) -> bytes:
        return _puff.pg_quote_list(
            self.adapted, self._connection, self._codec, self._standard_strings
        )


class _Moment(_Literal):
    """A date or time in ISO form with its type."""

    type_name = b"timestamp"

    def getquoted(self) -> bytes:
        zone = b"tz" if getattr(self.adapted, "tzinfo", None) is not None else b""
        iso: str = self.adapted.isoformat()
        return b"'" + iso.encode() + b"'::" + self.type_name + zone


class _Date(_Moment):
    type_name = b"date"


class _Time(_Moment):
    type_name = b"time"


class _Interval(_Literal):
    def getquoted(self) -> bytes:
        span = self.adapted
        text = f"'{span.days} days {span.seconds}.{span.microseconds:06} seconds'::interval"
        return text.encode()


def DateFromPy(value: datetime.date) -> Any:
    """The adapter of a date."""
    return _checked(_Date, datetime.date, value)


def TimeFromPy(value: datetime.time) -> Any:
    """The adapter of a time."""
    return _checked(_Time, datetime.time, value)


def TimestampFromPy(value: datetime.datetime) -> Any:
    """The adapter of a datetime, naive or aware."""
    return _checked(_Moment, datetime.datetime, value)


def IntervalFromPy(value: datetime.timedelta) -> Any:
    """The adapter of a timedelta."""
    return _checked(_Interval, datetime.timedelta, value)


def _checked(adapter: type[_Literal], kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"a {kind.__name__} is needed, not {type(value).__name__}")
    return adapter(value)


class SQL_IN:
    """A tuple as (a, b, c), for IN."""

    def __init__(self, seq: Iterable[Any]) -> None:
        self._seq = seq
        self._conn: Any = None

    def prepare(self, conn: Any) -> None:
        """What the items' adapters are prepared with."""
        self._conn = conn

    def getquoted(self) -> bytes:
        return b"(" + b", ".join([quoted(item, self._conn) for item in self._seq]) + b")"

    def __str__(self) -> str:
        return str(self.getquoted())


class NoneAdapter:
    """NULL."""

    def __init__(self, obj: object) -> None:
        pass

    def getquoted(self, _null: bytes = b"NULL") -> bytes:
        return _null


_standard: dict[type, Adapter] = {
    float: Float,
    int: Int,
    bool: Boolean,
    str: QuotedString,
    bytes: Binary,
    bytearray: Binary,
    memoryview: Binary,
    list: List,
    datetime.date: DateFromPy,
    datetime.time: TimeFromPy,
    datetime.datetime: TimestampFromPy,
    datetime.timedelta: IntervalFromPy,
    tuple: SQL_IN,
    type(None): NoneAdapter,
    decimal.Decimal: Decimal,
}
for _type, _adapter in _standard.items():
    register_adapter(_type, _adapter)

# Those that C++ stands in for while they are registered; extras adds that of UUID.
defaults: dict[tuple[type, Any], Adapter] = dict(adapters)
