# %% [markdown]
# # Three networks on four systems
#
# Table 2 of paper vit {cite}`vit`: the macro F1 of a vision transformer and of two residual networks that were trained on
# photographs and fine-tuned on 600 configurations. The paper's conclusion is that the vision transformer is the best of
# the three. Here small networks do the same task, each from several kinds of first weights, beside the best possible answers.
#
# **Running it.** `smoke` scale runs the same code on small lattices. `laptop` scale, which is shipped, has the small networks of
# `experiments.vit.networks`: as deep as the paper's or less, and narrow. `paper` scale has the paper's own networks with the same kinds of
# weights, and with `"download": True` in its settings those of photographs. It needs a graphics processor and was not run:
# `make record RECORD=vit/classification SCALE=paper DEVICE=cuda`.

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
# | new, the paper's rate | random, trained at 2e-5, with early stopping, in one trial |
# | photographs | the paper's: trained on ImageNet, fine-tuned at 2e-5; its numbers are quoted |
#
# Pre-training uses no temperature: a network learns which halves of configurations belong together
# (`experiments.vit.pretraining`, a contrastive loss {cite}`chen2020`). What the halves have in common is mostly the temperature. Each network
# is pre-trained once for each system, so that its trials begin with the same weights.

# %%
from experiments.vit import answers, networks, published, systems
from experiments.vit.ceiling import macro_f1

found = chapter.record("vit/classification")
curves = chapter.record("vit/exact_curves")
ceiling = chapter.record("vit/ceiling")
SYSTEMS, NAMES, CLASSES = list(systems.BOUNDARIES), networks.NAMES, systems.CLASSES
best = {system: answers.best_f1(found, curves, system) for system in SYSTEMS}
KINDS = {"new": "new", "pretrained": "pre-trained"}
size = "full" if networks.is_full(found.settings) else "small"
trials = answers.trials_of(found.settings)
of_sets = np.array([answers.energy_sums(found, curves, system) for system in SYSTEMS])
chapter.claim("table2/equilibrium", chi2=list((of_sets**2).sum(axis=(1, 2))), dof=[of_sets[0].size] * len(SYSTEMS))


def f1(system, name, kind):
    """Macro F1 (trial,); of pairs the same trials."""
    return macro_f1(found[f"{system}_{name}_{kind}_confusion"])


def trained(kind):
    """The networks with these weights."""
    return [name for name in NAMES if name in trials.get(kind, {})]


def shown_mean(values):
    one = answers.mean(values) if len(values) > 2 else None
    return f"{one.value:.3f} ± {one.error:.3f}" if one else f"{np.mean(values):.3f}"


# %% [markdown]
# ## The table

# %%
rows = []
for system in SYSTEMS:
    for name in NAMES:
        theirs = "{:.3f} ± {:.3f}".format(*published.MACRO_F1[system][name])
        ours = [shown_mean(f1(system, name, kind)) if name in trained(kind) else "not run" for kind in (*KINDS, "paper_rate")]  # fmt: skip
        rows.append([system, name, theirs, *ours, f"{answers.mean(best[system]).value:.3f}"])
chapter.table(
    f"Macro F1. The paper's numbers, from weights of photographs: mean and standard deviation over {published.TRIALS} trials. Ours, "
    f"without photographs: mean and standard error by Student's t over {max(trials['new'].values())} trials, "
    f"at the paper's rate of {max(trials.get('paper_rate', {'': 0}).values())}; and what the best answers reach on the same test sets.",
    ["system", "network", "paper: photographs", "ours: new", "ours: pre-trained", "ours: new, the paper's rate", "best possible"],
    rows,
)  # fmt: skip

# %% tags=["figure"]
from spinbook.plots import classifiers

points = {said: {system: {name: answers.mean(f1(system, name, kind)) for name in trained(kind)} for system in SYSTEMS}
          for kind, said in KINDS.items()}  # fmt: skip
figure, shown = classifiers.scores(points, published.MACRO_F1, {system: answers.mean(best[system]).value for system in SYSTEMS})  # fmt: skip
seconds = {name: float(np.mean([found[f"{system}_{name}_new_seconds"] for system in SYSTEMS])) for name in NAMES}
took = ", ".join(f"{name} {value:.0f} s" for name, value in seconds.items())
chapter.figure(
    figure, "table2", records=[found, curves],
    caption=f"Macro F1 of three networks. Ours are {size}: means with standard errors. The paper's: standard deviations over trials. A training took on average {took}.",
    alt="Four panels, one for each system: points of three networks with error bars, open for new and filled for pre-trained weights, grey diamonds of the paper, and a black line of the best possible above.",
    data=shown,
)  # fmt: skip


# %% [markdown]
# ## Is the vision transformer better?
#
# Differences of trials with the same sets. The paper gives means and standard deviations, from which Welch's test
# can be made. The two claims on new weights were added when the first three of their trials were there, before the residual networks
# were pre-trained; the others stood before. A claim on all systems holds only if each of them decides it.


# %%
def lead(system, over, kind):
    """Of the vision transformer over another network."""
    return answers.mean(f1(system, "ViT", kind) - f1(system, over, kind))


pairs = {(over, system): (*published.MACRO_F1[system]["ViT"], *published.MACRO_F1[system][over], published.TRIALS)
         for over in NAMES[1:] for system in SYSTEMS}  # fmt: skip

# %% tags=["figure"]
panels = {}
for over in NAMES[1:]:
    panels[over] = {f"ours, {said}": [lead(system, over, kind) for system in SYSTEMS] for kind, said in KINDS.items() if over in trained(kind)}  # fmt: skip
    panels[over]["the paper, photographs"] = [answers.welch(*pairs[over, system]) for system in SYSTEMS]
figure, drawn = classifiers.leads(panels, ["ferro", "antiferro", "skewed", "antiperiodic"], "ViT")
chapter.figure(
    figure, "leads", records=[found],
    caption="The lead of the vision transformer over the two residual networks, with 95 % intervals by Student's t: paired trials of ours, and Welch's of the paper's table.",
    alt="Two panels with differences for four systems and intervals, for new and for pre-trained weights and for the paper, around a line at zero.",
    data=drawn,
)  # fmt: skip


# %%
def largest_distance(name):
    """From the paper's means, with the errors of both."""
    off = [published.less_published(*answers.mean(f1(system, name, "pretrained"))[:2], system, name) for system in SYSTEMS]  # fmt: skip
    return answers.extreme([(abs(value), error) for value, error in off], 0.03, largest=True)


why = f"{size} networks, other weights, and equilibrium data that are easier to tell apart than quenches"
for name, claim in zip(NAMES, ("vit", "resnet18", "resnet50"), strict=True):
    if name not in trained("pretrained"):
        for each in (f"table2/{claim}", f"table2/over_{claim}"):
            chapter.not_run(each, f"{name} was not pre-trained: the record has no such trials")
        continue
    chapter.claim(f"table2/{claim}", *largest_distance(name), would_decide="more trials", reason=why)
    if name != "ViT":
        smallest = answers.extreme([lead(system, name, "pretrained") for system in SYSTEMS], 0.0)
        chapter.claim(f"table2/over_{claim}", *smallest, would_decide="more trials", reason=f"{size} networks order differently")  # fmt: skip
for name, claim in (("ResNet-18", "resnet18"), ("ResNet-50", "resnet50")):
    smallest = answers.extreme([lead(system, name, "new") for system in SYSTEMS], 0.0)
    chapter.claim(f"table2/new_over_{claim}", *smallest, would_decide="more trials", reason=f"{size} networks order differently")  # fmt: skip
ahead = {said: sum(lead(system, "ResNet-18", kind).value < 0 for system in SYSTEMS) for kind, said in KINDS.items()}
clear = lead("ferromagnet", "ResNet-18", "new")
chapter.say(
    f"The {size} ResNet-18 has the higher mean on {ahead['new']} of {len(SYSTEMS)} systems with new weights, and on {ahead['pre-trained']} with "
    f"pre-trained ones; on the ferromagnet the lead of the vision transformer over it is {clear.value:.3f} ± {clear.error:.3f} with new weights."
)
margins = {pair: answers.welch_margin(*numbers) for pair, numbers in pairs.items()}
least, undecided = min(margins, key=margins.get), sum(one < 0 for one in margins.values())
chapter.claim("table2/published", margins[least], 0.0, reason=f"the smallest margin is that over {least[0]}, {least[1]}; {undecided} of {len(margins)} leads are undecided")  # fmt: skip
chapter.not_run("table2/checkpoints", 'needs the checkpoints and a graphics processor: `paper` scale with `"download": True`')  # fmt: skip

# %% [markdown]
# ## What is left to the best answers
#
# In equilibrium the energy is all that a configuration tells about its temperature, and with the exact $Z(T)$ the most probable class
# follows (`vit/beyond`). It answers the same test sets here. Right and wrong answers of the networks are counted by class, and by the distance of the
# temperature from the nearest edge between two classes: near an edge no classifier can be right.

# %% tags=["figure"]
told = {name: np.stack([found[f"{system}_{name}_new_answers"] for system in SYSTEMS]) for name in NAMES}
told["best possible"] = np.stack([answers.best(found[f"{system}_energies"], curves, system) for system in SYSTEMS])
T, label = (np.stack([found[f"{system}_{what}"] for system in SYSTEMS]) for what in ("T", "label"))
of_class, wrong, columns = {}, {}, {}
for name, each in told.items():
    marks = np.mean([answers.class_f1(*pair) for pair in zip(label, each, strict=True)], axis=0)
    of_class[name] = [answers.mean(one) for one in marks.T]
    wrong[name] = answers.wrong_by_distance(T, each != label)
    columns |= {f"{name}: F1": marks.mean(axis=0), f"{name}: wrong": wrong[name][0]}
figure = classifiers.by_class(of_class, wrong, CLASSES, answers.DISTANCES)
chapter.figure(
    figure, "classes", records=[found, curves],
    caption="New weights at our rate. Left: F1 of each class, from far below the critical temperature (FSbCR) to above it (SpCR), means over the systems and standard errors over trials. Right: wrong answers of all systems by the distance "
    f"of the temperature from an edge between classes, in bins that end at {', '.join(f'{one:g}' for one in answers.DISTANCES[1:])}.",
    alt="Left: F1 of four classes by three networks and by the best answers, above them. Right: the share of wrong answers falls with the distance from an edge.",
    data=columns,
)  # fmt: skip

# %%
every = [(system, name, kind) for system in SYSTEMS for kind in KINDS for name in trained(kind)]
above = [answers.mean(f1(*one) - best[one[0]]) for one in every]
below = [answers.mean(best[system] - f1(system, name, "new")) for system, name, kind in every if kind == "new"]
chapter.claim("table2/ceiling", *answers.extreme(above, 0.01, largest=True), would_decide="more trials", reason="see the table")  # fmt: skip
chapter.claim("table2/gap", *answers.extreme(below, 0.03, largest=True), would_decide="more trials", reason="more configurations do not help at this length of training (`vit/efficiency`); longer ones were not tested")  # fmt: skip
floor = []
for system in SYSTEMS:
    one = max((answers.mean(f1(*each)) for each in every if each[0] == system), key=lambda each: each.value)
    alone, error = (float(ceiling[f"{system}_energy_{what}"][-1]) for what in ("f1", "f1_error"))
    floor.append(one._replace(value=one.value - alone, error=float(np.hypot(one.error, error))))
chapter.claim("table2/floor", *answers.extreme(floor, 0.0), would_decide="more trials", reason="the energy tells all that is to be known, and a network has to find it in few configurations")  # fmt: skip
same = [answers.mean(f1("ferromagnet", name, kind) - f1("antiferromagnet", name, kind)) for kind in KINDS for name in trained(kind)]  # fmt: skip
same = [one._replace(value=abs(one.value)) for one in same]
chapter.claim("table2/antiferromagnet", *answers.extreme(same, 0.02, largest=True), would_decide="more trials", reason="trained networks")  # fmt: skip

# %% [markdown]
# ## Rates, early stopping, pre-training

# %%
if "paper_rate" in trials:
    slow = [answers.mean([f1(system, name, "new")[0] - f1(system, name, "paper_rate")[0] for system in SYSTEMS]) for name in trained("paper_rate")]  # fmt: skip
    chapter.claim("table2/paper_rate", *answers.extreme(slow, 0.05), would_decide="more trials", reason="residual networks learn at it")  # fmt: skip
    last = found.settings["epochs"] - 1
    early = np.concatenate([found[f"{system}_{name}_paper_rate_kept"] < last for system in SYSTEMS for name in trained("paper_rate")])  # fmt: skip
    error = max(np.sqrt(early.mean() * (1 - early.mean()) / len(early)), 0.5 / len(early))
    chapter.claim("table2/early_stopping", float(early.mean()), float(error), would_decide="more trials", reason="the loss still falls")  # fmt: skip
else:
    for claim in ("paper_rate", "early_stopping"):
        chapter.not_run(f"table2/{claim}", "the record has no trainings at the paper's rate")
gains = {name: answers.mean(np.mean([f1(system, name, "pretrained") - f1(system, name, "new") for system in SYSTEMS], axis=0)) for name in trained("pretrained")}  # fmt: skip
chapter.claim("table2/pretraining", *gains["ViT"][:2], would_decide="more trials", reason="short pre-training")
said = ", ".join(f"{name} {one.value:+.3f} ± {one.error:.3f}" for name, one in gains.items())
chapter.say(f"Pre-training changes macro F1, in the mean over the systems, by: {said}.")
own = [answers.spread_of_one_test_set(found[f"{system}_{name}_new_confusion"]) for system in SYSTEMS for name in NAMES]
theirs = [deviation for of in published.MACRO_F1.values() for _, deviation in of.values()]
chapter.say(
    f"A test set of {sum(systems.COUNTS[2])} configurations gives macro F1 a standard deviation of {min(own):.3f} to {max(own):.3f} by itself, "
    f"with these networks. The paper's standard deviations over trials are {min(theirs):.3f} to {max(theirs):.3f}."
)

# %% tags=["answer"]
chapter.answer(
    f"On the system where the {size} vision transformer does worst, its lead over ResNet-18 is "
    f"{chapter.shown('table2/over_resnet18')} and over ResNet-50 {chapter.shown('table2/over_resnet50')} with weights that are pre-trained without labels; "
    f"with new weights {chapter.shown('table2/new_over_resnet18')} and {chapter.shown('table2/new_over_resnet50')}. The largest distance of a network from the best possible answers is {chapter.shown('table2/gap')}."
)

# %%
chapter.close()
