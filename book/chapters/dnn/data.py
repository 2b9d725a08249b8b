# %% [markdown]
# # Data: random and targeted sampling, and a split by hash
#
# This chapter reproduces Figures 2, 3, 5 and 15 of paper dnn {cite}`dnn`: what a network learns of the 4 x 4 Ising
# energy from random configurations and from configurations of evenly spread energies, the density of states behind
# both, and the split into training and test sets by a hash. All 65,536 states are known here, so every statement is
# tested on all of them, and two of the paper's numbers by arithmetic.
#
# **Choices.** The network is that of the paper's Sec. II A, continued periodically at its edges (the paper does not say
# what stands there). The paper's optimiser, AdaDelta at a rate of 0.001, is shown and then replaced by one that trains.
# What "a Gaussian probability" of targeted sampling means is said in `spinlib.datasets.targeted`.
#
# **Running it.** `smoke` scale takes under half a minute on two cores and `paper` scale about fifteen minutes; the pages
# show the shipped records. `make record CHAPTER=dnn/data SCALE=paper` makes them again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("dnn/data", scale=scale, device=device, store=store)

# %% [markdown]
# ## Which optimiser?
#
# The paper trains with AdaDelta at "a global learning rate of 0.001" and 800 examples per step. At that rate, loss falls
# so slowly that no training ends in sensible time; at AdaDelta's own default of 1 it does better, and Adam with a rate
# that falls to zero does best. Everything below uses the last.

# %%
from experiments.dnn.four_by_four_classifier import counts, levels, model
from experiments.dnn.optimizers import OPTIMIZERS

losses = chapter.record("dnn/optimizers")

# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinbook.plots import style

figure, axes = plt.subplots(figsize=(6, 3.4))
epochs = np.arange(1, losses["loss"].shape[2] + 1)
for name, curves, color in zip(OPTIMIZERS, losses["loss"], style.COLORS.values(), strict=False):
    axes.plot(epochs, curves.mean(axis=0), color=color, label=name)
    axes.fill_between(epochs, curves.min(axis=0), curves.max(axis=0), color=color, alpha=0.25)
axes.axhline(np.log(len(levels)), **{**style.EXACT, "linestyle": ":", "label": "ln 15, knowing nothing"})
axes.set(xlabel="epoch", ylabel="cross-entropy", yscale="log")
axes.legend()
chapter.figure(
    figure, "fig3_optimizers",
    caption=f"Cross-entropy of {len(levels) * losses.settings['per_class']:,} targeted examples in training, mean and range of "
    f"{losses.settings['seeds']} seeds, {losses.settings['schedule']['batch']} examples per step.",
    alt="Loss against epoch on a logarithmic axis: AdaDelta at rate 0.001 stays at the level of knowing nothing, AdaDelta at "
    "rate 1 falls slowly, Adam falls fastest.",
    data={"epoch": epochs, **{name: curves.mean(axis=0) for name, curves in zip(OPTIMIZERS, losses["loss"], strict=True)}},
    records=[losses],
)  # fmt: skip

# %% [markdown]
# ## Figure 2: random examples
#
# Uniform random spins rarely show an energy beyond $\pm 16 J$: 196 of all states in 65,536 have one. How many *different*
# states 12,500 draws hold needs no run: $65536 (1 - (1 - 1/65536)^{12500}) = 11380 \pm 31$. The paper has 10,343, which is
# what nine tenths of 12,500 draws hold, so its training set may be what a split of 90 to 10 left.

# %%
random_draws = chapter.record("dnn/random_training")


# %% tags=["figure"]
def energy_histogram(record, item, examples, alt):
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2))
    left.bar(levels, record["examples"].mean(axis=0), width=3, color=style.COLORS["sky"])
    left.set(xlabel="energy [J]", ylabel="training examples", xticks=range(-32, 33, 16))
    share = 100 * record["wrong"] / counts
    for k, (values, marker) in enumerate(zip(share, "osD", strict=False)):
        place, label = levels + 0.8 * (k - 1), f"seed {k + 1}"
        right.plot(place, values, color=style.COLORS["vermillion"], marker=marker, linestyle="none", label=label)
    right.set(xlabel="energy [J]", ylabel="misclassified states [%]", xticks=range(-32, 33, 16), ylim=(-5, 105))
    right.legend()
    chapter.figure(
        figure, item,
        caption=f"Left: energies of {examples} (mean of {len(share)} sets). Right: share of all states of an energy that the "
        "trained network misclassifies, for each set.",
        alt=alt,
        data={"energy": levels, "examples": record["examples"].mean(axis=0), "states": counts,
              **{f"misclassified_{k + 1}": wrong for k, wrong in enumerate(record["wrong"])}},
        records=[record],
    )  # fmt: skip


energy_histogram(
    random_draws, "fig2", f"{random_draws.settings['examples']:,} random examples",
    "Left: bars that are high around energy zero and vanish towards plus and minus 32. Right: the share of misclassified "
    "states, small in the middle and large at both ends.",
)  # fmt: skip

# %%
from experiments.dnn.four_by_four_classifier import distinct
from spinlib.statistics import mean_of_few, mean_of_independent

one_state, beyond = 100 / counts.sum(), np.abs(levels) > 16  # an accuracy is uncertain by one state at least
extreme = int(counts[beyond].sum())
# Draws cost nothing, so these two numbers have more of them than there are trained networks.
draws = np.random.default_rng(2).choice(np.array([-1, 1], np.int8), (20, 12_500, *model.shape))
chapter.claim("fig2/distinct", mean_of_independent([distinct(spins) for spins in draws]),
              reason="12,500 uniform draws from 65,536 states hold 11,380 different ones on average")  # fmt: skip
chapter.claim("fig2/distinct_of_split", mean_of_independent([distinct(spins[:11_250]) for spins in draws]))
chapter.claim("fig2/accuracy", mean_of_few(random_draws["accuracy"], each=one_state), would_decide="more seeds",
              reason="the training differs (optimiser, number of epochs, edges)")  # fmt: skip
share = random_draws["wrong"][:, beyond].sum(axis=1) / extreme
chapter.claim("fig2/extremes", mean_of_few(share, each=1 / extreme), would_decide="more seeds",
              reason="with periodic edges the network carries what it learned in the middle out to these energies")  # fmt: skip
chapter.claim("fig2/arithmetic", float(np.floor((1 - 0.9988) * counts.sum() + 0.5)), 0.0,
              reason="99.88 % of 65,536 states leave 79 errors, and half of the 196 states beyond 16 J are 98")  # fmt: skip

# %% [markdown]
# ## Figure 3: targeted sampling
#
# 1,800 examples of each of the 15 energies. At $\pm 32 J$ there are only two states, so examples repeat: 27,000 of them
# hold fewer than a fifth of all states.

# %%
even = chapter.record("dnn/targeted_training")

# %% tags=["figure"]
energy_histogram(
    even, "fig3", f"{even['examples'][0].sum():,} examples of targeted sampling",
    "Left: bars of equal height at all fifteen energies. Right: hardly any misclassified states at any energy.",
)  # fmt: skip

# %%
missed = even["wrong"].sum(axis=0) > 0
furthest = float(np.flatnonzero(even["distance"].sum(axis=0)).max())
chapter.claim("fig3/even", float(np.abs(even["examples"] / even["examples"].mean() - 1).max()), 0.0)
chapter.claim("fig3/misclassified", mean_of_few(even["wrong"].sum(axis=1), each=1.0), would_decide="more seeds",
              reason="shorter training than the paper's")  # fmt: skip
chapter.claim("fig3/one_class", furthest, 0.0, reason="shorter training")
chapter.claim("fig3/central", float(np.abs(levels[missed]).max(initial=0)), 0.0,
              reason="a few states of higher energy are misclassified too")  # fmt: skip

# %% [markdown]
# The recorded weights of the first seed, asked again here for every state, give the recorded errors. What a network
# inferred is its accuracy on the states that it has not seen. It is at least what follows if all its errors are among
# those; where the training set can be drawn again, the first seed's are counted.

# %%
from experiments.dnn.four_by_four_classifier import recorded_energy
from experiments.dnn.random_training import random_examples
from spinlib.evaluation import classifier_errors

rows = []
for name, record in {"random": random_draws, "targeted": even}.items():
    again = classifier_errors.errors(recorded_energy(record), model, levels).wrong.sum()
    wrong, seen = record["wrong"].sum(axis=1), record["distinct"]
    least = classifier_errors.least_unseen_accuracy(wrong, counts.sum(), seen)
    by_seed = [", ".join(map(str, each)) for each in (seen, wrong, least.round(3))]
    rows.append([name, *by_seed[:2], str(again), by_seed[2]])
chapter.table(f"States by seed, of {counts.sum():,}: seen in training, misclassified when recorded, misclassified now by the "
              "first seed's weights; and the least that the accuracy on unseen states can be.",
              ["examples", "seen", "wrong", "wrong now", "accuracy on unseen, at least [%]"], rows)  # fmt: skip
drawn = random_examples(random_draws.settings, random_draws.meta["seed"])
if distinct(drawn) == random_draws["distinct"][0]:  # the same draws as when it was recorded
    unseen = classifier_errors.errors_of_unseen(recorded_energy(random_draws), model, levels, drawn)
    n_wrong, n_unseen = unseen.wrong.sum(), unseen.distance.sum()
    print(f"random, first seed: {n_wrong} of {n_unseen} unseen states wrong, {unseen.accuracy:.3f} % right")

# %% [markdown]
# ## Figure 5: the density of states
#
# Fifteen energies, from the two ordered states at $-32 J$ to the two checkerboards at $+32 J$; $\pm 28 J$ do not exist,
# since one flipped spin of an ordered lattice breaks four bonds. The count over all states and the exact expansion of
# Kaufman's partition function (Beale 1996) agree as integers.

# %% tags=["figure"]
from spinlib.samplers.learned_energy import states_of, table_of

energies = table_of(model.energy, model.shape)
counted = np.array([np.count_nonzero(energies == level) for level in levels])
figure, axes = plt.subplots(figsize=(6, 3.2))
axes.bar(levels, counted, width=3, color=style.COLORS["blue"], label="counted over all states")
axes.plot(levels, counts, **{**style.EXACT, "linestyle": "none", "marker": "_", "markersize": 14, "label": "exact"})
axes.set(xlabel="energy [J]", ylabel="states", yscale="log", xticks=range(-32, 33, 8))
axes.legend()
chapter.figure(
    figure, "fig5",
    caption="Density of states of the 4 x 4 Ising model on a torus: counted over all 65,536 configurations, and exact.",
    alt="Bars of the number of states against energy on a logarithmic axis, symmetric about zero, from 2 states at plus "
    "and minus 32 to 20,524 at zero, each with the exact value at its top.",
    data={"energy": levels, "counted": counted, "exact": counts},
)  # fmt: skip

# %%
chapter.claim("fig5/counts", float(np.abs(counted - counts).sum()), 0.0)

# %% [markdown]
# ## Figure 15: which configurations are for testing
#
# A configuration is its own lot: the first twelve bits of its SHA3-512 digest, a number below 4096, are compared with
# the share of the test set. Equal configurations fall on one side however often they are drawn, and nothing is stored.

# %% tags=["figure"]
from spinlib.datasets.hash_split import BUCKETS, bucket

every_state = states_of(np.arange(2**16), model.shape)
larger = np.random.default_rng(15).choice(np.array([-1, 1], np.int8), (100_000, 8, 8))
buckets = {"all 4 x 4 states": bucket(every_state), "100,000 random 8 x 8 states": bucket(larger)}
figure, (scheme, histogram) = plt.subplots(1, 2, figsize=(9, 3.2), width_ratios=(1, 1.4))
one = every_state[23_117]
scheme.imshow(one, cmap=plt.matplotlib.colors.ListedColormap(style.SPINS), extent=(0, 4, 0, 4), vmin=-1, vmax=1)
number = int(bucket(one[None])[0])
for height, text in ((3.4, "SHA3-512"), (2.4, f"{number:03x}... : {number:012b}"), (1.4, f"{number} of {BUCKETS}"),
                     (0.4, f"test set if below {round(0.3 * BUCKETS)}")):  # fmt: skip
    scheme.annotate(text, (5, height), fontsize=9, va="center")
scheme.set(xlim=(0, 11), ylim=(-0.3, 4.3), aspect="equal")
scheme.axis("off")
for (name, numbers), color in zip(buckets.items(), style.COLORS.values(), strict=False):
    found = np.bincount(numbers // 64, minlength=BUCKETS // 64)
    histogram.stairs(found / found.mean(), np.arange(0, BUCKETS + 1, 64), baseline=None, color=color, label=name)
histogram.axhline(1, color="black", linewidth=1)
histogram.set(xlabel="first 12 bits of the hash", ylabel="share / mean share", ylim=(0.7, 1.4), xlim=(0, BUCKETS))
histogram.legend(fontsize=8)
chapter.figure(
    figure, "fig15",
    caption="Left: one configuration, the beginning of its hash, and where it belongs when 30 % are for testing. Right: the "
    "first 12 bits of the hashes of different configurations, 64 numbers to a bin.",
    alt="Left: a 4 by 4 pattern of light and dark squares beside the first bits of its hash. Right: two step curves of "
    "relative frequency, both flat around one within a few per cent.",
    data={name: np.bincount(numbers // 64, minlength=BUCKETS // 64) for name, numbers in buckets.items()},
)  # fmt: skip

# %%
from experiments.dnn.hash_buckets import n_shared, uniformity

chi2, dof = zip(*map(uniformity, buckets.values()), strict=True)
chapter.claim("fig15/drawn")
chapter.claim("fig15/uniform", chi2=chi2, dof=dof)
chapter.claim("fig15/disjoint", float(n_shared(0.3)), 0.0)

# %%
chapter.close()
