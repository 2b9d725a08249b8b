# %% [markdown]
# # The 4 x 4 Ising model: a network in place of the energy
#
# This chapter reproduces Figures 1, 4, 7 and 8 of paper dnn {cite}`dnn`: the network, its accuracy against the number of
# examples, and a Monte Carlo simulation that asks the network for every energy and magnetisation. 4 x 4 spins have 65,536
# states, so a trained network is a table: the simulation looks its answers up, and the Boltzmann averages of the
# network's energies are known without any simulation.
#
# **Choices.** Those of the chapter on the data. Sets of all sizes are trained with the same number of steps. Temperatures,
# sweeps and starts of the simulation are ours, as the paper gives only the number of runs, 400.
#
# **Running it.** `smoke` scale takes under half a minute on two cores and `paper` scale about half an hour; the pages show
# the shipped records. `make record CHAPTER=dnn/four_by_four SCALE=paper` makes them again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("dnn/four_by_four", scale=scale, device=device, store=store)

# %% [markdown]
# ## Figure 1: the network
#
# Three layers R halve the picture, four layers N add parameters, and two fully connected layers decide. The picture is
# the configuration with every row and column repeated four times, so that one architecture serves 4 x 4 and 8 x 8.
# %%
import torch

from experiments.dnn.example_sets import levels, model
from spinlib.networks.energy_cnn import EnergyCNN

network = EnergyCNN(4, len(levels))
shapes, picture = [("input", 1, 16)], torch.zeros(1, 1, 16, 16)
for layer in network.convolutions:
    picture = layer(picture)
    if isinstance(layer, torch.nn.Conv2d):
        shapes.append((f"{layer.kernel_size[0]} x {layer.kernel_size[1]}", *picture.shape[1:3]))
n_parameters = sum(parameter.numel() for parameter in network.parameters())
print(f"{n_parameters:,} parameters, {sum(p.numel() for p in network.decision.parameters()):,} of them fully connected")

# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinbook.plots import style

figure, axes = plt.subplots(figsize=(9, 2.6))
for k, (name, channels, side) in enumerate(shapes):
    height, color = side / 16, style.COLORS["sky" if channels == 16 else "blue" if channels == 32 else "yellow"]
    axes.add_patch(plt.Rectangle((k, -height / 2), 0.55, height, facecolor=color, edgecolor="black"))
    axes.annotate(f"{name}\n{channels} x {side} x {side}", (k + 0.27, -0.62), ha="center", va="top", fontsize=7)
for k, width in enumerate((1024, len(levels)), start=len(shapes)):
    axes.add_patch(plt.Rectangle((k, -0.5), 0.2, 1.0, facecolor="0.8", edgecolor="black"))
    axes.annotate(f"linear\n{width}", (k + 0.1, -0.62), ha="center", va="top", fontsize=7)
axes.set(xlim=(-0.2, len(shapes) + 2), ylim=(-1.0, 0.6))
axes.axis("off")
chapter.figure(
    figure, "fig1",
    caption=f"The network for 4 x 4 spins, drawn from the network itself: kernel, channels and size of the picture behind "
    f"each layer; {n_parameters:,} parameters.",
    alt="A row of boxes that shrink from 16 by 16 over 8 by 8 and 4 by 4 to 2 by 2, with 32 and 16 channels in turn, then two "
    "bars for the fully connected layers of 1024 and 15 units.",
    data={"channels": [c for _, c, _ in shapes], "side": [s for *_, s in shapes]},
)  # fmt: skip

# %%
chapter.claim("fig1/drawn")

# %% [markdown]
# ## Figure 4: how many examples?
#
# Three independent sets of targeted sampling per size; accuracy is, as in the paper, the share of all 65,536 states,
# those of the training set among them. A network that has seen only part of the states infers the rest; that part is
# counted apart at the end of this section.

# %%
from spinlib.evaluation import classifier_errors
from spinlib.statistics import mean_of_few

curve = chapter.record("dnn/example_curve")
few = chapter.record("dnn/few_examples")
smaller = chapter.record("dnn/input_size")
one_state = 100 / 2**model.n_sites
each = [mean_of_few(row, each=one_state) for row in curve["accuracy"]]
by_size = dict(zip(map(str, curve["examples"]), each, strict=True))
every = {name: np.concatenate([few[name], curve[name]]) for name in ("examples", "accuracy", "share_seen", "wrong")}

# %% tags=["figure"]
figure, axes = plt.subplots(figsize=(6, 3.4))
shares = {"misclassified": 100 - every["accuracy"], "seen": every["share_seen"]}
for (name, values), color in zip(shares.items(), ("blue", "orange"), strict=True):
    axes.plot(every["examples"], values, color=style.COLORS[color], marker="o", markersize=4, linestyle="none")
    axes.plot(every["examples"], values.mean(axis=1), color=style.COLORS[color], label=f"{name}, mean of the sets")
axes.set(xlabel="training examples", ylabel="share of all 65,536 states [%]", xscale="log")
axes.set_yscale("symlog", linthresh=one_state)
axes.set_ylim(-one_state / 4, 150)
axes.set_xticks(every["examples"], [f"{n:,}" for n in every["examples"]], fontsize=8)
axes.minorticks_off()
axes.legend()
chapter.figure(
    figure, "fig4",
    caption="States that the network misclassifies, and states that it has seen in training, against the number of examples; "
    "a point is one data set. The axis is linear below one state.",
    alt="Share of misclassified states against the number of training examples, which reaches zero while the share of states "
    "that were seen is still small and rises to under twenty per cent at 27,000 examples.",
    data={"examples": every["examples"], "seen": every["share_seen"].mean(axis=1),
          **{f"accuracy_{k + 1}": row for k, row in enumerate(every["accuracy"].T)}},
    records=[few, curve],
)  # fmt: skip

# %%
unlike = mean_of_few(smaller["accuracy"], each=one_state)
reference = by_size[str(curve["examples"][-1])]
short = "shorter training, another optimiser, and other sets than the paper's"
chapter.claim("fig1/upscaling", unlike.value - reference.value, float(np.hypot(unlike.error, reference.error)))
chapter.claim("fig4/almost_perfect", reference, reason=short, would_decide="more sets")
chapter.claim("fig4/share", float(curve["share_seen"][-1].max()), 0.0)
chapter.claim("fig4/perfect", float(curve["accuracy"][-1].max()), 0.0, reason=short)
sizes = {n: by_size.get(n, (np.nan, np.nan)) for n in ("1500", "4500", "13500", "27000")}
chapter.claim("fig4/rises", sizes,
              would_decide="nothing where no state is misclassified any more; smaller sets show the rise")  # fmt: skip

# %% [markdown]
# What was inferred is the accuracy on the states that were not seen. If all errors are among those, it is what the
# table says, so that it is no lower.

# %%
rows = []
for n, seen, wrong in zip(every["examples"], every["share_seen"], every["wrong"].sum(axis=2), strict=True):
    n_seen = np.rint(seen / 100 * 2**model.n_sites).astype(int)
    least = classifier_errors.least_unseen_accuracy(wrong, 2**model.n_sites, n_seen)
    rows.append([f"{n:,}", *(", ".join(map(str, each)) for each in (n_seen, wrong, least.round(3)))])
chapter.table("Set by set: states that were seen and states that are misclassified, of 65,536, and the least accuracy on the others.",
              ["examples", "seen", "wrong", "accuracy on unseen, at least [%]"], rows)  # fmt: skip

# %% [markdown]
# ## Figures 7 and 8: the network in the Metropolis loop
#
# 400 independent chains per temperature, once with the exact energy and magnetisation, once with the networks' answers.
# Both are tables of 65,536 numbers here, so the loop costs the same, and the exact Boltzmann average over the network's
# table says what infinitely many runs would give: whatever it deviates by is the network's own error.

# %%
from experiments.dnn.energy_tables import boltzmann, heat_capacity
from experiments.dnn.four_by_four_loop import spin_mean
from spinlib.samplers import learned_energy
from spinlib.statistics import chi_square

loop = chapter.record("dnn/four_by_four_loop")

# %%
exact_table = learned_energy.table_of(model.energy, model.shape)
exact_m = np.abs(learned_energy.table_of(spin_mean, model.shape))
exact = {
    "energy": boltzmann(exact_table, exact_table, loop["T"]) / model.n_sites,
    "heat": heat_capacity(exact_table, loop["T"]),
    "m": boltzmann(exact_table, exact_m, loop["T"]),
}
own_energy = boltzmann(loop["network_table"], loop["network_table"], loop["T"]) / model.n_sites
own_m = boltzmann(loop["network_table"], np.abs(loop["network_magnetization"].astype(float)), loop["T"])
print(f"network without Monte Carlo errors: energy off by at most {np.abs(own_energy - exact['energy']).max():.2g} J per "
      f"site, |m| by at most {np.abs(own_m - exact['m']).max():.2g}")  # fmt: skip

# %% tags=["figure"]
from spinbook.plots import deviations

OPERATORS = ("exact", "network")
fine = np.linspace(loop["T"][0], loop["T"][-1], 300)
curves = {
    "energy": ("energy per site [J]", boltzmann(exact_table, exact_table, fine) / model.n_sites),
    "heat": ("heat capacity per site [$k_B$]", heat_capacity(exact_table, fine)),
    "m": ("magnetisation ⟨|m|⟩", boltzmann(exact_table, exact_m, fine)),
}


def column(quantity):
    label, line = curves[quantity]
    measured = {f"loop, {name}": (loop[f"{name}_{quantity}"], loop[f"{name}_{quantity}_error"]) for name in OPERATORS}
    return deviations.Quantity(label, (fine, line), exact[quantity], measured)


runs = loop.settings["runs"]
chapter.figure(
    deviations.panels(loop["T"], [column("energy"), column("heat")]),
    "fig7",
    caption=f"Energy and heat capacity of the 4 x 4 Ising model from {runs} Metropolis chains per temperature, with the exact "
    "energy and with the network's; below, distances from exact enumeration in error bars (the band is two wide).",
    alt="Energy rises and heat capacity peaks near T = 2.4; blue and red points of both loops lie on the black exact curves, and "
    "below scatter around zero mostly within two error bars.",
    data={"T": loop["T"], **{k: loop[k] for k in loop if k.split("_")[0] in ("exact", "network") and k.split("_")[1] in ("energy", "heat")}},
    records=[loop],
)  # fmt: skip

# %% tags=["figure"]
figure = deviations.panels(loop["T"], [column("m")])
random_m = float(exact_m.mean())
figure.axes[0].axhline(random_m, color="0.5", linestyle="--", label="random spins")
figure.axes[0].legend(fontsize=8)
chapter.figure(
    figure, "fig8",
    caption=f"Magnetisation of the same {runs} chains per temperature, with exact operators and with networks for energy and "
    "magnetisation; dashed: the mean over all states.",
    alt="The mean absolute magnetisation falls from one towards the dashed line at 0.196; points of both loops lie on the exact "
    "curve, and below their deviations in error bars.",
    data={"T": loop["T"], **{k: loop[k] for k in loop if k.split("_")[1:2] == ["m"]}},
    records=[loop],
)  # fmt: skip

# %%
# Where all chains agree, as at low temperature, the spread of 400 means is still an error; where it vanishes it is none.
for name, claim in (("exact", "fig7/exact_operator"), ("network", "fig7/network")):
    value, error = loop[f"{name}_energy"], loop[f"{name}_energy_error"]  # nan: chains of an untrained network freeze
    chi2, dof = chi_square(value, error, exact["energy"])[:2] if np.isfinite(error).all() else (np.nan, error.size)
    chapter.claim(claim, chi2=chi2, dof=dof, reason="the network's errors are larger than the loop's")
grid = np.linspace(2.0, 3.0, 10_001)
chapter.claim("fig7/peak", float(grid[np.argmax(heat_capacity(loop["network_table"], grid))]), 0.0)
value, error = loop["network_m"], loop["network_m_error"]
chi2, dof = chi_square(value, error, exact["m"])[:2] if np.isfinite(error).all() else (np.nan, error.size)
chapter.claim("fig8/network", chi2=chi2, dof=dof,
              reason="the magnetisation network's own error is larger than that of 400 chains")  # fmt: skip
chapter.claim("fig8/random_level", float(exact_m.mean()), 0.0)

# %% [markdown]
# The recorded classifier, asked again here for targeted examples, and the recorded magnetisation network for random
# ones. Both are drawn anew, but there are so few states that some were in the training sets:

# %%
from experiments.dnn.example_sets import targeted_examples
from spinlib.learning import energy_networks
from spinlib.learning.supervised import load_weights, predict

fresh = targeted_examples(20, 99)
again = load_weights(EnergyCNN(4, len(levels), input_side=curve.settings["input_side"]), curve, "weight.")
right = energy_networks.class_energy(again, levels)(fresh) == model.energy(fresh)
print(f"energies: {right.sum()} of {len(fresh)} right")
again = load_weights(EnergyCNN(4, 1, input_side=loop.settings["input_side"]), loop, "weight.")
coins = np.random.default_rng(99).choice(np.array([-1, 1], np.int8), (2000, *model.shape))
off = np.abs(predict(again, coins)[:, 0] - spin_mean(coins))
print(f"magnetisation of random spins: median absolute error {np.median(off):.2g} per spin")

# %%
chapter.close()
