"""What is asked of the configurations in the records of networks, and their repair, on records made here."""

from types import SimpleNamespace

import numpy as np
import pytest

from experiments.fid import generated, generated_sets, repair, sets
from spinlib import sample
from spinlib.exact import enumeration
from spinlib.models import Ising
from spinlib.observables import hamming_distance

SIZE, T = 4, [2.3, 3.0]


class Kept(dict):
    """A record: arrays by name, and settings."""

    @property
    def settings(self):
        return {"L": SIZE, "seeds": len(self["spins"][0])}


def independent(temperature, seed, n=40):
    draws = sample(Ising((SIZE, SIZE)), temperature, n, method="swendsen_wang", sweeps_between=5, seed=seed, threads=1)
    return draws.spins.values[0, 0]


@pytest.fixture(scope="module")
def uses():
    """Records with the models that the experiments ask for, all of them independent configurations.

    Of each kind of network the first has two trainings and the second one.
    """
    wanted = generated_sets.MODELS
    several = [wanted[::2], wanted[::2], wanted[1::2], wanted[1::2]]
    return {
        name: Kept(
            models=np.array(models),
            T=np.array(T),
            spins=np.array(
                [
                    [[sets.packed(independent(t, 100 * k + wanted.index(one))) for t in T] for k in trainings]
                    for one in models
                ]
            ),
        )
        for name, models, trainings in zip(generated.RECORDS, several, [[0, 1], [2]] * 2, strict=True)
    }


def run_of(uses):
    return SimpleNamespace(
        uses=uses, seed=4, progress=lambda items, *_: items, part=lambda _, function, *given: function(*given)
    )


def test_configurations_are_found_by_model_training_and_temperature(uses):
    name = generated_sets.MODELS[1]
    found = generated.configurations(uses, name, 2, 3.0)
    np.testing.assert_array_equal(found, independent(3.0, 201))
    assert generated.trainings(uses, name) == 3
    np.testing.assert_array_equal(generated.temperatures(uses), T)
    with pytest.raises(ValueError, match=r"T 2\.5: allowed are 2\.3, 3"):
        generated.configurations(uses, name, 0, 2.5)
    with pytest.raises(ValueError, match="model 'VAE': choose from"):
        generated.trainings(uses, "VAE")


def test_sets_are_asked_in_the_order_of_models_temperatures_and_trainings(uses):
    settings = {"models": generated_sets.MODELS, "pictured": [1.4, 3.0]}
    found = generated_sets.compute(settings, run_of(uses))
    n_models = len(settings["models"])
    assert found["g"].shape == (n_models, 2, 3, SIZE // 2)
    assert found["pictured"].tolist() == [3.0]
    assert found["pictures"].shape == (n_models, 1, 2, SIZE, SIZE)
    spins = independent(3.0, 201)
    assert found["distance"][1, 1, 2] == pytest.approx(hamming_distance(spins))
    assert found["m"][1, 1, 2] == pytest.approx(spins.mean())


def test_the_share_of_the_rarer_sign():
    spins = np.ones((10, 4, 4), np.int8)
    spins[:3] = -1
    assert generated_sets.asked(spins)["both_signs"] == pytest.approx(0.3)
    assert generated_sets.asked(np.ones((10, 4, 4), np.int8))["both_signs"] == 0.0


def test_repair_leaves_independent_configurations_exact_and_brings_other_starts_there(uses):
    settings = {
        "models": repair.MODELS, "sweeps": [0, 5, 60], "race": [3.0], "race_sweeps": [0, 60], "copies": 2,
        "others": 400, "chains": 8, "reference": 500,
    }  # fmt: skip
    found = repair.compute(settings, run_of(uses))
    n_starts = len(repair.MODELS) + len(repair.OTHERS)
    assert found["repair_energy"].shape == (n_starts, 3, 2, 3)
    assert found["race_chi"].shape == (n_starts, 3, 1, 2)
    starts = found["starts"].tolist()
    for k, t in enumerate(T):
        exact = enumeration.thermodynamics(Ising((SIZE, SIZE)), t)
        for start in repair.OTHERS:
            error = np.sqrt(exact.specific_heat * t**2 / SIZE**2 / (3 * settings["others"]))
            last = found["repair_energy"][starts.index(start), :, k, -1].mean()
            assert abs(last - exact.energy) < 4 * error, (start, t)
        assert abs(found["reference_order"][k] - exact.abs_magnetization) < 4 * found["reference_order_error"][k]
    assert found["repair_energy"][starts.index("all up"), 0, 0, 0] == -2.0
