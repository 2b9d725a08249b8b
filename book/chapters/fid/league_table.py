# %% [markdown]
# # The league table: all generative models on common benches
#
# Beyond paper fid {cite}`fid`, which compares its models with each other by curves. Here every generative model of the
# book is asked the same questions: on 16 x 16 sites the paper's diffusion models and GANs and [the autoregressive
# network](better_model.ipynb), all trained on data of the paper's protocol; on 10 x 10 sites the networks of paper vae
# {cite}`vae`. Monte Carlo stands beside them. Who is nearest to the exact law, and at what price?
#
# **Running it.** `smoke` scale runs the same code with small settings; `make record CHAPTER=fid/league_table SCALE=laptop` makes
# the records of the first table. How long they took stands in the captions.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("fid/league_table", scale=scale, device=device, store=store)

# %% [markdown]
# ## The bench of 16 x 16 sites
#
# Energy $E$ and heat capacity $C$ are compared with Kaufman's {cite}`kaufman1949` of the same lattice, the
# susceptibility χ of $|m|$ with cluster samples. The energies as a whole are compared with their exact law: KL is the divergence
# of the generated from the exact one, freed of its bias by counting, so that it may be a little below zero. Diversity is the Hamming distance of
# pairs, turned to positive $m$. Diffusion models and GANs are judged by the signs of their outputs, the autoregressive
# network without its weights. An independent configuration of a Markov chain takes two autocorrelation times.

# %%
from experiments.fid import league_table, models
from spinbook.plots import learned
from spinlib.exact import kaufman
from spinlib.statistics import mean_of_few

better = chapter.record("fid/better_model")
bench = chapter.record("fid/league_table")
trained = {
    "diffusion": chapter.record("fid/diffusion"),
    "diffusion_coarse": chapter.record("fid/diffusion_coarse"),
    "diffusion_variants": chapter.record("fid/diffusion_variants"),
    "gan": chapter.record("fid/gan"),
}
L, OURS = bench.settings["L"], "autoregressive"


def shared(*grids):
    """Temperatures that all grids have, rising."""
    return np.array(sorted(set.intersection(*({round(float(t), 3) for t in grid} for grid in grids))))


T = shared(bench["T"], better["T"], *(record["T"] for record in trained.values()))


def at(grid):
    """Where the common temperatures stand in a grid."""
    return [int(np.argmin(np.abs(grid - t))) for t in T]


def of_record(record, which):
    """Numbers (temperature, seed) of one model of a record of diffusion models or GANs."""
    places = at(record["T"])
    spins = models.unpacked(record["spins"][which][:, places], L)
    sets = [[league_table.of_set(one, t) for one in spins[:, k]] for k, t in enumerate(T)]
    found = {name: np.array([[one[name] for one in row] for row in sets]) for name in league_table.ASKED}
    return found | {
        "seconds": record["sampling_seconds"][which][:, places].T,
        "parameters": int(np.max(record["parameters"][which])),
        "minutes": float(np.mean(record["training_seconds"][which])) / 60,
    }


def of_bench(kind):
    """The same of a sampler."""
    return {name: bench[f"{kind}_{name}"][at(bench["T"])] for name in (*league_table.ASKED, "seconds")}


table = {"Metropolis, one data set": of_bench("protocol"), "Swendsen-Wang": of_bench("cluster")}
table[OURS] = {name: better[name][at(better["T"])] for name in (*league_table.ASKED, "seconds")}
table[OURS] |= {"parameters": int(better["n_parameters"][0]), "minutes": float(better["training_seconds"].mean()) / 60}
for record in trained.values():
    for which, name in enumerate(record["models"]):
        table[str(name)] = of_record(record, which)
networks = [name for name in table if "parameters" in table[name]]
exact = {
    "energy": kaufman.energy(T, (L, L)),
    "heat": kaufman.specific_heat(T, (L, L)),
    "chi": better["cluster_chi"][at(better["T"])],
}


def off(name, quantity):
    """Relative distances (temperature, repetition) in %."""
    return 100 * (table[name][quantity] / exact[quantity][:, None] - 1.0)


def cell(values, form="{:.2f} ± {:.2f}"):
    """A mean over repetitions with its error."""
    one = mean_of_few(values)
    return form.format(one.value, one.error)


# %%
head = [
    "T",
    "model",
    "E [%]",
    "C [%]",
    "χ [%]",
    "KL of energies [nats]",
    "diversity",
    "ms",
    "parameters",
    "training [min]",
]
rows = []
for k, t in enumerate(T):
    for name, values in table.items():
        known = name in networks
        rows.append([
            f"{t:g}", name, cell(off(name, "energy")[k]), cell(off(name, "heat")[k], "{:.1f} ± {:.1f}"),
            cell(off(name, "chi")[k], "{:.1f} ± {:.1f}"), cell(values["kl_energy"][k], "{:.4f} ± {:.4f}"),
            cell(values["hamming_aligned"][k], "{:.3f} ± {:.3f}"), f"{1e3 * values['seconds'][k].mean():.3g}",
            f"{values['parameters']:,}" if known else "", f"{values['minutes']:.1f}" if known else "",
        ])  # fmt: skip
chapter.table(
    f"{L} x {L} spins: distances of E, C and χ from references, the divergence of the energies from their exact law, "
    "diversity, and milliseconds of one core for an independent configuration. Means and errors over trainings, or over runs.",
    head, rows,
)  # fmt: skip

# %% tags=["figure"]
panels = [
    learned.Panel("KL of energies [nats]", {name: values["kl_energy"] for name, values in table.items()}),
    learned.Panel("heat capacity less exact [%]", {name: off(name, "heat") for name in table}),
    learned.Panel("diversity, signs aligned", {name: values["hamming_aligned"] for name, values in table.items()}),
    learned.Panel(
        "ms per independent configuration", {name: 1e3 * values["seconds"] for name, values in table.items()}, log=True
    ),
]
figure, drawn = learned.panels(T, panels)
figure.axes[0].set_yscale("symlog", linthresh=0.01)
figure.axes[1].set_yscale("symlog", linthresh=10)
for axis in figure.axes[:2]:
    axis.axhline(0.0, color="black", linewidth=1)
figure.axes[0].get_legend().remove()
handles, names = figure.axes[0].get_legend_handles_labels()
figure.legend(handles, names, loc="outside lower center", ncols=4)
chapter.figure(
    figure, "text9_table", records=[better, bench, *trained.values()], data=drawn,
    caption=f"The table as a picture: {L} x {L} spins at T = {', '.join(f'{t:g}' for t in T)}, points of one temperature side by side. Means and errors over trainings or runs; "
    "the scales of the upper panels are linear near zero and logarithmic beyond.",
    alt="Four panels with a group of points for each temperature: the autoregressive network lies near zero divergence with the Monte Carlo samplers, other networks above.",
)  # fmt: skip

# %%
others = [name for name in networks if name != OURS]
kl = {name: [mean_of_few(row) for row in table[name]["kl_energy"]] for name in [*networks, "Metropolis, one data set"]}
differences = []
for k in range(len(T)):
    best = min((kl[name][k] for name in others), key=lambda one: one.value)
    differences.append((kl[OURS][k].value - best.value, float(np.hypot(kl[OURS][k].error, best.error))))
chapter.claim("text9/energy_law", *max(differences))
distance = {name: mean_of_few(np.abs(off(name, "heat")).mean(axis=0) / 100) for name in networks}
best = min((distance[name] for name in others), key=lambda one: one.value)
chapter.claim("text9/heat", distance[OURS].value - best.value, float(np.hypot(distance[OURS].error, best.error)))
data = kl["Metropolis, one data set"]
differences = [(a.value - b.value, float(np.hypot(a.error, b.error))) for a, b in zip(kl[OURS], data, strict=True)]
chapter.claim("text9/data", *max(differences))
ratios = []
for name in networks:
    for k in range(len(T)):
        ours, chain = (mean_of_few(table[one]["seconds"][k]) for one in (name, "Metropolis, one data set"))
        ratio = ours.value / chain.value
        ratios.append((ratio, ratio * float(np.hypot(ours.error / ours.value, chain.error / chain.value)), name, T[k]))
least = min(ratios)
chapter.claim("text9/cost", *least[:2])
chapter.say(f"The smallest ratio of times is that of {least[2]} at T = {least[3]:g}.")

# %% [markdown]
# ## The bench of 10 x 10 sites
#
# The autoencoders of paper vae were trained on 10 x 10 sites, one for each temperature, and are not conditional. They were not
# trained again on 16 x 16: a training for each temperature and seed was more than this part's share of computing time. So
# they have a table of their own, and the two tables must not be read as one. Adversarial autoencoders exist in the book for chains only.
# "Bernoulli decoder" is the autoencoder with a likelihood; the autoregressive network there is trained on the energy, without data.

# %%
autoencoder = chapter.record("vae/ising_10x10")
corrected = chapter.record("vae/corrected_10x10")
energy_trained = chapter.record("vae/autoregressive")
grids = {
    "autoencoder": np.array(autoencoder.settings["T"]),
    "corrected": np.array(corrected.settings["T"]),
    "energy": energy_trained["torus_T"],
}
rows = []
for t in sorted({round(float(t), 6) for t in (*grids["corrected"], *grids["energy"])}):
    for k in np.flatnonzero(np.abs(grids["autoencoder"] - t) < 1e-3):
        reference = {name: autoencoder[f"exact_{name}"][k] for name in ("energy", "heat")}
        for kind, name in (
            ("set", "Metropolis, its data set"),
            ("sign", "autoencoder, signs"),
            ("drawn", "autoencoder, drawn spins"),
        ):
            e, c = (100 * (autoencoder[f"{kind}_{what}"][k] / reference[what] - 1) for what in ("energy", "heat"))
            law = cell(autoencoder[f"{kind}_energy_kl"][k], "{:.4f} ± {:.4f}") if kind != "set" else ""
            rows.append([f"{t:.4g}", name, cell(e), cell(c, "{:.1f} ± {:.1f}"), law, "", ""])
    for k in np.flatnonzero(np.abs(grids["corrected"] - t) < 1e-3):
        e = 100 * (corrected["proposed_energy"][k, :, -1] / corrected["exact_energy"][k] - 1)
        whole, share = (
            cell(corrected["kl"][k, :, -1], "{:.2g} ± {:.1g}"),
            cell(corrected["effective"][k, :, -1], "{:.2g} ± {:.1g}"),
        )
        rows.append([f"{t:.4g}", "autoencoder, Bernoulli decoder", cell(e), "", "", f"≤ {whole}", share])
    for k in np.flatnonzero(np.abs(grids["energy"] - t) < 1e-3):
        e = 100 * (energy_trained["torus_symmetric_proposed_energy"][k] / energy_trained["torus_exact_energy"][k] - 1)
        whole, share = (
            cell(energy_trained[f"torus_symmetric_{what}"][k], "{:.3g} ± {:.1g}") for what in ("kl", "effective")
        )
        rows.append(
            [f"{t:.4g}", "autoregressive, trained on the energy", cell(e, "{:.3f} ± {:.3f}"), "", "", whole, share]
        )
chapter.table(
    "10 x 10 spins: distances of energy and heat capacity from Kaufman's, the divergence of the energies from their exact law, that of the whole "
    "law, and the effective share of importance weights. Means and errors over trainings; empty: not in the records of paper vae.",
    ["T", "model", "E [%]", "C [%]", "KL of energies [nats]", "KL of the whole law [nats]", "effective share"], rows,
)  # fmt: skip

# %% [markdown]
# ## What we found
#
# The models differ by what they know. Those that know their own probability, and see enough of the lattice to represent the
# exact law, come near to it; what they still lack can be weighed. Those that make numbers and are rounded to spins afterwards have no such correction. The
# times are those of one core of one machine, and of implementations that differ in care: packed Metropolis runs 64 copies in the bits of a word, the networks
# run in a general library.

# %% tags=["answer"]
chapter.answer(
    f"On {L} x {L} sites the raw energies of the autoregressive network differ from the exact law by {max(kl[OURS], key=lambda one: one.value).value:.2g} nats at most, "
    f"less the best other network {chapter.shown('text9/energy_law')} nats, and its heat capacity is off by {100 * distance[OURS].value:.1f} % on average, less the best other network "
    f"{chapter.shown('text9/heat')} (relative). The fastest network takes {chapter.shown('text9/cost')} times as long for a configuration as Metropolis "
    "flips in packed copies take for an independent one."
)

# %%
chapter.close()
