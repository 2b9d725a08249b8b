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
from experiments.dnn.long_range_training import EDGES
from spinlib.statistics import mean_of_few

trained = chapter.record("dnn/long_range_training")
TITLES = {"screened_coulomb": "screened Coulomb", "sinusoidal": "sinusoidal"}
medians = {name: mean_of_few(trained[f"{name}.median"]) for name in TITLES}
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
    figure, "fig11",
    caption="Above: predicted against true energies of test examples, first seed; black: where they are equal. Below: "
    "median absolute error by energy, one point per seed, both in units of the energies' standard deviation.",
    alt="Two scatter plots of predicted against true energies about the black diagonal, for the screened "
    "Coulomb and the sinusoidal interaction, and below each the median error against the energy.",
    data={f"{name}_{key}": trained[f"{name}.{key}"] for name in TITLES for key in ("true", "predicted")},
    records=[trained],
)  # fmt: skip

# %%
why = "a short training, another optimiser, and k and counting are ours"
chapter.claim("fig11/screened", medians["screened_coulomb"], would_decide="more seeds", reason=why)
chapter.claim("fig11/sinusoidal", medians["sinusoidal"], would_decide="more seeds", reason=why)

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
from scipy.special import comb

from experiments.dnn.long_range_model import COULOMB, model_of
from spinlib.statistics import chi_square

loop = chapter.record("dnn/long_range_loop")
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
    figure, "fig10",
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
from experiments.dnn.evaluation_speed import METHODS

speed = chapter.record("dnn/evaluation_speed")
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
    figure, "text2",
    caption="Energies per second of the 8 x 8 screened Coulomb model on one CPU, threads: "
    f"{int(speed['threads'])}; median and range of the repeats. Truncated: where the sum errs as much as "
    "the network. Without points: blocks of the last size that was measured.",
    alt="Rates against the batch size on logarithmic axes: the sum over all images is slowest, and the folded "
    "sum, which is exact, is compared with the truncated sum and the network.",
    data={"batch": speed["batch"], **{name: np.median(values, axis=1) for name, values in rates.items()}},
    records=[trained, speed],
)  # fmt: skip

# %%
REASONS = {
    "image_sum": "here both run in one process on one CPU; the paper's ratio is of two programs on a GPU",
    "folded_sum": "64 x 64 products and sums are far fewer than the network's, and they are exact",
    "truncated_sum": "a sum over a few neighbours, which errs no more than the network, takes far fewer operations",
}
for name, why in REASONS.items():
    chapter.claim(f"text2/{name}", largest[name], reason=why, would_decide="more repeats on a quiet machine")

# %% [markdown]
# The recorded networks, asked again here: those of both interactions for random configurations, of which none was among
# their examples, the tuned one for thermal ones. The fewer of these differ from each other, the more of them were among
# its examples.

# %%
from experiments.dnn.fresh_long_range import error_on_random_spins, error_on_thermal_spins

rows = [[title, "random", "2000", f"{error_on_random_spins(trained, name):.3f}", ""] for name, title in TITLES.items()]
for i in (0, len(loop["T"]) // 2, -1):
    off, n_states = error_on_thermal_spins(loop, i)
    rows.append(["screened Coulomb, tuned", f"T = {loop['T'][i]:g}", "50", f"{off:.3f}", str(n_states)])
chapter.table("Median absolute errors of the recorded networks on fresh configurations.",
              ["network", "spins", "configurations", "error [$J$]", "different ones"], rows)  # fmt: skip

# %%
chapter.close()
