# %% [markdown]
# # Beyond the paper: the best classifier and the simplest one
#
# Paper vit {cite}`vit` compares three networks (Table 2) and says by how much the vision transformer is better. What is missing is the
# scale: how well can any classifier do on such data, and how well does a single number? Both can be answered without a network.
#
# **Running it.** `smoke` scale runs the same code with small settings. How long the shipped records of `paper` scale
# took stands in the captions; `make record CHAPTER=vit/beyond SCALE=paper` makes them again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("vit/beyond", scale=scale, device=device, store=store)

# %% [markdown]
# ## The ceiling
#
# In equilibrium a configuration of energy $E$ has the probability $e^{-E/T} / Z(T)$ at temperature $T$: it depends on the
# configuration by its energy alone. With the exact $Z(T)$ of each system (`spinlib.exact.kaufman`, `spinlib.exact.plus_minus`) and
# temperatures that are uniform within each class, the probability of each class follows (`spinlib.exact.bayes`), and no classifier is right more
# often than the one that names the most probable class. That holds for equilibrium data only: a quench tells its past, too.
# Macro F1 is another score than the share of right answers, and another rule may raise it; by how much is said below the table.
#
# ## The floor
#
# Logistic regression on the energy, trained on the paper's number of configurations, and on energy and $|m|$ (for the
# antiferromagnet the staggered one). The paper's own numbers stand beside. They are for its own data, which may be quenches,
# so that a difference may come from the data or from the network. Each way to divide the configurations into sets is the same
# for all classifiers, so that their differences are taken set by set.

# %%
from experiments.vit import answers, ceiling, preparations, published, systems

found = chapter.record("vit/ceiling")
ways = preparations.preparations(preparations.SETTINGS["paper"])
paper = {system: published.MACRO_F1[system]["ViT"] for system in systems.BOUNDARIES}
names = {"energy": "energy alone", "energy_m": "energy and |m|"}

# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinbook.plots import style

figure, axes = plt.subplots(2, 2, figsize=(9, 6.4), sharey=True)
at = np.arange(len(ways))
for axis, system in zip(axes.flat, systems.BOUNDARIES, strict=True):
    for features, color, shift in zip(ceiling.FEATURES, ("blue", "vermillion"), (-0.1, 0.1), strict=True):
        look = {**style.MEASURED, "color": style.COLORS[color], "marker": style.MARKERS[color]}
        value, error = (found[f"{system}_{features}_{what}"] for what in ("f1", "f1_error"))
        axis.errorbar(at + shift, value, error, **look, label=names[features])
    best = float(found[f"{system}_ceiling_f1"])
    axis.hlines(best, at[-1] - 0.35, at[-1] + 0.35, color="black", linewidth=1.6, label="ceiling")
    axis.axhspan(paper[system][0] - paper[system][1], paper[system][0] + paper[system][1], color="0.87", zorder=0)
    axis.axhline(paper[system][0], color="0.5", linewidth=0.9, linestyle="--", zorder=0, label="ViT, the paper")
    axis.set(title=system, xlim=(-0.5, at[-1] + 0.5))
    axis.set_xticks(at, [way.replace(", ", ",\n") for way in ways], fontsize=9)
axes[0, 0].set(ylabel="macro F1", ylim=(0.865, 0.99))  # the legend has its place below the points
axes[-1, -1].legend(loc="lower right")
chapter.figure(
    figure, "ceiling", records=[found],
    caption="Macro F1 by logistic regression, means over splits with errors by Student's t, on four preparations of each system; the ceiling in "
    "equilibrium; and the paper's vision transformer, a band of one standard deviation over its trials.",
    alt="Four panels. On quenches of the ferromagnet and the antiferromagnet, points of the energy alone are lowest and those of energy "
    "and magnetisation higher; with the other boundaries the two are alike. Annealed and in equilibrium both lie near a black line, above the grey band of the paper.",
    data={f"{system}, {names[features]}": found[f"{system}_{features}_f1"] for system in systems.BOUNDARIES for features in names},
)  # fmt: skip

# %%
rows = [
    [system, *(f"{float(found[f'{system}_ceiling_{what}']):.3f} ± {float(found[f'{system}_ceiling_{what}_error']):.3f}" for what in ("f1", "accuracy")),
     f"{float(found[f'{system}_ceiling_spread']):.3f}", f"{paper[system][0]:.3f} ± {paper[system][1]:.3f}"]
    for system in systems.BOUNDARIES
]  # fmt: skip
head = ["system", "ceiling: macro F1", "accuracy", "spread of F1 over test sets", "ViT, the paper: macro F1"]
chapter.table(
    "The best that is possible in equilibrium, by probabilities of the classes at each energy, with errors; the standard deviation that a test set of "
    f"{sum(systems.COUNTS[2])} gives by itself; and the paper's mean and standard deviation over trials.", head, rows,
)  # fmt: skip
gain, third = (
    max(float(found[f"{system}_ceiling_{what}"]) for system in systems.BOUNDARIES) for what in ("gain", "third")
)
chapter.say(
    f"Three cuts in the energy that are chosen for macro F1 on these configurations raise it by at most {max(gain, 0.0):.1g} over the most probable class. "
    f"At every energy at most two classes are probable (all others together have at most {max(third, 0.0):.0e}), so that a rule needs no more than three cuts."
)


# %%
def over_splits(differences):
    """Mean and error of differences (split,) on the same sets."""
    return float(np.mean(differences)), ceiling.error_over_splits(differences)


best, best_error = (
    [float(found[f"{system}_{name}"]) for system in systems.BOUNDARIES] for name in ("ceiling_f1", "ceiling_f1_error")
)
above = [published.less_published(*one) for one in zip(best, best_error, systems.BOUNDARIES, strict=True)]
chapter.claim("beyond/ceiling", *answers.extreme(above, 0.0), would_decide="more configurations")
alone = found["ferromagnet_energy_f1"], found["ferromagnet_energy_f1_error"]
chapter.claim("beyond/floor", *(float(one[-1]) for one in alone), would_decide="more configurations")
gaps = [over_splits((found[f"{system}_rule_splits"] - found[f"{system}_energy_splits"])[-1]) for system in systems.BOUNDARIES]  # fmt: skip
chapter.claim("beyond/gap", *answers.extreme(gaps, 0.02, largest=True), would_decide="more configurations")
quench = len(preparations.SETTINGS["paper"]["quench"]) - 1
magnet = {name: found[f"ferromagnet_{name}_splits"] for name in ceiling.FEATURES}
loss = over_splits(magnet["energy"][-1] - magnet["energy"][quench])
chapter.claim("beyond/quench", *loss, would_decide="more configurations")
more = over_splits(magnet["energy_m"][quench] - magnet["energy"][quench])
chapter.claim("beyond/quench_m", *more, would_decide="more configurations")

# %% [markdown]
# ## No ceiling on quenches
#
# The same rule, the most probable class of an equilibrium configuration, is asked about quenches. Domain walls raise their energy, and the rule takes
# it for a higher temperature. Logistic regression has quenches in its training set. This comparison was made after the claims were tested.

# %%
told = {}
for system in systems.BOUNDARIES:
    by = {name: found[f"{system}_{name}_splits"] for name in ("rule", *names)}
    told[system] = {(name, k): over_splits(by[name][k] - by["rule"][k]) for name in names for k in (quench, -1)}
rows = [
    [system, f"{found[f'{system}_rule_f1'][quench]:.3f} ± {found[f'{system}_rule_f1_error'][quench]:.3f}", *("{:+.3f} ± {:.3f}".format(*one) for one in told[system].values())]
    for system in systems.BOUNDARIES
]  # fmt: skip
head = ["system", "rule of equilibrium", *(f"{words}, {way}" for words in names.values() for way in ("quenches", "equilibrium"))]  # fmt: skip
chapter.table(
    f"Macro F1 of the rule of equilibrium on quenches of {preparations.SETTINGS['paper']['quench'][-1]} sweeps, and by how much logistic regression is above it on the same test sets.",
    head, rows,
)  # fmt: skip
beaten = [system for system in systems.BOUNDARIES if any(told[system][name, quench][0] > 2 * told[system][name, quench][1] for name in names)]  # fmt: skip
chapter.say(
    f"Logistic regression beats the rule by more than two errors on quenches of: {', '.join(beaten) or 'no system'}. What is the best possible in equilibrium is no bound there. "
    "Antiperiodic and fixed boundaries have domain walls in equilibrium too, so that their quenches differ less from equilibrium."
)

# %% [markdown]
# ## What follows
#
# On equilibrium data a network has nothing to find but the energy, and the energy alone comes close to the best possible. A network that
# scores lower does not use all that the number of unequal neighbours tells. After quenches of the torus the energy tells less of the temperature,
# and there the shape of domains is worth something: $|m|$ adds to the energy. The paper's vision transformer lies near energy and $|m|$ on
# quenches, and below what the energy alone reaches in equilibrium. This is what quenches would give. An imperfectly trained network on
# equilibrium data would give the same, and our small ones do (`vit/classification`). Only the paper's data could tell which it is: to know
# what a network adds, one has to know how its pictures were made.

# %% tags=["answer"]
chapter.answer(
    f"In equilibrium the best possible macro F1 exceeds the paper's by {chapter.shown('beyond/ceiling')} at least, and one number, "
    f"the energy, reaches {chapter.shown('beyond/floor')} on the ferromagnet. On quenches it loses {chapter.shown('beyond/quench')}."
)

# %%
chapter.close()
