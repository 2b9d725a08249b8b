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
# the temperatures as they were drawn, the probability of each class follows (`spinlib.exact.bayes`), and no classifier is right more
# often than the one that names the most probable class. That holds for equilibrium data only: a quench tells its past, too.
#
# ## The floor
#
# Logistic regression on the energy, trained on the paper's number of configurations, and on energy and $|m|$ (for the
# antiferromagnet the staggered one). The paper's own numbers stand beside. They are for its own data, which may be quenches,
# so that a comparison tells about either the data or the network.

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
    caption="Macro F1 by logistic regression, means over splits, on four preparations of each system; the ceiling in "
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
    "The best that is possible in equilibrium, and the spread that a test set of 400 gives by itself.", head, rows
)


# %%
def worst(differences, errors, which):
    """The smallest or the largest of some differences, with its error."""
    k = int(which(differences))
    return float(differences[k]), float(errors[k])


best, best_error, alone, alone_error = (
    np.array([float(np.ravel(found[f"{system}_{name}"])[-1]) for system in systems.BOUNDARIES])
    for name in ("ceiling_f1", "ceiling_f1_error", "energy_f1", "energy_f1_error")
)
above = [published.less_published(*one) for one in zip(best, best_error, systems.BOUNDARIES, strict=True)]
chapter.claim("beyond/ceiling", *answers.extreme(above, 0.0), would_decide="more configurations")
chapter.claim("beyond/floor", float(alone[0]), float(alone_error[0]), would_decide="more configurations")
chapter.claim(
    "beyond/gap", *worst(best - alone, np.hypot(best_error, alone_error), np.argmax), would_decide="more configurations"
)
quench = len(preparations.SETTINGS["paper"]["quench"]) - 1
value, error = found["ferromagnet_energy_f1"], found["ferromagnet_energy_f1_error"]
chapter.claim(
    "beyond/quench",
    float(value[-1] - value[quench]),
    float(np.hypot(error[-1], error[quench])),
    would_decide="more configurations",
)
both, both_error = found["ferromagnet_energy_m_f1"][quench], found["ferromagnet_energy_m_f1_error"][quench]
chapter.claim(
    "beyond/quench_m",
    float(both - value[quench]),
    float(np.hypot(both_error, error[quench])),
    would_decide="more configurations",
)

# %% [markdown]
# ## What follows
#
# On equilibrium data a network has nothing to find but the energy, and the energy alone comes close to the best possible. A network that
# scores lower has not learned to count unequal neighbours. On quenches the energy no longer tells the temperature, and there the
# shape of domains can be worth something, though what $|m|$ adds is not decided here. The paper's vision transformer lies where energy and $|m|$ lie on quenches, well below what
# the energy alone reaches in equilibrium: this is what quenches would give, but the paper's data would have to show it. To know
# what a network adds, one has to know how its pictures were made.

# %% tags=["answer"]
chapter.answer(
    f"In equilibrium the best possible macro F1 exceeds the paper's by {chapter.shown('beyond/ceiling')} at least, and one number, "
    f"the energy, reaches {chapter.shown('beyond/floor')} on the ferromagnet. On quenches it loses {chapter.shown('beyond/quench')}."
)

# %%
chapter.close()
