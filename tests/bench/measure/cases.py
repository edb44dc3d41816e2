"""A case: contenders that are measured in turn, and the targets for the first of them."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

from measure.targets import Limit, Medians, Ratio, Verdict

Sample = dict[str, float]
Measure = Callable[[str], Sample]
"""From a placement ("pinned" or "free") to the figures of one run."""


@dataclass(frozen=True)
class Case:
    name: str
    contenders: dict[str, Measure]
    targets: tuple[Ratio | Limit, ...]
    placements: tuple[str, ...] = ("pinned", "free")

    @property
    def ours(self) -> str:
        return next(iter(self.contenders))


@dataclass
class Result:
    """One case at one placement."""

    case: Case
    placement: str
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def medians(self) -> Medians:
        return {
            name: {metric: statistics.median(s[metric] for s in runs) for metric in runs[0]}
            for name, runs in self.samples.items()
        }

    def verdicts(self) -> list[Verdict]:
        """A target that could not be judged is missed."""
        medians, found = self.medians(), []
        for target in self.case.targets:
            if target.placement not in (None, self.placement):
                continue
            try:
                found += target.judge(self.case.ours, medians)
            except KeyError as missing:
                nothing = Verdict(f"{target.metric}: no figures of {missing}", None, False)
                found.append(nothing)
        return found


def measure(case: Case, placement: str, rounds: int, tell: Callable[[str], None]) -> Result:
    """Interleaved: each round measures every contender once, so that a disturbance meets all."""
    result = Result(case, placement)
    for number in range(rounds):
        for name, run in case.contenders.items():
            if name in result.failures:
                continue
            tell(f"{case.name}, {placement}: {name}, round {number + 1} of {rounds}")
            try:
                result.samples.setdefault(name, []).append(run(placement))
            except Exception as failure:
                result.failures[name] = str(failure)
                result.samples.pop(name, None)
                tell(f"FAILED: {failure}")
    return result
