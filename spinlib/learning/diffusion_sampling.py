"""Samplers of a trained diffusion model, which take its steps back from noise to a configuration.

One by one, each with fresh noise ("ancestral", the sampler of paper fid), or fewer of them with ("stochastic",
"multistep") or without it ("deterministic").
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch

from spinlib.arguments import at_least
from spinlib.learning.conditional import check_temperature
from spinlib.learning.noise_prediction import predicted
from spinlib.learning.noise_schedule import PAPER_SCHEDULE, NoiseSchedule
from spinlib.networks.evaluation_mode import evaluation_mode
from spinlib.networks.unet import ConditionalUNet
from spinlib.samplers.random import torch_generator

__all__ = ["SAMPLERS", "generate"]

SAMPLERS = ("ancestral", "stochastic", "deterministic", "multistep")


def generate(
    network: ConditionalUNet,
    temperature: float,
    n: int,
    seed: int,
    schedule: NoiseSchedule = PAPER_SCHEDULE,
    *,
    sampler: str = "ancestral",
    n_steps: int | None = None,
    at_steps: Sequence[int] = (),
    from_input: bool = False,
    batch: int = 500,
) -> np.ndarray:
    """Independent configurations of one temperature, as the network gives them: numbers near -1 and +1.

    Parameters
    ----------
    network : ConditionalUNet
        Trained with the same schedule.
    temperature : float
        In J / k_B. Outside of the range that the network was trained for there is a warning: it extrapolates.
    n : int
        How many.
    seed : int
        Of all noise; the same for every temperature gives the same noise.
    schedule : NoiseSchedule
        Of the training.
    sampler : {"ancestral", "stochastic", "deterministic", "multistep"}
        "ancestral": every step, with variance beta_t. The others take `n_steps` of them: "stochastic" with fresh noise,
        "deterministic" without, "multistep" with fresh noise and to second order in the step, which few steps need.
    n_steps : int, optional
        Of the samplers that may take fewer, evenly spaced; all unless given.
    at_steps : sequence of int
        Times t, falling, at which the configurations are kept as well: n_steps is noise, 0 the result.
    from_input : bool
        As in the training.
    batch : int
        Configurations at a time; the result depends on it through the order of the noise.

    Returns
    -------
    numpy.ndarray
        float32 (n, *shape); with `at_steps` (len(at_steps), n, *shape). `spinlib.learning.configurations.signs` makes
        spins of it, after `numpy.clip` to [-1, 1].

    Raises
    ------
    ValueError
        For another sampler, a temperature that is not positive, counts below 1, more steps than the schedule has, and
        steps that are never reached.

    References
    ----------
    Paper fid, Eqs. 4 and 5; J. Ho, A. Jain and P. Abbeel, arXiv:2006.11239, Algorithm 2.
    J. Song, C. Meng and S. Ermon, arXiv:2010.02502, Eq. 12 with sigma = 0 and with eta = 1 in Eq. 16.
    C. Lu et al., arXiv:2211.01095, SDE-DPM-Solver++(2M).

    Examples
    --------
    >>> from spinlib.learning.diffusion_sampling import generate
    >>> from spinlib.learning.noise_schedule import NoiseSchedule
    >>> from spinlib.networks.unet import ConditionalUNet
    >>> network = ConditionalUNet((8, 8), widths=(4, 4, 4, 4), embedding=8)
    >>> generate(network, 2.3, 3, 1, NoiseSchedule(20), sampler="deterministic", n_steps=5).shape
    (3, 8, 8)
    """
    if sampler not in SAMPLERS:
        raise ValueError(f"sampler {sampler!r}: allowed are {' and '.join(map(repr, SAMPLERS))}")
    check_temperature(network, temperature)
    times = _times(schedule, sampler, n_steps)
    unreached = [t for t in at_steps if t not in {0, schedule.n_steps, *times}]
    if unreached or list(at_steps) != sorted(at_steps, reverse=True):
        raise ValueError(f"at_steps {list(at_steps)}: falling steps among those that are taken are needed")
    rng, parts, left = torch_generator(seed, "diffusion", 0, 1), [], at_least(1, "n", n)
    with evaluation_mode(network):
        while left > 0:
            size = min(left, at_least(1, "batch", batch))
            parts.append(_one_batch(network, temperature, size, rng, schedule, sampler, times, at_steps, from_input))
            left -= size
    found = np.concatenate(parts, axis=1)
    return found if len(at_steps) else found[0]


def _one_batch(
    network: ConditionalUNet,
    temperature: float,
    n: int,
    rng: torch.Generator,
    schedule: NoiseSchedule,
    sampler: str,
    times: Sequence[int],
    at_steps: Sequence[int],
    from_input: bool,
) -> np.ndarray:
    """(kept step, n, *shape); only the last configurations where no steps are asked for."""
    device, dtype = network.sides.device, network.weights_dtype
    betas, kept = schedule.betas, torch.cat([torch.ones(1, dtype=torch.float64), schedule.kept])
    state = torch.randn((n, *network.shape), generator=rng).to(device, dtype)
    at = torch.full((n,), temperature, device=device, dtype=dtype)
    found = [state.cpu().numpy().astype(np.float32)] if schedule.n_steps in at_steps else []
    before: tuple[torch.Tensor, float] | None = None
    for t, following in zip(times, (*times[1:], 0), strict=True):
        noise = predicted(network, state, torch.full((n,), t, device=device), at, schedule, from_input=from_input)
        a, b = float(kept[t]), float(kept[following])
        if sampler == "ancestral":
            state = _ancestral(state, noise, a, float(betas[t - 1]), rng if following else None)
        elif sampler == "multistep":
            state, before = _second_order(state, _clean(state, noise, a), a, b, before, rng)
        else:
            fresh = (1.0 - b) / (1.0 - a) * (1.0 - a / b) if sampler == "stochastic" else 0.0
            state = _first_order(_clean(state, noise, a), noise, b, fresh, rng)
        if following in at_steps or (not following and not at_steps):
            found.append(state.cpu().numpy().astype(np.float32))
    return np.stack(found)


def _clean(state: torch.Tensor, noise: torch.Tensor, a: float) -> torch.Tensor:
    """The guess of the configuration without noise, of whose square the share `a` is in the state."""
    return (state - (1.0 - a) ** 0.5 * noise) / a**0.5


def _ancestral(
    state: torch.Tensor, noise: torch.Tensor, a: float, beta: float, rng: torch.Generator | None
) -> torch.Tensor:
    """One step back from the share `a`, with fresh noise of variance beta unless rng is None (the last step)."""
    state = (state - beta / (1.0 - a) ** 0.5 * noise) / (1.0 - beta) ** 0.5
    return state if rng is None else state + beta**0.5 * _fresh(state, rng)


def _first_order(
    clean: torch.Tensor, noise: torch.Tensor, b: float, fresh: float, rng: torch.Generator
) -> torch.Tensor:
    """A step to the share `b`, by the guesses of configuration and noise; the variance `fresh` of it is new noise."""
    state = b**0.5 * clean + (1.0 - b - fresh) ** 0.5 * noise
    return state + fresh**0.5 * _fresh(state, rng) if fresh > 0.0 else state


def _second_order(
    state: torch.Tensor,
    clean: torch.Tensor,
    a: float,
    b: float,
    before: tuple[torch.Tensor, float] | None,
    rng: torch.Generator,
) -> tuple[torch.Tensor, tuple[torch.Tensor, float]]:
    """A step from the share `a` to `b` with fresh noise, and what the next one needs of it.

    The step integrates a straight line through the last two predictions of the clean configuration, over half the
    logarithm of the ratio of signal to noise.
    """
    now = 0.5 * math.log(a / (1.0 - a))
    if b == 1.0:
        return clean, (clean, now)
    step = 0.5 * math.log(b / (1.0 - b)) - now
    ahead = clean
    if before is not None:
        last, then = before
        ahead = clean + 0.5 * step / (now - then) * (clean - last)
    gone = -math.expm1(-2.0 * step)
    state = ((1.0 - b) / (1.0 - a)) ** 0.5 * math.exp(-step) * state + b**0.5 * gone * ahead
    state = state + ((1.0 - b) * gone) ** 0.5 * _fresh(state, rng)
    return state, (clean, now)


def _fresh(state: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    """Standard normal noise for a state; rng is on the CPU, so that every device has the same."""
    return torch.randn(state.shape, generator=rng).to(state)


def _times(schedule: NoiseSchedule, sampler: str, n_steps: int | None) -> list[int]:
    """The times at which the network is asked, falling."""
    if n_steps is None:
        return list(range(schedule.n_steps, 0, -1))
    if sampler == "ancestral":
        raise ValueError(f"n_steps {n_steps}: the ancestral sampler takes all steps; the others may take fewer")
    if not 1 <= n_steps <= schedule.n_steps:
        raise ValueError(f"n_steps {n_steps}: allowed are 1 to {schedule.n_steps}")
    return sorted({round(t) for t in np.linspace(schedule.n_steps, 1, n_steps)}, reverse=True)
