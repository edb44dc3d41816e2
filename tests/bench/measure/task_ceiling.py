"""Tasks in C++ beside what Redis itself lets through."""

from dataclasses import replace

from measure import places
from measure.cases import Case, Measure, Sample
from measure.programs import figures
from measure.redis import private_folder, redis_on_port
from measure.targets import Ratio
from measure.tasks import processing, queues

TASKS_A_SECOND = 60_000


def task_ceiling(seconds: float) -> list[Case]:
    count = round(TASKS_A_SECOND * seconds)
    return [
        Case(
            "tasks in C++, results ignored",
            {
                "puff": _native(count),
                "Redis": _redis_alone(count, calls=1),
                "Redis, four calls at once": _redis_alone(count, calls=4),
            },
            (Ratio("rps", ("Redis",), at_least=0.7),),
        )
    ]


def _native(count: int) -> Measure:
    def run(placement: str) -> Sample:
        library = places.cpp_program("bench_task_addon.so")
        queue = replace(queues("64")["puff"], settings=f'[[addons]]\npath = "{library}"\n')
        return processing(queue, "native", count)(placement)

    return run


def _redis_alone(count: int, calls: int) -> Measure:
    def run(placement: str) -> Sample:
        with redis_on_port(placement) as (_, url), private_folder() as folder:
            port = url.rpartition(":")[2].split("/")[0]
            program = places.cpp_program("bench_task_ceiling")
            return figures([program, port, str(count), str(calls)], placement, folder)

    return run
