"""Seconds per independent configuration, and from how many on an autoencoder pays, out of the records of three runs.

An independent configuration takes a Markov chain 2 tau_int sweeps, with the slowest observable's tau_int, or one sweep
where that is shorter. An autoencoder takes its training set and its training once, and then the same time for every
configuration. Its configurations follow another law: once there are so many that their statistical error is smaller
than the error of that law, more of them do not help.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from experiments.vae import autocorrelation
from spinlib.statistics import Estimate, mean_of_few

if TYPE_CHECKING:
    from spinbook import Record

METHODS = {
    "chain": autocorrelation.CHAIN_METHODS,
    "torus": autocorrelation.TORUS_METHODS,
    "xy": autocorrelation.XY_METHODS,
    "sizes": autocorrelation.TORUS_METHODS,
}


LONG = autocorrelation.INTERVAL / 2  # tau_int of draws that are independent after the paper's 20 sweeps


class Times(NamedTuple):
    """tau_int of the slowest observable, or seconds that follow from it, each (method, temperature or size).

    Attributes
    ----------
    value, error : ndarray
        With their errors; nan where a chain was too short for one of the observables.
    bound : ndarray
        What the time exceeds there; nan elsewhere.
    """

    value: np.ndarray
    error: np.ndarray
    bound: np.ndarray

    @property
    def least(self) -> np.ndarray:
        """The value, or what it exceeds."""
        return np.where(np.isnan(self.value), self.bound, self.value)

    def largest(self, row: int = 0) -> tuple[float, float]:
        """The largest value of a method, with its error; nan where none is known."""
        k = int(np.nan_to_num(self.value[row]).argmax())
        return float(self.value[row, k]), float(self.error[row, k])

    def long(self, row: int = 0) -> tuple[int, int]:
        """At how many places a method's time is longer than `LONG`, and at how many two errors leave it open."""
        near = np.abs(self.least[row] - LONG) < 2 * np.nan_to_num(self.error[row])
        return int(np.sum(self.least[row] > LONG)), int(near.sum())


class Autoencoder(NamedTuple):
    """Seconds of every training of an autoencoder (training,): of set and training, and of one configuration."""

    once: np.ndarray
    each: np.ndarray

    def total(self, n: float) -> Estimate:
        """Seconds of n configurations, training included."""
        return mean_of_few(self.once + n * self.each)


def slowest(tau: np.ndarray, lengths: np.ndarray) -> Times:
    """Of tau_int (method, place, repetition, observable), from chains of so many draws (method, place)."""
    value, error, bound = (np.full(lengths.shape, np.nan) for _ in range(3))
    for at in np.ndindex(lengths.shape):
        if np.isnan(tau[at]).any():
            bound[at] = lengths[at] / autocorrelation.FEWEST
        else:
            one = mean_of_few(tau[at][:, tau[at].mean(axis=0).argmax()])
            value[at], error[at] = one.value, one.error
    return Times(value, error, bound)


def all_times(record: Record) -> dict[str, Times]:
    """Of `vae/autocorrelation`, by system."""
    return {name: slowest(record[f"{name}_tau"], record[f"{name}_sweeps"]) for name in METHODS}


def kept_times(record: Record) -> dict[str, Times]:
    """Of every 20th sweep of single flips at random sites, in such draws, by system."""
    lengths = {name: record[f"{name}_sweeps"][:1] // autocorrelation.INTERVAL for name in ("chain", "torus")}
    return {name: slowest(record[f"{name}_kept_tau"][None], length) for name, length in lengths.items()}


def seconds_each(times: Times, seconds: np.ndarray) -> Times:
    """Seconds of an independent configuration, from those of one sweep (method, place, repeat).

    Where tau_int is only bounded from below, so are the seconds.
    """
    sweep = np.median(seconds, axis=-1)
    of_median = np.sqrt(np.pi / 2 / seconds.shape[-1]) * seconds.std(axis=-1, ddof=1)
    found = np.maximum(2 * times.least, 1.0) * sweep
    error = found * np.hypot(times.error / times.least, of_median / sweep)
    unknown = np.isnan(times.value)
    return Times(np.where(unknown, np.nan, found), error, np.where(unknown, found, np.nan))


def autoencoder(generated: Record, name: str) -> Autoencoder:
    """Of the record `vae/generated_samples`, for the "chain" or the "torus": all trainings at all temperatures."""
    once = generated[f"{name}_set_seconds"] + generated[f"{name}_training_seconds"]
    return Autoencoder(once.ravel(), generated[f"{name}_generating_seconds"].ravel())


def ratio(network: Autoencoder, n: int, each: float, each_error: float) -> tuple[float, float]:
    """The autoencoder's seconds for n configurations over those of a Markov chain, with its error."""
    total = network.total(n)
    found = total.value / (n * each)
    return found, found * float(np.hypot(total.error / total.value, each_error / each))


def machines(sweeps: Record, generated: Record) -> str:
    """A sentence on what the sweeps and the autoencoders were timed on: ratios of times need one machine."""
    one, other = (record.device for record in (sweeps, generated))
    if one == other:
        return f"Sweeps and autoencoders were timed on the same kind of machine: {one}."
    return (
        f"Sweeps were timed on another machine ({one}) than autoencoders ({other}): their ratios are uncertain "
        "by the ratio of the speeds of both."
    )


def pays_from(network: Autoencoder, each: Any) -> np.ndarray:
    """From how many configurations on an autoencoder takes less time than a chain; inf where it never does."""
    gained = np.asarray(each, np.float64) - network.each.mean()
    return np.where(gained > 0, network.once.mean() / np.where(gained > 0, gained, 1.0), np.inf)


def off(generated: Record, name: str, how: str = "sign") -> list[Estimate]:
    """Distance of the mean energy per site from the exact one, mean over trainings, for each temperature."""
    distances = np.abs(generated[f"{name}_{how}_energy"] - generated[f"{name}_exact_energy"][:, None])
    return [mean_of_few(row) for row in distances]


def enough(generated: Record, name: str, how: str = "sign") -> np.ndarray:
    """As many configurations as make the energy's statistical error equal to its distance (temperature,)."""
    distances = np.array([one.value for one in off(generated, name, how)])
    return np.asarray((generated[f"{name}_spread"] / distances) ** 2)


def rows_of_costs(generated: Record, titles: Mapping[str, str], n: int) -> list[tuple[str, ...]]:
    """Seconds of each autoencoder: of the training set, training, one configuration, and n with training."""
    names = ("set", "training", "generating")
    means = {name: [generated[f"{name}_{what}_seconds"].mean() for what in names] for name in ("chain", "torus")}
    return [
        (titles[name], *(f"{one:.3g} s" for one in means[name]), f"{autoencoder(generated, name).total(n).value:.3g} s")
        for name in means
    ]


def rows_of_bias(generated: Record, titles: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Exact energy, distances by sign and drawn, and the configurations whose statistical error equals each."""
    rows = []
    for name in ("chain", "torus"):
        for k, temperature in enumerate(generated[f"{name}_T"]):
            distances = [off(generated, name, how)[k] for how in ("sign", "drawn")]
            numbers = [enough(generated, name, how)[k] for how in ("sign", "drawn")]
            rows.append(
                (
                    *(titles[name], f"{temperature:.3g}", f"{generated[f'{name}_exact_energy'][k]:.4f}"),
                    *(f"{one.value:.4f} ± {one.error:.4f}" for one in distances),
                    *(f"{one:,.0f}" if one >= 100 else f"{one:.2g}" for one in numbers),
                )
            )
    return rows
