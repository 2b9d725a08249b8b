"""What configurations of a model are compared with: exact values where they are known, and a sample of our own.

The sample also says how much any quantity varies from one independent set of configurations to the next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spinlib.arguments import at_least
from spinlib.exact import enumeration
from spinlib.exact.temperature import one_temperature
from spinlib.fidelity import exact_answers, measurements
from spinlib.fidelity.exact_answers import Law, law_of
from spinlib.models import Ising
from spinlib.observables import hamming_distance
from spinlib.samplers.chains.choice import frustrated
from spinlib.samplers.chains.contents import digest
from spinlib.sampling import sample
from spinlib.statistics import MIN_TIMES, integrated_autocorrelation_time

__all__ = ["Diversity", "Reference", "Value", "aligned", "make_reference", "step_of", "thin"]

Array = NDArray[np.float64]

MOST_STATES = 16  # sites whose states are enumerated
MOST_SPINS = 2**28  # spins that a sample holds, one byte each
N_CHAINS = 20
MANY_CHAINS = 50  # enough for a distribution with one draw of each
MOST_PAIRED = 1500  # configurations whose pairs are all compared


class Value(NamedTuple):
    """A reference value with its error, 0 where it is exact, and where it comes from.

    spread: standard deviation of the quantity's influence, so that n independent draws have the error spread / sqrt(n).
    skew: of the influence.
    """

    value: float
    error: float
    source: str
    spread: float
    skew: float


class Diversity(NamedTuple):
    """Mean pairwise Hamming distance of n nearly independent reference configurations, and how overlaps vary.

    zero: whether the mean of every spin is 0 by symmetry, so that the distance is exactly 1/2. Of spins s with the
    means mu and the covariance C: square tr C^2, cube tr C^3, linear mu C mu, bilinear mu C^2 mu, and third, the third
    moment of mu (s - mu).
    """

    distance: float
    n: int
    zero: bool
    square: float
    cube: float
    linear: float
    bilinear: float
    third: float

    def spread(self, n: int, n_sites: int) -> tuple[float, float]:
        """Standard deviation of the mean pairwise overlap of n independent configurations, and its skewness.

        The overlap is |sum of all configurations|^2 up to constants, and the sum is nearly a normal vector.
        """
        second = 2 * self.square / n**2 + 4 * self.linear / n
        third = 8 * self.cube / n**3 + (24 * self.bilinear + 8 * self.third) / n**2
        if not second > 0:
            return 0.0, 0.0
        return float(np.sqrt(second) * n / (n - 1) / n_sites), float(third / second**1.5)


class Reference(NamedTuple):
    """What the configurations of one model at one temperature are compared with.

    Attributes
    ----------
    model : Ising
        The model.
    temperature : float
        In J / k_B.
    values : dict
        Reference value of every scalar quantity, of what is tested (S(k) / S(0) for the length).
    correlation : list
        That of g(r) at r = 1, 2, ....
    energies, magnetizations : Law
        Distributions of the total energy and of the magnetisation per site with its sign.
    diversity, aligned : Diversity
        Of configurations as they are, and of those turned so that m is not negative.
    source : str
        What the sample is.

    Examples
    --------
    >>> from spinlib.fidelity import make_reference
    >>> from spinlib.models import Ising
    >>> reference = make_reference(Ising((4, 4)), 2.0)
    >>> energy = reference.values["energy"]
    >>> round(energy.value, 6), energy.error, energy.source
    (-1.75538, 0.0, 'enumeration')
    """

    model: Ising
    temperature: float
    values: dict[str, Value]
    correlation: list[Value]
    energies: Law
    magnetizations: Law
    diversity: Diversity
    aligned: Diversity
    source: str


def make_reference(model: Ising, temperature: float, n_draws: int = 20_000, seed: int = 0) -> Reference:
    """The reference of a model at a temperature, for any number of reports.

    All is exact up to 16 sites, by enumeration. Energy, heat capacity and, up to 1024 sites, the distribution of the
    energy are exact on every torus with one coupling J > 0 and no field. What is not known comes from independent
    Swendsen-Wang chains; in a field or with frustrated bonds from those that `spinlib.sample` chooses.

    Parameters
    ----------
    model : Ising
        The model.
    temperature : float
        In J / k_B.
    n_draws : int
        Draws of the sample, at least 1000; fewer are made of lattices for which they would not fit into memory.
    seed : int
        Of the sample. It shares no random numbers with a call of `spinlib.sample` of the same seed.

    Returns
    -------
    Reference
        For `report`.

    Raises
    ------
    TypeError
        For another model.
    ValueError
        For a temperature that is not positive, too few draws, or a lattice of more than 2^28 / 1000 sites.

    Examples
    --------
    >>> from spinlib.fidelity import make_reference
    >>> from spinlib.models import Ising
    >>> make_reference(Ising((8, 8)), 2.3, n_draws=2000).values["heat_capacity"].source
    'Kaufman'
    """
    if not isinstance(model, Ising):
        raise TypeError(f"model {model!r}: has to be an Ising model")
    T = one_temperature(temperature)
    n_draws = min(at_least(1000, "n_draws", n_draws), MOST_SPINS // model.n_sites)
    if n_draws < 1000:
        raise ValueError(f"shape {model.shape}: no lattices of more than {MOST_SPINS // 1000} sites")
    enumerated = model.n_sites <= MOST_STATES
    number = int.from_bytes(digest("fidelity reference", model, T, seed)[:7], "big")
    rng = np.random.default_rng(number)
    if enumerated:
        states, law = enumeration.states(model), enumeration.boltzmann(model, T)
        spins = states[rng.choice(len(states), size=n_draws, p=law)][None]
        source = f"{n_draws} exact draws"
    else:
        clusters = not model.field and not frustrated(model)
        method = "swendsen_wang" if clusters else "auto"
        each = n_draws // N_CHAINS
        drawn = sample(model, T, each, method=method, n_chains=N_CHAINS, seed=number, threads=1)
        spins = drawn.spins.values[0]
        if not model.field:  # both signs are equally likely, also where chains of single flips keep theirs
            spins = spins * rng.choice(np.array([-1, 1], np.int8), size=(*spins.shape[:2], *(1 for _ in model.shape)))
        source = f"{'cluster' if clusters else drawn.attrs['method']} sample of {each * N_CHAINS}"
    series = measurements.series_of(model, spins)
    weighed = measurements.series_of(model, states) if enumerated else None
    exact = exact_answers.values(model, T)

    def value(name: str, function: Callable[..., float], names: tuple[str, ...], of: int | None = None) -> Value:
        rows = [series[one] if of is None else series[one][of] for one in names]
        _, values = measurements.influence(function, rows)
        spread = float(values.std())
        skew = float(((values - values.mean()) ** 3).mean() / spread**3) if spread > 0 else 0.0
        if name in exact and exact[name][2] == "symmetry":
            return Value(*exact[name], spread, skew)
        if weighed is not None:
            rows = [weighed[one] if of is None else weighed[one][of] for one in names]
            return Value(float(function(*(law @ one for one in rows))), 0.0, "enumeration", spread, skew)
        if name in exact:
            return Value(*exact[name], spread, skew)
        found = measurements.estimate_of(function, rows)
        return Value(found.value, found.error, source, spread, skew)

    values = {one.name: value(one.name, one.function, one.series) for one in measurements.quantities(model, T)}
    correlation = [value("g", lambda g: g, ("g",), r) for r in range(len(series["g"]))]
    if weighed is not None:
        energies = law_of(model.n_sites * weighed["e"], law, 0, "enumeration")
        magnetizations = law_of(weighed["m"], law, 0, "enumeration")
    else:
        energies = exact_answers.energies(model, T) or _sampled(model.n_sites * series["e"], source)
        magnetizations = exact_answers.magnetizations(model, T) or _sampled(series["m"], source)
    apart = thin(spins, *(series[one] for one in ("e", "|m|")))
    diverse, turned = diversity_of(apart, not model.field), diversity_of(aligned(apart), False)
    return Reference(model, T, values, correlation, energies, magnetizations, diverse, turned, source)


def aligned(spins: np.ndarray) -> np.ndarray:
    """Configurations (n, *shape) turned so that m is not negative."""
    sums = spins.reshape(len(spins), -1).sum(axis=1, dtype=np.int64)
    return spins * np.where(sums < 0, -1, 1).astype(np.int8).reshape(-1, *(1,) * (spins.ndim - 1))


def diversity_of(spins: np.ndarray, zero: bool) -> Diversity:
    """The diversity of nearly independent configurations (n, *shape).

    Traces come from pairs and triples of different configurations, so that no noise of the mean square enters.
    """
    rows = spins.reshape(len(spins), -1)
    few = rows[:: -(-len(rows) // MOST_PAIRED)].astype(np.float64)
    mean = np.zeros(rows.shape[1]) if zero else rows.mean(axis=0)
    off = few - mean
    gram, along = off @ off.T, off @ mean
    np.fill_diagonal(gram, 0.0)
    pairs = len(few) * (len(few) - 1)
    cube = float(((gram @ gram) * gram).sum()) / (pairs * (len(few) - 2))
    return Diversity(
        0.5 if zero else hamming_distance(rows),
        len(rows),
        zero,
        float((gram**2).sum()) / pairs,
        max(0.0, cube),
        float((along**2).mean()),
        max(0.0, float(along @ gram @ along) / pairs),
        float((along**3).mean()),
    )


def thin(spins: np.ndarray, *series: Array) -> np.ndarray:
    """Every so-many-th configuration of each chain, two autocorrelation times of the slowest series apart: (n, ...)."""
    return spins[:, :: step_of(*series)].reshape(-1, *spins.shape[2:])


def step_of(*series: Array) -> int:
    """Draws in two autocorrelation times of the slowest series, at least 1; of many short chains one draw each."""
    times = [integrated_autocorrelation_time(one) for one in series]
    slowest = max((tau for tau in times if np.isfinite(tau)), default=0.5)
    n_chains, n = series[0].shape
    if n_chains >= MANY_CHAINS and n < MIN_TIMES * slowest:
        return n
    # An estimate of 1/2 for independent draws has some noise.
    return max(1, int(np.ceil(2 * slowest - 0.5)))


def _sampled(series: Array, source: str) -> Law:
    values = series[:, :: step_of(np.abs(series))].ravel()
    return law_of(values, np.full(values.size, 1 / values.size), values.size, source)
