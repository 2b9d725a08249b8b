# %% [markdown]
# # The report on the networks: which numbers show that they are networks?
#
# Paper fid {cite}`fid` compares its models with Monte Carlo curve by curve. Here `spinlib.fidelity.report`, which
# [an earlier chapter](fidelity_report.ipynb) tried on samplers with known faults, judges the sets that the book's own DiffIsing2, GAN and GAN+M
# generated: twelve metrics at four temperatures, below the training range, in it and at the transition. No claim was made on this page before
# the records were known. So it has none, and its numbers are findings that were seen afterwards.
#
# **Running it.** `smoke` scale runs the same code with small networks and trainings thrown together, `laptop` scale is 16 x 16 sites, `paper`
# scale 64 x 64 on a GPU: `make record CHAPTER=fid/reports SCALE=paper DEVICE=cuda`. How long the shipped records took stands in the captions.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("fid/reports", scale=scale, device=device, store=store)

# %% [markdown]
# ## One report for each training
#
# Every set is judged by itself against one reference of its temperature, exact where there is an exact answer and a cluster sample elsewhere. The
# level holds for all metrics of a report together.

# %%
from experiments.fid import compared, generated
from experiments.fid import model_distances as off
from experiments.fid.together import Together
from spinbook.pages.page import bracketed
from spinlib.fidelity import FEWEST, make_reference, report
from spinlib.models import Ising

records = {name: chapter.record(name) for name in generated.RECORDS}
monte_carlo = chapter.record("fid/monte_carlo")
fine = Together(records["fid/diffusion"], records["fid/diffusion_more"])
gans = Together(records["fid/gan"], records["fid/gan_more"])
L, names = fine.settings["L"], ("DiffIsing2", "GAN", "GAN+M")
temperatures = [float(t) for t in (1.2, 2.0, 2.3, 3.0) if np.isclose(generated.temperatures(records), t).any()]
lattice = Ising((L, L))
few = min(len(generated.configurations(records, name, 0, temperatures[0])) for name in names) < FEWEST


def found(name, reference):
    """The reports on all trainings of a model, or one on all of them where each set is too small."""
    sets = [
        generated.configurations(records, name, k, reference.temperature)
        for k in range(generated.trainings(records, name))
    ]
    return [report(one, lattice, reference.temperature, reference=reference) for one in ([np.concatenate(sets)] if few else sets)]  # fmt: skip


references = {t: make_reference(lattice, t, n_draws=2000 if few else 20_000) for t in temperatures}
reports = {(name, t): found(name, references[t]) for name in names for t in temperatures}

# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinlib.fidelity.one_page import in_words

metrics = list(dict.fromkeys(name for rows in reports.values() for one in rows for name in one.metrics))


def share(rows, metric, verdict):
    """The share of the reports in which a metric has this verdict."""
    return np.mean([one.metrics[metric].verdict == verdict if metric in one.metrics else verdict == "undecided" for one in rows])  # fmt: skip


deviates, undecided = (
    np.array([[share(rows, metric, verdict) for metric in metrics] for rows in reports.values()])
    for verdict in ("deviates", "undecided")
)
labels = [f"{name}, T = {t:g}" for name, t in reports]
reds = plt.get_cmap("Reds").with_extremes(bad="0.85")
figure, axes = plt.subplots(1, 2, figsize=(9.6, 5.4), layout="constrained")  # a phone shows each half for itself
half = len(metrics) // 2
for axis, columns in zip(axes, (slice(0, half), slice(half, None)), strict=True):
    shown = np.where(undecided < 1, deviates, np.nan)[:, columns]
    axis.imshow(shown, cmap=reds, vmin=0, vmax=2.0, aspect="auto")
    for (row, column), value in np.ndenumerate(shown):
        axis.text(column, row, f"{value:.2g}" if np.isfinite(value) else "none", ha="center", va="center", fontsize=8)
    axis.set_xticks(range(shown.shape[1]), [in_words(one) for one in metrics[columns]], rotation=40, ha="right")
    axis.set_yticks(range(len(labels)), labels)
    axis.grid(False)
chapter.figure(
    figure, "report_verdicts", records=[*fine.records, *gans.records],
    data={"set": labels} | {metric: deviates[:, k] for k, metric in enumerate(metrics)} | {f"{metric}, undecided": undecided[:, k] for k, metric in enumerate(metrics)},
    caption=f"Share of the {fine.settings['seeds']} trainings of DiffIsing2 and {gans.settings['seeds']} of each GAN in which a metric deviates; {L} x {L} sites, spins by signs. "
    "None: no report could decide.",
    alt="A table of shares in two halves: a row for each model and temperature, a column for each metric of the report.",
)  # fmt: skip

# %%
chapter.table(
    "How far the distributions of energies and of magnetisations are from those of the reference, as Kullback-Leibler divergences in nats, and the verdicts of whole reports.",
    ["model", "T", "KL of $E$", "KL of $m$", "agree", "undecided", "deviate"],
    [
        [name, f"{t:g}", *(compared.told([one.metrics[f"{kind}_distribution"].value for one in rows]) for kind in ("energy", "magnetization")),
         *(f"{sum(one.verdict == verdict for one in rows)}" for verdict in ("agrees", "undecided", "deviates"))]
        for (name, t), rows in reports.items()
    ],
)  # fmt: skip
chapter.say(
    "A divergence is zero for equal distributions; noise is subtracted on average, so that it may come out below zero. Errors are over trainings. A set of one sign "
    "at low temperature deviates in its magnetisations even where its energies are right."
)

# %% [markdown]
# ## Raw outputs against signs
#
# The paper does not say whether it rounds. All chapters here judge signs. The networks' own numbers, not rounded, have other means and fluctuations.

# %%
four = {"energy": "Energy per site [J]", "order": "⟨|m|⟩", "heat": "Heat capacity per site", "chi": "Susceptibility per site"}  # fmt: skip
known = off.references(np.array(temperatures), L, monte_carlo)


def both(name, quantity, t):
    """A quantity by signs and raw, in words, with errors over trainings."""
    of = fine if name == "DiffIsing2" else gans
    place = int(np.argmin(np.abs(of["T"] - t)))
    return [bracketed(compared.told(off.of(of, name, f"{kind}{quantity}")[place])) for kind in ("", "raw_")]


for quantity, title in four.items():
    source = "exact" if quantity in ("energy", "heat") else "cluster sample"
    chapter.table(
        f"{title}, means over trainings with the error of the last digits in brackets.",
        ["T", source, *(f"{name}, {kind}" for name in names for kind in ("signs", "raw"))],
        [
            [f"{t:g}", f"{known[quantity][k]:.3f}", *(cell for name in names for cell in both(name, quantity, t))]
            for k, t in enumerate(temperatures)
        ],
    )

# %% [markdown]
# ## What we found
#
# The first figure says which metrics tell a network from the lattice, and at which temperatures no metric does. A verdict depends on the size of the set:
# these have as many configurations as the captions of the networks' chapters say, and larger ones would show smaller faults. The tables
# say how large the faults are, and how much of what one reads off a generated set is the rounding.

# %% tags=["answer"]
counts = {name: [one.verdict for (model, _), rows in reports.items() if model == name for one in rows] for name in names}  # fmt: skip
chapter.answer(
    "Of the reports on single trainings at "
    + ", ".join(f"T = {t:g}" for t in temperatures)
    + " these find fault: "
    + ", ".join(f"{sum(one == 'deviates' for one in rows)} of {len(rows)} ({name})" for name, rows in counts.items())
    + ". At T = 2.3 the energies of DiffIsing2 are "
    + compared.told([one.metrics["energy_distribution"].value for one in reports["DiffIsing2", 2.3]])
    + " nats from the exact distribution, those of the GAN "
    + compared.told([one.metrics["energy_distribution"].value for one in reports["GAN", 2.3]])
    + " nats."
)

# %%
chapter.close()
