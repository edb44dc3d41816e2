"""What Puff must reach, and whether it did."""

from dataclasses import dataclass

Medians = dict[str, dict[str, float]]
"""Contender -> metric -> median."""


@dataclass(frozen=True)
class Verdict:
    text: str
    value: float | None  # none: nothing to judge by
    passed: bool


@dataclass(frozen=True)
class Ratio:
    """Puff's median over a peer's; over each of several. `of` names another contender than the
    first."""

    metric: str
    peers: tuple[str, ...]
    at_most: float | None = None
    at_least: float | None = None
    placement: str | None = None  # None: wherever it is measured
    best: bool = False  # only the best of the peers counts
    of: str | None = None

    def judge(self, ours: str, medians: Medians) -> list[Verdict]:
        ours = self.of or ours
        against = [self._best(medians)] if self.best else list(self.peers)
        return [self._verdict(ours, peer, medians) for peer in against]

    def _best(self, medians: Medians) -> str:
        best = min if self.at_most is not None else max
        return best(self.peers, key=lambda peer: medians[peer][self.metric])

    def _verdict(self, ours: str, peer: str, medians: Medians) -> Verdict:
        ratio = medians[ours][self.metric] / medians[peer][self.metric]
        what = f"{self.metric} over {peer}'s"
        if self.of:
            what = f"{self.of}: {what}"
        return _verdict(what, ratio, self.at_most, self.at_least)


@dataclass(frozen=True)
class Limit:
    """Puff's median by itself; `of` names another contender than the first."""

    metric: str
    at_most: float | None = None
    at_least: float | None = None
    placement: str | None = None
    of: str | None = None

    def judge(self, ours: str, medians: Medians) -> list[Verdict]:
        what = f"{self.of}: {self.metric}" if self.of else self.metric
        value = medians[self.of or ours][self.metric]
        return [_verdict(what, value, self.at_most, self.at_least)]


def _verdict(what: str, value: float, at_most: float | None, at_least: float | None) -> Verdict:
    if at_most is not None:
        return Verdict(f"{what} <= {at_most:g}", value, value <= at_most)
    if at_least is None:
        raise ValueError("a target needs a bound")
    return Verdict(f"{what} >= {at_least:g}", value, value >= at_least)
