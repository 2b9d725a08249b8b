"""The noise by its moments."""

import numpy as np
import pytest
import torch

from spinlib.learning.noise_schedule import NoiseSchedule


def test_the_schedule_is_the_papers():
    schedule = NoiseSchedule()
    betas = np.linspace(1e-4, 0.02, 1000)
    np.testing.assert_allclose(schedule.betas.numpy(), betas)
    np.testing.assert_allclose(schedule.kept.numpy(), np.cumprod(1 - betas))


def test_noise_that_is_added_at_once_has_the_moments_of_many_steps():
    rng, schedule = torch.Generator().manual_seed(1), NoiseSchedule(5, 0.1, 0.4)
    spins = torch.ones(40_000, 1)
    steps = spins
    for beta in schedule.betas.float():
        steps = (1 - beta).sqrt() * steps + beta.sqrt() * torch.randn(steps.shape, generator=rng)
    at_once = schedule.noisy(spins, torch.full((40_000,), 5), torch.randn(spins.shape, generator=rng))
    kept = float(schedule.kept[-1])
    for found in (steps, at_once):
        assert float(found.mean()) == pytest.approx(kept**0.5, abs=0.02)
        assert float(found.var()) == pytest.approx(1 - kept, abs=0.03)


def test_variances_that_are_none_are_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        NoiseSchedule(10, 0.0)
