"""The rows of the league table: numbers of each model (temperature, repetition), their means, errors, differences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from experiments.fid import league_table, sets
from experiments.fid.together import Together
from spinlib.statistics import mean_of_few

__all__ = ["Standings", "largest", "shared"]

Pair = tuple[np.ndarray, np.ndarray]


def shared(*grids: Iterable[float]) -> np.ndarray:
    """Temperatures that all grids have, rising."""
    return np.array(sorted(set.intersection(*({round(float(t), 3) for t in grid} for grid in grids))))


def largest(values: np.ndarray, errors: np.ndarray) -> tuple[float, float]:
    """The largest of some numbers, and its error."""
    k = int(np.argmax(values))
    return float(values[k]), float(errors[k])


@dataclass
class Standings:
    """The rows of one bench.

    T: the temperatures of the bench; a model that was not asked at one has NaN there. exact: quantity -> reference
    (temperature,). rows: model -> quantity -> (temperature, repetition), and of networks "parameters" and "minutes".
    """

    T: np.ndarray
    exact: Mapping[str, np.ndarray]
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)

    def at(self, grid: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Of values (temperature of a grid, ...) those at the bench's temperatures, NaN where the grid lacks one."""
        found = np.full((len(self.T), *np.shape(values)[1:]), np.nan)
        for k, t in enumerate(self.T):
            here = np.flatnonzero(np.abs(np.asarray(grid) - t) < 1e-3)
            if len(here):
                found[k] = np.asarray(values)[here[0]]
        return found

    @property
    def networks(self) -> list[str]:
        """Models that were trained."""
        return [name for name, row in self.rows.items() if "parameters" in row]

    def add_generated(self, record: Together, variant: str = "") -> None:
        """Every model of the records of diffusion models or GANs, by the signs of its configurations.

        variant: what its names get at their end. Times are those of the first record, and so of one machine.
        """
        places, timed = [int(np.argmin(np.abs(record["T"] - t))) for t in self.T], record.records[0]
        for which, name in enumerate(record["models"]):
            spins = sets.unpacked(record["spins"][which][:, places], record.settings["L"])
            asked = [[league_table.of_set(one, t) for one in spins[:, k]] for k, t in enumerate(self.T)]
            row: dict[str, Any] = {
                what: np.array([[one[what] for one in of_t] for of_t in asked]) for what in league_table.ASKED
            }
            row["seconds"] = timed["sampling_seconds"][which][:, places].T
            row["parameters"] = int(np.max(record["parameters"][which]))
            row["minutes"] = float(np.mean(timed["training_seconds"][which])) / 60
            self.rows[f"{name}{variant}"] = row

    def add_sampler(self, name: str, record: Any, kind: str) -> None:
        """A sampler of `experiments.fid.league_table`."""
        asked = (*league_table.ASKED, "seconds")
        self.rows[name] = {what: self.at(record["T"], record[f"{kind}_{what}"]) for what in asked}

    def add_autoencoders(self, record: Any) -> None:
        """Every model of `experiments.fid.autoencoders`; minutes are those of its trainings at all temperatures."""
        for which, name in enumerate(record["models"]):
            asked = (*league_table.ASKED, "seconds")
            row: dict[str, Any] = {what: self.at(record["T"], record[what][which]) for what in asked}
            row["parameters"] = int(record["parameters"][which].sum(axis=0).max())
            row["minutes"] = float(record["training_seconds"][which].sum(axis=0).mean()) / 60
            self.rows[str(name)] = row

    def add_likelihood(self, name: str, record: Any, seconds: np.ndarray | None = None) -> None:
        """The raw configurations of `experiments.fid.better_model` or `masked_diffusion`.

        seconds: (repetition,), of a configuration, in the place of those of the record.
        """
        row: dict[str, Any] = {what: self.at(record["T"], record[what]) for what in league_table.ASKED}
        taken = self.at(record["T"], record["seconds"])
        row["seconds"] = taken if seconds is None else np.tile(seconds, (len(self.T), 1))
        row["parameters"] = int(record["n_parameters"][0])
        row["minutes"] = float(record["training_seconds"].mean()) / 60
        self.rows[name] = row

    def found(self, name: str, quantity: str) -> Pair:
        """The mean over repetitions at every temperature, and its error; of what has a reference the distance in %."""
        values = np.asarray(self.rows[name][quantity], np.float64)
        if quantity in self.exact:
            values = 100 * (values / np.asarray(self.exact[quantity])[:, None] - 1.0)
        each = [mean_of_few(row, each=1e-12)[:2] if np.isfinite(row).all() else (np.nan, np.nan) for row in values]
        return np.array([value for value, _ in each]), np.array([error for _, error in each])

    def less(self, quantity: str, name: str, other: str) -> Pair:
        """How much more the first has than the second at every temperature, and its error."""
        (a, a_error), (b, b_error) = self.found(name, quantity), self.found(other, quantity)
        return a - b, np.hypot(a_error, b_error)

    def less_best(self, quantity: str, name: str, others: Iterable[str]) -> Pair:
        """The same against that of the others which has least, temperature by temperature."""
        found = [self.less(quantity, name, other) for other in others]
        best = np.nanargmax([difference for difference, _ in found], axis=0)
        pick = np.arange(len(self.T))
        return np.array([d for d, _ in found])[best, pick], np.array([e for _, e in found])[best, pick]

    def mean_distance(self, name: str, quantity: str) -> tuple[float, float]:
        """The mean over its temperatures of the unsigned distance from the reference, as a share, and its error."""
        mean, error = self.found(name, quantity)
        n = np.isfinite(mean).sum()
        return float(np.nansum(np.abs(mean))) / n / 100, float(np.sqrt(np.nansum(error**2))) / n / 100

    def ratios(self, other: str) -> list[tuple[float, float, str, float]]:
        """Times of the networks over that of another: (ratio, error, network, temperature), the smallest first."""
        base, base_error = self.found(other, "seconds")
        rows = []
        for name in self.networks:
            mean, error = self.found(name, "seconds")
            ratio = mean / base
            errors = ratio * np.hypot(error / mean, base_error / base)
            rows += [(float(r), float(e), name, float(t)) for r, e, t in zip(ratio, errors, self.T, strict=True)]
        return sorted(row for row in rows if np.isfinite(row[0]))
