"""Connections that log their statements."""

import logging
import os
import time
from typing import Any

from puff.postgres._connection import connection
from puff.postgres._cursor import cursor
from puff.postgres._exceptions import ProgrammingError


class LoggingConnection(connection):
    """Logs every statement to what `initialize` was given; `filter` may choose and change."""

    _logobj: Any = None

    def initialize(self, logobj: Any) -> None:
        """Says where to: a logger of `logging` (as debug), or a text file."""
        self._logobj = logobj
        is_logger = isinstance(logobj, logging.Logger | logging.LoggerAdapter)
        self.log = self._logtologger if is_logger else self._logtofile

    def filter(self, msg: Any, curs: Any) -> Any:
        """What is logged of a statement (bytes or str); nothing if it is false."""
        return msg

    def _logtofile(self, msg: Any, curs: Any) -> None:
        msg = self.filter(msg, curs)
        if msg:
            text = self._decoded(msg) if isinstance(msg, bytes) else msg
            self._logobj.write(text + os.linesep)

    def _logtologger(self, msg: Any, curs: Any) -> None:
        msg = self.filter(msg, curs)
        if msg:
            self._logobj.debug(msg)

    def _check(self) -> None:
        if self._logobj is None:
            raise ProgrammingError("LoggingConnection object has not been initialize()d")

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        self._check()
        kwargs.setdefault("cursor_factory", self.cursor_factory or LoggingCursor)
        return super().cursor(*args, **kwargs)


class LoggingCursor(cursor):
    """The cursor of a LoggingConnection."""

    connection: Any

    def execute(self, query: Any, vars: Any = None) -> None:
        try:
            super().execute(query, vars)
        finally:
            self.connection.log(self.query, self)

    def callproc(self, procname: str, vars: Any = None) -> Any:
        try:
            return super().callproc(procname, vars)
        finally:
            self.connection.log(self.query, self)


class MinTimeLoggingConnection(LoggingConnection):
    """Logs the statements that took longer than `mintime` milliseconds, and how long."""

    _mintime: float = 0

    def initialize(self, logobj: Any, mintime: float = 0) -> None:
        super().initialize(logobj)
        self._mintime = mintime

    def filter(self, msg: Any, curs: Any) -> Any:
        took = (time.time() - curs.timestamp) * 1000
        if took <= self._mintime:
            return None
        text = self._decoded(msg) if isinstance(msg, bytes) else msg
        return f"{text}{os.linesep}  (execution time: {took} ms)"

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("cursor_factory", self.cursor_factory or MinTimeLoggingCursor)
        return super().cursor(*args, **kwargs)


class MinTimeLoggingCursor(LoggingCursor):
    """The cursor of a MinTimeLoggingConnection."""

    timestamp: float

    def execute(self, query: Any, vars: Any = None) -> None:
        self.timestamp = time.time()
        super().execute(query, vars)

    def callproc(self, procname: str, vars: Any = None) -> Any:
        self.timestamp = time.time()
        return super().callproc(procname, vars)
