# %% [markdown]
# # Six Ising spins: what an autoencoder learns of 64 states
#
# Figures 1 and 2a and the choices of training of paper vae {cite}`vae`. The paper trains a variational autoencoder (VAE) on
# Monte Carlo configurations of an open chain of six Ising spins, one network at each temperature, and generates new
# configurations from Gaussian noise. It claims that these have the right energies, correlations and distribution of states;
# that adversarial variational Bayes (AVB) does better than the VAE, and convolutional layers better than dense ones. It
# compared by eye. Six spins have 64 states, so here every network is held against the exact probability of each.
#
# **Running it.** `smoke` scale takes under a minute on two cores. How long the shipped records of `paper` scale took stands
# in the captions; `make record CHAPTER=vae/ising_chain SCALE=paper` makes them again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("vae/ising_chain", scale=scale, device=device, store=store)

# %% [markdown]
# ## Figure 1: the networks
#
# An encoder makes means and variances of a few latent variables $z$ out of a configuration $x$; a decoder makes a
# configuration $y$ out of $z$. Training minimises the paper's Equation 3, which we read as a sum over sites,
#
# $$ L = D_{KL}\left(N(\mu, \sigma) \,\|\, N(0, 1)\right) + \sum_i (x_i - y_i)^2 . \tag{1} $$
#
# Afterwards the decoder alone turns Gaussian noise into configurations. AVB has an encoder that sees noise beside the spins,
# and a discriminator in the place of the divergence. The text that we have gives no widths and no number of latent variables:
# those below are ours.

# %% tags=["figure"]
import torch

from experiments.vae import six_spins
from spinbook.plots import autoencoders
from spinlib.networks.convolutional_vae import ConvolutionalVAE
from spinlib.networks.discriminator import Discriminator

KINDS = {"VAE, dense": "dense", "VAE, convolutional": "convolutional", "AVB": "adversarial", "AVB, stabilised": "stabilised"}
records = {label: chapter.record(f"vae/ising_chain_{kind}") for label, kind in KINDS.items()}
n_latent = records["AVB"].settings["n_latent"]
drawn = []
for label, kind in list(KINDS.items())[:3]:
    network = six_spins.network_of(kind, n_latent)
    noise = torch.zeros(1, network.n_noise)
    drawn.append((f"{label}, 6 sites", "6 spins", autoencoders.layers(network, torch.ones(1, 6), noise)))
judge = autoencoders.layers(Discriminator((6,), n_latent), torch.ones(1, 6), torch.zeros(1, n_latent))
torus = ConvolutionalVAE((10, 10), 32, boundary="periodic")
drawn.append(("AVB, its discriminator", "6 spins, z", judge))
drawn.append(("VAE, convolutional, 10 x 10 sites", "10 x 10", autoencoders.layers(torus, torch.ones(1, 10, 10), torch.zeros(1, 32))))
chapter.figure(
    autoencoders.rows(drawn),
    "fig1",
    caption="Layers in the order in which they are computed, encoder first: kind, sizes of the output, number of parameters.",
    alt="Five rows of boxes, one for each network: dense and convolutional autoencoder, adversarial one and its "
    "discriminator, and the convolutional one of the square lattice.",
    data={title: {"layer": [one.kind for one in found], "parameters": [one.n_parameters for one in found]} for title, _, found in drawn},
)

# %%
chapter.claim("fig1/drawn")

# %% [markdown]
# ## Figure 2a: energy and correlations
#
# The paper plots the energy per site against temperature, for AVB above and for the VAE below, with the exact line, and
# correlations against distance. The training sets are made as in the paper, and all but the settings named above are the
# paper's: batches of 500, Adam at 0.001 for the VAE, at 0.002 with $\beta_1 = 0.4$ for AVB. "Stabilised" AVB is ours: three steps
# of the discriminator to one of the autoencoder, and a lower rate. Generated spins are the signs of the outputs.

# %%
from spinlib.exact import enumeration, one_dimensional
from spinlib.statistics import chi_square

T = np.array(records["AVB"].settings["T"])
training = chapter.record("vae/ising_chain_configurations")
exact = {
    "energy": one_dimensional.ising_energy(T, 6),
    "heat": one_dimensional.ising_specific_heat(T, 6),
    "correlation": one_dimensional.ising_correlation(T[:, None], np.arange(1, 6)),
}
off = {  # (temperature, seed): distance from the exact value, for correlations averaged over distances
    quantity: {label: one[f"sign_{quantity}"] - exact[quantity][:, None] for label, one in records.items()}
    for quantity in ("energy", "heat")
}
off["correlation"] = {label: (one["sign_correlation"] - exact["correlation"][:, None]).mean(axis=2) for label, one in records.items()}
far = {  # per seed: mean size over temperatures
    "energy": {label: np.abs(values).mean(axis=0) for label, values in off["energy"].items()},
    "correlation": {label: np.abs(one["sign_correlation"] - exact["correlation"][:, None]).mean(axis=(0, 2)) for label, one in records.items()},
    "kl": {label: one["sign_kl"].mean(axis=0) for label, one in records.items()},
}

# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinbook.plots import learned, style

fine = np.linspace(T[0], T[-1], 200)
figure, axes = plt.subplots(2, 2, figsize=(9, 6.4), height_ratios=(3, 2), sharex="col")
axes[0, 0].plot(fine, one_dimensional.ising_energy(fine, 6), **style.EXACT)
sets = {"training sets": training["chains_energy"]}
values = learned.against_temperature(axes[0, 0], T, {label: one["sign_energy"] for label, one in records.items()} | sets, label="energy per site [J]")
mean_correlation = {label: one["sign_correlation"].mean(axis=2) for label, one in records.items()}
axes[0, 1].plot(fine, one_dimensional.ising_correlation(fine[:, None], np.arange(1, 6)).mean(axis=1), **style.EXACT)
values |= {f"correlation, {name}": one for name, one in learned.against_temperature(axes[0, 1], T, mean_correlation, label="correlation, mean over r = 1 to 5").items()}
for panel, quantity in zip(axes[1], ("energy", "correlation"), strict=True):
    panel.axhline(0, color="black", linewidth=1.2)
    learned.against_temperature(panel, T, off[quantity], label="less exact")
axes[0, 0].legend()
chapter.figure(
    figure, "fig2a", records=[*records.values(), training],
    caption="Energy and correlations of generated configurations, means and standard errors over the seeds; below, "
    "their distances from the exact values.",
    alt="Left: energy of four kinds of networks against temperature near the exact curve. Right: correlations likewise. "
    "Below, the distances from the exact values scatter around zero, least for the autoencoders.",
    data={"T": T, **values},
)  # fmt: skip

# %%
chi2, dof, _ = chi_square(training["chains_energy"], training["chains_energy_error"], exact["energy"][:, None])
chapter.claim("fig2a/monte_carlo", chi2=chi2, dof=dof)
for label, claim in (("VAE, convolutional", "vae"), ("AVB", "avb")):
    for quantity in ("energy", "correlation"):
        chapter.claim(f"fig2a/{quantity}_{claim}", *learned.mean_and_error(far[quantity][label], axis=0))


def difference(quantity, one, other):
    """Of the means over seeds of two kinds of networks, with its error."""
    pairs = [learned.mean_and_error(far[quantity][label], axis=0) for label in (one, other)]
    return pairs[0][0] - pairs[1][0], np.hypot(pairs[0][1], pairs[1][1])


for label, claim in (("AVB", "avb"), ("AVB, stabilised", "stabilised")):
    for quantity in ("energy", "correlation"):
        chapter.claim(f"fig2a/{claim}_over_vae_{quantity}", *difference(quantity, label, "VAE, convolutional"))
for label, claim in (("VAE, convolutional", "vae"), ("AVB", "avb")):
    chapter.claim(f"fig2a/second_lowest_{claim}", *learned.mean_and_error(off["correlation"][label][1], axis=0))
chapter.claim("fig2a/convolution", *difference("energy", "VAE, convolutional", "VAE, dense"))

# %% [markdown]
# ## Figure 2a, insets: the distribution of states
#
# The paper's insets compare histograms of energies of 10,000 generated configurations with Monte Carlo. We compare with the
# exact probabilities of the six energies, and then of all 64 states.

# %% tags=["figure"]
levels, level_of = np.unique(enumeration.energies(six_spins.MODEL), return_inverse=True)
shown = [int(np.argmin(np.abs(T - one))) for one in (0.5, 1.0, 2.0)]


def by_energy(counts):
    """Shares of energies (seed, level) from counts of states (seed, state)."""
    return np.array([np.bincount(level_of, one) / one.sum() for one in counts])


panels = [
    (f"T = {T[at]:g}", np.bincount(level_of, enumeration.boltzmann(six_spins.MODEL, T[at])),
     {label: by_energy(one["sign_few_states"][at]) for label, one in records.items() if label != "VAE, dense"})
    for at in dict.fromkeys(shown)
]  # fmt: skip
chapter.figure(
    learned.histograms(levels, panels, label="energy [J]"), "fig2a_states", records=list(records.values()),
    caption="Shares of the energies among as many generated configurations as the paper's, means and errors over seeds; bars are exact.",
    alt="Three histograms, one a temperature: points of three kinds of networks near the tops of the grey exact bars.",
    data={title: {"energy": levels, "exact": law, **{name: one.mean(axis=0) for name, one in series.items()}} for title, law, series in panels},
)  # fmt: skip

# %% tags=["figure"]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8))
values = learned.against_temperature(left, T, {label: one["sign_kl"] for label, one in records.items()}, label="KL(model | exact) [nats]")
left.set(yscale="log")
left.legend()
right.plot(fine, one_dimensional.ising_specific_heat(fine, 6), **style.EXACT)
heats = learned.against_temperature(right, T, {label: one["sign_heat"] for label, one in records.items()}, label="heat capacity per site [$k_B$]")
chapter.figure(
    figure, "fig2a_divergence", records=list(records.values()),
    caption="Left: divergence of the generated distribution of 64 states from the exact one, less the bias of counts. Right: "
    "heat capacity, from the fluctuations of the energy; the paper does not show it.",
    alt="Left: divergences of four kinds of networks against temperature on a logarithmic scale. Right: their heat "
    "capacities beside the exact curve.",
    data={"T": T, **{f"kl, {name}": one for name, one in values.items()}, **{f"heat, {name}": one for name, one in heats.items()}},
)  # fmt: skip

# %%
best = records["VAE, convolutional"]
chi2, dof = 0.0, 0
for at, temperature in enumerate(T):
    law = enumeration.boltzmann(six_spins.MODEL, temperature)
    for counts in best["sign_few_states"][at]:
        expected = law * counts.sum()
        # States of which fewer than five are expected are one class, as Pearson's test wants it.
        rare = expected < 5
        pairs = np.array([*zip(counts[~rare], expected[~rare], strict=True), (counts[rare].sum(), max(expected[rare].sum(), 1e-9))])
        kept = pairs[pairs[:, 1] >= 1]
        chi2, dof = chi2 + ((kept[:, 0] - kept[:, 1]) ** 2 / kept[:, 1]).sum(), dof + len(kept) - 1
chapter.claim("fig2a/distribution", chi2=chi2, dof=dof, reason="the decoder's law is not the exact one, however many configurations are drawn")
chapter.claim("fig2a/divergence", *learned.mean_and_error(far["kl"]["VAE, convolutional"], axis=0))
chapter.claim("fig2a/convolution_kl", *difference("kl", "VAE, convolutional", "VAE, dense"))
relative = (np.abs(off["heat"]["VAE, convolutional"]) / exact["heat"][:, None]).mean(axis=0)
chapter.claim("fig2a/heat", *learned.mean_and_error(relative, axis=0))
