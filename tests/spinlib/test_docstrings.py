"""Docstrings: every example runs and prints what it says, and every public name has one."""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import spinlib

FOLDER = Path(spinlib.__file__).parent
# Packages and modules whose public names all have an example. Another one is switched on by a line.
PACKAGES = [
    "spinlib.datasets.class_labels",
    "spinlib.datasets.stratified_split",
    "spinlib.evaluation.classification_scores",
    "spinlib.evaluation.divergences",
    "spinlib.evaluation.importance_weights",
    "spinlib.evaluation.latent_variables",
    "spinlib.exact",
    "spinlib.fidelity",
    "spinlib.finite_size",
    "spinlib.lattice",
    "spinlib.learning.adversarial_bayes",
    "spinlib.learning.autoregressive",
    "spinlib.learning.configurations",
    "spinlib.learning.diffusion_sampling",
    "spinlib.learning.generated",
    "spinlib.learning.noise_prediction",
    "spinlib.learning.noise_schedule",
    "spinlib.learning.proposals",
    "spinlib.learning.variational",
    "spinlib.neighborhoods",
    "spinlib.models",
    "spinlib.models.cell_sorting",
    "spinlib.models.cellular_potts",
    "spinlib.models.configuration",
    "spinlib.models.couplings",
    "spinlib.models.hamiltonian",
    "spinlib.models.ising",
    "spinlib.models.lattice_model",
    "spinlib.models.long_range",
    "spinlib.models.planar_potts",
    "spinlib.models.potts",
    "spinlib.models.xy",
    "spinlib.networks.autoencoder",
    "spinlib.observables",
    "spinlib.samplers.cellular_potts",
    "spinlib.samplers.clusters.coupling_from_the_past",
    "spinlib.samplers.clusters.improved_estimators",
    "spinlib.samplers.clusters.swendsen_wang",
    "spinlib.samplers.clusters.wolff",
    "spinlib.samplers.convolution",
    "spinlib.samplers.convolution.differentiable",
    "spinlib.samplers.independence",
    "spinlib.samplers.learned_energy",
    "spinlib.samplers.multispin",
    "spinlib.samplers.multispin.replicas",
    "spinlib.samplers.random",
    "spinlib.samplers.single_spin.acceptance",
    "spinlib.samplers.single_spin.heat_bath",
    "spinlib.samplers.single_spin.metropolis",
    "spinlib.samplers.xy.metropolis",
    "spinlib.samplers.xy.over_relaxation",
    "spinlib.samplers.xy.wolff",
    "spinlib.samplers.contract",
    "spinlib.samplers.registry",
    "spinlib.samplers.tempering.parallel_tempering",
    "spinlib.samplers.tempering.replica_exchange",
    "spinlib.samplers.tempering.temperature_ladder",
    "spinlib.sampling",
    "spinlib.statistics",
    "spinlib.timing",
]
EXAMPLES = re.compile(r"(?m)^Examples\n-{8}\n")
REFERENCES = re.compile(r"(?m)^References\n-{10}\n((?:.+\n?)+)")


def modules_with_examples() -> list[str]:
    """Names of all modules of spinlib that show an example; the others are not imported."""
    shown = [path for path in sorted(FOLDER.rglob("*.py")) if ">>>" in path.read_text(encoding="utf-8")]
    return [".".join(path.relative_to(FOLDER.parent).with_suffix("").parts).removesuffix(".__init__") for path in shown]


def public(name: str) -> Iterator[tuple[str, Any]]:
    """Functions and classes that a module or package lists in `__all__`, also those of the modules that it lists."""
    module = importlib.import_module(name)
    for listed in module.__all__:
        value = getattr(module, listed)
        if isinstance(value, ModuleType):
            yield from public(value.__name__)
        elif inspect.isfunction(value) or inspect.isclass(value):
            yield f"{name}.{listed}", value


@pytest.mark.parametrize("name", modules_with_examples())
def test_examples_print_what_they_say(name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_has_a_docstring_with_an_example(package):
    names = dict(public(package))
    assert names
    without = [name for name, value in names.items() if not EXAMPLES.search(inspect.getdoc(value) or "")]
    assert without == []
    empty = [name for name, value in names.items() if ">>>" not in EXAMPLES.split(inspect.getdoc(value) or "")[1]]
    assert empty == []


@pytest.mark.parametrize("package", PACKAGES)
def test_the_first_line_of_a_docstring_is_one_sentence(package):
    for name, value in public(package):
        summary, _, rest = (inspect.getdoc(value) or "").partition("\n")
        assert summary.endswith("."), name
        assert rest == "" or rest.startswith("\n"), f"{name}: an empty line follows the first"


@pytest.mark.parametrize("package", PACKAGES)
def test_every_line_of_the_references_is_an_entry_or_indented(package):
    """The page shows an entry for each line that is not indented."""
    for name, value in public(package):
        for section in REFERENCES.findall(inspect.getdoc(value) or ""):
            entries = re.sub(r"\n\s+", " ", section.rstrip()).splitlines()
            assert [entry for entry in entries if not entry.endswith(".")] == [], name
