"""What the chapters train on is not what they test with, or they say what they test instead.

`energy_networks.train_and_test` and `train_and_test_classes` take sets that are known to be disjoint. A function of a
chapter that trains without them stands below, with what its network is asked; none other may.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from spinbook import layout

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = layout.chapter_names(ROOT)
TRAINERS = {"fit", "fit_values", "train"}
TESTED = {"train_and_test", "train_and_test_classes"}
# Chapter and function: what is asked of the network, and a name that the chapter has to use for it.
OTHERWISE = {
    ("dnn/data", "trained"): ("all states, the unseen ones apart", "errors_of_unseen"),
    ("dnn/four_by_four", "trained"): ("all states, the unseen ones apart", "least_unseen_accuracy"),
    ("dnn/four_by_four", "magnetization_network"): ("averages of a Metropolis loop", "table_of"),
    ("dnn/eight_by_eight", "one_local"): ("lattices of other sizes", "local_errors"),
    ("dnn/eight_by_eight", "one_comparison"): ("scikit-learn's methods on the sets of a hash", "even_sets"),
    ("dnn/long_range", "tuned_network"): ("the thermal law, some of whose states repeat", "thermal_spins"),
}


def tree(name):
    return ast.parse(layout.chapter_path(name, ROOT).read_text(encoding="utf-8"))


def called(node):
    """The last names of all calls in a syntax tree."""
    functions = [call.func for call in ast.walk(node) if isinstance(call, ast.Call)]
    return {getattr(function, "attr", getattr(function, "id", None)) for function in functions}


def functions(name):
    """The chapter's functions by name, and None for what stands outside of them."""
    body = tree(name).body
    found = {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
    rest = [node for node in body if not isinstance(node, ast.FunctionDef)]
    return {**found, None: ast.Module(rest, type_ignores=[])}


def trainings():
    """Every function of a chapter that trains something itself."""
    return {
        (name, function) for name in CHAPTERS for function, node in functions(name).items() if called(node) & TRAINERS
    }


def test_every_training_is_tested_with_disjoint_sets_or_says_what_it_is_asked():
    assert trainings() == set(OTHERWISE)


@pytest.mark.parametrize(("chapter", "function"), OTHERWISE)
def test_what_is_asked_instead_is_there(chapter, function):
    assert OTHERWISE[chapter, function][1] in called(tree(chapter))


@pytest.mark.parametrize("chapter", ["disorder", "eight_by_eight", "kernels", "long_range", "planar_potts"])
def test_networks_that_are_compared_with_the_truth_have_disjoint_sets(chapter):
    assert called(tree(f"dnn/{chapter}")) & TESTED
    assert called(tree(f"dnn/{chapter}")) & {"TrainingAndTest", "split"}


def test_the_hash_is_used_where_configurations_repeat():
    for chapter in ("disorder", "eight_by_eight", "kernels", "long_range"):
        assert "hash_split.split" in ast.unparse(tree(f"dnn/{chapter}"))
