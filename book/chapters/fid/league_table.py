# %% [markdown]
# # The league table: all generative models on one bench
#
# Beyond paper fid {cite}`fid`, which compares its models with each other by curves. Here every generative model of the
# book is asked the same questions on 16 x 16 sites: the paper's diffusion models and GANs, [the autoregressive
# network](better_model.ipynb), [masked diffusion](masked_diffusion.ipynb), and the autoencoders of paper vae {cite}`vae`, all trained on
# data of the paper's protocol. Monte Carlo stands beside them. Who is nearest to the exact distribution, and at what price?
#
# **Running it.** `smoke` scale runs the same code with small settings; `make record CHAPTER=fid/league_table SCALE=laptop` makes
# the records, which have no `paper` scale of 64 x 64 sites. How long they took stands in the captions.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("fid/league_table", scale=scale, device=device, store=store)

# %% [markdown]
# ## The bench
#
# Energy $E$ and heat capacity $C$ are compared with Kaufman's {cite}`kaufman1949` of the same lattice, the
# susceptibility χ of $|m|$ with cluster samples. The energies as a whole are compared with their exact distribution: KL is the divergence
# of the generated from the exact one, freed of its bias by counting, so that it may be a little below zero. Diversity is the Hamming distance of
# pairs, turned to positive $m$. Diffusion models, GANs and autoencoders are judged by the signs of their outputs, the autoregressive
# network and masked diffusion without their weights. An autoencoder knows one temperature only. So there is one for each of
# those temperatures of this bench at which the others have data, with the thousand configurations that they have there; T = 1.2 is below the range of all trainings. VAE: a variational
# autoencoder with convolutions. GANs have clipped weights, or [a penalty on the critic's gradient](gan.ipynb). AVB: adversarial variational Bayes. Losses, optimisers and rates are those of paper vae; widths, latent variables, epochs and batches are ours. An independent configuration of a Markov chain takes two autocorrelation times. Times of samplers,
# of the autoregressive network and of autoencoders are those of the processor; times of the other networks, and of all trainings, were read off a clock while other work
# shared the machine, and are too long. DiffIsing1 and DiffFlip, which have chapters of their own, are not in this table; nor are
# [an autoencoder with a likelihood](../vae/corrected_sampling.ipynb) and [a network that is trained on the energy](../vae/exact_likelihood.ipynb), which have other data.

# %%
from experiments.fid import compared, power_law, standings
from experiments.fid.protocol import CRITICAL
from experiments.fid.together import Together
from spinbook.plots import learned, style
from spinlib.exact import kaufman

better = chapter.record("fid/better_model")
bench = chapter.record("fid/league_table")
masked, autoencoders = chapter.record("fid/masked_diffusion"), chapter.record("fid/autoencoders")
trained = [
    Together(chapter.record("fid/diffusion"), chapter.record("fid/diffusion_more")),
    Together(chapter.record("fid/gan"), chapter.record("fid/gan_more")),
    Together(chapter.record("fid/gan_penalty")),
]
VARIANTS = ("", "", " with penalty")  # behind the names of their models
L, OURS, DATA = bench.settings["L"], "autoregressive", "Metropolis, one data set"
T = standings.shared(bench["T"], better["T"], masked["T"], *(record["T"] for record in trained))
exact = {
    "energy": kaufman.energy(T, (L, L)),
    "heat": kaufman.specific_heat(T, (L, L)),
    "chi": better["cluster_chi"][[int(np.argmin(np.abs(better["T"] - t))) for t in T]],
}
table = standings.Standings(T, exact)
table.add_sampler(DATA, bench, "protocol")
table.add_sampler("Swendsen-Wang", bench, "cluster")
table.add_likelihood(OURS, better, bench["network_seconds"])
table.add_likelihood("masked diffusion", masked)
for record, variant in zip(trained, VARIANTS, strict=True):
    table.add_generated(record, variant)
table.add_autoencoders(autoencoders)
others = [name for name in table.networks if name != OURS]

# %%
from spinbook.pages.page import bracketed, number

head = ["T", "model", "E [%]", "C [%]", "χ [%]", "KL [nats]", "diversity", "ms"]
asked = ("energy", "heat", "chi", "kl_energy", "hamming_aligned")
rows = []
for k, t in enumerate(T):
    for name, values in table.rows.items():
        if np.isnan(values["energy"][k]).all():
            continue
        pairs = [table.found(name, quantity) for quantity in asked]
        cells = [bracketed(number(mean[k], error[k])) if error[k] > 1e-9 else f"{mean[k]:.3g}" for mean, error in pairs]
        rows.append([f"{t:g}", name, *cells, f"{1e3 * values['seconds'][k].mean():.2g}"])
chapter.table(
    f"{L} x {L} spins: distances of E, C and χ from references, the divergence of the energies from their exact distribution, "
    "diversity, and milliseconds of one core for an independent configuration. Means over trainings, or over runs, with the error of the last digits in brackets; no error: all trainings give the same.",
    head, rows,
)  # fmt: skip
chapter.table(
    "What the networks took. Of autoencoders: all parameters and minutes of the networks of a training, one for each temperature.",
    ["model", "parameters", "minutes of training"],
    [[name, f"{table.rows[name]['parameters']:,}", f"{table.rows[name]['minutes']:.1f}"] for name in table.networks],
)

# %% [markdown]
# The paper compares exponents of $G(r)$ at T = 2.3, which is not the critical temperature. Here they are those of a straight line through
# all distances up to a quarter of the lattice, with nothing subtracted. At the critical temperature itself the later trainings were asked.

# %%
references = chapter.record("fid/references")
place = "small" if references["sizes"][0] == L else "large"
grid = references["correlated"]
sources = {OURS: [(better["T"], better["g"])], "masked diffusion": [(masked["T"], masked["g"])]}
for both, variant in zip(trained, VARIANTS, strict=True):
    for k, name in enumerate(both["models"]):
        sources[f"{name}{variant}"] = [(record["T"], np.moveaxis(record["g"][k], 0, 1)) for record in both.records]
sources |= {str(name): [(autoencoders["T"], autoencoders["g"][k])] for k, name in enumerate(autoencoders["models"])}
sources |= {DATA: [(grid, references[f"data_g_{place}"])], "Swendsen-Wang": [(grid, references[f"cluster_g_{place}"])]}


def exponents(source, temperature):
    """Mean over trainings or runs and its error; empty where fewer than three were asked, or have G > 0 throughout.

    source: temperatures and G (temperature, run, r) of every record.
    """
    asked = [g[k] for grid, g in source for k in np.flatnonzero(np.abs(grid - temperature) < 1e-3)]
    etas = np.concatenate([[np.nan], *(power_law.exponents(one, 1, L // 4) for one in asked)])
    return number(*compared.mean_of(etas)[:2]) if np.isfinite(etas).sum() > 2 else ""


chapter.table(
    f"Exponents η on {L} x {L} sites, means and errors over trainings or runs.", ["model", "T = 2.3", f"T = {CRITICAL:.4f}"],
    [[name, *(exponents(source, t) for t in (2.3, CRITICAL))] for name, source in sources.items()],
)  # fmt: skip

# %% tags=["figure"]
import matplotlib.pyplot as plt

labels = {
    "kl_energy": "KL of energies [nats]",
    "heat": "heat capacity less exact [%]",
    "hamming_aligned": "diversity, signs aligned",
    "seconds": "seconds per independent configuration",
}
figure, axes = plt.subplots(2, 2, figsize=(9, 7), sharex=True, layout="constrained")
drawn = {"T": T}
for axis, (quantity, label) in zip(axes.flat, labels.items(), strict=True):
    for shift, name in enumerate(table.rows):
        mean, error = table.found(name, quantity)
        color, filled = list(style.COLORS)[shift % len(style.COLORS)], shift < len(style.COLORS)
        how = {**style.MEASURED, "marker": style.MARKERS[color], "markersize": 4.5, "color": style.COLORS[color]}
        how["fillstyle"] = "full" if filled else "none"
        axis.errorbar(T + 0.016 * (shift - len(table.rows) / 2), mean, error, label=name, **how)
        drawn |= {f"{label}, {name}": mean, f"{label}, {name}, error": error}
    axis.set(ylabel=label, yscale="log" if quantity == "seconds" else "linear")
for axis, threshold in zip(axes[0], (0.01, 10), strict=True):
    axis.set_yscale("symlog", linthresh=threshold)
    axis.axhline(0.0, color="black", linewidth=1)
for axis in axes[1]:
    axis.set(xlabel=learned.TEMPERATURE, xticks=T[np.diff(T, prepend=0) > 0.3])
figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
chapter.figure(
    figure, "text9_table", records=[better, masked, autoencoders, bench, *(record for both in trained for record in both.records)], data=drawn,
    caption=f"The table as a picture: {L} x {L} spins at T = {', '.join(f'{t:g}' for t in T)}, points of one temperature side by side. Means and errors over trainings or runs; "
    "the scales of the upper panels are linear near zero and logarithmic beyond.",
    alt="Four panels with a group of points for each temperature: the autoregressive network and, above the lowest temperature, masked diffusion have divergences near those of the Monte Carlo samplers, other networks larger ones; the times of all networks lie above those of the samplers.",
)  # fmt: skip

# %%
MORE = "more configurations of the other networks, and more trainings"
chapter.claim("text9/energy_law", *standings.largest(*table.less_best("kl_energy", OURS, others)), would_decide=MORE)
distance = {name: table.mean_distance(name, "heat") for name in table.networks}
best = min(distance[name] for name in others)
difference = distance[OURS][0] - best[0], float(np.hypot(distance[OURS][1], best[1]))
chapter.claim("text9/heat", *difference, would_decide=MORE)
chapter.claim(
    "text9/data",
    *standings.largest(*table.less("kl_energy", OURS, DATA)),
    would_decide="more draws at the lowest temperature, which lies outside the training",
)
least = table.ratios(DATA)[0]
chapter.claim("text9/cost", *least[:2])
chapter.say(f"The smallest ratio of times is that of {least[2]} at T = {least[3]:g}.")

# %% [markdown]
# ## What we found
#
# The models differ by what they know, and by how long they were trained. Those that know their own probability, and see enough of the lattice to represent the
# exact distribution, come near to it; what they still lack can be weighed. Those that make numbers and are rounded to spins afterwards have no such correction. The
# times are those of one core of one machine, and of implementations that differ in care: packed Metropolis runs 64 copies in the bits of a word, the networks
# run in a general library.

# %% tags=["answer"]
chapter.answer(
    f"On {L} x {L} sites the raw energies of the autoregressive network are at most {table.found(OURS, 'kl_energy')[0].max():.2g} nats from their exact distribution. "
    f"This less the divergence of the best of the other networks ({', '.join(others)}) is {chapter.shown('text9/energy_law')} nats at the temperature where it is largest. Its heat capacity is off by "
    f"{100 * distance[OURS][0]:.0f} % on average, the best of the others by {100 * best[0]:.0f} %. The fastest network takes {chapter.shown('text9/cost')} times as long for "
    "a configuration as Metropolis flips in packed copies take for an independent one."
)

# %%
chapter.close()
