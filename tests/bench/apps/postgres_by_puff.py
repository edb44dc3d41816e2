"""DB-API over Puff's pool: puff run postgres_by_puff.main WORK UNITS [GREENLETS]"""

from dbapi_work import WORKS, measure, prepared

import puff
from puff import postgres
from puff.postgres import extras


def main(work: str, units: str, greenlets: str = "1") -> None:
    cursors = [prepared(postgres.connect()) for _ in range(int(greenlets))]

    def run_all(count: int) -> None:
        each = max(count // len(cursors), 1)

        def repeat(cursor: postgres.Cursor) -> None:
            for _ in range(each):
                WORKS[work](cursor, extras)

        puff.join_all([puff.spawn(repeat, cursor) for cursor in cursors])

    measure(int(units), run_all)
