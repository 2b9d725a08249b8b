"""What a record of classifiers says: scores by trial, the best answers to the same test sets, and errors near edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtr, stdtrit

from experiments.vit import exact_curves, published, simple_classifiers, systems
from experiments.vit.ceiling import macro_f1, posteriors
from spinlib.datasets.class_labels import classes_of
from spinlib.datasets.stratified_split import split
from spinlib.statistics import Estimate, mean_of_few

# Distances in temperature from the nearest edge between two classes.
DISTANCES = (0.0, 0.03, 0.1, 0.3, 2.0)


def trials_of(settings: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """The number of trials of a record of classifications, by kind of weights and network."""
    found: dict[str, dict[str, int]] = {}
    for kind, names, n in settings["trials"]:
        found.setdefault(kind, {}).update(dict.fromkeys(names, n))
    return found


def best(energies: NDArray[Any], curves: Any, system: str) -> NDArray[np.int64]:
    """The most probable class of equilibrium configurations of these total energies, of any shape."""
    flat = posteriors(np.ravel(energies), curves, system).argmax(axis=1)
    return flat.reshape(np.shape(energies))


def energy_alone(found: Any, system: str) -> NDArray[np.float64]:
    """Macro F1 (trial,) of logistic regression on the energy, with the training and test sets of a record's networks.

    The sets follow from the record's seed. ValueError where they are not those of the record.
    """
    counts = systems.counts_of(found.settings["share"])
    label = np.repeat(np.arange(len(systems.CLASSES)), counts.sum(axis=0))
    scored = []
    for trial, energies in enumerate(found[f"{system}_all_energies"]):
        sets = split(label, counts, systems.seed_of_trial(found.meta["seed"], trial))
        if not np.array_equal(energies[sets.test], found[f"{system}_energies"][trial]):
            raise ValueError(f"{system}, trial {trial}: the record's seed gives another test set than it holds")
        model = simple_classifiers.logistic().fit(energies[sets.training, None], label[sets.training])
        scored.append(model.predict(energies[sets.test, None]))
    return np.asarray(macro_f1(confusion(found[f"{system}_label"], np.array(scored))))


def energy_sums(found: Any, curves: Any, system: str) -> NDArray[np.float64]:
    """Of each class of a trial: the sum of deviations from exact mean energies over its exact standard deviation.

    Of all sets of a record of classifications together, (trial, class); in equilibrium nearly normal, of mean 0 and
    variance 1.
    """
    T = found[f"{system}_all_T"]
    mean, deviation = exact_curves.energy_and_deviation(curves, system, T)
    off, label = found[f"{system}_all_energies"] - mean, classes_of(T, systems.EDGES)
    within = [label == k for k in range(len(systems.CLASSES))]
    sums = [(off * here).sum(axis=1) / np.sqrt((deviation**2 * here).sum(axis=1)) for here in within]
    return np.stack(sums, axis=1)


def equilibrium(found: Any, curves: Any) -> dict[str, Any]:
    """Squares of `energy_sums` of every system, "chi2", and their numbers, "dof"."""
    sums = [energy_sums(found, curves, system) for system in systems.BOUNDARIES]
    return {"chi2": [float((one**2).sum()) for one in sums], "dof": [one.size for one in sums]}


def stopped_early(found: Any, names: Sequence[str]) -> Estimate:
    """The share of trainings at the paper's rate that kept weights of an epoch before the last, error over trials."""
    kept = np.array([found[f"{system}_{name}_paper_rate_kept"] for system in systems.BOUNDARIES for name in names])
    return mean((kept < found.settings["epochs"] - 1).mean(axis=0))


def confusion(label: NDArray[Any], answers: NDArray[Any]) -> NDArray[np.int64]:
    """True class, answer: numbers of (trial, n) answers, (trial, class, class)."""
    k = len(systems.CLASSES)
    pairs = label.astype(np.int64) * k + answers
    return np.array([np.bincount(one, minlength=k * k).reshape(k, k) for one in pairs])


def best_f1(found: Any, curves: Any, system: str) -> NDArray[np.float64]:
    """Macro F1 (trial,) of the best answers to the test sets of a record of classifications."""
    label, told = found[f"{system}_label"], best(found[f"{system}_energies"], curves, system)
    return np.asarray(macro_f1(confusion(label, told)))


def wrong_by_distance(T: NDArray[Any], wrong: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The share of wrong answers by distance of T from an edge: (system, trial, n) to (trial, bin).

    Systems count together, since those of a trial have the same temperatures; 0 in a trial without such a distance.
    """
    inner = np.array(systems.EDGES[1:-1])
    distance = np.abs(T[..., None] - inner).min(axis=-1)
    found = []
    for low, high in pairwise(DISTANCES):
        here = (distance >= low) & (distance < high)
        found.append((wrong & here).sum(axis=(0, 2)) / np.maximum(here.sum(axis=(0, 2)), 1))
    return np.stack(found, axis=1)


def gap_by_class(label: NDArray[Any], told: NDArray[Any], best: NDArray[Any]) -> NDArray[np.float64]:
    """F1 of each class by the best answers less that by others (system, trial, n), over systems: (trial, class)."""
    gaps = [class_f1(true, top) - class_f1(true, ours) for true, ours, top in zip(label, told, best, strict=True)]
    return np.asarray(np.mean(gaps, axis=0))


def is_largest(gaps: NDArray[np.float64], k: int) -> bool:
    """Whether column k of (trial, class) is above every other one by more than two errors of their difference."""
    others = [mean(gaps[:, k] - one) for j, one in enumerate(gaps.T) if j != k]
    return all(one.value > 2 * one.error for one in others)


def gap_by_distance(T: NDArray[Any], wrong: NDArray[np.bool_], best: NDArray[np.bool_]) -> list[Estimate]:
    """How much larger the share of wrong answers is than that of the best ones, by distance of T from an edge: means.

    All (system, trial, n), of the same configurations.
    """
    return [mean(one) for one in (wrong_by_distance(T, wrong) - wrong_by_distance(T, best)).T]


def spread_of_one_test_set(confusions: NDArray[Any], seed: int = 1, n: int = 400) -> float:
    """Standard deviation of macro F1 that drawing a test set gives by itself: of (trial, class, answer) numbers.

    Answers are drawn anew from the shares of each class in all trials, as many as a test set has.
    """
    rng, total = np.random.default_rng(seed), confusions.sum(axis=0)
    rows = [rng.multinomial(confusions[0][k].sum(), one / one.sum(), n) for k, one in enumerate(total)]
    return float(macro_f1(np.stack(rows, axis=1)).std())


def spreads(found: Any) -> tuple[list[float], list[float], list[float]]:
    """Of each system and network: the spread that one test set gives ours, the paper's over trials, and its chance.

    The chance of one as small as the paper's, if each of its trials had drawn a test set.
    """
    pairs = [(system, name) for system in systems.BOUNDARIES for name in published.MACRO_F1[system]]
    own = [spread_of_one_test_set(found[f"{system}_{name}_new_confusion"]) for system, name in pairs]
    theirs = [published.MACRO_F1[system][name][1] for system, name in pairs]
    chances = [chance_of_smaller(one, spread, published.TRIALS) for one, spread in zip(theirs, own, strict=True)]
    return own, theirs, chances


def chance_of_smaller(deviation: float, expected: float, n: int) -> float:
    """The probability of a standard deviation of n normal numbers that is as small, where the true one is expected."""
    return float(chdtr(n - 1, (n - 1) * (deviation / expected) ** 2))


def class_f1(label: NDArray[Any], answers: NDArray[Any]) -> NDArray[np.float64]:
    """F1 of each class of (trial, n) answers: (trial, class); 0 where a class is neither there nor named."""
    counts = confusion(label, answers)
    right, named = np.diagonal(counts, axis1=1, axis2=2), counts.sum(axis=1) + counts.sum(axis=2)
    return np.asarray(2 * right / np.maximum(named, 1))


def welch(value: float, deviation: float, other: float, other_deviation: float, n: int) -> tuple[float, float]:
    """Difference of two means over n trials each, and its error, such that two errors are the 95 % interval.

    B. L. Welch, Biometrika 34, 28 (1947).
    """
    error, quantile = _welch(deviation, other_deviation, n)
    return value - other, error * quantile / 2


def welch_margin(value: float, deviation: float, other: float, other_deviation: float, n: int) -> float:
    """The difference in Welch's standard errors, less the 97.5 % quantile of Student's t: above 0 it is decided."""
    error, quantile = _welch(deviation, other_deviation, n)
    return (value - other) / error - quantile


def _welch(deviation: float, other_deviation: float, n: int) -> tuple[float, float]:
    """The standard error of a difference of two means over n trials each, and the 97.5 % quantile of Student's t."""
    of_means = np.array([deviation**2, other_deviation**2]) / n
    freedom = of_means.sum() ** 2 * (n - 1) / (of_means**2).sum()
    return float(np.sqrt(of_means.sum())), float(stdtrit(freedom, 0.975))


def mean(values: Any) -> Estimate:
    """Over independent trials or systems, by Student's t; equal values get the error of one answer in 400."""
    return mean_of_few(np.asarray(values, float), each=0.5 / sum(systems.COUNTS[2]))


def extreme(
    estimates: Sequence[Estimate | tuple[float, float]], target: float, *, largest: bool = False
) -> tuple[float, float]:
    """Value and error of the estimate that decides whether all are at least, or with `largest` at most, the target.

    The smallest value; where that alone would satisfy, the one that satisfies least, two errors taken off, so that all
    have to.
    """
    sign = -1.0 if largest else 1.0
    pairs = [(float(one[0]), float(one[1])) for one in estimates]
    value, error = min(pairs, key=lambda each: sign * each[0])
    if sign * (value - target) >= 2 * error:
        value, error = min(pairs, key=lambda each: sign * each[0] - 2 * each[1])
    return value, error


def from_published(values: Mapping[str, Any], network: str, tolerance: float) -> tuple[float, float]:
    """The distance of a mean macro F1 from the paper's that decides whether all systems (trial,) are that close."""
    off = [published.less_published(*mean(of)[:2], system, network) for system, of in values.items()]
    return extreme([(abs(value), error) for value, error in off], tolerance, largest=True)


def shown(values: Any) -> str:
    """Mean and error of three and more trials, else the mean alone."""
    if len(values) < 3:
        return f"{np.mean(values):.3f}"
    one = mean(values)
    return f"{one.value:.3f} ± {one.error:.3f}"
