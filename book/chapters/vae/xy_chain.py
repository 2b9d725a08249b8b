# %% [markdown]
# # Six XY spins: a loss that leaves its own noise out
#
# Figure 2b of paper vae {cite}`vae`. Adversarial variational Bayes (AVB) learns an open chain of six XY spins, one network
# at each temperature, and generates new configurations from Gaussian noise. The paper claims that energies and correlations follow
# the exact curves, and that the distribution of energies is captured particularly well. The chain's bonds are independent, so
# that all of this is known exactly: the energy per site is $-\frac{5}{6} I_1 / I_0$ of $1/T$, correlations are $(I_1 / I_0)^r$, and
# the distribution of the energies is that of a sum of five independent cosines.
#
# **Running it.** How long the shipped records of `paper` scale took stands in the captions;
# `make record CHAPTER=vae/xy_chain SCALE=paper` makes them again. `smoke` scale trains for a few epochs at two temperatures.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("vae/xy_chain", scale=scale, device=device, store=store)

# %% [markdown]
# ## Figure 2b: energy and correlations
#
# Training sets are made as the paper makes them: chains that begin at random, warm-up, every 20th sweep kept. A site is drawn
# at random, and its new angle from a uniform distribution; the paper does not say what it proposes. Loss, batch and optimisers are the
# paper's. Widths, numbers of latent variables and of epochs, and temperatures are ours. Networks take unit vectors and
# give them: the output $y_i$ of a site is divided by its length. "Stabilised" AVB is ours, with three steps of the discriminator
# to one of the autoencoder, a lower rate and narrower layers.

# %%
from experiments.vae import xy_spins_distances as chain
from spinlib.statistics import chi_square, mean_of_few

records = {
    "AVB": chapter.record("vae/xy_chain_adversarial"),
    "AVB, stabilised": chapter.record("vae/xy_chain_stabilised"),
}
training, variants = chapter.record("vae/xy_chain_configurations"), chapter.record("vae/xy_chain_variants")
ising = chapter.record("vae/ising_chain_adversarial")
paper = records["AVB"]
T = np.array(paper.settings["T"])
off = {label: chain.distances(one, T) for label, one in records.items()}

# %% tags=["figure"]
from spinbook.plots import learned

fine = np.linspace(T[0], T[-1], 200)
exact = fine, chain.exact_energy(fine)
energies = {label: one["bare_energy"] for label, one in records.items()} | {"training sets": training["chains_energy"]}
correlations = {label: one["bare_correlation"].mean(axis=2) for label, one in records.items()}
zero = (T[[0, -1]], np.zeros(2))
figure, values = learned.panels(T, [
    learned.Panel("energy per site [J]", energies, exact),
    learned.Panel("correlation, mean over r", correlations, (fine, chain.exact_correlation(fine).mean(axis=1))),
    learned.Panel("energy less exact [J]", {label: one.energy for label, one in off.items()}, zero),
    learned.Panel("correlation less exact", {label: one.correlation for label, one in off.items()}, zero),
])  # fmt: skip
chapter.figure(
    figure, "fig2b", records=[*records.values(), training], data=values,
    caption="Energy, and correlations averaged over distances r = 1 to 5, of generated configurations: means and standard errors "
    "over the seeds; below, their distances from the exact values. Points of one temperature stand side by side.",
    alt="Above, energies of AVB lie below the exact curve and its correlations above; the training sets lie on the curve. Below, "
    "the distances of both kinds of AVB from the exact values.",
)  # fmt: skip

# %%
energy = chain.exact_energy(T)[:, None]
chi2, dof, _ = chi_square(training["chains_energy"] - energy, training["chains_energy_error"], 0.0)
chapter.claim("fig2b/monte_carlo", chi2=chi2, dof=dof)
for label, of in (("AVB", ""), ("AVB, stabilised", "_stabilised")):
    chapter.claim(f"fig2b/energy{of}", mean_of_few(off[label].energy_size))
    chapter.claim(f"fig2b/correlation{of}", mean_of_few(off[label].correlation_size))

# %% [markdown]
# ## What Equation 3 means for unit vectors
#
# The loss is a divergence plus $\sum_i |x_i - y_i|^2$. For unit vectors $|x - y|^2 = 2 - 2 \cos(x, y)$. The second term
# is therefore $-\ln p(x|z)$ of a decoder that turns every output by a random angle of von Mises' distribution with concentration 2, up to
# a constant. The sum of both terms is a bound of $-\ln p(x)$ for configurations *with* this noise. The paper generates $y$, and
# leaves the noise out. Two consequences can be tested. Noise lowers the correlation of neighbours by the square of its mean
# cosine $A = I_1(2) / I_0(2)$; outputs that have the exact energy with noise have more than that without it, by $1 / A^2$. And no
# distribution of the outputs reaches a correlation above $A^2$: where the exact one is higher, parallel outputs are the best.

# %% tags=["figure"]
figure, values = learned.panels(T, [
    learned.Panel("energy per site [J]", {"as generated": one["bare_energy"], "with the noise": one["noisy_energy"]}, exact,
                  title=label, lines={"what the loss asks for": chain.smooth_energy(T)})
    for label, one in records.items()
])  # fmt: skip
chapter.figure(
    figure, "fig2b_noise", records=list(records.values()), data=values,
    caption="Energies of the outputs as they are, and of the same outputs with the noise of the loss. The blue line is the "
    "prediction for the outputs: the exact energy over the noise's mean cosine squared, or that of parallel spins. Means and errors over the seeds.",
    alt="Energies as generated lie far below the exact curve; with noise they are near it at high, above it at low temperature.",
)  # fmt: skip

# %%
noisy, more = chain.distances(paper, T, "noisy").energy, "runs with more seeds"
chapter.claim("fig2b/noise_energy", mean_of_few(np.abs(noisy[chain.allowed(T)]).mean(axis=0)), would_decide=more)
for label, of in (("AVB", "prediction"), ("AVB, stabilised", "stabilised")):
    unlike = np.abs(records[label]["bare_energy"] - chain.smooth_energy(T)[:, None])
    chapter.claim(f"fig2b/noise_{of}", mean_of_few(unlike.mean(axis=0)), reason="training need not tighten the bound")

# %% [markdown]
# ## Is it AVB, the training set, or the loss?
#
# At a few temperatures we change one thing at a time: independent exact configurations for training; a dense VAE in the place
# of AVB; and a smaller weight of the divergence. A weight $w$ means noise of concentration $2 / w$, so that a smaller one should
# come nearer to the exact distribution. It is another loss than the paper's.

# %% tags=["figure"]
some = np.array(variants.settings["T"])
at = [T.tolist().index(one) for one in some]
figure, values = learned.panels(some, [
    learned.Panel("energy less exact [J]", {"AVB": chain.distances(paper, T, output).energy[at]} | chain.of_variants(variants, some, output), (some[[0, -1]], np.zeros(2)), title=title)
    for output, title in (("bare", "as generated"), ("noisy", "with the noise that each loss means"))
], legend=1)  # fmt: skip
chapter.figure(
    figure, "fig2b_variants", records=[paper, variants], data=values,
    caption="Energy per site less the exact one at a few temperatures, where one thing is changed; w is the weight of the divergence. Means and "
    "errors over the seeds.",
    alt="Distances from the exact energy; as generated, all of full weight lie below zero, those of smaller weight nearer to it.",
)  # fmt: skip

# %%
vae, independent = (chain.distances(variants, some, "bare", name) for name in ("vae", "independent"))
tenth = mean_of_few(chain.distances(variants, some, "noisy", "stabilised_tenth").energy_size)
chapter.claim("fig2b/weight", tenth, would_decide=more)
chapter.claim("fig2b/vae", mean_of_few(vae.energy_size))
one, other = (mean_of_few(each.mean(axis=0)) for each in (independent.energy, off["AVB"].energy[at]))
chapter.claim("fig2b/independent", one.value - other.value, np.hypot(one.error, other.error), would_decide=more)
(one, error), (other, its_error) = map(chain.spread, (off["AVB"].energy[at], vae.energy))
chapter.claim("fig2b/difficult", one - other, np.hypot(error, its_error), would_decide=more)

# %% [markdown]
# ## Figure 2b, insets: the distribution of energies
#
# The paper compares histograms of the energies of 10,000 generated configurations with Monte Carlo, by eye. We compare with the
# exact distribution. For a comparison with the Ising chain, whose energy has six levels, XY energies are counted in five bins.

# %% tags=["figure"]
middles, panels = chain.histograms(records, T, at, 20)
figure = learned.histograms(middles, panels, label="energy [J]")
_ = [axis.set_xticks([-5, 0, 5]) for axis in figure.axes]
chapter.figure(
    figure, "fig2b_histogram", records=list(records.values()),
    data={title: {"energy": middles, "exact": law, **{name: one.mean(axis=0) for name, one in series.items()}} for title, law, series in panels},
    caption="Shares of the energies among as many generated configurations as the paper's, means and errors over seeds; bars are exact.",
    alt="Histograms, one a temperature: points of AVB stand above the exact bars at low energies and below them at higher ones.",
)  # fmt: skip

# %% tags=["figure"]
heats = {label: one["bare_heat"] for label, one in records.items()}
apart = {label: one["bare_total_variation"] for label, one in records.items()}
apart |= {f"{label}, with the noise": one["noisy_total_variation"] for label, one in records.items()}
figure, values = learned.panels(T, [
    learned.Panel("total variation of energies", apart),
    learned.Panel("heat capacity per site [$k_B$]", heats, (fine, chain.exact_heat(fine))),
])  # fmt: skip
chapter.figure(
    figure, "fig2b_divergence", records=list(records.values()), data=values,
    caption="Left: total variation between generated and exact energies, in bins. Right: heat capacity of outputs as generated. "
    "Means and errors over the seeds.",
    alt="Left: distances of the distributions of energies against temperature. Right: heat capacities beside the exact curve.",
)  # fmt: skip

# %%
chi2, dof = chain.pearson(paper["bare_few_counts"], T)
chapter.claim("fig2b/histogram", chi2=chi2, dof=dof)
chapter.claim("fig2b/histogram_distance", mean_of_few(off["AVB"].total_variation))
chapter.claim("fig2b/histogram_stabilised", mean_of_few(off["AVB, stabilised"].total_variation))
coarse = mean_of_few(chain.coarse_variation(paper["bare_counts"], T))
levels = mean_of_few(ising["sign_energy_total_variation"].mean(axis=0))
chapter.claim("fig2b/particularly", coarse.value - levels.value, np.hypot(coarse.error, levels.error))
smooth = "the decoder is trained for outputs with noise, and generation leaves it out"
chapter.claim("fig2b/kolmogorov", mean_of_few(paper["bare_few_kolmogorov"].mean(axis=0)), reason=smooth)
chapter.claim("fig2b/heat", mean_of_few(off["AVB"].heat_size), reason=smooth)
aligned = mean_of_few(paper["bare_direction"][:, :, 0].mean(axis=0))
chapter.claim("fig2b/direction", aligned, reason="stabilised AVB and the VAE hardly prefer any")

# %% [markdown]
# ## Figure 2b, red markers: reconstruction at training time
#
# The paper's red markers are energies "at training time", on the exact curve. It does not say whether the encoder had its noise.

# %% tags=["figure"]
figure, values = learned.panels(T, [
    learned.Panel(
        "mean cosine to the spin", {label: one["sampled_training_cosine"] for label, one in records.items()}, title="with noise, cosines",
        lines={f"{label}, held out": one["sampled_held_out_cosine"].mean(axis=1) for label, one in records.items()},
    ),
    *(
        learned.Panel("energy less exact [J]", {label: one[f"{of}_training_energy"] - energy for label, one in records.items()}, zero, title=title)
        for of, title in (("mean", "without noise, energies"), ("sampled", "with noise, energies"))
    ),
], columns=3)  # fmt: skip
figure.axes[0].get_legend().set_loc((0.41, 0.19))
chapter.figure(
    figure, "fig2b_reconstruction", records=list(records.values()), data=values,
    caption="Configurations that have gone through encoder and decoder. Left: mean cosine of the angle between spin and "
    "reconstruction; points for training configurations, lines for as many that the networks have not seen. Means and errors over the seeds.",
    alt="Left: mean cosines against temperature; lines of unseen configurations run through the points. Middle and right: energies below zero.",
)  # fmt: skip

# %%
for of in ("mean", "sampled"):
    lost = np.abs(paper[f"{of}_training_energy"] - energy)
    chapter.claim(f"fig2b/training_{of}", mean_of_few(lost.mean(axis=0)))
seen = (paper["sampled_training_cosine"] - paper["sampled_held_out_cosine"]).mean(axis=0)
chapter.claim("fig2b/over_fitting", mean_of_few(seen))

# %% tags=["figure"]
from spinbook.plots import curves

middle, terms = at[len(at) // 2], ("divergence", "reconstruction")
losses = {label: {term: one[f"loss.autoencoder.{term}"][middle] for term in terms} for label, one in records.items()}
figure, columns = curves.trainings(losses, "terms of the loss [nats]")
chapter.figure(
    figure, "fig2b_training", records=list(records.values()), data=columns,
    caption=f"Terms of the loss at T = {T[middle]:g}, the divergence as the discriminator estimates it: means and ranges over the seeds.",
    alt="Two panels of two curves each against the epoch, with the range of the seeds around them.",
)  # fmt: skip

# %% [markdown]
# ## What we found
#
# The training sets are exact; the networks are not. AVB makes spins too parallel at every temperature: the energy is too low, and
# the distribution of energies is worse than the Ising chain's. No verdict on the paper's claims depends on whether AVB is stabilised.
# A plain VAE misses the energy, too, and with independent training sets we see no change beyond the errors. The larger part is the
# loss. It trains the decoder for spins with noise, which generation leaves out. Added back, the noise removes most of the distance
# at high temperature. At the lowest temperatures no outputs with such noise have the exact energy. The loss does not explain all:
# outputs are less parallel than it asks for at low and middle temperatures, and more parallel at high ones. With a tenth of the
# divergence's weight, AVB at the paper's rates comes near the exact energy. Reconstructions point the same way: the paper's are
# "nearly perfect", ours too parallel. We suspect that its program weighed the divergence less than Equation 3; its text does not tell.

# %% tags=["answer"]
chapter.answer(
    f"AVB with the paper's loss makes spins that are too parallel: its energy is off by {chapter.shown('fig2b/energy')} J per site, "
    f"and its correlations by {chapter.shown('fig2b/correlation')}. A VAE with the same loss does no better "
    f"({chapter.shown('fig2b/vae')} J). For unit vectors Equation 3 means noise that generation leaves out. With it the energy is off by "
    f"{chapter.shown('fig2b/noise_energy')} J where such noise allows the exact one. The distribution of energies is not captured "
    f"better than the Ising chain's: its total variation is larger by {chapter.shown('fig2b/particularly')}."
)

# %%
chapter.close()
