"""Trainings inside the parts of a record continue where a kill left them, and nothing in their results tells of it."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from spinbook.records import experiment, obtain
from spinbook.records.computation import Run
from spinlib.learning import training
from spinlib.learning.training_state import TrainingState

ROOT = Path(__file__).resolve().parents[2]
COLD = {"configurations": 10, "burn_in": 20, "sweeps_between": 1}
# What differs from the smoke run: several epochs, of next to nothing.
TINY = {
    "fid/diffusion_coarse": {**COLD, "L": 8, "T": [2.0], "seeds": 1, "epochs": 3, "generated": 4},
    "fid/gan": {**COLD, "T": [2.0], "seeds": 1, "epochs": 3, "generated": 4},
    "fid/better_model": {
        **COLD, "L": 8, "training": [2.0], "between": [], "outside": [], "seeds": 1, "epochs": 3, "width": 8,
        "generated": 20, "cluster_draws": 10,
    },
    "fid/masked_diffusion": {
        **COLD, "L": 8, "training": [2.0], "asked": [2.0], "between": [], "outside": [], "seeds": 1, "epochs": 3,
        "width": 2, "generated": 20, "cluster_draws": 10, "larger": 12, "larger_T": [2.0], "larger_generated": 4,
    },
    "vit/attention": {"epochs": 3, "seeds": 1, "sweeps": 10},
    "vit/boundaries": {"epochs": 3, "trials": 1, "sweeps": 10},
    "vit/classification": {
        "epochs": 3, "sweeps": 10, "trials": [["pretrained", ["ViT"], 1]],
        "pretraining": {"n": 16, "sweeps": 10, "epochs": 3, "batch": 8},
    },
    "vit/efficiency_resnet": {
        "epochs": 3, "trials": 1, "numbers": [20], "steps": 3, "batch": 13, "test": 8, "burn_in": 5,
    },
    "vit/other_models": {"epochs": 3, "trials": 1},
    "vit/temperature_networks": {"epochs": 3, "trials": 1, "sweeps": 10, "training": 20},
}  # fmt: skip


class Killed(BaseException):
    pass


@pytest.mark.parametrize("name", TINY)
def test_a_training_that_was_killed_goes_on_from_its_last_epoch(name, tmp_path, monkeypatch):
    found = experiment.load(name, ROOT)
    settings = found.key.settings["smoke"] | TINY[name]
    uses = {one.key.name: obtain.smoke(one, "cpu") for one in found.uses}
    write, epoch, epochs = TrainingState.write, training._epoch, []

    def killed(state, *arguments):
        write(state, *arguments)
        if state.epoch == 2:
            raise Killed

    def counted(*arguments):
        epochs.append(arguments[-1].epoch)
        return epoch(*arguments)

    def computed(folder):
        key = dataclasses.replace(found.key, root=tmp_path / folder, settings={"smoke": settings})
        return dict(found.compute(settings, Run(key, "smoke", "cpu", resumable=True, uses=uses)))

    monkeypatch.setattr(training, "_epoch", counted)
    whole = computed("uninterrupted")
    trainings, epochs[:] = epochs.count(0), []
    monkeypatch.setattr(TrainingState, "write", killed)
    for _ in range(trainings):
        with pytest.raises(Killed):
            computed("interrupted")
    monkeypatch.setattr(TrainingState, "write", write)
    resumed = computed("interrupted")
    assert sorted(epochs) == sorted([0, 1, 2] * trainings)
    assert set(resumed) == set(whole)
    for key, values in whole.items():
        if not key.endswith("seconds"):
            np.testing.assert_array_equal(resumed[key], values, err_msg=key)
