"""The choice that "auto" makes: the method with the least time per independent draw.

The time of an independent draw is the time of a sweep multiplied by 2 tau_int, the number of sweeps between independent
draws. The table `costs.json` holds the times of sweeps, measured by `python benchmarks/costs.py`. tau_int is estimated
from the correlation length, which follows from the distance to the critical temperature. Both are rough, within a
factor of two or so, but almost everywhere the methods differ by much more. The estimates decide which method runs; they
do not enter its samples.
"""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from spinlib.models import Ising, Potts
from spinlib.models.hamiltonian import require_own_hamiltonian
from spinlib.samplers import METHODS, methods
from spinlib.samplers.contract import method as method_of
from spinlib.samplers.single_spin.metropolis import HOT

# The number of calls over which the compilation of a kernel is spread.
_CALLS_PER_COMPILATION = 100


class Choice(NamedTuple):
    """methods: one for each temperature. reason: a sentence that explains the choice, stored with the draws.

    clusters_first: whether the burn-in from random spins begins with cluster sweeps. These equilibrate a random start,
    in which single flips may stay trapped for ever.
    """

    methods: tuple[str, ...]
    reason: str
    clusters_first: bool = False


def checked_method(method: str, model: Any) -> str:
    """`method`, if it samples this kind of model; else ValueError. Raises what the method's `refuse` raises."""
    require_own_hamiltonian(model)
    known = methods(model)
    if method not in known:
        raise ValueError(
            f"method {method!r}: allowed for {type(model).__name__} are 'auto', {', '.join(map(repr, known))}"
        )
    known[method].refuse(model)
    return method


class _Rule(NamedTuple):
    """The single-flip method for a model at some temperatures, and the reason why cluster methods are not considered.

    hindered: that reason, in words; empty where clusters are considered.
    """

    flips: str
    hindered: str


def _rule(model: Ising | Potts, temperatures: np.ndarray) -> _Rule:
    hot = temperatures.max() > HOT * np.abs(model.coupling_values).max()
    flips = "multispin" if is_packable(model) else "heat_bath" if hot else "metropolis"
    hindered = {"the field": model.field, "frustration": frustrated(model), "a fixed boundary": model.fixed is not None}
    return _Rule(flips, next((reason for reason, hinders in hindered.items() if hinders), ""))


def resolved(method: str, model: Any, temperatures: np.ndarray) -> str:
    """One method for all temperatures, as parallel tempering needs it: `method`, or the choice of "auto".

    "auto" chooses multispin where it applies. Else it chooses Swendsen-Wang for a model without field and frustrated
    bonds; else heat bath if a temperature exceeds 5 |J|; else Metropolis.
    """
    if method != "auto":
        return checked_method(method, model)
    require_own_hamiltonian(model)
    simple = _simple_choice(model, temperatures)
    if simple:
        return simple.methods[0]
    rule = _rule(model, temperatures)
    return rule.flips if rule.hindered or rule.flips == "multispin" else "swendsen_wang"


def choose(
    model: Any,
    temperatures: np.ndarray,
    n_chains: int,
    n_samples: int,
    burn_in: int | None,
    sweeps_between: int = 1,
) -> Choice:
    """The choice of "auto" at each temperature, for so many chains, draws and sweeps of burn-in.

    burn_in: None for the burn-in of cluster methods, which then serves all methods compared.
    """
    require_own_hamiltonian(model)
    simple = _simple_choice(model, temperatures)
    if simple:
        return simple
    flips, hindered = _rule(model, temperatures)
    if hindered:
        found = Choice((flips,) * len(temperatures), f"{flips}: {hindered} hinders clusters")
    else:
        expected = METHODS["swendsen_wang"].BURN_IN if burn_in is None else burn_in
        found = _fastest(flips, model, temperatures, n_chains, n_samples, expected, sweeps_between)
    clusters_work = not frustrated(model) and model.fixed is None
    return found._replace(clusters_first=flips in found.methods and clusters_work)


def _fastest(
    flips: str,
    model: Ising | Potts,
    temperatures: np.ndarray,
    n_chains: int,
    n_samples: int,
    burn_in: int,
    sweeps_between: int,
) -> Choice:
    """The fastest in total: single flips, clusters, or the better of the two at each temperature."""
    call = (model, temperatures, n_chains, n_samples, burn_in, sweeps_between)
    jobs = [_Job(method, *call) for method in (flips, "swendsen_wang", "wolff")]
    clusters = min(jobs[1:], key=lambda job: job.seconds())
    mixed = np.where(jobs[0].seconds_per_draw <= clusters.seconds_per_draw, flips, clusters.method)
    candidates = [(flips,) * len(mixed), (clusters.method,) * len(mixed), tuple(mixed.tolist())]
    costs = {job.method: job for job in jobs}

    def total(candidate: tuple[str, ...]) -> float:
        used = sorted(set(candidate))
        chosen = {method: np.array([each == method for each in candidate]) for method in used}
        return sum(costs[method].seconds(where) for method, where in chosen.items())

    best = min(candidates, key=total)
    return Choice(best, _reason(best, temperatures, costs))


class _Job:
    """The estimated time of a method for a call.

    seconds_per_draw: float64 (temperature,), the time of an independent draw of one chain, at least sweeps_between
    sweeps.
    """

    def __init__(
        self,
        method: str,
        model: Ising | Potts,
        temperatures: np.ndarray,
        n_chains: int,
        n_samples: int,
        burn_in: int,
        sweeps_between: int,
    ) -> None:
        one = method_of(method, model)
        cost = _costs()[one.sampler.cost_row(model)]
        n_pairs = len(temperatures) * n_chains
        self.method, self.to_compile = method, cost["seconds_to_compile"] / _CALLS_PER_COMPILATION
        n_sites: float = model.n_sites
        if one.chains_per_word(model):
            # A partly filled word costs as much as a full one.
            together = one.chains_together(model, n_pairs)
            n_sites *= -(-n_pairs // together) * together / n_pairs
        per_sweep = 1e-9 * cost["ns_per_site"] * n_sites + 1e-6 * cost["us_per_sweep"]
        sweeps = np.maximum(2.0 * correlation_time(method, model, temperatures), sweeps_between)
        self.seconds_per_draw = sweeps * per_sweep
        self._per_temperature = n_chains * (n_samples * self.seconds_per_draw + burn_in * per_sweep)

    def seconds(self, where: Any = True) -> float:
        """The time of all draws of the call, as independent draws, at the temperatures `where` (all by default)."""
        return float(self.to_compile + np.sum(self._per_temperature, where=where))


def correlation_time(method: str, model: Ising | Potts, temperatures: ArrayLike) -> np.ndarray:
    """Estimate of tau_int of energy and |m| in sweeps, within a factor of two where bonds are not frustrated.

    tau grows as the z-th power of the lattice's length, or, away from the critical temperature, of a few correlation
    lengths, |T / Tc - 1|^-nu. Returns float64 of the temperatures' shape.
    """
    ndim = model.lattice.ndim
    square, nu = ndim == 2 and not model.n_labels, {2: 1.0, 3: 0.63}.get(ndim, 0.5)
    # The divisor is 0 at the critical temperature, and for a model without coupling.
    with np.errstate(divide="ignore"):
        reduced = np.asarray(temperatures) / _critical_temperature(model) - 1.0
        reach = np.where((reduced > 0.0) & square, _REACH_ABOVE, _REACH)
        length = np.clip(reach * np.abs(reduced) ** -nu, 1.0, model.n_sites ** (1.0 / ndim))
    amplitude = getattr(METHODS[method], "CLUSTER_AMPLITUDE", None)
    if amplitude is not None:
        z = 0.25 if square else 0.5
        return 0.5 + amplitude * (length**z - 1.0)
    return 0.5 + (_FLIPS_POTTS if model.n_labels else _FLIPS.get(ndim, _FLIPS[3])) * length**2.17


def cluster_sweeps(model: Any, temperatures: ArrayLike) -> int:
    """The Swendsen-Wang sweeps that lead from random spins to equilibrium; 0 where single flips are fast enough."""
    given = np.asarray(temperatures)
    slow = (given < _critical_temperature(model)) | (correlation_time("multispin", model, given) > _FAST)
    if not slow.any():
        return 0
    # Below Tc two domains merge with this probability in each sweep; one chain in 2^24 keeps both.
    united = 1.0 / (model.n_labels or 2)
    least = 24.0 * math.log(2.0) / -math.log1p(-united)
    return math.ceil(max(least, 8.0 * correlation_time("swendsen_wang", model, given[slow]).max()))


# At the critical temperature tau_int of |m|, in sweeps of single flips, is _FLIPS L^2.17; by clusters it grows with an
# exponent of 1/4 (square Ising) to 1/2, times the method's CLUSTER_AMPLITUDE. Away from it L is at most
# _REACH |T / Tc - 1|^-nu. Fitted by eye to squares of 8 to 64, cubes of 8 to 24, and Potts with q = 3 and 5.
_FLIPS, _FLIPS_POTTS = {1: 0.5, 2: 0.028, 3: 0.05}, 0.1
_REACH_ABOVE, _REACH = 1.7, 0.9
# Single flips with a shorter tau_int forget a random start above Tc within tens of sweeps.
_FAST = 5.0

_PLANAR = {
    "wolff": "clusters, as bonds are not frustrated",
    "over_relaxation": "bonds are frustrated, or all temperatures are below |J| / 2, where clusters hardly help",
}


@cache
def _costs() -> dict[str, dict[str, float]]:
    return json.loads(Path(__file__).with_name("costs.json").read_text())["costs"]


def _critical_temperature(model: Ising | Potts) -> float:
    """The critical temperature in J / k_B; where it is unknown, 0.7 times its mean-field value."""
    lattice, strength = model.lattice, float(np.abs(model.coupling_values).mean())
    if lattice.ndim == 1:
        # A chain has no transition, but its correlation length reaches its length at some low temperature.
        return 0.2 * strength
    if isinstance(model, Potts) and (lattice.neighborhood, lattice.ndim) == ("nearest", 2):
        return strength / math.log(1.0 + math.sqrt(model.q))
    of_ising = strength * _ISING.get((lattice.neighborhood, lattice.ndim), 0.7 * lattice.coordination)
    if isinstance(model, Ising):
        return of_ising
    # q = 2 is Ising with half the coupling. Tc falls with q about as it does on the square lattice.
    return 0.5 * of_ising * math.log(1.0 + math.sqrt(2.0)) / math.log(1.0 + math.sqrt(model.q))


# Critical temperatures in |J| / k_B, by neighbourhood and number of axes. The value of the cubic lattice: A. M.
# Ferrenberg, J. Xu and D. P. Landau, Phys. Rev. E 97, 043301 (2018); the others are exact.
_ISING = {
    ("nearest", 2): 2.0 / math.log(1.0 + math.sqrt(2.0)),
    ("triangular", 2): 4.0 / math.log(3.0),
    ("honeycomb", 2): 2.0 / math.log(2.0 + math.sqrt(3.0)),
    ("nearest", 3): 4.511523,
}


def frustrated(model: Any) -> bool:
    """Whether bonds may be frustrated, so that clusters percolate without following the correlations."""
    mixed = model.direction_couplings is None or model.lattice.neighborhood not in ("nearest", "honeycomb")
    return bool(model.coupling_values.min() < 0.0 and (mixed or model.n_labels))


def is_packable(model: Ising | Potts) -> bool:
    """Whether spins of this model can be packed into words."""
    try:
        METHODS["multispin"].refuse(model)
    except (TypeError, ValueError):
        return False
    return True


def _simple_choice(model: Any, temperatures: np.ndarray) -> Choice | None:
    """The choice for models whose methods are not compared by time: planar spins, and those with one method."""
    known = list(methods(model))
    if model.kind == "XY":
        cold = temperatures.max() < 0.5 * np.abs(model.coupling_values).max()
        method = "over_relaxation" if cold or frustrated(model) else "wolff"
        reason = _PLANAR[method]
    elif "swendsen_wang" in known:
        return None
    else:
        method, reason = known[0], f"the method for {model.kind}"
    return Choice((method,) * len(temperatures), f"{method}: {reason}")


def _reason(chosen: tuple[str, ...], temperatures: np.ndarray, costs: dict[str, _Job]) -> str:
    """A sentence with the times of an independent draw, for each range of temperatures with one method."""
    parts, first = [], 0
    for last in range(len(chosen)):
        if last + 1 < len(chosen) and chosen[last + 1] == chosen[first]:
            continue
        where = slice(first, last + 1)
        low, high = temperatures[where].min(), temperatures[where].max()
        others = [method for method in costs if method != chosen[first]]
        times = [f"{method} {1e3 * costs[method].seconds_per_draw[where].mean():.2g} ms" for method in others]
        own = 1e3 * costs[chosen[first]].seconds_per_draw[where].mean()
        span = f"T = {low:.4g}" if low == high else f"T = {low:.4g} to {high:.4g}"
        parts.append(f"{chosen[first]}, {span}: {own:.2g} ms per independent draw, {', '.join(times)}")
        first = last + 1
    return "; ".join(parts)
