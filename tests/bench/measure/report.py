"""Results as Markdown and as JSON."""

import os
import platform
import subprocess
import time
from dataclasses import asdict
from importlib.metadata import distributions
from typing import Any

from measure import places
from measure.cases import Result

TITLES = {
    "rps": "per second",
    "cpu_us": "CPU us each",
    "redis_us": "Redis's CPU us each",
    "postgres_us": "PostgreSQL's CPU us",
    "one_by_one": "one by one per second",
    "bulk": "in bulk per second",
    "p50_ms": "p50 ms",
    "p99_ms": "p99 ms",
    "rss_mib": "RSS MiB",
    "others": "others' CPU",
}


def surroundings(rounds: int, seconds: float) -> dict[str, Any]:
    return {
        "when": time.strftime("%Y-%m-%d %H:%M:%S %z"),
        "kernel": platform.release(),
        "cores": os.cpu_count(),
        "load_average_before": os.getloadavg()[0],
        "puff": _first_line([places.PUFF, "--version"]),
        "commit": _first_line(["git", "-C", str(places.BENCH), "describe", "--always", "--dirty"]),
        "rounds": rounds,
        "seconds": seconds,
        "peers": {d.metadata["Name"]: d.version for d in distributions()},
    }


def as_json(around: dict[str, Any], results: list[Result]) -> dict[str, Any]:
    return around | {
        "results": [
            {
                "case": r.case.name,
                "placement": r.placement,
                "medians": r.medians(),
                "samples": r.samples,
                "failures": r.failures,
                "targets": [asdict(v) for v in r.verdicts()],
            }
            for r in results
        ]
    }


def as_markdown(around: dict[str, Any], results: list[Result]) -> str:
    words = (
        f"{around['puff']} ({around['commit']}), {around['when']}, {around['cores']} cores, load "
        f"average {around['load_average_before']:.1f} before; medians of {around['rounds']} "
        f"rounds of {around['seconds']:g} s."
    )
    verdicts = [v for r in results for v in r.verdicts()]
    reached = f"{sum(v.passed for v in verdicts)} of {len(verdicts)} targets reached."
    return "\n\n".join([words, *(_section(r) for r in results), reached]) + "\n"


def _section(result: Result) -> str:
    medians = result.medians()
    parts = [f"## {result.case.name}, {result.placement}"]
    columns = list(next(iter(medians.values()), {}))
    if len(columns) > 9:
        parts.append(_list(medians[result.case.ours]))
    elif columns:
        parts.append(_table(columns, medians, result.case.ours))
    parts += [f"{name} could not be measured: {why}" for name, why in result.failures.items()]
    verdicts = [
        f"- {'pass' if v.passed else 'FAIL'}: {v.text}{_is(v.value)}" for v in result.verdicts()
    ]
    return "\n\n".join([*parts, *(["\n".join(verdicts)] if verdicts else [])])


def _table(columns: list[str], medians: dict[str, dict[str, float]], ours: str) -> str:
    """A peer's figures are followed by ours divided by them."""
    lines = ["| | " + " | ".join(TITLES.get(c, c) for c in columns) + " |"]
    lines.append("|---" * (len(columns) + 1) + "|")
    for name, figures in medians.items():
        cells = [_cell(c, figures.get(c), medians.get(ours, {}), name == ours) for c in columns]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(metric: str, value: float | None, ours: dict[str, float], is_ours: bool) -> str:
    if value is None:
        return ""
    if is_ours or not value or metric not in ours or metric == "others":
        return _figure(value)
    return f"{_figure(value)} (x{ours[metric] / value:.2f})"


def _list(figures: dict[str, float]) -> str:
    return "\n".join(["| | |", "|---|---|", *(f"| {k} | {v:.3f} |" for k, v in figures.items())])


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _is(value: float | None) -> str:
    return "" if value is None else f" (is {_figure(value)})"


def _first_line(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    return (done.stdout.splitlines() or ["unknown"])[0]
