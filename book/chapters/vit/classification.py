# %% [markdown]
# # Three networks on four systems
#
# Table 2 of paper vit {cite}`vit`: the macro F1 of a vision transformer and of two residual networks that were trained on
# photographs and fine-tuned on 600 configurations. The paper's conclusion is that the vision transformer is the best of
# the three. Here small networks do the same task, each from several kinds of first weights, beside the best possible answers.
#
# **Running it.** `smoke` scale runs the same code on small lattices. `laptop` scale, which is shipped, has the networks of
# `experiments.vit.networks`: as deep as the paper's or less, and narrow. `paper` scale has the paper's own networks from their
# checkpoints. It needs a graphics processor, and the checkpoints on the machine or `"download": True` in its settings: `make
# record CHAPTER=vit/classification SCALE=paper`. It was not run.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("vit/classification", scale=scale, device=device, store=store)

# %% [markdown]
# ## Setting
#
# Every trial has 1300 configurations of its own of each system, in equilibrium, in the classes and sets of Table 1. The
# three networks of a trial have the same three sets, so differences between them are paired: a test set that is hard is hard for
# all. Training configurations are changed by random symmetries of their system: shifts, with the sign of an antiperiodic seam,
# reflections, and the sign of all spins where it is free. The paper mentions none. All networks are trained for as many
# epochs as in the paper, and the weights of the least validation loss are kept.
#
# | weights | what they are |
# |---|---|
# | new | random, trained at a rate of ours, which falls along a cosine |
# | pre-trained | trained on other configurations without labels, then as above |
# | new, the paper's rate | random, trained at 2e-5, with early stopping |
# | photographs | the paper's: trained on ImageNet, fine-tuned at 2e-5; its numbers are quoted |
#
# Pre-training uses no temperature: a network learns which halves of configurations belong together
# (`experiments.vit.pretraining`). What the halves have in common is mostly the temperature.

# %%
from experiments.vit import answers, networks, published, systems

found = chapter.record("vit/classification")
curves = chapter.record("vit/exact_curves")
ceiling = chapter.record("vit/ceiling")
SYSTEMS, NAMES, CLASSES = list(systems.BOUNDARIES), networks.NAMES, systems.CLASSES
best = {system: answers.best_f1(found, curves, system) for system in SYSTEMS}
KINDS = {"new": "new", "pretrained": "pre-trained"}
trials = found.settings["trials"]


def f1(system, name, kind):
    """Macro F1 (trial,)."""
    return found[f"{system}_{name}_{kind}_f1"]


# %% [markdown]
# ## The table

# %%
rows = []
for system in SYSTEMS:
    for name in NAMES:
        theirs = "{:.3f} ± {:.3f}".format(*published.MACRO_F1[system][name])
        ours = [answers.mean(f1(system, name, kind)) for kind in KINDS]
        slow = float(f1(system, name, "paper_rate").mean())
        rows.append([system, name, theirs, *(f"{one.value:.3f} ± {one.error:.3f}" for one in ours), f"{slow:.3f}",
                     f"{answers.mean(best[system]).value:.3f}"])  # fmt: skip
chapter.table(
    f"Macro F1. The paper's numbers, from weights of photographs: mean and standard deviation over {published.TRIALS} trials. Ours, "
    f"without photographs: mean and standard error by Student's t over {trials['new']} and {trials['pretrained']} trials, at the paper's rate "
    f"{trials['paper_rate']}; and what the best answers reach on the same test sets.",
    ["system", "network", "paper: photographs", "ours: new", "ours: pre-trained", "ours: new, the paper's rate", "best possible"],
    rows,
)  # fmt: skip

# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinbook.plots import style

colors = dict(zip(NAMES, ("blue", "vermillion", "green"), strict=True))
figure, axes = plt.subplots(1, len(SYSTEMS), figsize=(10, 3.5), sharey=True)
shown, top = {}, {}
for axis, system in zip(axes, SYSTEMS, strict=True):
    for k, name in enumerate(NAMES):
        look = {
            **style.MEASURED,
            "color": style.COLORS[colors[name]],
            "marker": style.MARKERS[colors[name]],
            "markersize": 5,
        }
        for kind, shift in zip(KINDS, (-0.2, 0.05), strict=True):
            one = answers.mean(f1(system, name, kind))
            fill = "none" if kind == "new" else "full"
            axis.errorbar(k + shift, one.value, one.error, **look, fillstyle=fill)
            shown[f"{system}, {name}, {KINDS[kind]}"] = np.array([one.value, one.error])
        value, deviation = published.MACRO_F1[system][name]
        axis.errorbar(k + 0.28, value, deviation, **{**style.PAPER, "markersize": 5}, capsize=2)
    axis.axhline(answers.mean(best[system]).value, color="black", linewidth=1.2)
    axis.set(title=system, xlim=(-0.5, len(NAMES) - 0.5))
    axis.set_xticks(range(len(NAMES)), NAMES, fontsize=8)
axes[0].set(ylabel="macro F1")
keys = [plt.Line2D([], [], color="0.2", marker="o", linestyle="none", fillstyle=fill) for fill in ("none", "full")]
keys += [plt.Line2D([], [], **style.PAPER), plt.Line2D([], [], color="black")]
figure.legend(keys, ["ours, new weights", "ours, pre-trained", "the paper, photographs", "best possible"], ncols=4, loc="lower center",
              bbox_to_anchor=(0.5, -0.08), fontsize=8)  # fmt: skip
seconds = {name: float(np.mean([found[f"{system}_{name}_new_seconds"] for system in SYSTEMS])) for name in NAMES}
took = ", ".join(f"{name} {value:.0f} s" for name, value in seconds.items())
chapter.figure(
    figure, "table2", records=[found, curves],
    caption=f"Macro F1 of three networks. Ours are small: means with standard errors. The paper's: standard deviations over trials. A training took on average {took}.",
    alt="Four panels, one for each system: points of three networks with error bars, open for new and filled for pre-trained weights, grey diamonds of the paper, and a black line of the best possible above.",
    data=shown,
)  # fmt: skip


# %% [markdown]
# ## Is the vision transformer better?
#
# Differences of trials with the same sets. The paper gives means and standard deviations, from which Welch's test
# can be made.


# %%
def lead(system, over, kind):
    """Of the vision transformer over another network."""
    return answers.mean(f1(system, "ViT", kind) - f1(system, over, kind))


welch = {(system, over): answers.welch(*published.MACRO_F1[system]["ViT"], *published.MACRO_F1[system][over], published.TRIALS)
         for over in NAMES[1:] for system in SYSTEMS}  # fmt: skip

# %% tags=["figure"]
figure, axes = plt.subplots(1, 2, figsize=(8.4, 3.4), sharey=True)
drawn = {}
for axis, over in zip(axes, NAMES[1:], strict=True):
    for kind, color, shift in (("new", "blue", -0.2), ("pretrained", "vermillion", 0.0)):
        look = {**style.MEASURED, "color": style.COLORS[color], "marker": style.MARKERS[color], "markersize": 5}
        ours = [lead(system, over, kind) for system in SYSTEMS]
        values, errors = np.array([(one.value, one.error) for one in ours]).T
        axis.errorbar(np.arange(len(SYSTEMS)) + shift, values, 2 * errors, **look, label=f"ours, {KINDS[kind]}")
        drawn[f"{over}, {kind}"] = np.stack([values, errors])
    theirs = np.array([welch[system, over] for system in SYSTEMS]).T
    axis.errorbar(
        np.arange(len(SYSTEMS)) + 0.2,
        theirs[0],
        2 * theirs[1],
        **style.PAPER,
        capsize=2,
        label="the paper, photographs",
    )
    drawn[f"{over}, paper"] = theirs
    axis.axhline(0, color="black", linewidth=0.8)
    axis.set(title=f"ViT less {over}")
    axis.set_xticks(range(len(SYSTEMS)), ["ferro", "antiferro", "skewed", "antiperiodic"], fontsize=8)
axes[0].set(ylabel="difference in macro F1")
axes[1].legend(fontsize=8)
chapter.figure(
    figure, "leads", records=[found],
    caption="The lead of the vision transformer over the two residual networks, with 95 % intervals by Student's t: paired trials of ours, and Welch's of the paper's table.",
    alt="Two panels with differences for four systems and intervals, for new and for pre-trained weights and for the paper, around a line at zero.",
    data=drawn,
)  # fmt: skip

# %%
for over, claim in (("ResNet-18", "over_resnet18"), ("ResNet-50", "over_resnet50")):
    smallest = answers.extreme([lead(system, over, "pretrained") for system in SYSTEMS])
    chapter.claim(f"table2/{claim}", *smallest, would_decide="more trials", reason="small networks order differently")
least = min(welch.values(), key=lambda each: each[0] / each[1])
chapter.claim("table2/published", *least, would_decide="more trials of the paper's networks")
why = "small networks, other weights, and equilibrium data that are easier to tell apart than quenches"
for name, claim in zip(NAMES, ("vit", "resnet18", "resnet50"), strict=True):
    off = [answers.mean(f1(system, name, "pretrained") - published.MACRO_F1[system][name][0]) for system in SYSTEMS]
    off = [one._replace(value=abs(one.value)) for one in off]
    chapter.claim(f"table2/{claim}", *answers.extreme(off, largest=True), would_decide="more trials", reason=why)
chapter.not_run("table2/checkpoints", "needs the checkpoints and a graphics processor: " +
                "`make record CHAPTER=vit/classification SCALE=paper`")  # fmt: skip

# %% [markdown]
# ## What is left to the best answers
#
# In equilibrium the energy is all that a configuration tells about its temperature, and with the exact $Z(T)$ the most probable class
# follows (`vit/beyond`). It answers the same test sets here. Right and wrong answers of the networks are counted by class, and by the distance of the
# temperature from the nearest edge between two classes: near an edge no classifier can be right.

# %% tags=["figure"]
figure, axes = plt.subplots(1, 2, figsize=(8.6, 3.5))
columns = {}
middles = np.sqrt(np.maximum(answers.DISTANCES[:-1], 0.01) * np.array(answers.DISTANCES[1:]))
told = {name: [found[f"{system}_{name}_new_answers"] for system in SYSTEMS] for name in NAMES}
told["best possible"] = [answers.best(found[f"{system}_energies"], curves, system) for system in SYSTEMS]
T, label = (np.stack([found[f"{system}_{what}"] for system in SYSTEMS]) for what in ("T", "label"))
of_class = {
    name: np.array([answers.class_f1(*pair) for pair in zip(label, np.stack(each), strict=True)])
    for name, each in told.items()
}
for k, (name, each) in enumerate(told.items()):
    color = {**colors, "best possible": None}[name]
    look = (
        {**style.MEASURED, "color": style.COLORS[color], "marker": style.MARKERS[color]}
        if color
        else {**style.MEASURED, "color": "black", "marker": "_", "markersize": 12}
    )
    marks = [answers.mean(of_class[name][:, :, c].mean(axis=0)) for c in range(len(CLASSES))]
    axes[0].errorbar(
        np.arange(len(CLASSES)) + 0.12 * (k - 1.5),
        [one.value for one in marks],
        [one.error for one in marks],
        **look,
        label=name,
    )
    share, error = answers.wrong_by_distance(T, np.stack(each) != label)
    axes[1].errorbar(middles * 1.06 ** (k - 1.5), share, error, **look, label=name)
    columns |= {f"{name}: F1": np.array([one.value for one in marks]), f"{name}: wrong": share}
axes[0].set(ylabel="F1")
axes[0].set_xticks(range(len(CLASSES)), CLASSES)
axes[1].set(xscale="log", xlabel="distance from an edge [$J/k_B$]", ylabel="share of wrong answers")
axes[1].legend(fontsize=8)
chapter.figure(
    figure, "classes", records=[found, curves],
    caption="New weights at our rate. Left: F1 of each class, means over the systems and standard errors over trials. Right: wrong answers of all systems by the distance "
    f"of the temperature from an edge between classes, in bins that end at {', '.join(f'{one:g}' for one in answers.DISTANCES[1:])}.",
    alt="Left: F1 of four classes by three networks and by the best answers, above them. Right: the share of wrong answers falls with the distance from an edge.",
    data=columns,
)  # fmt: skip

# %%
every = [(system, name, kind) for system in SYSTEMS for name in NAMES for kind in KINDS]
above = [answers.mean(f1(*one) - best[one[0]]) for one in every]
below = [answers.mean(best[system] - f1(system, name, "new")) for system, name, kind in every if kind == "new"]
chapter.claim(
    "table2/ceiling", *answers.extreme(above, largest=True), would_decide="more trials", reason="see the table"
)
chapter.claim(
    "table2/gap",
    *answers.extreme(below, largest=True),
    would_decide="more trials",
    reason="ten epochs are too few for it",
)
floor = []
for system in SYSTEMS:
    one = max((answers.mean(f1(system, name, kind)) for name in NAMES for kind in KINDS), key=lambda each: each.value)
    alone, error = (float(ceiling[f"{system}_energy_{what}"][-1]) for what in ("f1", "f1_error"))
    floor.append(one._replace(value=one.value - alone, error=float(np.hypot(one.error, error))))
chapter.claim(
    "table2/floor",
    *answers.extreme(floor),
    would_decide="more trials",
    reason="600 configurations teach a network less than one number tells",
)
same = [
    answers.mean(f1("ferromagnet", name, kind) - f1("antiferromagnet", name, kind)) for name in NAMES for kind in KINDS
]
same = [one._replace(value=abs(one.value)) for one in same]
chapter.claim(
    "table2/antiferromagnet",
    *answers.extreme(same, largest=True),
    would_decide="more trials",
    reason="trained networks",
)

# %% [markdown]
# ## Rates, early stopping, pre-training

# %%
slow = {
    name: answers.mean([f1(system, name, "new")[0] - f1(system, name, "paper_rate")[0] for system in SYSTEMS])
    for name in NAMES
}
chapter.claim(
    "table2/paper_rate",
    *answers.extreme(list(slow.values())),
    would_decide="more trials",
    reason="residual networks learn at it",
)
early = np.concatenate(
    [found[f"{system}_{name}_paper_rate_kept"] < found.settings["epochs"] - 1 for system in SYSTEMS for name in NAMES]
)
error = max(np.sqrt(early.mean() * (1 - early.mean()) / len(early)), 0.5 / len(early))
chapter.claim(
    "table2/early_stopping",
    float(early.mean()),
    float(error),
    would_decide="more trials",
    reason="the loss still falls",
)
gain = answers.mean(np.mean([f1(system, "ViT", "pretrained") - f1(system, "ViT", "new") for system in SYSTEMS], axis=0))
chapter.claim("table2/pretraining", gain.value, gain.error, would_decide="more trials", reason="short pre-training")
own = [answers.spread_of_one_test_set(found[f"{system}_{name}_new_confusion"]) for system in SYSTEMS for name in NAMES]
chapter.say(
    f"A test set of {sum(systems.COUNTS[2])} configurations gives macro F1 a standard deviation of {min(own):.3f} to {max(own):.3f} by itself, "
    "with these networks. The paper's standard deviations over trials are of this size."
)

# %% tags=["answer"]
chapter.answer(
    f"On the system where it does worst, the small vision transformer leads over ResNet-18 by {chapter.shown('table2/over_resnet18')} and over ResNet-50 by "
    f"{chapter.shown('table2/over_resnet50')}. The largest distance of a network from the best possible answers is {chapter.shown('table2/gap')}."
)

# %%
chapter.close()
