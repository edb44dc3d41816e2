"""The GraphQL engine alone, by Google's benchmark: no socket, no Python, data in memory."""

import json
import tempfile
from pathlib import Path

from measure import places
from measure.cases import Case, Sample
from measure.programs import output
from measure.targets import Limit


def engine(seconds: float) -> list[Case]:
    return [
        _case("an object of 3,050", "bench_graphql_execution", "per_object", 3_050, 0.120, seconds),
        _case(
            "a plan from the cache", "bench_graphql_execution", "plan_cache_hit", 1, 1.0, seconds
        ),
        _case(
            "parse and validate GraphiQL's introspection",
            "bench_graphql",
            "introspection",
            1,
            60.0,
            seconds,
        ),
    ]


def _case(
    name: str, program: str, benchmark: str, units: int, microseconds: float, seconds: float
) -> Case:
    def run(placement: str) -> Sample:
        command = [places.cpp_program(program), f"--benchmark_filter=^{benchmark}$"]
        command += [f"--benchmark_min_time={min(seconds, 2)}", "--benchmark_format=json"]
        with tempfile.TemporaryDirectory(prefix="puff-bench-") as folder:
            found = json.loads(output(command, placement, Path(folder)))["benchmarks"][0]
        return {"cpu_us": found["cpu_time"] * _UNITS[found["time_unit"]] / units}

    return Case(
        f"GraphQL's engine, {name}",
        {"puff's engine": run},
        (Limit("cpu_us", at_most=microseconds),),
        placements=("pinned",),
    )


_UNITS = {"ns": 1e-3, "us": 1.0, "ms": 1e3}
