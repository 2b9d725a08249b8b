"""Processes that share a folder compute a smoke run once, and no change of an experiment meets an older run."""

import numpy as np
import pytest

from spinbook.records import experiment, obtain, shared_runs
from spinbook.records.record import Record

META = {"name": "demo/coins", "scale": "smoke", "settings": {"draws": 3}, "provenance": {"device": "a"}, "wall_time": 2}
DATA = {"mean": np.float64(0.5), "draws": np.array([1, 0, 1], np.int8), "names": np.array(["a", "bc"])}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(shared_runs.VARIABLE, str(tmp_path / "shared"))
    return tmp_path / "shared"


@pytest.fixture
def another_process(monkeypatch):
    """Forget what this process has computed."""
    return lambda: monkeypatch.setattr(obtain, "_SMOKE", {})


def test_what_is_read_is_what_was_kept(folder):
    assert shared_runs.read(("a", "b")) is None
    shared_runs.keep(("a", "b"), Record(DATA, META))
    found = shared_runs.read(("a", "b"))
    assert found.meta == META
    assert {name: found[name].dtype for name in found} == {name: DATA[name].dtype for name in DATA}
    for name, array in DATA.items():
        np.testing.assert_array_equal(found[name], array)
    assert shared_runs.read(("a", "c")) is None
    assert shared_runs.read(("ab",)) is None


def test_without_a_folder_nothing_is_kept(monkeypatch, tmp_path):
    monkeypatch.delenv(shared_runs.VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    shared_runs.keep(("a",), Record(DATA, META))
    assert shared_runs.read(("a",)) is None
    assert list(tmp_path.iterdir()) == []


def test_a_second_process_reads_the_run_of_the_first(demo, folder, another_process):
    first = obtain.smoke(experiment.load("demo/coins", demo), "cpu")
    assert len(list(folder.iterdir())) == 1
    another_process()
    second = obtain.smoke(experiment.load("demo/coins", demo), "cpu")
    assert second is not first
    assert second.meta == first.meta  # wall time and date among them: not computed again
    np.testing.assert_array_equal(second["mean"], first["mean"])


def test_a_changed_experiment_is_computed_again(demo, folder, another_process):
    first = obtain.smoke(experiment.load("demo/coins", demo), "cpu")
    path = demo / "book" / "experiments" / "demo" / "coins.py"
    path.write_text(path.read_text().replace("BIAS = [0.3,", "BIAS = [0.1,"))
    another_process()
    second = obtain.smoke(experiment.load("demo/coins", demo), "cpu")
    assert second["mean"][0] < first["mean"][0] - 0.1
