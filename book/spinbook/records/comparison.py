"""How the numbers of two runs of one record are compared: the meaning of COMPARE in an experiment.

    COMPARE = {"accuracy": "seeds", "wrong": ("seeds", 1), "ordered": "counts", ("L", "T"): "exact",
               "rates": "magnitude", "tau": 0.5, "weight.*": "kept"}

A key is a name in the result, a pattern with `*` for several names, or a tuple of them; a full name goes before a
pattern. A value with its error, `x` beside `x_error`, needs no entry, but may have one by its full name, where the
error is not that of a repetition (chains of a network that a repetition trains anew). Every other name needs one:

"seeds"      independent repetitions along the first axis, ("seeds", k): along axis k. Their mean is compared, with
             its standard error (at least 0.001 of the mean; of whole numbers, one unit in one repetition)
"trainings"  as "seeds", ("trainings", k), for numbers that vary smoothly with a short training, not for shares of right
             answers: at the same seed, where only arithmetic differs, by at most 0.3 standard errors (bfloat16 instead
             of float32 moves them by 0.02)
"counts"     numbers of independent events n, each with the error sqrt(n)
"pictures"   lattices along the last two axes: the share of equal neighbours, with its error from 4 x 4 blocks
"exact"      settings, text, and what has no chance in it: equal to 1e-9
a number r   no error is known: |a - b| <= r times the larger of both
"magnitude"  timings and rounding errors, which differ from machine to machine and with its load: only the typical
             size (geometric mean) is compared, within a factor of a hundred, which another unit would exceed
"kept"       shown or used further but not compared: weights, snapshots, single examples
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

KINDS = ("seeds", "trainings", "counts", "pictures", "exact", "magnitude", "kept")
REPEATED = ("seeds", "trainings")
FLOOR = 1e-3  # of a mean over seeds: the arithmetic of another processor shows in bfloat16 at about this size
BLOCKS = 4


@dataclasses.dataclass(frozen=True)
class Quantity:
    """What is compared of one name: its values, their errors where it has any, and of how many repetitions."""

    rule: Any
    value: np.ndarray
    error: np.ndarray | None = None
    n: int = 0

    @property
    def kind(self) -> str:
        if isinstance(self.rule, int | float):
            return "tolerance"
        return str(self.rule if isinstance(self.rule, str) else self.rule[0])


def check(record: str, compare: Mapping[Any, Any]) -> dict[str, Any]:
    """The declaration as it is stored: one rule a name, with lists for tuples; ValueError for a rule that is none."""
    single = [
        (name, rule) for names, rule in compare.items() for name in (names if isinstance(names, tuple) else (names,))
    ]
    if twice := {name for name, _ in single if [name for name, _ in single].count(name) > 1}:
        raise ValueError(f"record {record!r}: {', '.join(sorted(twice))} stands twice in compare")
    for name, rule in single:
        number = isinstance(rule, int | float) and not isinstance(rule, bool) and 0 < rule < 1
        axis = isinstance(rule, tuple) and len(rule) == 2 and rule[0] in REPEATED and isinstance(rule[1], int)
        if not (number or axis or (isinstance(rule, str) and rule in KINDS)):
            raise ValueError(
                f'record {record!r}: compare[{name!r}] = {rule!r}: allowed are {", ".join(KINDS)}, ("seeds", axis), '
                '("trainings", axis) and a number between 0 and 1'
            )
    return {name: list(rule) if isinstance(rule, tuple) else rule for name, rule in single}


def rules(record: str, data: Mapping[str, Any], compare: Mapping[str, Any], *, fresh: bool = False) -> dict[str, Any]:
    """The rule of every name; ValueError where one has none or two, or where nothing is compared.

    fresh: the result was computed just now, so an entry that fits none of its names is an error as well; a stored
    record may be older than a name that is only kept.
    """
    paired = {name for name in data if f"{name}_error" in data}
    found: dict[str, Any] = {name: "errors" for name in paired}
    used = set()
    for name in data:
        if name not in compare and name.removesuffix("_error") in paired:
            continue
        fitting = [name] if name in compare else [pattern for pattern in compare if fnmatchcase(name, pattern)]
        if len(fitting) != 1:
            how = f"is matched by {' and '.join(fitting)}" if fitting else "has neither an error beside it nor an entry"
            raise ValueError(f"record {record!r}: {name!r} {how} in compare; see spinbook.records.comparison")
        used.update(fitting)
        found[name] = compare[fitting[0]]
    if fresh and (idle := set(compare) - used):
        raise ValueError(
            f"record {record!r}: compare has {', '.join(sorted(idle))}, which fits no number of the result"
        )
    if all(rule == "kept" for rule in found.values()):
        raise ValueError(f"record {record!r} compares nothing: a change of its result would pass unnoticed")
    return found


def quantities(record: str, data: Mapping[str, Any], compare: Mapping[str, Any]) -> dict[str, Quantity]:
    """What is compared of a result; ValueError as `rules`, and where a rule does not fit the values."""
    found = {}
    for name, rule in rules(record, data, compare).items():
        if rule == "kept":
            continue
        try:
            found[name] = _quantity(rule, np.asarray(data[name]), data.get(f"{name}_error"))
        except (ValueError, TypeError, IndexError) as error:
            raise ValueError(f"record {record!r}: {name!r} cannot be compared as {rule!r}: {error}") from error
    return found


def _quantity(rule: Any, values: np.ndarray, error: Any) -> Quantity:
    if rule == "exact":
        return Quantity(rule, values if values.dtype.kind == "U" else np.asarray(values, np.float64))
    numbers = np.asarray(values, np.float64)
    if rule == "errors":
        value, errors = np.broadcast_arrays(numbers, np.asarray(error, np.float64))
        return Quantity(rule, value, errors)
    if rule == "counts":
        if values.dtype.kind not in "iu":
            raise ValueError(f"counts are whole numbers, not {values.dtype}")
        return Quantity(rule, numbers, np.sqrt(np.maximum(numbers, 1.0)))
    if rule == "pictures":
        return _pictures(values)
    if rule == "magnitude":
        sizes = np.abs(numbers[np.isfinite(numbers) & (numbers != 0)])
        return Quantity(rule, np.asarray(np.exp(np.log(sizes).mean()) if sizes.size else np.nan))
    if isinstance(rule, float | int):
        return Quantity(rule, numbers)
    axis = 0 if isinstance(rule, str) else rule[1]
    n = int(numbers.shape[axis])
    if n < 3:
        raise ValueError(f"{n} repetitions say nothing of their spread, at least 3 are needed")
    mean = np.asarray(numbers.mean(axis))
    floor = np.full(mean.shape, 1 / n) if values.dtype.kind in "iu" else FLOOR * np.abs(mean)
    return Quantity(rule, mean, np.maximum(numbers.std(axis, ddof=1) / np.sqrt(n), floor), n)


def _pictures(values: np.ndarray) -> Quantity:
    """Share of equal neighbours along both axes, in the mean of BLOCKS x BLOCKS blocks."""
    *leading, height, width = values.shape
    if height % BLOCKS or width % BLOCKS or values.dtype.kind not in "iu":
        raise ValueError(f"a picture has sides that are multiples of {BLOCKS} and whole numbers, not {values.shape}")
    equal = sum(values == np.roll(values, 1, axis) for axis in (-1, -2)) / 2
    blocks = equal.reshape(*leading, BLOCKS, height // BLOCKS, BLOCKS, width // BLOCKS).mean((-1, -3))
    blocks = blocks.reshape(*leading, -1)
    one_bond = 0.5 / (height * width)
    error = np.maximum(blocks.std(-1, ddof=1) / BLOCKS, one_bond)
    return Quantity("pictures", blocks.mean(-1), error, BLOCKS**2)


def to_json(found: Mapping[str, Quantity]) -> dict[str, Any]:
    """For the json of a record; `from_json` reads it."""
    return {
        name: {"rule": one.rule, "value": one.value}
        | ({"error": one.error, "n": one.n} if one.error is not None else {})
        for name, one in found.items()
    }


def from_json(kept: Mapping[str, Any]) -> dict[str, Quantity]:
    return {
        name: Quantity(one["rule"], _array(one["value"]), _array(one["error"]), one["n"])
        if "error" in one
        else Quantity(one["rule"], _array(one["value"]))
        for name, one in kept.items()
    }


def _array(values: Any) -> np.ndarray:
    found = np.array(values)
    return found if found.dtype.kind == "U" else np.array(values, dtype=np.float64)  # None, in JSON for nan, is nan


def deviations(a: Quantity, b: Quantity, *, same_seed: bool) -> np.ndarray:
    """How far two runs are apart, in errors of their difference; where no error is known 0 or infinity.

    At another seed, means of few repetitions are judged by Welch's t, as the deviation of a normal variable that is as
    improbable. At the same seed the repetitions are the same but for their arithmetic, and t would only hide a change.
    Not comparable, so nan: elements that are not finite in either run (`exact`: in both).
    """
    if a.rule == "exact":
        if a.value.dtype.kind == "U" or b.value.dtype.kind == "U":
            return np.where(a.value == b.value, 0.0, np.inf)
        equal = np.isclose(a.value, b.value, rtol=1e-9, atol=0.0)
        return np.where(equal, 0.0, np.where(np.isnan(a.value) & np.isnan(b.value), np.nan, np.inf))
    with np.errstate(divide="ignore", invalid="ignore"):
        difference, size = np.abs(a.value - b.value), np.maximum(np.abs(a.value), np.abs(b.value))
        if a.rule == "magnitude":
            return _allowed(np.abs(np.log10(a.value / b.value)), np.full((), 2.0))
        if a.error is None or b.error is None:
            return _allowed(difference, float(a.rule) * size)
        sigma = np.hypot(a.error, b.error)
        found = np.where(difference <= 1e-9 * size, 0.0, difference / sigma)
        found = np.where(np.isfinite(sigma), found, np.nan)
        if same_seed or not (a.n and b.n):
            return found
        dof = sigma**4 / (a.error**4 / (a.n - 1) + b.error**4 / (b.n - 1))
    from scipy.special import ndtri, stdtr

    return -ndtri(stdtr(dof, -found))


def _allowed(difference: np.ndarray, most: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(difference), np.where(difference <= most, 0.0, np.inf), np.nan)
