# %% [markdown]
# # The data: 1300 configurations of each system, prepared in three ways
#
# Table 1 of paper vit {cite}`vit`, and the sentences around it. The paper makes 1300 pictures of each system, at temperatures between 0 and 4, in four classes, and ensures
# equilibrium by 500 or 750 sweeps. How a configuration begins, at random spins or at the configuration of the temperature before, it does not say. Here both readings are held
# against exact energies.
#
# **Running it.** `smoke` scale runs the same code with small settings. How long the shipped records of `paper` scale took stands in the captions; `make record CHAPTER=vit/data
# SCALE=paper` makes them again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("vit/data", scale=scale, device=device, store=store)

# %% [markdown]
# ## Table 1
#
# Three sets for each system, in four classes of temperatures: the far sub-critical, the sub-critical, the critical and the super-critical region, in the paper's letters FSbCR,
# SbCR, CR and SpCR. The sums are the paper's. The critical class has several times as many pictures as its width would give to temperatures that are uniform between 0 and 4. So
# the paper did not draw them uniformly, and may have chosen them class by class, as we do. Ours are random within each class, on a grid of 0.01.

# %%
from experiments.vit import exact_curves, preparations, systems

counts = np.array(systems.COUNTS)
edges = np.array(systems.EDGES)
widths = np.diff(edges)
head = [
    "set",
    *(f"{name}, {low:g} to {high:g}" for name, low, high in zip(systems.CLASSES, edges[:-1], edges[1:], strict=True)),
]
rows = [[name, *map(str, row)] for name, row in zip(("training", "validation", "test"), counts, strict=True)]
uniform = counts.sum() * widths / widths.sum()
rows.append(["all", *map(str, counts.sum(axis=0))])
rows.append(["expected if uniform", *(f"{one:.0f}" for one in uniform)])
chapter.table("Table 1: configurations of each system, by class of temperature.", head, rows)

# %%
critical = systems.CLASSES.index("CR")
chapter.claim("table1/total", int(counts.sum()), 0.0)
chapter.claim("table1/critical_bin", round(widths[critical] / np.delete(widths, critical).min(), 3), 0.0)
chi2 = float(((counts.sum(axis=0) - uniform) ** 2 / uniform).sum())
chapter.claim("table1/uniform", chi2=chi2, dof=len(widths) - 1,
              reason="the critical class has several times as many pictures as its width gives")  # fmt: skip

# %% [markdown]
# ## Are 500 and 750 sweeps enough?
#
# The paper watches the magnetisation against sweeps. Here $|m|$ from two starts, random spins and a ground state, at one temperature of each class: in equilibrium the two
# agree. At high temperature they do at once. In the critical class and below they do not within the paper's sweeps. In the coldest class most chains are ordered after a hundred
# sweeps, since Metropolis, colour by colour, makes nearly all flips that cost nothing; the others hold stripes, and go on holding them. The theory of stripes {cite}`barros2009`
# is for quenches to T = 0 by heat bath, which makes half of these flips: heat bath is tested below.

# %%
relaxed = chapter.record("vit/relaxation")
sweeps, at = relaxed["sweeps"], relaxed["T"]

# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinbook.plots import style

figure, axes = plt.subplots(1, len(at), figsize=(10, 2.8), sharey=True)
for axis, row, t in zip(axes, range(len(at)), at, strict=True):
    for start, color in (("random", "vermillion"), ("ground", "blue")):
        look = {**style.MEASURED, "linestyle": "-", "color": style.COLORS[color], "marker": style.MARKERS[color]}
        axis.errorbar(sweeps, relaxed[f"{start}_m"][row], relaxed[f"{start}_m_error"][row], **look, label=start)
    axis.axvspan(*np.array(preparations.SETTINGS["paper"]["quench"]), color="0.85", zorder=0)
    axis.set(xscale="symlog", xlim=(0, sweeps[-1] * 1.2), title=f"T = {t:g}", xlabel="sweeps")
axes[0].set(ylabel="|m|", ylim=(-0.03, 1.05))
axes[-1].legend(title="start", fontsize=8, loc="center right")
chapter.figure(
    figure, "relaxation", records=[relaxed],
    caption=f"Mean |m| of the ferromagnet with its standard error, {relaxed.settings['chains']} chains, from random spins and from a "
    "ground state. The grey band is from 500 to 750 sweeps.",
    alt="Four panels. At the three lower temperatures the curve that begins at random spins is still below the other in the "
    "grey band; at the highest the two have met long before it.",
    data={"sweeps": sweeps, **{f"{start}, T = {t:g}": relaxed[f"{start}_m"][k] for k, t in enumerate(at) for start in ("random", "ground")}},
)  # fmt: skip

# %%
last = int(np.searchsorted(sweeps, preparations.SETTINGS["paper"]["quench"][-1])) if sweeps[-1] > 500 else -1
apart = relaxed["ground_m"][:, last] - relaxed["random_m"][:, last]
worst = int(np.argmax(apart))
error = float(np.hypot(relaxed["ground_m_error"][worst, last], relaxed["random_m_error"][worst, last]))
chapter.claim("table1/magnetization", float(apart[worst]), error, would_decide="more chains")
for claim, one in (("stripes", relaxed), ("glauber_stripes", chapter.record("vit/glauber_stripes"))):
    share, n = float(one["stripes"]) / one.settings["quenches"], one.settings["quenches"]
    chapter.claim(f"table1/{claim}", share, float(np.sqrt(share * (1 - share) / n)), would_decide="more quenches")

# %% [markdown]
# ## Three preparations
#
# A configuration is called out of equilibrium here if its energy lies above the exact mean of its temperature by more than five standard deviations and two flipped spins. Near
# the critical temperature five standard deviations are more than the energy of two domain walls, so that the shares below are lower bounds. The annealed configurations come
# from chains that are cooled through all temperatures, several from each chain. The equilibrium sets begin at ground states, or at random spins above the critical temperature,
# and take many more sweeps; their energies are compared with the exact ones below.

# %%
sets, curves = chapter.record("vit/preparations"), chapter.record("vit/exact_curves")
ways = preparations.preparations(sets.settings)
members = np.bincount(sets["label"])
for system in systems.BOUNDARIES:
    rows = [
        [way, *(f"{n} of {of}" for n, of in zip(sets[f"{system}_out"][k], members, strict=True))]
        for k, way in enumerate(ways)
    ]
    chapter.table(
        f"Out of equilibrium, {system}: configurations in each class.", ["preparation", *systems.CLASSES], rows
    )

# %% tags=["figure"]
figure, axes = plt.subplots(2, 2, figsize=(9, 6), sharex=True, sharey=True)
for axis, system in zip(axes.flat, systems.BOUNDARIES, strict=True):
    mean, deviation = exact_curves.energy_and_deviation(curves, system, sets["T"])
    for k, (way, color) in enumerate(zip(ways, style.COLORS, strict=False)):
        excess = (sets[f"{system}_energies"][k] - mean) / sets.settings["side"]
        # Quenches lie apart at low temperature; where all agree, smaller points on top leave those below visible.
        look = {"s": 12 - 3 * k, "color": style.COLORS[color], "marker": style.MARKERS[color], "linewidths": 0}
        axis.scatter(sets["T"], excess, **look, label=way, zorder=2 + 0.1 * k, rasterized=True)
    for edge in edges[1:-1]:
        axis.axvline(edge, color="0.7", linewidth=0.8, zorder=0)
    axis.set(title=system, ylim=(-18, 14))
for axis in axes[-1]:
    axis.set(xlabel="temperature T [$J/k_B$]")
for axis in axes[:, 0]:
    axis.set(ylabel="(E - exact) / side [J]")
axes[0, 0].legend(fontsize=8, loc="lower left", markerscale=2)
data = {
    "T": sets["T"],
    **{
        f"{system}, {way}": sets[f"{system}_energies"][k] for system in systems.BOUNDARIES for k, way in enumerate(ways)
    },
}
chapter.figure(
    figure, "preparations", data=data, records=[sets, curves],
    caption="Energy of every configuration above the exact mean of its temperature and system, over the side of the lattice: a straight "
    "domain wall costs 2, and a stripe has two. Grey lines separate the classes. Sets are drawn in the order of the legend; later points cover earlier ones.",
    alt="Four panels. Quenched configurations lie far above zero at low temperature, many near 4; annealed and equilibrium ones "
    "lie near zero, with a spread that is largest at the critical temperature.",
)  # fmt: skip

# %% tags=["figure"]
from spinbook.plots.lattices import panel

stuck = sets["ferromagnet_shown"]
cold = np.flatnonzero(sets["label"] == 0)
picked = stuck if len(stuck) else np.ones((1, sets.settings["side"], sets.settings["side"]))
chapter.figure(
    panel(picked, [f"quench {k + 1}" for k in range(len(picked))]), "stripes", records=[sets],
    caption=f"Quenches of the ferromagnet to the coldest class that hold stripes after {sets.settings['quench'][-1]} sweeps.",
    alt="Squares of spins, divided into a band of up and a band of down spins, with few flipped spins within.",
    data={"magnetization": picked.mean(axis=(1, 2))},
)  # fmt: skip


# %%
def out_of(way, chains=None):
    """The share of the ferromagnet's configurations out of equilibrium, with its standard error.

    chains: how many independent chains they come from, where each does not have one of its own.
    """
    share, n = int(sets["ferromagnet_out"][way].sum()) / int(members.sum()), chains or int(members.sum())
    # One more of each kind, so that none out of equilibrium has an error too.
    p = (share * n + 1) / (n + 2)
    return share, float(np.sqrt(p * (1 - p) / n))


quench, annealing = len(sets.settings["quench"]) - 1, len(sets.settings["quench"])
chapter.claim("table1/quench", *out_of(quench),
              reason="domains have not merged after these sweeps, and many have become stripes, which last")  # fmt: skip
chapter.claim("table1/annealing", *out_of(annealing, systems.CHAINS), would_decide="more chains")
sums = np.array([sets[f"{system}_exact_sum"] for system in systems.BOUNDARIES])
chapter.claim("table1/equilibrium", chi2=list((sums**2).sum(axis=1)), dof=[sums.shape[1]] * len(sums))

hot = (sets["T"] >= systems.CRITICAL) & (sets["label"] == critical)
above = {}
for system in systems.BOUNDARIES:
    mean, deviation = exact_curves.energy_and_deviation(curves, system, sets["T"][hot])
    above[system] = (sets[f"{system}_energies"][-1][hot] - mean).sum() / np.sqrt((deviation**2).sum())
chapter.say(
    f"The class CR reaches from below $T_c$ to above it: {hot.sum()} of its {members[critical]} configurations are warmer than $T_c$. In the equilibrium sets these begin at random spins, close to $T_c$, where relaxation is "
    f"slowest. The sums of their energies' deviations from the exact means, over the exact standard deviations of these sums, are {', '.join(f'{one:+.1f} ({system})' for system, one in above.items())}."
)

# %% [markdown]
# ## What this does to a classifier
#
# A quench to a cold temperature keeps domain walls, whose energy a warm configuration has in equilibrium: its energy no longer tells its temperature. It keeps them in a form
# that no warm configuration has, straight and smooth. So a classifier of quenches can use pictures where energies fail, and the ceiling that energies set in equilibrium does
# not hold for quenches. The paper's wording leaves open which of the two it classified.
#
# So the small networks of [the chapter on Table 2](classification.ipynb) are trained on the ferromagnet's quenches or in equilibrium, and asked about both. Temperatures and
# sets are the same for all. Beside them stand logistic regression, and the most probable class of an energy in equilibrium, which no classifier of equilibrium configurations
# can surpass on average.

# %%
from experiments.vit import answers, quench_networks

asked = chapter.record("vit/quench_networks")
names = {**{name: name for name in asked.settings["networks"]}, "logistic_energy": "logistic regression, energy",
         "logistic_energy_m": "logistic regression, energy and |m|"}  # fmt: skip
f1 = {name: asked[f"{name}_f1"] for name in names}  # (trial, trained on, tested on)


def cell(values):
    """Mean over trials and its error."""
    one = answers.mean(values)
    return f"{one.value:.3f} ± {one.error:.3f}"


ways = [f"{one} → {other}" for one in quench_networks.PREPARATIONS for other in quench_networks.PREPARATIONS]
rows = [[label, *(cell(f1[name][:, a, b]) for a in (0, 1) for b in (0, 1))] for name, label in names.items()]
rule = [cell(asked["best_f1"][:, b]) for b in (0, 1)]
chapter.table(
    f"Macro F1 of the ferromagnet, means and errors over {len(asked['best_f1'])} trials: trained on → tested on. Quenches have {asked.settings['quench']} sweeps.",
    ["classifier", *ways], [*rows, ["most probable class of the energy in equilibrium, not trained", *rule, *rule]],
)  # fmt: skip

# %%
of_networks = [f1[name] for name in asked.settings["networks"]]
for claim, others, target in (
    ("over_energy", [one[:, 0, 0] - asked["best_f1"][:, 0] for one in of_networks], 0.0),
    ("over_logistic", [one[:, 0, 0] - f1["logistic_energy_m"][:, 0, 0] for one in of_networks], 0.0),
    ("transfer", [one[:, 1, 1] - one[:, 1, 0] for one in of_networks], 0.05),
):
    chapter.claim(f"table1/{claim}", *answers.extreme([answers.mean(one) for one in others], target), would_decide="more trials",
                  reason="see the table: the networks were trained as briefly as those of Table 2")  # fmt: skip

# %% tags=["answer"]
chapter.answer(
    f"The counts of Table 1 add up to {chapter.shown('table1/total')}, but not with temperatures drawn uniformly "
    f"({chapter.shown('table1/uniform')}). If every configuration begins at random spins, "
    f"a share of {chapter.shown('table1/quench')} of the ferromagnet's are out of equilibrium after {sets.settings['quench'][-1]} "
    f"sweeps; cooled in steps, {int(sets['ferromagnet_out'][annealing].sum())} of {members.sum()} are. Trained on quenches, the networks exceed there the rule that is the best possible in equilibrium by "
    f"{chapter.shown('table1/over_energy')} of macro F1 at least. Trained in equilibrium, they lose at least {chapter.shown('table1/transfer')} on quenches."
)

# %%
chapter.close()
