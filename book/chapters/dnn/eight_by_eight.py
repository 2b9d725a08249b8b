# %% [markdown]
# # The 8 x 8 Ising model: what a vanishing share of states teaches
#
# This chapter reproduces Figures 6 and 9 of paper dnn {cite}`dnn` and the numbers of its Secs. IV A 2 and IV A 7:
# classification of 8 x 8 configurations into 63 energies, regression of energy and magnetisation, both networks in a
# Metropolis loop, and kernel ridge regression and random forests beside them. Beyond the paper stand the exact density
# of states, errors by energy, and a network of a few weights that is exact at every size.
#
# **Choices.** Those of the chapters before: periodic edges, Adam with a rate that falls to zero, full precision where the
# processor has nothing faster. Examples are spread evenly over the energies and split by their hash. How long to train,
# which temperatures and how many sweeps are ours: the paper gives none of them.
#
# **Running it.** `smoke` scale takes under half a minute on two cores and `paper` scale about an hour and a half; the
# pages show the shipped records. `make record CHAPTER=dnn/eight_by_eight SCALE=paper` makes them again.

# %% tags=["colab"]
# In Colab only: clone the repository and install it (torch and numpy stay as they are).
import sys

if "google.colab" in sys.modules:
    import os
    import subprocess

    if not os.path.exists("/content/spinlib"):
        subprocess.run(["git", "clone", "-q", "https://github.com/spinlib/spinlib", "/content/spinlib"], check=True)
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", "/content/spinlib"], check=True)
    os.chdir("/content/spinlib")

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("dnn/eight_by_eight", scale=scale, device=device, store=store)

# %% [markdown]
# ## Figure 6: how many examples?
#
# 8 x 8 spins have $2^{64}$ states and 63 energies. Examples of every energy are drawn in equal numbers and fall to
# training or test by their hash, so that no configuration is in both. At $\pm 128 J$ there are two states each, so a side
# may lack such an energy altogether; at $\pm 124 J$ there is none.

# %%
from spinlib.exact import density_of_states
from spinlib.learning import energy_networks, hash_split
from spinlib.learning.supervised import Schedule, load_weights, predict, weights
from spinlib.models import Ising
from spinlib.networks.energy_cnn import EnergyCNN
from spinlib.samplers import targeted
from spinlib.statistics import mean_of_few

model = Ising((8, 8))
levels = np.array(density_of_states.ising_torus(model.shape)[0])


def even_sets(settings, seed):
    """Training and test configurations of evenly spread energies."""
    wanted = settings["train"] + settings["test"]
    spins = targeted.draw(model, levels, int(1.05 * wanted / len(levels)) + 2, seed=seed)
    return hash_split.split(spins.reshape(-1, *model.shape), settings["train"], settings["test"], seed)


def schedule_of(settings, epochs, rate=2e-3):
    return Schedule(epochs, "adam", rate, "cosine", batch=settings["batch"])


def one_classifier(n_train, epochs, settings, seed):
    """A classifier trained on the first `n_train` examples: its errors on the test set, by energy."""
    train, test = even_sets(settings, seed)
    network = EnergyCNN(8, len(levels), input_side=settings["input_side"])
    labels = energy_networks.classes(model.energy(train[:n_train]), levels)
    energy_networks.fit(network, train[:n_train], labels, schedule_of(settings, epochs), seed)
    true = energy_networks.classes(model.energy(test), levels)
    off = np.abs(energy_networks.classes(energy_networks.class_energy(network, levels)(test), levels) - true)
    counts = {
        "tested": np.bincount(true, minlength=len(levels)),
        "wrong": np.bincount(true[off > 0], minlength=len(levels)),
        "distance": np.bincount(off, minlength=len(levels)),
    }
    return {"accuracy": 100 * np.mean(off == 0), **counts, **weights(network, "weight.")}


def classification(settings, run):
    sizes = list(zip(settings["n_train"], settings["epochs"], strict=True))
    parts = [
        [
            run.part(f"{n}, {k}", one_classifier, n, epochs, settings, run.seed + k)
            for k in run.progress(range(settings["seeds"]), f"{n} examples, seed")
        ]
        for n, epochs in reversed(sizes)
    ][::-1]
    return {
        "examples": np.array(settings["n_train"]),
        **{name: np.array([[part[name] for part in row] for row in parts]) for name in parts[0][0] if "." not in name},
        **{name: value for name, value in parts[-1][0].items() if name.startswith("weight.")},
    }


classified = chapter.record(
    "classification",
    {
        "smoke": {
            "train": 300, "test": 150, "n_train": [100, 300], "epochs": [1, 1], "seeds": 3, "batch": 100, "input_side": 8,
        },
        "paper": {
            "train": 100_000, "test": 50_000, "n_train": [10_000, 30_000, 100_000], "epochs": [30, 20, 10], "seeds": 3,
            "batch": 400, "input_side": 16,
        },
    },
    classification,
)  # fmt: skip

# %% [markdown]
# ## Regression
#
# The same network with one output and a squared error, of the energy on the same kind of examples, and of the
# magnetisation on configurations whose share of up spins is uniform between 0 and 1.

# %%
from spinlib.learning.training_sets import uniform_magnetization


def one_regression(settings, seed):
    train, test = even_sets(settings, seed)
    network = EnergyCNN(8, 1, input_side=settings["input_side"])
    true = model.energy(test)
    scaled, _ = energy_networks.fit_values(
        network, train, model.energy(train), schedule_of(settings, settings["epochs"], 1e-3), seed
    )
    off = energy_networks.regressed_value(network, scaled)(test) - true
    distance = np.abs(off)
    by_energy = [np.median(distance[true == level]) if np.any(true == level) else np.nan for level in levels]
    return {
        "median": np.median(distance), "mean": distance.mean(), "by_energy": np.array(by_energy),
        # How often rounding finds the right class: with this error, and with the same law at the paper's median.
        "rounded_right": 100 * np.mean(distance < 2),
        "rounded_right_at_paper": 100 * np.mean(distance * 1.782 / np.median(distance) < 2),
        "true": true[:2000], "predicted": (true + off)[:2000].astype(np.float32), "scaling": np.array(scaled),
        **weights(network, "weight."),
    }  # fmt: skip


def of_seeds(parts, several):
    """Results of all seeds under the names in `several`, and those of the first under the others."""
    return {name: np.array([part[name] for part in parts]) if name in several else parts[0][name] for name in parts[0]}


def regression(settings, run):
    parts = [run.part(f"{k}", one_regression, settings, run.seed + k) for k in run.progress(range(settings["seeds"]))]
    return of_seeds(parts, ("median", "mean", "by_energy", "rounded_right", "rounded_right_at_paper"))


regressed = chapter.record(
    "regression",
    {
        "smoke": {"train": 300, "test": 150, "epochs": 1, "seeds": 3, "batch": 100, "input_side": 8},
        "paper": {"train": 100_000, "test": 50_000, "epochs": 10, "seeds": 3, "batch": 400, "input_side": 16},
    },
    regression,
)


def one_magnetization(side, settings, seed):
    n = settings["train"] + settings["test"]
    spins = uniform_magnetization((side, side), int(1.5 * n) + 50, seed)
    # Configurations of equal spins come again and again; the hash keeps each on one side.
    train, test = hash_split.split(spins, settings["train"], settings["test"], seed)
    network = EnergyCNN(side, 1, input_side=settings["input_side"])
    values = train.mean(axis=(1, 2))
    scaled, _ = energy_networks.fit_values(
        network, train, values, schedule_of(settings, settings["epochs"], 1e-3), seed
    )
    off = energy_networks.regressed_value(network, scaled)(test) - test.mean(axis=(1, 2))
    return {"median": np.median(np.abs(off)), "scaling": np.array(scaled), **weights(network, "weight.")}


def magnetization(settings, run):
    parts = {
        side: [
            run.part(f"{side}, {k}", one_magnetization, side, settings, run.seed + 10 * side + k)
            for k in run.progress(range(settings["seeds"]), f"side {side}, seed")
        ]
        for side in (4, 8)
    }
    medians = {f"median_{side}": np.array([part["median"] for part in row]) for side, row in parts.items()}
    return medians | {name: value for name, value in parts[8][0].items() if name != "median"}


magnetized = chapter.record(
    "magnetization",
    {
        "smoke": {"train": 300, "test": 100, "epochs": 1, "seeds": 3, "batch": 100, "input_side": 8},
        "paper": {"train": 27_000, "test": 10_000, "epochs": 15, "seeds": 3, "batch": 400, "input_side": 16},
    },
    magnetization,
)
