# %% [markdown]
# # The simplest classifiers, and how many examples they need
#
# Paper vit {cite}`vit` trains large networks on 600 configurations of each system and compares them with each other (Table 2). This chapter puts classifiers without a trained network beside
# them, and asks how many configurations each classifier needs.
#
# **Running it.** `smoke` scale runs the same code with small settings. How long the shipped records of `paper` scale took stands in the captions; `make record CHAPTER=vit/efficiency
# SCALE=paper` makes them again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("vit/efficiency", scale=scale, device=device, store=store)

# %% [markdown]
# ## Floors
#
# Three kinds of classifiers, with Table 1's numbers of training and test configurations:
#
# - a **tree** of four leaves, as many as there are classes, on the energy, or on energy and $|m|$ (for the antiferromagnet the staggered
#   one): three cuts, each where it separates the training set best;
# - **logistic regression** on the same numbers, without penalty;
# - a **frozen network**: a vision transformer with random weights, and logistic regression on its last tokens, the only part that is trained.
#   It reads the class token and the mean of the tokens of all patches.

# %%
from experiments.vit import answers, ceiling, floors, published, systems
from spinbook.pages.page import bracketed, number
from spinlib.statistics import mean_of_few

found = chapter.record("vit/floors")
looks = {
    "tree_energy": ("tree: energy", "blue"),
    "tree_energy_m": ("tree: energy and |m|", "sky"),
    "logistic_energy": ("logistic: energy", "vermillion"),
    "logistic_energy_m": ("logistic: energy and |m|", "orange"),
    "frozen": ("frozen network", "green"),
}
paper = {system: published.MACRO_F1[system]["ViT"] for system in systems.BOUNDARIES}


def mean_and_error(values):
    """Of trials (trial,), which divide the same configurations."""
    return float(np.mean(values)), ceiling.error_over_splits(values)


# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinbook.plots import style

figure, panels = plt.subplots(1, 2, figsize=(9.8, 4.0), sharey=True)
data = {}
shown = (f"{found.settings['quench']} sweeps after random spins", "equilibrium")
for panel, k, title in zip(panels, (0, 1), shown, strict=True):
    for i, (name, (words, color)) in enumerate(looks.items()):
        told = [mean_and_error(found[f"{system}_{name}_f1"][k]) for system in systems.BOUNDARIES]
        value, error = np.array(told).T
        look = {**style.MEASURED, "color": style.COLORS[color], "marker": style.MARKERS[color], "markersize": 4.5}
        panel.errorbar(np.arange(len(told)) + 0.1 * (i - 2), value, error, **look, label=words)
        data[f"{title}, {words}"] = value
    for i, system in enumerate(systems.BOUNDARIES):
        panel.hlines(
            paper[system][0], i - 0.4, i + 0.4, color="0.5", linestyle="--", label=None if i else "ViT, the paper"
        )
    names = [system.replace("ferromagnet", "ferro-\nmagnet") for system in systems.BOUNDARIES]
    panel.set_xticks(range(len(names)), names, fontsize=8)
    panel.set(title=title)
panels[0].set(ylabel="macro F1")
figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, fontsize=8)
chapter.figure(
    figure, "simplest", records=[found],
    caption=f"Macro F1 of classifiers without a trained network, means over {found.settings['trials']} trials ({found.settings['frozen']} of the frozen network) with errors by Student's t "
    "that allow for what test sets have in common, and the paper's vision transformer. In a trial all have the same sets.",
    alt="Two panels, four systems each. In equilibrium trees and logistic regression lie above the dashed line of the paper, after quenches "
    "mostly near or below it on the periodic systems. The frozen network is lowest everywhere.",
    data=data,
)  # fmt: skip

# %%
rows = [
    [system, way, *(bracketed(number(*mean_and_error(found[f"{system}_{name}_f1"][k]))) for name in looks)]
    for system in systems.BOUNDARIES
    for k, way in enumerate(floors.PREPARATIONS)
]
head = ["system", "data", *(words for words, _ in looks.values())]
chapter.table("The numbers of the figure, with the error of the last digits in brackets.", head, rows)

above = [published.less_published(*mean_and_error(found[f"{s}_tree_energy_f1"][1]), s) for s in systems.BOUNDARIES]
chapter.claim("efficiency/tree", *answers.extreme(above, 0.0), would_decide="more configurations")
magnet = {name: found[f"ferromagnet_{name}_f1"] for name in looks}
weighed = mean_and_error(magnet["logistic_energy_m"][0] - magnet["logistic_energy"][0])
chapter.claim(
    "efficiency/quench", *mean_and_error(magnet["tree_energy_m"][0] - magnet["tree_energy"][0]), would_decide="more configurations",
    reason="each of the tree's three cuts is best on the energy alone; logistic regression, which weighs both numbers, gains "
    "{:.3f} ± {:.3f} from |m| on the same sets".format(*weighed),
)  # fmt: skip

# %% [markdown]
# A tree chooses its cuts one by one. With four leaves the energy alone gives the best cut each time on quenches, and no leaf is left for $|m|$. Quenches at low temperature have the energies
# of warmer configurations, so that one class lies on both sides of another one, and more leaves tell them apart: eight were added later.

# %%
same = np.mean([found[f"{system}_tree_energy_f1"][0] == found[f"{system}_tree_energy_m_f1"][0] for system in systems.BOUNDARIES])  # fmt: skip


def on_tori(more, less):
    """By how much one classifier is above another on quenches of the periodic systems."""
    told = {s: mean_and_error((found[f"{s}_{more}_f1"] - found[f"{s}_{less}_f1"])[0]) for s in list(systems.BOUNDARIES)[:2]}  # fmt: skip
    return ", ".join(f"{system} {value:+.3f} ± {error:.3f}" for system, (value, error) in told.items())


chapter.say(
    f"With $|m|$ beside the energy the tree of four leaves has the same macro F1 in a share of {same:g} of all trials on quenches. Logistic regression weighs both numbers, and "
    f"gains from $|m|$: {on_tori('logistic_energy_m', 'logistic_energy')}. Eight leaves on the energy alone gain over four: {on_tori('tree8_energy', 'tree_energy')}; $|m|$ adds to "
    f"these: {on_tori('tree8_energy_m', 'tree8_energy')}."
)

# %% [markdown]
# ## Why the frozen network is lower
#
# A network with small random weights may be nearly linear in the spins. The energy is not linear in them, and neither is any number that keeps its value when all spins change sign. Two
# changes, made after the first result, look for the reason: another reading, the standard deviation of the tokens over the patches ("spread"), whose square is quadratic in them; and larger
# weights, those of the other networks of this part, since the library's are small at this width.

# %%
readouts = chapter.record("vit/frozen_readouts")
words = {"plain": "the library's weights", "rescaled": "larger weights", "mean": "mean", "spread": "spread"}
rows = [
    [str(int(n)), *("{:.3f} ± {:.3f}".format(*mean_of_few(readouts[f"{kind}_{reading}_f1"][k])[:2]) for kind in ("plain", "rescaled") for reading in ("mean", "spread"))]
    for k, n in enumerate(readouts["numbers"])
]  # fmt: skip
chapter.table(
    f"Macro F1 of frozen networks on the ferromagnet in equilibrium, by the number of training configurations; means over {readouts.settings['trials']} trials "
    "with errors by Student's t.",
    ["n", *(f"{words[kind]}, {words[reading]}" for kind in ("plain", "rescaled") for reading in ("mean", "spread"))],
    rows,
)

# %% [markdown]
# The size of the weights matters little. The reading does: the spread of the same tokens comes near the tree. What random weights keep of a configuration is thus enough; what the mean shows
# of it is not.

# %%
at_paper = int(np.argmin(np.abs(readouts["numbers"] - sum(systems.COUNTS[0]))))
spread = mean_of_few(readouts["plain_spread_f1"][at_paper])
chapter.claim(
    "efficiency/frozen",
    *mean_and_error(magnet["tree_energy"][1][: found.settings["frozen"]] - magnet["frozen"][1]),
    would_decide="more trials",
    reason=f"the mean of tokens keeps little of the energy, with larger weights too; the spread of the same tokens reaches {spread.value:.3f} ± {spread.error:.3f} with "
    f"{readouts['numbers'][at_paper]} configurations",
)

# %% [markdown]
# ## How many examples
#
# The periodic ferromagnet in equilibrium, from 20 training configurations to 20,000, in the proportions of Table 1, and one large test set for all. Each of the three small networks that stand
# for the paper's takes the same number of steps of the optimiser for each number of configurations: those of ten epochs of the paper's 600. Configurations are changed by random symmetries. A
# small set is seen many times. Of the largest set a network sees only a part, each configuration once, while logistic regression and the tree are fitted to all of it. The last weights count:
# there is no validation set. ResNet-18 was run with five numbers, the other two networks, whose trainings are twice as long, with three; these two share the training sets of a trial.

# %%
simple = chapter.record("vit/efficiency")
resnet = chapter.record("vit/efficiency_resnet")
others = chapter.record("vit/efficiency_two_networks")
series = {
    "tree: energy": (simple, "tree_f1", "blue"),
    "logistic: energy": (simple, "logistic_f1", "vermillion"),
    "small ViT": (others, "ViT_f1", "purple"),
    "small ResNet-18": (resnet, "f1", "orange"),
    "small ResNet-50": (others, "ResNet-50_f1", "sky"),
    "frozen network: spread": (readouts, "plain_spread_f1", "green"),
}

# %% tags=["figure"]
from spinbook.plots import learned

figure, axes = plt.subplots(figsize=(6.6, 4.6))
data = {}
for i, (name, (record, key, color)) in enumerate(series.items()):
    value, few_error = learned.mean_and_error(record[key])
    look = {**style.MEASURED, "color": style.COLORS[color], "marker": style.MARKERS[color], "markersize": 4.5}
    at = record["numbers"]
    axes.errorbar(at * 1.05 ** (i - 2.5), value, few_error, **(look | {"linestyle": "-"}), linewidth=0.8, label=name)
    data |= {f"{name}: n": at, name: value, f"{name}_error": few_error}
axes.axhline(paper["ferromagnet"][0], color="0.5", linestyle="--", label="ViT, the paper", zorder=0)
axes.axvline(sum(systems.COUNTS[0]), color="0.8", zorder=0)
axes.set(xscale="log", xlabel="number of training configurations", ylabel="macro F1")
figure.legend(fontsize=8, loc="outside lower center", ncols=3)
steps = resnet.settings["epochs"] * resnet.settings["steps"]
chapter.figure(
    figure, "efficiency", records=[simple, resnet, others, readouts],
    caption=f"Macro F1 on {simple.settings['test']} equilibrium configurations of the ferromagnet, means over {simple.settings['trials']} trials with errors by "
    f"Student's t, which do not contain the error of drawing this one test set; the trained networks after {steps} steps of {resnet.settings['batch']} configurations. The grey line marks the paper's {sum(systems.COUNTS[0])}; the dashed one is its ViT. "
    f"The frozen network has a test set of {readouts.settings['test']}, and the library's weights.",
    alt="Macro F1 against the number of training configurations on a logarithmic axis. Curves of classifiers on the energy are highest everywhere; "
    "those of the trained networks lie below; that of the frozen network rises steeply.",
    data=data,
)  # fmt: skip


# %%
def trials(record, name, number):
    """Macro F1 of each trial with the number of training configurations that is nearest to this one."""
    return record[name][int(np.argmin(np.abs(np.log(record["numbers"] / number))))]


def difference(one, other):
    """Of the means of two sets of trials that share the test set only."""
    first, second = mean_of_few(one), mean_of_few(other)
    return first.value - second.value, float(np.hypot(first.error, second.error))


few, ours, many = simple["numbers"][0], sum(systems.COUNTS[0]), simple["numbers"][-1]
energy = {n: trials(simple, "logistic_f1", n) for n in (few, ours, many)}
chapter.claim("efficiency/few", *difference(energy[few], trials(resnet, "f1", few)), would_decide="more trials")
chapter.claim("efficiency/paper", *difference(trials(resnet, "f1", ours), energy[ours]), would_decide="more trials")
chapter.claim("efficiency/many", *difference(energy[many], trials(resnet, "f1", many)), would_decide="more trials")
vit = {n: trials(others, "ViT_f1", n) for n in (few, ours, many)}
chapter.claim("efficiency/vit_few", *difference(energy[few], vit[few]), would_decide="more trials")
chapter.claim("efficiency/vit_paper", *difference(vit[ours], energy[ours]), would_decide="more trials")
more, error = difference(vit[many], vit[ours])
why = f"from {ours} to {many} configurations, of which a training sees {steps * resnet.settings['batch']}, its F1 changes by {more:.3f} ± {error:.3f}; the number of steps or the size of the network may limit it, and longer trainings were not run"
chapter.claim("efficiency/vit_many", *difference(energy[many], vit[many]), would_decide="more trials", reason=why)
# The vision transformer and ResNet-50 share the training sets of a trial: their differences are paired.
leads = difference(vit[few], trials(resnet, "f1", few)), mean_of_few(vit[few] - trials(others, "ResNet-50_f1", few))[:2]
chapter.claim("efficiency/vit_lead", *min(leads), would_decide="more trials", reason="with new weights and so few configurations a small residual network does better")  # fmt: skip

# %% [markdown]
# Twenty configurations, changed by symmetries, take the residual networks nearly as far as thousands; the vision transformer needs more than 20. Thousands take none of them to what the energy
# alone gives: at this length of training the examples are not what they lack.

# %% tags=["answer"]
chapter.answer(
    f"In equilibrium three cuts in the energy lie above the paper's vision transformer by {chapter.shown('efficiency/tree')} at least. With {few} configurations the "
    f"energy is ahead of a small residual network by {chapter.shown('efficiency/few')}, with {many:,} by {chapter.shown('efficiency/many')}; "
    f"ahead of a small vision transformer by {chapter.shown('efficiency/vit_few')} and by {chapter.shown('efficiency/vit_many')}."
)

# %%
chapter.close()
