"""The examples of what is learned, on what, and what is asked of it: each public name has one, and all of them run."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import spinlib
from spinlib.samplers import learned_energy

FOLDERS = ["datasets", "evaluation", "learning", "networks", "optimization"]
MODULES = [
    f"spinlib.{folder}.{module.name}"
    for folder in FOLDERS
    for module in pkgutil.iter_modules(getattr(spinlib, folder).__path__)
]
MODULES += [
    f"spinlib.samplers.learned_energy.{module.name}" for module in pkgutil.iter_modules(learned_energy.__path__)
]
MODULES += ["spinlib.files"]
# Parts of a training that nobody makes or calls directly, layers of networks, and what is returned or raised.
WITHOUT = {
    "Annealing", "Curves", "Errors", "ExchangeTraining", "Nonreducing", "NotFiniteError", "Reducing", "Scaling",
    "TrainingState", "evaluated", "below", "copies", "set_tensors", "tensors",
}  # fmt: skip


def public(module):
    return {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (inspect.isfunction(value) or inspect.isclass(value))
        and value.__module__ == module.__name__
    }


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    module = importlib.import_module(name)
    found = doctest.testmod(module)
    assert found.failed == 0
    named = {one for one, value in public(module).items() if "Examples\n" in (inspect.getdoc(value) or "")}
    assert set(public(module)) - WITHOUT == named
