# %% [markdown]
# # The 10 x 10 Ising model: why the autoencoder misses the energy
#
# In [the chapter on Figures 2c and 3](ising_10x10) of paper vae {cite}`vae` the variational autoencoder (VAE) of the 10 x 10 Ising
# model does not have the exact energy. Is that the training set, the training, the size of the network or the way in which outputs become
# spins, all of which are ours or not stated in the paper? This chapter changes one of them at a time.
#
# **Running it.** `smoke` scale runs the same code with small settings. How long the shipped records of `paper` scale
# took stands in the captions; `make record CHAPTER=vae/ising_10x10_causes SCALE=paper` makes them again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("vae/ising_10x10_causes", scale=scale, device=device, store=store)

# %%
from experiments.vae import torus_distances
from spinbook.plots import torus
from spinlib.exact import kaufman, onsager
from spinlib.statistics import mean_of_few

record = chapter.record("vae/ising_10x10")
T, shape = np.array(record.settings["T"]), (10, 10)
by_output = {"VAE, sign": "sign", "VAE, drawn": "drawn"}
shown = dict.fromkeys(int(np.argmin(np.abs(T - one))) for one in (1.8, onsager.critical_temperature(), 3.0))

# %% [markdown]
# ## Training, and what the latent variables hold
#
# For a linear autoencoder, a mode of the lattice with wave vector $k$ gets a latent variable if its structure factor
# $S(k) = \langle |\sum_x s_x e^{ikx}|^2 \rangle / N$ exceeds one half, half the weight of the divergence. All other modes are
# lost to the decoder, which has no other source of randomness. The points below are those modes, of Monte Carlo and of the network.

# %% tags=["figure"]
curves = {f"T = {T[at]:.4g}": record["loss.loss"][at] for at in shown}
epochs = np.arange(1, record["loss.loss"].shape[-1] + 1)
linear = torus_distances.linear_number(record["exact_spectrum"])
figure, values = torus.training(
    epochs,
    curves,
    T,
    {"active": record["active"], "divergence [nats]": record["latent_nats"]},
    {"linear theory": np.minimum(linear, record.settings["n_latent"])},
)
chapter.figure(
    figure, "training", records=[record], data=values,
    caption="Left: the loss of every seed at three temperatures. Right: active latent variables and how many linear theory "
    f"predicts, at most the {record.settings['n_latent']} that there are; and what all of them hold, the divergence from the prior. "
    "Means and errors over the seeds.",
    alt="Left: three bundles of falling loss curves, one line a seed. Right: numbers of active latent variables and their divergence against temperature.",
)  # fmt: skip

# %% tags=["figure"]
of_modes = {name: record[f"{output}_spectrum"].mean(axis=1) for name, output in by_output.items()}
panels = [
    (f"T = {T[at]:.4g}", record["exact_spectrum"][at], {name: one[at] for name, one in of_modes.items()})
    for at in shown
]
chapter.figure(
    torus.modes(panels, 0.5), "modes", records=[record],
    caption="Structure factors of all wave vectors, generated against Monte Carlo; on the line both are equal, and the dotted line "
    "is the bound of linear theory.",
    alt="Three logarithmic plots, one a temperature. At the two higher ones signs lie above the line at long waves and below it at "
    "short ones; drawn spins have short waves of one strength, above the line.",
    data={title: {"exact": law, **series} for title, law, series in panels},
)  # fmt: skip

# %% [markdown]
# ## How many sites come back right, and how many would without a network
#
# A network that kept the sign of the magnetisation alone, and set every spin to it, would get a share of $(1 + |m|) / 2$ of the
# sites right, and whole configurations where all spins are alike. The table holds both beside what the network gets.

# %%
majority = (1 + record["set_order"].mean(axis=1)) / 2
alike = (record["set_counts"][:, :, 0] / record["set_counts"].sum(axis=2)).mean(axis=1)
got = {of: record[f"mean_training_{of}"].mean(axis=1) for of in ("sites", "whole")}
chapter.table(
    "Shares of training configurations that come back right without noise, means over seeds",
    ("T", "Sites", "Sites by the sign of m alone", "Configurations", "Configurations with all spins alike"),
    [
        (f"{T[at]:.4g}", *(f"{100 * share[at]:.1f} %" for share in (got["sites"], majority, got["whole"], alike)))
        for at in range(len(T))
    ],
)

# %% [markdown]
# ## What the distance depends on
#
# Five networks differ from that of Figure 2c in one choice each (the last but one in two), at the two temperatures of
# the paper's Figure 3.

# %% tags=["figure"]
variants = chapter.record("vae/ising_10x10_choices")
few = np.array(variants.settings["T"])
same = [int(np.argmin(np.abs(T - one))) for one in few]
names = {
    "independent": "independent training set", "longer": "twice the epochs", "many_latent": "4 x latent variables",
    "light_many": f"the same, divergence x {variants.settings['weight']:g}", "dense": "dense layers",
}  # fmt: skip


def by_variant(name):
    """Label -> (temperature, seed), Figure 2c's networks first."""
    return {"as Figure 2c": record[name][same]} | {label: variants[f"{key}.{name}"] for key, label in names.items()}


exact_energy = np.asarray(kaufman.energy(few, shape))[:, None]
wanted = [
    ("energy less exact [J], sign", {label: one - exact_energy for label, one in by_variant("sign_energy").items()}),
    ("energy less exact [J], drawn", {label: one - exact_energy for label, one in by_variant("drawn_energy").items()}),
    ("share of right sites, z = mu", by_variant("mean_training_sites")),
    ("share of right configurations", by_variant("mean_training_whole")),
]
chapter.figure(
    torus.choices(few, wanted), "choices", records=[record, variants],
    caption="Distances from the exact energy, and reconstruction of training configurations without noise, by variant: means "
    "and standard errors over seeds.",
    alt="Four panels with one row a variant and one point a temperature. Only the network with a lighter divergence has too high "
    "an energy by the sign, and only it returns whole configurations.",
    data={label: {name: one.mean(axis=1) for name, one in series.items()} for label, series in wanted},
)  # fmt: skip

# %%
sizes = {label: mean_of_few(torus_distances.energy_sizes(one, few)) for label, one in by_variant("sign_energy").items()}
reference = sizes["as Figure 2c"]


def gained(key):
    """Mean distance of a variant's energies less that of the networks of Figure 2c, and its error."""
    one = sizes[names[key]]
    return one.value - reference.value, float(np.hypot(one.error, reference.error))


off = {output: torus_distances.distances(record, output).energy_size for output in ("sign", "drawn")}
chapter.claim("causes/not_sign", mean_of_few(off["drawn"] - off["sign"]))
chapter.claim("causes/not_data", *gained("independent"), would_decide="more seeds")
chapter.claim("causes/not_epochs", *gained("longer"), would_decide="more seeds")
chapter.claim("causes/not_latent", *gained("many_latent"), would_decide="more seeds")
chapter.claim(
    "causes/lighter_divergence", *gained("light_many"), would_decide="more seeds",
    reason="the decoder returns nearly all sites right for the latent variables of the encoder, and generation draws others, from "
    "the prior: a lighter divergence lets the two distributions differ",
)  # fmt: skip
convolution, error = gained("dense")
chapter.claim("causes/convolution", -convolution, error, would_decide="more seeds")

# %% [markdown]
# ## What we found
#
# Independent training configurations and more latent variables do not bring the energy nearer, and drawn spins are farther from
# it on average. Twice the epochs change it by less than our trainings can tell. What matters is the balance of the
# two terms of the loss. With the paper's, the network keeps long waves alone. Below $T_c$ these are the sign of the
# magnetisation: the decoder uses this one bit of what all active latent variables hold, and the network gets as many sites right
# as the sign of m would, to every digit of the table. (Their divergence is more than ln 2, since it also counts how far the distribution of
# the latent variables is from the normal one.) Above $T_c$ it keeps the modes that linear theory lets it. Signs then exaggerate long
# waves and lose short ones, so that there are too few unlike neighbours; drawn spins have short waves as strong as noise, so that
# there are too many.
#
# With a quarter of the divergence and more latent variables, encoder and decoder return most configurations without a wrong
# site above $T_c$, as the paper says of its own, but hardly any at $T_c$. And the energy of what the decoder generates is then
# too high instead of too low. A network that reconstructs as well as the paper's is therefore possible above $T_c$; one that also generates the right
# energies was not found. What we would do next is to scan the weight of the divergence, and to let the decoder draw its spins one
# after another.

# %% tags=["answer"]
light = {of: variants[f"light_many.mean_training_{of}"][-1].mean() for of in ("sites", "whole")}
chapter.answer(
    f"The distance from the exact energy comes neither from the training set (independent configurations change it by "
    f"{chapter.shown('causes/not_data')} J) nor from too few latent variables ({chapter.shown('causes/not_latent')} J for four times as "
    f"many) nor from the sign (drawn spins: {chapter.shown('causes/not_sign')} J more, on average); of twice the epochs our seeds do not "
    f"decide ({chapter.shown('causes/not_epochs')} J). Below the critical temperature the network reconstructs the sign of the magnetisation "
    f"and nothing else. With {variants.settings['weight']:g} of the divergence and four times the latent variables it returns "
    f"{100 * light['sites']:.1f} % of the sites and {100 * light['whole']:.0f} % of the configurations right at T = {few[-1]:g}, but "
    f"its energies are farther from the exact ones (their distance changes by {chapter.shown('causes/lighter_divergence')} "
    f"J). Convolutions in the place of dense layers change the distance by {chapter.shown('causes/convolution')} J."
)

# %%
chapter.close()
