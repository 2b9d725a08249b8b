"""Section IV A 7 of paper dnn: kernel ridge regression and a random forest on the 8 x 8 energy.

Parameters are found by a cross-validated search, as in the paper; the grids are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.dnn.eight_by_eight_data import even_sets, model
from spinlib.datasets.training_sets import random_spins

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"train": 300, "test": 150, "search": 90, "ridge": 300, "trees": 3, "seeds": 3},
    "paper": {"train": 100_000, "test": 20_000, "search": 2000, "ridge": 10_000, "trees": 30, "seeds": 3},
}
COMPARE = {"*": "seeds"}


def ridge_searches(settings: Mapping[str, Any]) -> Any:
    from sklearn.kernel_ridge import KernelRidge
    from sklearn.model_selection import GridSearchCV

    strengths = [1e-4, 1e-2, 1.0, 100.0]
    grids = {
        "linear": {"alpha": strengths},
        "rbf": {"alpha": strengths, "gamma": [1e-3, 3e-3, 1e-2, 3e-2, 0.1]},
        "polynomial": {"alpha": strengths, "degree": [2], "coef0": [0.0, 1.0]},
    }
    return {
        kernel: GridSearchCV(KernelRidge(kernel=kernel), grid, scoring="neg_median_absolute_error", cv=3)
        for kernel, grid in grids.items()
    }


def forest_search(settings: Mapping[str, Any], seed: int) -> Any:
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.model_selection import GridSearchCV

    forest = RandomForestRegressor(settings["trees"], random_state=seed % 2**31)
    grid = {"max_features": [1 / 3, 1.0], "min_samples_leaf": [1, 5]}
    return GridSearchCV(forest, grid, scoring="neg_median_absolute_error", cv=3)


def one_comparison(settings: Mapping[str, Any], seed: int) -> Any:
    """Median absolute errors of three kernels and a forest, on one set of examples."""
    from sklearn.base import clone

    sets = even_sets(settings, seed)
    train, test = (spins.reshape(len(spins), -1).astype(np.float32) for spins in (sets.train, sets.test))
    energy, true = model.energy(sets.train), model.energy(sets.test)
    searches = {**ridge_searches(settings), "forest": forest_search(settings, seed)}
    found = {"constant": np.median(np.abs(true - np.median(energy)))}
    for name, search in searches.items():
        few = slice(settings["search"])
        search.fit(train[few], energy[few])
        many = slice(None if name == "forest" else settings["ridge"])
        best = clone(search.best_estimator_).fit(train[many], energy[many])
        found[name] = np.median(np.abs(best.predict(test) - true))
    return found


def error_of_a_constant(n: int, seed: int) -> float:
    """The median absolute error, in J, of the best constant for the energies of `n` random configurations."""
    energies = model.energy(random_spins(model.shape, n, seed))
    return float(np.median(np.abs(energies - np.median(energies))))


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    several = ("constant", "linear", "rbf", "polynomial", "forest")
    return run.seeds(one_comparison, settings, n=settings["seeds"], several=several)
