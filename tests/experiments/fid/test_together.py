"""Records of the same models as one: trainings in order, what they share once, other lattices left out."""

from types import SimpleNamespace

import numpy as np
import pytest

from experiments.fid import protocol, together
from experiments.fid.together import Together


class Kept(dict):
    """A record: arrays by name, and settings."""

    def __init__(self, size, seeds, **arrays):
        super().__init__(arrays)
        self.settings = {"L": size, "seeds": seeds, "epochs": 7}


@pytest.fixture
def records():
    rng = np.random.default_rng(1)

    def one(size, seeds, T):
        return Kept(
            size, seeds, T=np.array(T), energy=rng.random((2, seeds, len(T))), m=rng.random((2, seeds, len(T), 5)),
            loss=rng.random((2, seeds, 9)), way_energy=rng.random((seeds, 3)), way_steps=np.arange(3),
            metropolis_energy=rng.random((3, 4)),
        )  # fmt: skip

    return SimpleNamespace(first=one(16, 3, [2.0, 3.0]), more=one(16, 4, [2.0, 2.3, 3.0]), other=one(64, 2, [2.0]))


def test_trainings_of_all_records_follow_each_other(records):
    found = Together(records.first, records.more)
    assert found.settings == {"L": 16, "seeds": 7, "epochs": 7}
    for name, axis in (("energy", 1), ("m", 1), ("loss", 1), ("way_energy", 0)):
        parts = np.split(found[name], [3], axis=axis)
        more = records.more[name][:, :, [0, 2]] if name in ("energy", "m") else records.more[name]
        np.testing.assert_array_equal(parts[0], records.first[name])
        np.testing.assert_array_equal(parts[1], more)
    assert set(found) == set(records.first)
    assert len(found) == len(records.first)


def test_what_has_no_training_is_the_first_records(records):
    found = Together(records.first, records.more)
    for name in ("T", "way_steps", "metropolis_energy"):
        assert found[name] is records.first[name]


def test_another_lattice_does_not_count(records):
    found = Together(records.other, records.first)
    assert found.records == [records.other]
    assert found.settings["seeds"] == 2
    np.testing.assert_array_equal(found["energy"], records.other["energy"])


def test_more_trainings_are_asked_at_the_critical_temperature_as_well():
    laptop = {"T": [2.2, 2.3], "seeds": 3, "epochs": 7}
    found = together.more({"smoke": {"T": [3.0]}, "laptop": laptop, "paper": {}}, seeds=4)
    assert found == {"smoke": {"T": [3.0]}, "laptop": {"T": [2.2, protocol.CRITICAL, 2.3], "seeds": 4, "epochs": 7}}
    assert laptop["T"] == [2.2, 2.3]
