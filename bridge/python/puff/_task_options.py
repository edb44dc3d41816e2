"""What `@task` says of a function, and how a function is named."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from puff import _tasks

DEFAULT_TIMEOUT = 30_000
DEFAULT_KEEP_RESULTS_FOR = 300_000
DEFAULT_MAX_ATTEMPTS = 5
_PERIODS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}

Function = Callable[..., Any] | str
Key = str | Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Options:
    """What `@task` says of a function."""

    queue: str = "default"
    priority: int = 0
    timeout_ms: int = DEFAULT_TIMEOUT
    keep_results_for_ms: int = DEFAULT_KEEP_RESULTS_FOR
    max_attempts: int = DEFAULT_MAX_ATTEMPTS
    retries: int = 0
    backoff_ms: int = 1_000
    max_backoff_ms: int = 600_000
    unique: bool | Key = False
    concurrency: int = 0
    rate: str | None = None
    key: Key | None = None
    cron: str | None = None
    cron_param: Any = None

    @property
    def plain(self) -> bool:
        """Whether all its tasks have the same record but for the parameter."""
        return not (self.retries or self.unique or self.concurrency or self.rate)


DEFAULTS = Options()
_CHANGEABLE = ("timeout_ms", "keep_results_for_ms", "priority", "max_attempts")
_UNCHANGED = (None,) * len(_CHANGEABLE)


def options_of(
    function: Function,
    timeout_ms: int | None = None,
    keep_results_for_ms: int | None = None,
    priority: int | None = None,
    max_attempts: int | None = None,
) -> Options:
    """What `@task` says of a function, with the changes that are not None."""
    options: Options = getattr(function, _tasks.MARK, DEFAULTS)
    changes = (timeout_ms, keep_results_for_ms, priority, max_attempts)
    if changes == _UNCHANGED:
        return options
    given: dict[str, Any] = dict(zip(_CHANGEABLE, changes, strict=True))
    return replace(options, **{name: value for name, value in given.items() if value is not None})


def path_of(function: Function) -> str:
    """The dotted path that another node imports a function by."""
    if isinstance(function, str):
        if "." not in function.strip("."):
            raise ValueError(f"{function!r} is no dotted path like 'package.module.function'")
        return function
    module = getattr(function, "__module__", None)
    name = getattr(function, "__qualname__", None)
    if not module or not name:
        raise TypeError(f"a task must be a function or its dotted path, not {function!r}")
    if "<" in name or module == "__main__":
        raise ValueError(
            f"{module}.{name} cannot be imported by another node: "
            "define it at the top of a module that is not the main program"
        )
    return f"{module}.{name}"


def rate_of(text: str) -> tuple[int, int]:
    """(times, milliseconds) of "10/s" or "3/5m"."""
    times, slash, period = text.partition("/")
    unit = period.lstrip("0123456789")
    count = period[: len(period) - len(unit)] or "1"
    if not slash or not times.isdigit() or int(times) < 1 or unit not in _PERIODS:
        raise ValueError(f'a rate is like "10/s" or "3/5m" (ms, s, m, h, d), not {text!r}')
    return int(times), int(count) * _PERIODS[unit]
