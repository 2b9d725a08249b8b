# %% [markdown]
# # Long-range interactions: accuracy, a loop, and how fast
#
# This chapter reproduces Figures 10 and 11 of paper dnn {cite}`dnn` and the speed of its Sec. IV A 4: the network
# learns the energies of spins that interact at every distance, stands in for the energy in a Metropolis loop, and is
# timed against the sum that it replaces. Beyond the paper stand the errors by energy, and two further opponents in the
# timing: the same sum folded once into a matrix of 64 x 64 couplings, which is exact, and the sum over so few
# neighbours that it errs as much as the network does.
#
# **Choices.** The paper gives neither the screening $k$, here 1, nor how pairs with images are counted
# (`spinlib.models.long_range`). How long to train, what the thermal examples are, and temperatures, sweeps and starts
# of the loop are ours as well.
#
# **Running it.** `smoke` scale takes under half a minute on two cores, and `paper` scale about twenty minutes where the
# processor has instructions for bfloat16; the pages show the shipped records.
# `make record CHAPTER=dnn/long_range SCALE=paper` makes them again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("dnn/long_range", scale=scale, device=device, store=store)

# %% [markdown]
# ## Figure 11: two interactions
#
# $H = J\sum_{pairs}\varphi(r)\,s_i s_j$ with $\varphi(r) = e^{-kr}/r$, the screened Coulomb interaction, or $\varphi(r)
# = e^{-kr}\sin(r)/r$, over all pairs of spins and of their periodic images up to 64 lattice spacings. Random
# configurations fall to training or test by their hash. Three seeds draw data and first weights anew. Errors are given
# in $J$ and, since the two energies have different spreads, in units of the standard deviation of the test energies.

# %%
import torch

from spinlib.datasets import hash_split
from spinlib.datasets.training_sets import random_spins
from spinlib.learning import energy_networks
from spinlib.learning.supervised import Schedule, load_weights, train, weights
from spinlib.models import LongRangeIsing
from spinlib.models.long_range import INTERACTIONS
from spinlib.networks.energy_cnn import EnergyCNN
from spinlib.statistics import mean_of_few

SHAPE = (8, 8)
EDGES = np.linspace(-3.5, 3.5, 15)  # bins of the energy, in standard deviations from the mean


def model_of(interaction, settings):
    return LongRangeIsing(SHAPE, interaction, screening=settings["screening"], cutoff=settings["cutoff"])


def schedule_of(settings):
    return Schedule(settings["epochs"], "adam", settings["rate"], "cosine", batch=settings["batch"])


def errors_by_energy(off, true):
    """Median absolute error in every bin of the energy, nan where fewer than ten examples are."""
    place = np.digitize((true - true.mean()) / true.std(), EDGES)
    found = [np.abs(off[place == k]) for k in range(1, len(EDGES))]
    return np.array([np.median(each) if len(each) >= 10 else np.nan for each in found])


def one_regression(interaction, settings, seed):
    model, spins = model_of(interaction, settings), random_spins(SHAPE, settings["draws"], seed)
    sets = hash_split.split(spins, settings["train"], settings["test"], seed)
    network = EnergyCNN(SHAPE[0], 1, input_side=settings["input_side"])
    kept, off = energy_networks.train_and_test(network, sets, model.energy, schedule_of(settings), seed)
    return kept | {"by_energy": errors_by_energy(off, model.energy(sets.test))}


def long_range_training(settings, run):
    found = {}
    for i, name in enumerate(INTERACTIONS):
        several = ("median", "mean", "spread", "by_energy")
        one = run.seeds(
            one_regression, name, settings, n=settings["seeds"], several=several, label=name, offset=100 * i
        )
        found |= {f"{name}.{key}": value for key, value in one.items()}
    return found


trained = chapter.record(
    "long_range_training",
    {
        "smoke": {
            "screening": 1.0, "cutoff": 8, "draws": 600, "train": 300, "test": 60, "seeds": 3, "epochs": 1,
            "rate": 1e-3, "batch": 100, "input_side": 8,
        },
        "paper": {
            "screening": 1.0, "cutoff": 64, "draws": 126_000, "train": 100_000, "test": 20_000, "seeds": 3, "epochs": 12,
            "rate": 1e-3, "batch": 400, "input_side": 16,
        },
    },
    long_range_training,
    compare={("*.median", "*.mean", "*.spread", "*.by_energy"): "trainings",
             ("*.losses", "*.true", "*.predicted", "*.scaling", "*.weight.*"): "kept"},
)  # fmt: skip


def kept_network(arrays, prefix, settings):
    """A kept regression: the network, in the layout of memory that is fastest, and how its output was scaled."""
    network = EnergyCNN(SHAPE[0], 1, input_side=settings["input_side"])
    load_weights(network, arrays, f"{prefix}.weight.").to(memory_format=torch.channels_last)
    return network, energy_networks.Scaling(*arrays[f"{prefix}.scaling"].tolist())


# %%
TITLES = {"screened_coulomb": "screened Coulomb", "sinusoidal": "sinusoidal"}
medians = {name: mean_of_few(trained[f"{name}.median"]) for name in INTERACTIONS}
rows = []
for name, title in TITLES.items():
    median, mean, spread = (trained[f"{name}.{key}"] for key in ("median", "mean", "spread"))
    relative = mean_of_few(median / spread)
    rows.append(
        [title, f"{medians[name].value:.3f} ± {medians[name].error:.3f}", f"{mean.mean():.3f}", f"{spread.mean():.3f}",
         f"{relative.value:.3f} ± {relative.error:.3f}"]
    )  # fmt: skip
chapter.table(
    "Errors on the test sets, means over the seeds; the last column is the median error over the standard deviation",
    ["interaction", "median error [$J$]", "mean error [$J$]", "s.d. of the energies [$J$]", "median / s.d."],
    rows,
)

# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinbook.plots import predictions, style

figure, axes = plt.subplots(2, 2, figsize=(7.6, 6.2), height_ratios=(2.2, 1))
for (upper, lower), (name, title), color in zip(axes.T, TITLES.items(), ("blue", "green"), strict=True):
    predictions.scatter(upper, trained[f"{name}.true"], trained[f"{name}.predicted"], color)
    upper.set(title=title)
    middles = (EDGES[1:] + EDGES[:-1]) / 2
    spread = trained[f"{name}.spread"][:, None]
    lower.plot(middles, (trained[f"{name}.by_energy"] / spread).T, "o", markersize=3, color=style.COLORS[color])
    lower.set(xlabel="energy, s.d. from the mean", ylabel="median error / s.d.", ylim=(0, None), xlim=(-3.5, 3.5))
chapter.figure(
    figure,
    "fig11",
    caption="Above: predicted against true energies of test examples, first seed; black: where they are equal. Below: "
    "median absolute error by energy, one point per seed, both in units of the energies' standard deviation.",
    alt="Two scatter plots of predicted against true energies about the black diagonal, for the screened "
    "Coulomb and the sinusoidal interaction, and below each the median error against the energy.",
    data={f"{name}_{key}": trained[f"{name}.{key}"] for name in TITLES for key in ("true", "predicted")},
    records=[trained],
)  # fmt: skip

# %%
chapter.claim(
    "fig11/screened", medians["screened_coulomb"], would_decide="more seeds",
    reason="a short training, another optimiser, and k and counting are ours",
)  # fmt: skip
chapter.claim(
    "fig11/sinusoidal", medians["sinusoidal"], would_decide="more seeds",
    reason="a short training, another optimiser, and k and counting are ours",
)  # fmt: skip

# %% [markdown]
# ## Figure 10: the antiferromagnet in the Metropolis loop
#
# Random configurations show the network nothing of the ordered states, so it is tuned, as in the paper, to thermal
# ones: drawn with the exact sum at the temperatures of the figure, each from a chain of its own. The paper says no more
# of this step; here it sees as many examples, as often, as in the training before, since a first run with far fewer
# left |m| visibly too high at low temperatures. The loop proposes whole sweeps of the exact Hamiltonian and accepts or
# rejects them by the network's energy (`spinlib.samplers.learned_energy.corrected_sweep`), one question a sweep; its
# stationary law is the network's own. All chains start from the checkerboard: at the lowest temperatures random starts
# stay for long in states with domain walls.
#
# The errors before and after tuning are averages over the thermal law, by chains other than those of the examples. At the
# lowest temperatures this law has few states (their number in a small sample is printed at the end of this chapter), so
# most of the states that are asked there were among the examples: the error says how well the network knows the states
# that the loop visits, not what it infers of others.

# %%
from spinlib.samplers import learned_energy
from spinlib.samplers.random import streams, torch_generator
from spinlib.statistics import chi_square, mean_of_independent

COULOMB = "screened_coulomb"
CHECKERBOARD = np.where(np.indices(SHAPE).sum(axis=0) % 2, 1, -1).astype(np.int8)


def chains(energy, temperature, n, rng, model, n_sweeps):
    """Spins and energies of `n` chains after so many sweeps from the checkerboard."""
    spins, each = np.repeat(CHECKERBOARD[None], n, axis=0), np.full(n, temperature)
    energies = np.asarray(energy(spins), np.float64)
    learned_energy.corrected_sweep(energy, model, spins, energies, each, rng, n_sweeps)
    return spins, energies


def thermal_spins(model, settings, n, seed, name):
    """`n` independent configurations at every temperature, by the exact sum: int8 (T, n, 8, 8)."""
    return np.array(
        [
            chains(model.energy, temperature, n, streams(seed, name, i, n), model, settings["burn_in"])[0]
            for i, temperature in enumerate(settings["T"])
        ]
    )


def tuned_network(settings, seed):
    """The recorded network after further training on thermal configurations, and its median errors before and after.

    The errors are those on the thermal law itself, on which the loop's averages rest: at the lowest temperatures it has
    few states, so that its samples repeat states that were trained on. They say nothing of unseen states there.
    """
    model, n_temperatures = model_of(COULOMB, settings), len(settings["T"])
    examples = thermal_spins(model, settings, settings["examples"] // n_temperatures, seed, "thermal examples")
    examples = examples.reshape(-1, *SHAPE)
    test = thermal_spins(model, settings, settings["test"], seed, "thermal test")
    if settings["trained"]:
        network, scaled = kept_network(trained, COULOMB, trained.settings)
    else:  # a smoke run must not depend on the record that happens to be shipped
        network = EnergyCNN(SHAPE[0], 1, input_side=settings["input_side"])
        scaled, _ = energy_networks.fit_values(network, examples, model.energy(examples), schedule_of(settings), seed)
    energy = energy_networks.regressed_value(network, scaled)

    def median_errors():
        return np.array([np.median(np.abs(energy(spins) - model.energy(spins))) for spins in test])

    before = median_errors()
    labels = (model.energy(examples) - scaled.mean) / scaled.scale
    train(network, examples, labels, schedule_of(settings), torch_generator(seed, "tune", 0, 0))
    return {
        "off_before": before, "off_after": median_errors(), "tuned.scaling": np.array(scaled),
        **weights(network, "tuned.weight."),
    }  # fmt: skip


def magnetization_curve(energy, model, settings, seed, name):
    """|m| per site with its error at every temperature, and the share of sweeps accepted."""
    runs, rows = settings["runs"], []
    for i, temperature in enumerate(settings["T"]):
        rng, each = streams(seed, name, i, runs), np.full(runs, temperature)
        spins, energies = chains(energy, temperature, runs, rng, model, settings["burn_in"])
        found, accepted = np.zeros(runs), 0.0
        for _ in range(settings["sweeps"]):
            accepted += learned_energy.corrected_sweep(energy, model, spins, energies, each, rng, 1).mean()
            found += np.abs(spins.mean(axis=(1, 2)))
        rows.append([*mean_of_independent(found / settings["sweeps"])[:2], accepted / settings["sweeps"]])
    m, m_error, accepted = np.array(rows).T
    return {f"{name}_m": m, f"{name}_m_error": m_error, f"{name}_accepted": accepted}


def annealing(model, settings, seed):
    """The lowest energy that chains cooled from random spins find, and how many of them end in a checkerboard."""
    n = settings["annealed"]
    spins, rng = random_spins(SHAPE, n, seed), streams(seed, "annealing", 0, n)
    energies = model.energy(spins)
    lowest = energies.min()
    for temperature in np.geomspace(5.0, 0.05, settings["steps"]):
        each = np.full(n, temperature)
        for _ in range(settings["sweeps_per_step"]):
            learned_energy.corrected_sweep(model.energy, model, spins, energies, each, rng, 1)
            lowest = min(lowest, energies.min())
    ordered = np.abs((spins * CHECKERBOARD).mean(axis=(1, 2))) == 1
    return {"lowest": lowest, "checkerboard": model.energy(CHECKERBOARD), "ordered": ordered.sum()}


def long_range_loop(settings, run):
    model = model_of(COULOMB, settings)
    tuned = run.part("tuned", tuned_network, settings, run.seed)
    if settings["trained"]:
        energy = energy_networks.regressed_value(*kept_network(tuned, "tuned", settings))
    else:  # a network of a few examples has no physics to show: smoke runs ask the exact sum twice
        energy = model.energy
    return {
        "T": np.array(settings["T"]), **tuned,
        **run.part("exact", magnetization_curve, model.energy, model, settings, run.seed, "exact"),
        **run.part("network", magnetization_curve, energy, model, settings, run.seed, "network"),
        **run.part("annealing", annealing, model, settings["annealing"], run.seed),
    }  # fmt: skip


loop = chapter.record(
    "long_range_loop",
    {
        "smoke": {
            "screening": 1.0, "cutoff": 8, "T": [0.35, 1.0, 4.0], "runs": 40, "burn_in": 40, "sweeps": 40,
            "trained": False, "input_side": 8, "examples": 300, "test": 20, "epochs": 1, "rate": 5e-4, "batch": 100,
            "annealing": {"annealed": 20, "steps": 40, "sweeps_per_step": 2},
        },
        "paper": {
            "screening": 1.0, "cutoff": 64, "runs": 400, "burn_in": 150, "sweeps": 100,
            "T": [0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.7, 1.0, 2.0, 4.0, 8.0, 16.0],
            "trained": True, "input_side": 16, "examples": 100_000, "test": 500, "epochs": 12, "rate": 5e-4, "batch": 400,
            "annealing": {"annealed": 200, "steps": 100, "sweeps_per_step": 5},
        },
    },
    long_range_loop,
    # The errors of network_m are those of the chains, not of another tuning.
    compare={"T": "exact", "network_m": 0.3, "off_*": 0.5, "*_accepted": 0.1, "lowest": 0.05, "checkerboard": "exact", "ordered": "counts",
             "tuned.*": "kept"},
)  # fmt: skip

# %%
from scipy.special import comb

up = np.arange(model_of(COULOMB, loop.settings).n_sites + 1)
random_m = float((comb(up[-1], up) / 2.0 ** up[-1]) @ np.abs(2 * up / up[-1] - 1))
# Where all chains with the network agree, their spread says nothing, and the exact loop's error remains.
both_errors = np.hypot(loop["exact_m_error"], np.nan_to_num(loop["network_m_error"]))
gap = float(loop["checkerboard"] - loop["lowest"])
print(f"random spins: <|m|> = {random_m:.6f}; checkerboard {loop['checkerboard']:.4f} J, lowest energy found by "
      f"annealing {loop['lowest']:.4f} J; {loop['ordered']} of {loop.settings['annealing']['annealed']} chains end in "
      "a checkerboard")  # fmt: skip

# %% tags=["figure"]
figure, axes = plt.subplots(3, 1, figsize=(6, 6.6), height_ratios=(2.4, 1, 1), sharex=True)
for name, color in (("exact", "blue"), ("network", "vermillion")):
    axes[0].errorbar(
        loop["T"], loop[f"{name}_m"], loop[f"{name}_m_error"], color=style.COLORS[color], label=f"loop, {name}",
        **style.MEASURED,
    )  # fmt: skip
axes[0].axhline(random_m, color="0.5", linestyle="--", label="random spins")
axes[0].set(ylabel="magnetisation ⟨|m|⟩", xscale="log", ylim=(0, 1.15 * random_m))
axes[0].legend()
unlike = (loop["network_m"] - loop["exact_m"]) / both_errors
axes[1].axhspan(-2, 2, color="0.9", zorder=0)
axes[1].axhline(0, color="black", linewidth=1)
axes[1].plot(loop["T"], unlike, "o", markersize=3.5, color=style.COLORS["vermillion"])
axes[1].set(ylabel="difference / error")
axes[2].plot(loop["T"], loop["off_before"], "s", markersize=3.5, color=style.COLORS["purple"], label="before tuning")
axes[2].plot(loop["T"], loop["off_after"], "o", markersize=3.5, color=style.COLORS["green"], label="tuned")
axes[2].set(xlabel="temperature T [$J/k_B$]", ylabel="median error [J]", yscale="log")
axes[2].legend()
figure.align_ylabels(axes)
chapter.figure(
    figure,
    "fig10",
    caption=f"The antiferromagnetic screened Coulomb model, {loop.settings['runs']} chains per temperature with "
    "the exact sum and with the tuned network; dashed: random spins. Middle: difference of the two loops "
    "in combined error bars (the band is two wide). Below: median error of the network on thermal "
    "configurations, before and after tuning.",
    alt="The mean absolute magnetisation rises from near zero, where the checkerboard is ordered, towards the "
    "dashed line at 0.099; below it the difference of both loops in error bars, and the network's errors "
    "against temperature.",
    data={"T": loop["T"], **{key: loop[key] for key in loop if key.startswith(("exact_", "network_", "off_"))}},
    records=[loop],
)  # fmt: skip

# %%
chi2, dof, _ = chi_square(loop["network_m"], both_errors, loop["exact_m"])
chapter.claim(
    "fig10/network", chi2=chi2, dof=dof,
    reason="the tuned network's own errors shift |m| by more than the error bars of so many chains",
)  # fmt: skip
chapter.claim("fig10/random_level", random_m, 0.0)
chapter.claim("fig10/checkerboard", gap, 0.0, reason="annealing found a state below the checkerboard")

# %% [markdown]
# ## How fast?
#
# The paper compares its network with a sum over all images on one GPU. That sum does the same work again for every
# configuration; done once, it leaves a matrix $A$ of 64 x 64 couplings, and $H = s A s / 2$ is exact. Timed here in one
# process on one CPU, in turn, are the sum over images, the same sum cut off at the smallest distance where its median
# error is not above the network's, the folded sum as one matrix product in single precision, and the recorded network.
# Large batches are cut into blocks for the sum over images, which is measured up to one block; its rate is taken for
# all larger batches. Both image sums run in numpy, one displacement at a time for a whole block: compiled code would be
# faster.

# %%
import time

METHODS = ("image_sum", "truncated_sum", "folded_sum", "network")


def rate(function, spins, least_seconds):
    """Configurations per second, from as many calls as fill `least_seconds`."""
    calls, begin = 0, time.perf_counter()
    while calls == 0 or time.perf_counter() - begin < least_seconds:
        function(spins)
        calls += 1
    return calls * len(spins) / (time.perf_counter() - begin)


def truncations(model, settings, seed):
    """Cutoffs, neighbours within them, and the median absolute error of the sums that end there."""
    spins = random_spins(SHAPE, settings["test"], seed)
    true = model.energy(spins)
    squares = np.unique((model.images[0] ** 2).sum(axis=1))
    squares = squares[squares <= settings["longest_cutoff"] ** 2]
    rows = []
    for cutoff in np.sqrt(squares) + 1e-9:
        short = model_of(COULOMB, {**settings, "cutoff": float(cutoff)})
        rows.append([cutoff, len(short.images[0]), np.median(np.abs(short.energy(spins) - true))])
    return np.array(rows).T


def evaluation_speed(settings, run):
    model = model_of(COULOMB, settings)
    allowed = float(trained[f"{COULOMB}.median"].mean())
    cutoffs, neighbors, off = truncations(model, settings, run.seed)
    chosen = int(np.argmax(off <= allowed))
    short = model_of(COULOMB, {**settings, "cutoff": float(cutoffs[chosen])})
    matrix = torch.tensor(model.coupling_matrix, dtype=torch.float32)

    def folded_sum(spins):
        signs = torch.from_numpy(spins).reshape(len(spins), -1).float()
        return ((signs @ matrix) * signs).sum(1).numpy() / 2

    functions = {
        "image_sum": model.image_sum_energy, "truncated_sum": short.image_sum_energy, "folded_sum": folded_sum,
        "network": energy_networks.regressed_value(*kept_network(trained, COULOMB, trained.settings)),
    }  # fmt: skip
    measured = {name: np.zeros((len(settings["batches"]), settings["repeats"])) for name in METHODS}
    for i, batch in enumerate(run.progress(settings["batches"], "batch")):
        spins = random_spins(SHAPE, batch, run.seed + i)
        timed = [name for name in METHODS if name != "image_sum" or batch <= settings["image_sum_block"]]
        for name in timed:
            functions[name](spins[: settings["image_sum_block"]])  # whatever is made at the first call
        for repeat in range(settings["repeats"]):
            for name in METHODS:
                known = measured[name][i - 1, repeat]  # the rate of the largest batch that was timed
                found = rate(functions[name], spins, settings["seconds"]) if name in timed else known
                measured[name][i, repeat] = found
    fresh = random_spins(SHAPE, 100, run.seed + 99)
    return {
        "batch": np.array(settings["batches"]), "rates": np.array([measured[name] for name in METHODS]),
        "threads": torch.get_num_threads(), "network_median": allowed, "chosen": chosen, "cutoffs": cutoffs,
        "neighbors": neighbors, "truncation_median": off,
        "folded_off": np.abs(folded_sum(fresh) - model.energy(fresh)).max(),
    }  # fmt: skip


speed = chapter.record(
    "evaluation_speed",
    {
        "smoke": {
            "screening": 1.0, "cutoff": 4, "batches": [1, 10], "repeats": 3, "seconds": 0.01, "image_sum_block": 10,
            "test": 200, "longest_cutoff": 4,
        },
        "paper": {
            "screening": 1.0, "cutoff": 64, "batches": [1, 10, 100, 1000, 10_000, 100_000], "repeats": 9,
            "seconds": 0.2, "image_sum_block": 1000, "test": 5000, "longest_cutoff": 8,
        },
    },
    evaluation_speed,
    compare={("batch", "cutoffs", "neighbors"): "exact", "truncation_median": 0.2,
             "rates": "magnitude", "folded_off": "magnitude",
             # The machine's, and two that follow from the record of the training.
             "threads": "kept", "network_median": "kept", "chosen": "kept"},
)  # fmt: skip

# %%
rates = dict(zip(METHODS, speed["rates"], strict=True))
chosen = int(speed["chosen"])
print(f"threads: {speed['threads']}; median error of the network {speed['network_median']:.3f} J, of sums to r:")
for k in range(min(chosen + 3, len(speed["cutoffs"]))):
    cutoff, neighbors, off = (speed[name][k] for name in ("cutoffs", "neighbors", "truncation_median"))
    print(f"  r <= {cutoff:.3f}, {neighbors:.0f} neighbours: {off:.4f} J{'  <- timed' if k == chosen else ''}")
print(f"folded sum in single precision: off by at most {speed['folded_off']:.1g} J")
ratios = {name: [mean_of_few(row) for row in rates["network"] / rates[name]] for name in METHODS[:3]}
largest = {name: max(each, key=lambda ratio: ratio.value) for name, each in ratios.items()}
chapter.table(
    "Rate of the network over that of each sum, by configurations per batch",
    ["batch", "images", "truncated", "folded"],
    [[f"{n:,}", *(f"{ratios[name][i].value:.3g} ± {ratios[name][i].error:.1g}" for name in ratios)]
     for i, n in enumerate(speed["batch"])],
)  # fmt: skip

# %% tags=["figure"]
LABELS = ("sum over images", "sum over images, truncated", "folded sum", "network")
figure, axes = plt.subplots(figsize=(6, 3.8))
for (name, values), label, color in zip(rates.items(), LABELS, ("blue", "sky", "green", "vermillion"), strict=True):
    alone = name == "image_sum"
    measured = speed["batch"] <= speed.settings["image_sum_block"] if alone else speed["batch"] > 0
    middle = np.median(values, axis=1)
    axes.plot(speed["batch"], middle, linestyle=":" if alone else "-", linewidth=1, color=style.COLORS[color])
    axes.errorbar(
        speed["batch"][measured], middle[measured],
        [(middle - values.min(axis=1))[measured], (values.max(axis=1) - middle)[measured]],
        color=style.COLORS[color], label=label, **style.MEASURED,
    )  # fmt: skip
axes.set(xlabel="configurations per batch", ylabel="configurations per second", xscale="log", yscale="log")
axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
chapter.figure(
    figure,
    "text2",
    caption="Energies per second of the 8 x 8 screened Coulomb model on one CPU, threads: "
    f"{int(speed['threads'])}; median and range of the repeats. Truncated: where the sum errs as much as "
    "the network. Without points: blocks of the last size that was measured.",
    alt="Rates against the batch size on logarithmic axes: the sum over all images is slowest, and the folded "
    "sum, which is exact, is compared with the truncated sum and the network.",
    data={"batch": speed["batch"], **{name: np.median(values, axis=1) for name, values in rates.items()}},
    records=[trained, speed],
)  # fmt: skip

# %%
chapter.claim(
    "text2/image_sum", largest["image_sum"],
    reason="here both run in one process on one CPU; the paper's ratio is of two programs on a GPU",
    would_decide="more repeats on a quiet machine",
)  # fmt: skip
chapter.claim(
    "text2/folded_sum", largest["folded_sum"],
    reason="64 x 64 products and sums are far fewer than the network's, and they are exact",
    would_decide="more repeats on a quiet machine",
)  # fmt: skip
chapter.claim(
    "text2/truncated_sum", largest["truncated_sum"],
    reason="a sum over a few neighbours, which errs no more than the network, takes far fewer operations",
    would_decide="more repeats on a quiet machine",
)  # fmt: skip

# %% [markdown]
# The recorded networks, asked again here: those of both interactions for random configurations, of which none was among
# their examples, the tuned one for thermal ones. The fewer of these differ from each other, the more of them were among
# its examples.

# %%
coins = random_spins(SHAPE, 2000, 99)
for name, title in TITLES.items():
    off = energy_networks.regressed_value(*kept_network(trained, name, trained.settings))(coins)
    off -= model_of(name, trained.settings).energy(coins)
    print(f"{title}, random spins: median absolute error {np.median(np.abs(off)):.3f} J")
coulomb = model_of(COULOMB, loop.settings)
asked = energy_networks.regressed_value(*kept_network(loop, "tuned", loop.settings))
for i in (0, len(loop["T"]) // 2, -1):
    temperature = float(loop["T"][i])
    spins, true = chains(coulomb.energy, temperature, 50, streams(99, "again", i % 100, 50), coulomb, 50)
    n_states = len(np.unique(spins.reshape(len(spins), -1), axis=0))
    off = np.median(np.abs(asked(spins) - true))
    print(
        f"tuned, T = {temperature:g}: median absolute error {off:.3f} J of {len(spins)} configurations, {n_states} different ones"
    )

# %%
chapter.close()
