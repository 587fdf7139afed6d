"""False and true rollbacks of the sequential test, beside a z-test that is repeated at each look.

A sound version has exactly the rate of errors that is allowed; the test looks after every ten
requests, up to ten thousand. Then versions are worse, by a factor: how many requests does it take?
The naive test is the usual one-sided z-test of a share at the same level, done at every look as
dashboards do.

    python -m benchmarks.rollout_test [--runs 4000]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from scipy.stats import norm

from benchmarks.figure import Figure, write_result
from ml_platform.core.rollout.betting import STAKES, log_capital
from ml_platform.core.rollout.value_counts import ValueCounts

ALPHA, LIMITS, WORSE = 0.01, (0.01, 0.05), (1.5, 2.0, 3.0, 5.0, 10.0)
EACH, REQUESTS = 10, 10_000
SEEN = np.arange(EACH, REQUESTS + 1, EACH)

Floats = np.ndarray
Test = Callable[[Floats, float], Floats]


def betting(hits: Floats, limit: float) -> Floats:
    """Whether each run is rejected by each look; `hits` are sums so far, shape [runs, looks]."""
    capital = np.full(hits.shape, -np.inf)
    for stake in STAKES / limit:
        won = hits * np.log1p(stake * (1 - limit)) + (SEEN - hits) * np.log1p(-stake * limit)
        capital = np.logaddexp(capital, won)
    return capital - np.log(len(STAKES)) >= -np.log(ALPHA)


def naive(hits: Floats, limit: float) -> Floats:
    """The same by a z-test at each look, from 30 requests on."""
    z = (hits - SEEN * limit) / np.sqrt(SEEN * limit * (1 - limit))
    return (z >= norm.isf(ALPHA)) & (SEEN >= 30)


def rolled_back_after(test: Test, rate: float, limit: float, runs: int, seed: int) -> Floats:
    """Requests until each run's rollback, infinite where there is none."""
    after = []
    chance = np.random.default_rng(seed)
    for _ in range(0, runs, 500):
        hits = chance.binomial(EACH, rate, (500, len(SEEN))).cumsum(axis=1)
        loud = test(hits, limit)
        after.append(np.where(loud.any(axis=1), SEEN[loud.argmax(axis=1)], np.inf))
    return np.concatenate(after)


def agrees_with_the_policy(limit: float) -> bool:
    """Whether what is measured here is what the policy computes."""
    hits = np.random.default_rng(1).binomial(EACH, 2 * limit, (5, len(SEEN))).cumsum(axis=1)
    ours = betting(hits, limit)[:, ::100]
    policy = [
        [
            log_capital(ValueCounts.of_share(int(k), int(n)), limit) >= -np.log(ALPHA)
            for k, n in zip(run[::100], SEEN[::100], strict=True)
        ]
        for run in hits
    ]
    return bool((ours == np.array(policy)).all())


def _finite(requests: float) -> float | None:
    return float(requests) if np.isfinite(requests) else None


def main(runs: int) -> None:
    """Measure, and write the result."""
    figures, found = [], {}
    for limit in LIMITS:
        assert agrees_with_the_policy(limit)
        for name, test in (("betting", betting), ("z-test at each look", naive)):
            sound = rolled_back_after(test, limit, limit, runs, seed=7)
            wrong = 100 * float(np.isfinite(sound).mean())
            ours = test is betting
            figures.append(
                Figure(
                    f"sound versions rolled back, limit {limit:.0%}, {name}",
                    wrong,
                    "%",
                    100 * ALPHA if ours else None,
                )
            )
            worse = {
                f"{factor:g}x": rolled_back_after(test, factor * limit, limit, runs, seed=11)
                for factor in WORSE
            }
            found[f"{name}, limit {limit:.0%}"] = {
                factor: {
                    "median_requests": _finite(np.median(after)),
                    "p90_requests": _finite(np.quantile(after, 0.9, method="higher")),
                    "rolled_back": float(np.isfinite(after).mean()),
                }
                for factor, after in worse.items()
            }
            if ours:
                figures += [
                    Figure(
                        f"requests until a version with {factor} of the limit of {limit:.0%} "
                        "is rolled back, median",
                        float(np.median(after)),
                        "n",
                    )
                    for factor, after in worse.items()
                ]
    details = {"alpha": ALPHA, "runs": runs, "looks": f"every {EACH} up to {REQUESTS:,} requests"}
    write_result("rollout_test", figures, {**details, "requests_until_rollback": found})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=4000)
    main(parser.parse_args().runs)
