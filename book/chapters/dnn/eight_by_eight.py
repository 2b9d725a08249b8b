# %% [markdown]
# # 8 x 8 spins: a vanishing share of states teaches a network all others
#
# Figures 6 and 9 of paper dnn {cite}`dnn` and the numbers of its Sec. IV A 2. The paper claims: 100,000 examples of
# $2^{64}$ states let the network classify 50,000 others into 63 energies with 99.922 % accuracy; as a regression it
# errs by 1.782 J; either may replace the energy in a Metropolis loop, where the regression puts the transition a little
# too low.
#
# **Choices.** Periodic edges, Adam with a rate that falls to zero, examples spread evenly over the energies and split
# by their hash. Length of training, temperatures and sweeps are ours: the paper gives none of them. A first run at
# paper scale left some verdicts open or its seeds far apart; then trainings became longer, the magnetisation got more
# seeds and the peak of the heat capacity more sweeps. The claims stayed as they were, but for the sizes at which the
# accuracy is to rise: at those of the first claim hardly a configuration was wrong.
#
# **Running it.** `smoke` scale runs the same code with small settings. How long the shipped records of `paper` scale
# took is said in the answer below and in each caption; `make record CHAPTER=dnn/eight_by_eight SCALE=paper` makes them again.

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
# Examples of all 63 energies are drawn in equal numbers and fall to training or test by their hash, so that no
# configuration is in both. The paper shows the accuracy on the test set against the number of examples. At its sizes
# hardly any error is left here, so two smaller ones are added. The two ordered states, as a class, have as many
# examples as any other: a network that errs on one of them errs on much of that class at once. With half as many sets
# of the smaller sizes the rise was undecided; their spread told how many are needed, before the second run.

# %%
from experiments.dnn.eight_by_eight_data import levels, model
from spinlib.statistics import chi_square, mean_of_few, repetitions_needed

classified, few = chapter.record("dnn/classification"), chapter.record("dnn/few_classification")
sizes = [few, classified]  # which have different numbers of seeds
examples = np.concatenate([record["examples"] for record in sizes])
accuracy = [row for record in sizes for row in record["accuracy"]]
tested, wrong = (np.concatenate([record[name].sum(axis=1) for record in sizes]) for name in ("tested", "wrong"))

# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinbook.plots import deviations, predictions, style

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4))
wrong_share, one = 100 - np.concatenate(accuracy), 100 / classified.settings["test"]
none = np.isclose(wrong_share, 0)  # a logarithmic axis has no zero: their arrows point down from a single wrong one
places = np.repeat(examples, [len(row) for row in accuracy])
left.plot(places[~none], wrong_share[~none], "o", color=style.COLORS["blue"], markersize=4, label="one seed")
if none.any():
    left.plot(places[none], np.full(none.sum(), one), "v", color=style.COLORS["blue"], markersize=6, label="none wrong")
left.plot([100_000], [100 - 99.922], **{**style.PAPER, "label": "paper"})
left.set(xlabel="training examples", ylabel="misclassified [%]", xscale="log", yscale="log")
left.legend()
for n, asked, missed, color, marker in zip(examples, tested, wrong, style.COLORS.values(), "osD^vP*", strict=False):
    some = missed > 0
    right.plot(levels[some], 100 * missed[some] / asked[some], marker, color=color, markersize=3.5, linestyle="none",
               label=f"{n:,}: {missed.sum():,}")  # fmt: skip
right.set(xlabel="energy [J]", ylabel="misclassified [%]", xticks=range(-128, 129, 64), yscale="log")
right.legend(title="examples: wrong", fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
chapter.figure(
    figure, "fig6",
    caption=f"Left: misclassified share of {classified.settings['test']:,} test configurations against the number of training "
    "examples; a point is one seed, a triangle one of whose test configurations none is wrong. Right: by energy, all seeds of a number of examples together, where any are wrong; the legend counts the wrong ones.",
    alt="Left: the misclassified share on double logarithmic axes falls as examples grow, but for single seeds, with the paper's "
    "value as a diamond at 100,000. Right: misclassified shares by energy between minus and plus 128 J, in one colour per number of examples.",
    data={"accuracy": {"examples": places, "accuracy": np.concatenate(accuracy)},
          "by energy": {"energy": levels,
                             **{f"{what}_{n}": row for what, rows in (("tested", tested), ("wrong", wrong))
                                for n, row in zip(examples, rows, strict=True)}}},
    records=[few, classified])  # fmt: skip

# %%
training = "the paper does not say how long it trained"
last = classified["distance"][-1].sum(axis=0)  # of all seeds: how many are 0, 1, 2, ... classes off
accuracies = {
    str(n): mean_of_few(row, each=100 / classified.settings["test"]) for n, row in zip(examples, accuracy, strict=True)
}
chapter.claim("fig6/accuracy", accuracies[str(examples[-1])], would_decide="more seeds, trained for longer")
if last[1:].any():
    far = float(np.flatnonzero(last).max())
    chapter.claim("fig6/one_class", far, 0.0, reason=f"a few configurations are {far:.0f} classes off; {training}")
else:
    chapter.void("fig6/one_class", f"none of {last.sum():,} test configurations, those of all seeds, is misclassified")
needed = repetitions_needed(few["accuracy"][-1], 100 - few["accuracy"][-1].mean())
chapter.claim("fig6/rises", {n: accuracies.get(n, (np.nan, np.nan)) for n in ("100", "300", "100000")},
              would_decide=f"{needed} sets of a size, by the spread of these {few.settings['seeds']}")  # fmt: skip

# %% [markdown]
# ## Regression of energy and magnetisation
#
# The paper gives the same network one output and a squared error, and finds a median absolute error of 1.782 J for the
# energy, "consistent" with classes that are 4 J apart, and of 0.004 and 0.002 per spin for the magnetisation of 4 x 4
# and 8 x 8 spins. Here the magnetisation is learned from configurations whose share of up spins is uniform between 0
# and 1.

# %%
regressed, magnetized = chapter.record("dnn/regression"), chapter.record("dnn/magnetization")

# %% tags=["figure"]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4))
predictions.scatter(left, regressed["true"], regressed["predicted"], "blue")
right.plot(levels, regressed["by_energy"].T, ".", color=style.COLORS["blue"], markersize=4)
right.axhline(1.782, color=style.PAPER["color"], linestyle="--", label="paper, all energies")
right.set(xlabel="energy [J]", ylabel="median absolute error [J]", ylim=(0, None))
right.legend()
chapter.figure(
    figure, "text1",
    caption=f"Left: predicted against true energies of {len(regressed['true']):,} test configurations. Right: median absolute "
    f"error by energy, {regressed.settings['seeds']} seeds.",
    alt="Left: points on the black diagonal from minus to plus 128 J. Right: the median error by energy, far below "
    "the paper's 1.782 J, a dashed line, at nearly all energies.",
    data={"by energy": {"energy": levels, **{f"median_{k + 1}": row for k, row in enumerate(regressed["by_energy"])}},
          "predictions": {"true": regressed["true"], "predicted": regressed["predicted"]}},
    records=[regressed])  # fmt: skip

# %% [markdown]
# A median error says little about classes: if the errors of our network are stretched until their median is the
# paper's, rounding to the nearest class finds the right one in about half of the cases.

# %%
chapter.claim("text1/regression", mean_of_few(regressed["median"]), reason=training)
chapter.claim("text1/bins", mean_of_few(regressed["rounded_right_at_paper"]),
              reason="half of the errors are larger than 1.782 J by the meaning of a median, and many of these exceed 2 J")  # fmt: skip
chapter.say(
    f"With our own median the nearest class is right for {regressed['rounded_right'].mean():.2f} % of the test set."
)
for side in (4, 8):
    found = mean_of_few(magnetized[f"median_{side}"])
    chapter.claim(f"text1/magnetization_{side}", found, reason=training, would_decide="more seeds")

# %% [markdown]
# ## Figure 9: the networks in the Metropolis loop
#
# The paper averages 400 simulations per temperature with the exact energy, the classifier and the regression, and plots
# the difference of the first two above them. We add the regression rounded to the nearest energy that exists, since the
# paper explains the classifier's success by such snapping.
#
# A single flip would ask the network 64 times a sweep, so whole sweeps of the exact Hamiltonian are proposed and
# accepted or rejected by the network's energy (`spinlib.samplers.learned_energy.corrected_sweep`): the stationary distribution
# is the network's own, at the price of one prediction a sweep. Chains start ordered, since random starts leave stripes. The peak of
# the heat capacity comes from one temperature near it by reweighting, with more sweeps there.

# %%
from spinlib.exact import density_of_states

loop = chapter.record("dnn/eight_by_eight_loop")
OPERATORS = ("exact", "classification", "regression", "rounded")
CURVES = {"energy": density_of_states.energy, "heat": density_of_states.specific_heat}
exact = {name: curve(loop["T"], model.shape) for name, curve in CURVES.items()}
near = np.linspace(2.2, 2.6, 2001)
exact_peak = float(near[np.argmax(CURVES["heat"](near, model.shape))])
chapter.table(f"Peak of the heat capacity, exactly at T = {exact_peak:.4f}, and accepted sweeps.", ["loop", "peak at T", "accepted [%]"],
              [[name, f"{loop[f'{name}_peak']:.4f} ± {loop[f'{name}_peak_error']:.4f}", f"{100 * loop[f'{name}_accepted']:.1f}"]
               for name in OPERATORS])  # fmt: skip

# %% tags=["figure"]
LABELS = {"energy": "energy per site [J]", "heat": "heat capacity per site [$k_B$]"}
fine, columns = np.linspace(loop["T"][0], loop["T"][-1], 200), []
for key, label in LABELS.items():
    measured = {f"loop, {name}": (loop[f"{name}_{key}"], loop[f"{name}_{key}_error"]) for name in OPERATORS}
    columns.append(deviations.Quantity(label, (fine, CURVES[key](fine, model.shape)), exact[key], measured))
chapter.figure(
    deviations.panels(loop["T"], columns), "fig9",
    caption=f"Energy and heat capacity of 8 x 8 spins from {loop.settings['runs']} chains of {loop.settings['sweeps']} sweeps per "
    f"temperature, {loop.settings['peak_sweeps']:,} at T = {loop.settings['T_peak']}, with four energies in the loop, on the curves "
    "of the exact density of states; below, deviations in error bars (band: up to two of them).",
    alt="Energy rises and heat capacity has a peak; points of all four loops lie near the black exact curves. Below, in "
    "error bars, those of the regression's energy rise far above the band at low temperature, while the others stay in it.",
    data={"T": loop["T"], "exact_energy_known": exact["energy"], "exact_heat_known": exact["heat"],
          **{key: loop[key] for key in loop if np.shape(loop[key]) == np.shape(loop["T"]) and key != "T"}},
    records=[loop])  # fmt: skip

# %% tags=["figure"]
figure, axes = plt.subplots(figsize=(6, 3.4))
gaps = {}
for name, color, marker in (("classification", "blue", "o"), ("regression", "vermillion", "s")):
    gap = np.abs(loop[f"{name}_energy"] - loop["exact_energy"])
    error = np.hypot(loop[f"{name}_energy_error"], loop["exact_energy_error"])
    gaps |= {f"{name}_gap": gap, f"{name}_gap_error": error}
    axes.errorbar(loop["T"], gap, error, color=style.COLORS[color], **{**style.MEASURED, "marker": marker}, label=name)
axes.axvline(exact_peak, color="black", linestyle=":", label="exact peak of C")
axes.set(xlabel=deviations.X_LABEL, ylabel="|ΔE| per site [J]", ylim=(-0.001, None))
axes.legend()
chapter.figure(
    figure, "fig9_difference",
    caption="Absolute difference of the energy per site between the loop with a network and the loop with the exact energy, as in "
    "the upper panel of the paper's figure, with the combined error of both loops.",
    alt="Differences of the energy per site against temperature with error bars: those of the classifier are as small as "
    "their bars, those of the regression exceed them at low temperature.",
    data={"T": loop["T"], **gaps}, records=[loop])  # fmt: skip

# %% [markdown]
# The regression errs most at the ordered states, whose energies lie at the end of its range, and at low temperatures
# the loop hardly sees any others. Rounding to energies that exist, or asking for classes, leaves no deviation, as the
# paper says.

# %%
for name, claim in (("exact", "fig9/exact_operator"), ("classification", "fig9/classification")):
    value, error = loop[f"{name}_energy"], loop[f"{name}_energy_error"]  # nan: chains of an untrained network freeze
    chi2, dof = chi_square(value, error, exact["energy"])[:2] if np.isfinite(error).all() else (np.nan, error.size)
    chapter.claim(claim, chi2=chi2, dof=dof, reason="the network's own errors shift its energy by more than error bars")
shifts = {name: (float(loop[f"{name}_peak"]) - exact_peak, float(loop[f"{name}_peak_error"])) for name in OPERATORS}
chapter.claim("fig9/regression_shift", *shifts["regression"], would_decide="longer chains",
              reason="it may have either sign")  # fmt: skip
chapter.claim("fig9/snapped", *shifts["rounded"], would_decide="longer chains")
chapter.claim("fig9/exact_peak", exact_peak, 0.0)

# %% [markdown]
# The recorded weights, evaluated again here on configurations that are drawn anew; of the highest and lowest energies
# there are so few that those were in the training sets.

# %%
from experiments.dnn.fresh_eight_by_eight import answers

fresh = answers(classified, regressed, magnetized)
chapter.table(
    "The recorded networks on fresh configurations.", ["network", "result"], [[*row] for row in fresh.items()]
)

# %% [markdown]
# ## What we found
#
# The paper's accuracies are reached and exceeded. The lower transition of its regression is not found here, and need
# not be: such a shift follows from one network's errors. A median error of 1.782 J is not consistent with finding the
# class, if the errors are spread as ours are. Next we would ask how the error of a regression at the ordered states
# shifts a transition, with networks of known error.

# %% tags=["answer"]
from spinbook.pages.page import duration

chapter.answer(
    f"Trained on 100,000 examples the network classifies {chapter.shown('fig6/accuracy')} % of 50,000 others (paper: 99.922), and "
    f"the regression errs by {chapter.shown('text1/regression')} J (paper: 1.782). In the loop the classifier gives the exact "
    f"energy, and the regression puts the peak of the heat capacity {chapter.shown('fig9/regression_shift')} J above the exact one, "
    f"not below. Rounded to allowed energies it puts the peak {chapter.shown('fig9/snapped')} J from the exact one. (The records of this page took "
    f"{duration(sum(record.wall_time for record in chapter.records.values()))} in all.)"
)

# %%
chapter.close()
