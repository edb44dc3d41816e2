"""Questions that a command asks at a terminal, so that its greenlet waits for the answer as for any
other: the rest of the process runs on meanwhile, and Ctrl-C ends the wait at once."""

import builtins
import contextlib
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from puff import _puff
from puff._intercept import intercept
from puff.errors import Cancelled
from puff.waiting import wrap_async

_interrupted = False


def let_greenlets_ask() -> None:
    """From now on `input` and `getpass.getpass` wait as Puff's calls do."""
    builtins.input = _asking(input)
    intercept(("getpass",), _prepare_getpass, lambda: True)


def _prepare_getpass(module: ModuleType, run: Callable[[ModuleType], object]) -> None:
    run(module)
    vars(module)["getpass"] = _asking(vars(module)["getpass"])


def _asking(ask: Callable[..., str]) -> Callable[..., str]:
    """`ask`, that a thread of its own calls while a greenlet waits. A greenlet that is cancelled
    meanwhile raises KeyboardInterrupt, as in any Python, and finds no terminal from then on."""

    def on_a_thread(*args: Any, **kwargs: Any) -> str:
        global _interrupted
        if not _puff.is_greenlet():
            return ask(*args, **kwargs)
        if _interrupted:
            raise EOFError("the program is ending")
        with _terminal_as_it_is():
            try:
                answer: str = wrap_async(lambda tell: _start(tell, ask, args, kwargs))
                return answer
            except Cancelled:
                _interrupted = True
                raise KeyboardInterrupt from None

    on_a_thread.__name__ = ask.__name__
    on_a_thread.__doc__ = ask.__doc__
    return on_a_thread


def _start(tell: Any, ask: Callable[..., str], args: Any, kwargs: Any) -> None:
    import threading

    def run() -> None:
        try:
            answer = ask(*args, **kwargs)
        except BaseException as failure:
            tell(None, failure)
        else:
            tell(answer)

    # Nobody can take a thread out of its read, so the end of the process does not wait for it.
    threading.Thread(target=run, name=f"puff {ask.__name__}", daemon=True).start()


@contextlib.contextmanager
def _terminal_as_it_is() -> Iterator[None]:
    """Gives the terminal its modes back, such as the echo, if the question is broken off."""
    import termios

    modes: Any = None
    with contextlib.suppress(OSError, ValueError, AttributeError, termios.error):
        modes = termios.tcgetattr(sys.stdin.fileno())
    try:
        yield
    except BaseException:
        if modes is not None:
            termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, modes)
        raise
