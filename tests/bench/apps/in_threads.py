"""Work on as many threads as there are cursors."""

import threading
from collections.abc import Callable
from typing import Any


def in_threads(cursors: list[Any], work: Callable[[Any], None]) -> Callable[[int], None]:
    def run_all(count: int) -> None:
        each = max(count // len(cursors), 1)

        def repeat(cursor: Any) -> None:
            for _ in range(each):
                work(cursor)

        if len(cursors) == 1:
            repeat(cursors[0])
            return
        running = [threading.Thread(target=repeat, args=(cursor,)) for cursor in cursors]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()

    return run_all
