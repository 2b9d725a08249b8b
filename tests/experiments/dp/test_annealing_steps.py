"""Annealing at equal Monte Carlo steps: as many steps as differentiable Monte Carlo has, on the same instances."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.dp.annealing import one_method

SETTINGS = {"size": 6, "instances": 16, "updates": 40, "record_every": 4}


class Whole(dict):
    """The record of equal updates."""

    def __init__(self):
        self.settings, self.meta = SETTINGS, {"seed": 5}


@pytest.fixture
def found(compute):
    return compute("dp/annealing_steps", {"start_temperature": [1.0, 2.0]}, uses={"dp/annealing": Whole()})


def test_each_method_has_the_steps_of_differentiable_monte_carlo(found):
    differentiable = one_method("differentiable", "glass", 6, SETTINGS, 5)
    assert found["step"].tolist() == (differentiable["updates"] // 2).tolist() == list(range(0, 21, 2))
    assert found["energy"].shape == (4, 11, 16)  # method and model, step, instance
    assert found["varied_energy"].shape == (2, 16)
    assert found["large_energy"].shape == (16,)


def test_all_methods_begin_with_the_same_spins_and_couplings(found):
    panels = ("ferromagnet", "glass")
    starts = {panel: one_method("differentiable", panel, 6, SETTINGS, 5)["energy"][0] for panel in panels}
    for k, panel in enumerate(("ferromagnet", "ferromagnet", "glass", "glass")):
        np.testing.assert_allclose(found["energy"][k, 0], starts[panel], rtol=1e-6)
    assert found["energy"][:, -1].mean() < found["energy"][:, 0].mean() - 0.5
