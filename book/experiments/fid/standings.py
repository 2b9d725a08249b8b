"""The rows of the league table: numbers of each model (temperature, repetition), their means, errors, differences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from experiments.fid import league_table, sets
from experiments.fid.together import Together
from spinlib.statistics import mean_of_few

__all__ = ["Standings", "largest", "of_few", "shared"]

Pair = tuple[np.ndarray, np.ndarray]


def shared(*grids: Iterable[float]) -> np.ndarray:
    """Temperatures that all grids have, rising."""
    return np.array(sorted(set.intersection(*({round(float(t), 3) for t in grid} for grid in grids))))


def largest(values: np.ndarray, errors: np.ndarray) -> tuple[float, float]:
    """The largest of some numbers, and its error."""
    k = int(np.argmax(values))
    return float(values[k]), float(errors[k])


def of_few(values: np.ndarray, errors: np.ndarray) -> Pair:
    """Means over one or two trainings (place, training) and their errors.

    The error is that of the draws, or half the difference of the trainings where that is larger: two trainings tell
    only roughly how far others would be. NaN where there is neither.
    """
    of_draws = np.sqrt((errors**2).sum(axis=1)) / errors.shape[1]
    half = np.ptp(values, axis=1) / 2
    return values.mean(axis=1), np.fmax(of_draws, half) if values.shape[1] > 1 else of_draws


@dataclass
class Standings:
    """The rows of one bench.

    T: common temperatures. exact: quantity -> reference (temperature,). rows: model -> quantity -> (temperature,
    repetition), and of networks "parameters" and "minutes". own: of a model of fewer than three trainings
    quantity -> errors (temperature, training).
    """

    T: np.ndarray
    exact: Mapping[str, np.ndarray]
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    own: dict[str, np.ndarray] = field(default_factory=dict)

    def at(self, grid: np.ndarray) -> list[int]:
        """Where the common temperatures stand in a grid."""
        return [int(np.argmin(np.abs(grid - t))) for t in self.T]

    @property
    def networks(self) -> list[str]:
        """Models that were trained."""
        return [name for name, row in self.rows.items() if "parameters" in row]

    def add_generated(self, record: Together) -> None:
        """Every model of the records of diffusion models or GANs, by the signs of its configurations.

        Times are those of the first record, and so of one machine.
        """
        places, timed = self.at(record["T"]), record.records[0]
        for which, name in enumerate(record["models"]):
            spins = sets.unpacked(record["spins"][which][:, places], record.settings["L"])
            asked = [[league_table.of_set(one, t) for one in spins[:, k]] for k, t in enumerate(self.T)]
            row: dict[str, Any] = {
                what: np.array([[one[what] for one in of_t] for of_t in asked]) for what in league_table.ASKED
            }
            row["seconds"] = timed["sampling_seconds"][which][:, places].T
            row["parameters"] = int(np.max(record["parameters"][which]))
            row["minutes"] = float(np.mean(timed["training_seconds"][which])) / 60
            self.rows[str(name)] = row

    def add_sampler(self, name: str, record: Any, kind: str) -> None:
        """A sampler of `experiments.fid.league_table`."""
        places = self.at(record["T"])
        self.rows[name] = {what: record[f"{kind}_{what}"][places] for what in (*league_table.ASKED, "seconds")}

    def add_autoregressive(self, name: str, record: Any, seconds: np.ndarray) -> None:
        """The raw configurations of `experiments.fid.better_model`, and seconds (repetition,) of a configuration."""
        places = self.at(record["T"])
        row: dict[str, Any] = {what: record[what][places] for what in league_table.ASKED}
        row["seconds"] = np.tile(seconds, (len(self.T), 1))
        row["parameters"] = int(record["n_parameters"][0])
        row["minutes"] = float(record["training_seconds"].mean()) / 60
        self.rows[name] = row
        self.own = {what: record[f"{what}_error"][places] for what in league_table.ASKED if f"{what}_error" in record}

    def found(self, name: str, quantity: str) -> Pair:
        """The mean over repetitions at every temperature, and its error; of what has a reference the distance in %.

        Of fewer than three trainings as `of_few` does it, NaN where a single training's draws have no error.
        """
        values = np.asarray(self.rows[name][quantity], np.float64)
        scale = np.full(len(self.T), 1.0)
        if quantity in self.exact:
            scale = 100 / np.abs(self.exact[quantity])
            values = 100 * (values / np.asarray(self.exact[quantity])[:, None] - 1.0)
        if values.shape[1] < 3:
            return of_few(values, scale[:, None] * self.own.get(quantity, np.full(values.shape, np.nan)))
        each = [mean_of_few(row, each=1e-12) for row in values]
        return np.array([one.value for one in each]), np.array([one.error for one in each])

    def less(self, quantity: str, name: str, other: str) -> Pair:
        """How much more the first has than the second at every temperature, and its error."""
        (a, a_error), (b, b_error) = self.found(name, quantity), self.found(other, quantity)
        return a - b, np.hypot(a_error, b_error)

    def less_best(self, quantity: str, name: str, others: Iterable[str]) -> Pair:
        """The same against that of the others which has least, temperature by temperature."""
        found = [self.less(quantity, name, other) for other in others]
        best = np.argmax([difference for difference, _ in found], axis=0)
        pick = np.arange(len(self.T))
        return np.array([d for d, _ in found])[best, pick], np.array([e for _, e in found])[best, pick]

    def mean_distance(self, name: str, quantity: str) -> tuple[float, float]:
        """The mean over temperatures of the unsigned distance from the reference, as a share, and its error."""
        mean, error = self.found(name, quantity)
        return float(np.abs(mean).mean()) / 100, float(np.sqrt((error**2).sum())) / len(self.T) / 100

    def ratios(self, other: str) -> list[tuple[float, float, str, float]]:
        """Times of the networks over that of another: (ratio, error, network, temperature), the smallest first."""
        base, base_error = self.found(other, "seconds")
        rows = []
        for name in self.networks:
            mean, error = self.found(name, "seconds")
            ratio = mean / base
            errors = ratio * np.hypot(error / mean, base_error / base)
            rows += [(float(r), float(e), name, float(t)) for r, e, t in zip(ratio, errors, self.T, strict=True)]
        return sorted(rows)
