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
    ("experiments/dnn/four_by_four_classifier", "trained"): ("all states, the unseen ones apart", "errors"),
    ("experiments/dnn/example_sets", "trained"): ("all states; what was seen is counted", "unique"),
    ("experiments/dnn/four_by_four_loop", "magnetization_network"): ("averages of a Metropolis loop", "table_of"),
    ("experiments/dnn/local_network", "one_local"): ("lattices of other sizes", "local_errors"),
    ("experiments/dnn/other_methods", "one_comparison"): ("scikit-learn's methods on the sets of a hash", "even_sets"),
    ("experiments/dnn/long_range_loop", "tuned_network"): ("the thermal law; some states repeat", "thermal_spins"),
    ("experiments/dnn/ablation", "one_training"): ("all states, and its own examples beside them", "states_of"),
    ("experiments/vae/six_spins", "trained"): ("the law of all states", "of_counts"),
    ("experiments/vae/xy_spins", "trained"): ("the exact law of the energies", "of_counts"),
    ("experiments/vae/torus", "trained"): ("the exact law of energies and what it generates", "of_counts"),
    ("experiments/vae/generated_samples", "trained"): ("what it generates, and its exact energy", "generate"),
    ("experiments/vae/corrected_10x10", "trained"): ("its weights, and the exact ln Z", "effective_share"),
    ("experiments/vae/free_energy", "trained"): ("trained on no set; the exact ln Z", "log_partition"),
    ("experiments/fid/better_model", "trained"): ("exact answers, by what it generates", "generate"),
    ("experiments/fid/masked_diffusion", "trained"): ("exact answers, by what it generates", "generate"),
    ("experiments/fid/autoencoders", "trained"): ("exact answers, by what it generates", "generate"),
    ("experiments/fid/models", "trained"): ("exact answers, by what it generates", "measured"),
    ("experiments/fid/gan", "trained"): ("exact answers, by what it generates", "measured"),
    ("experiments/vit/ceiling", "over_splits"): ("the test sets of disjoint splits", "split"),
    ("experiments/vit/answers", "energy_alone"): ("the test sets of disjoint splits", "split"),
    ("experiments/vit/temperature_networks", "one_training"): ("other configurations", "configurations"),
    ("experiments/vit/floors", "told"): ("the test sets of disjoint splits", "split"),
    ("experiments/vit/efficiency", "one_trial"): ("a test set of another seed", "test_set"),
    ("experiments/vit/frozen_readouts", "one_trial"): ("a test set of another seed", "test_set"),
    ("experiments/vit/efficiency_networks", "trained"): ("a test set of another seed", "test_set"),
    ("experiments/vit/other_models", "one_trial"): ("other temperatures and another seed", "configurations"),
    ("experiments/vit/classification", "one_training"): ("the test sets of disjoint splits", "split"),
    ("experiments/vit/quench_networks", "simple"): ("the test sets of disjoint splits", "split"),
    ("experiments/vit/quench_networks", "one_training"): ("the test sets of disjoint splits", "split"),
    ("experiments/vit/boundaries", "in_the_middle"): ("the test sets of disjoint splits", "split"),
    ("experiments/vit/boundaries", "one_trial"): ("the test sets of disjoint splits", "split"),
    ("experiments/vit/attention", "one_network"): ("the test sets of disjoint splits", "split"),
    ("experiments/vit/pretraining", "pretrained"): ("nothing: without labels, and fine-tuned later", "body_of"),
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
COMPARED = [
    *("experiments/dnn/disorder", "experiments/dnn/classification", "experiments/dnn/regression"),
    *("experiments/dnn/block_filters", "experiments/dnn/long_range_training"),
]
# Where the sets are made: in the file itself, or here.
SETS = {"even_sets": "experiments/dnn/eight_by_eight_data"}


def making(name):
    """The syntax trees of a file and of the one in which it has its sets made."""
    return [tree(name), *(tree(place) for function, place in SETS.items() if function in called(tree(name)))]


@pytest.mark.parametrize("name", [*COMPARED, "experiments/dnn/planar_potts"])
def test_networks_that_are_compared_with_the_truth_have_disjoint_sets(name):
    assert called(tree(name)) & TESTED
    assert any(called(one) & {"TrainingAndTest", "split"} for one in making(name))


@pytest.mark.parametrize("name", COMPARED)
def test_the_hash_is_used_where_configurations_repeat(name):
    assert any("hash_split.split" in ast.unparse(one) for one in making(name))
