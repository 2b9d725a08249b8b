"""What the book trains on is not what it tests with, or it says what it tests instead.

`energy_networks.train_and_test` and `train_and_test_classes` take sets that are known to be disjoint. A function of an
experiment that trains without them stands below, with what its network is asked; none other may.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
# Experiments, and chapters that compute their records themselves, as `chapters/<paper>/<topic>`.
FILES = [
    path.relative_to(BOOK).with_suffix("").as_posix()
    for folder in ("chapters", "experiments")
    for path in sorted((BOOK / folder).glob("*/*.py"))
]
TRAINERS = {"fit", "fit_values", "train"}
TESTED = {"train_and_test", "train_and_test_classes"}
# File and function: what is asked of the network, and a name that the file has to use for it.
OTHERWISE = {
    ("chapters/dnn/data", "trained"): ("all states, the unseen ones apart", "errors_of_unseen"),
    ("chapters/dnn/four_by_four", "trained"): ("all states, the unseen ones apart", "least_unseen_accuracy"),
    ("chapters/dnn/four_by_four", "magnetization_network"): ("averages of a Metropolis loop", "table_of"),
    ("chapters/dnn/eight_by_eight", "one_local"): ("lattices of other sizes", "local_errors"),
    ("chapters/dnn/eight_by_eight", "one_comparison"): ("scikit-learn's methods on the sets of a hash", "even_sets"),
    ("chapters/dnn/long_range", "tuned_network"): ("the thermal law, some of whose states repeat", "thermal_spins"),
}


def tree(name):
    return ast.parse((BOOK / f"{name}.py").read_text(encoding="utf-8"))


def called(node):
    """The last names of all calls in a syntax tree."""
    functions = [call.func for call in ast.walk(node) if isinstance(call, ast.Call)]
    return {getattr(function, "attr", getattr(function, "id", None)) for function in functions}


def functions(name):
    """The file's functions by name, and None for what stands outside of them."""
    body = tree(name).body
    found = {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
    rest = [node for node in body if not isinstance(node, ast.FunctionDef)]
    return {**found, None: ast.Module(rest, type_ignores=[])}


def trainings():
    """Every function that trains something itself."""
    return {(name, function) for name in FILES for function, node in functions(name).items() if called(node) & TRAINERS}


def test_every_training_is_tested_with_disjoint_sets_or_says_what_it_is_asked():
    assert trainings() == set(OTHERWISE)


@pytest.mark.parametrize(("name", "function"), OTHERWISE)
def test_what_is_asked_instead_is_there(name, function):
    assert OTHERWISE[name, function][1] in called(tree(name))


# Files whose networks are compared with the truth.
COMPARED = ["chapters/dnn/disorder", "chapters/dnn/eight_by_eight", "chapters/dnn/kernels", "chapters/dnn/long_range"]


@pytest.mark.parametrize("name", [*COMPARED, "chapters/dnn/planar_potts"])
def test_networks_that_are_compared_with_the_truth_have_disjoint_sets(name):
    assert called(tree(name)) & TESTED
    assert called(tree(name)) & {"TrainingAndTest", "split"}


@pytest.mark.parametrize("name", COMPARED)
def test_the_hash_is_used_where_configurations_repeat(name):
    assert "hash_split.split" in ast.unparse(tree(name))
