import importlib.util

import pytest

from spinbook import imports


@pytest.fixture
def without(monkeypatch):
    """Make modules look as if they were not installed."""

    def hide(*names):
        find = importlib.util.find_spec
        monkeypatch.setattr(imports, "find_spec", lambda name: None if name in names else find(name))
        imports._imports_of.cache_clear()

    yield hide
    imports._imports_of.cache_clear()


@pytest.mark.parametrize(
    "source",
    [
        "import torch",
        "def f():\n    from torch import nn",
        "from spinlib.networks import energy_cnn",
        "from spinlib.networks.energy_cnn import EnergyCNN",
        "from spinlib.evaluation.classifier_errors import Loop",  # through energy_networks and supervised
        "from spinlib.samplers import convolution",
        "sample(model, 2.0, 10, method='convolution')",
    ],
)
def test_torch_is_missed_before_anything_runs(without, source):
    without("torch")
    with pytest.raises(ModuleNotFoundError, match="torch") as caught:
        imports.require(["import numpy", source])
    assert caught.value.name == "torch"


@pytest.mark.parametrize(
    "source",
    [
        "from spinlib import sample\nsample(model, 2.0, 10, method='multispin')",
        "from spinlib.exact import kaufman, onsager\nimport no_such_module",
        "from spinlib.models import Ising\nfrom spinbook import open_chapter, style",
        "print('torch', 'not a name', 'not.a.module')",
        "from spinlib.samplers.cellular_potts import simulate",
    ],
)
def test_what_needs_nothing_else_is_let_through(without, source):
    without(*imports.EXTRAS)
    imports.require([source])


def test_nothing_is_missed_where_all_is_installed():
    imports.require(["import torch, sklearn, yaml\nfrom spinlib.learning import supervised"])
