# %% [markdown]
# # Diversity: what a Hamming distance measures
#
# Figures 6 and 7 of paper fid {cite}`fid`: the mean Hamming distance between configurations of one set, against the
# temperature, for Monte Carlo, the diffusion model and the GANs, and snapshots of them. The paper reads low distances as
# similar configurations, and those of its GAN as a mode collapse.
#
# **Running it.** `smoke` scale runs the same code with tiny networks. At `laptop` scale the networks are on 16 x 16 sites, at
# `paper` scale on the paper's 64 x 64: `make record CHAPTER=fid/diversity SCALE=laptop`. How long the shipped records took
# stands in the captions.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("fid/diversity", scale=scale, device=device, store=store)

# %% [markdown]
# ## What the distance is, exactly
#
# Two configurations of $N$ spins with the overlap $q = \frac{1}{N} \sum_i s_i s_i'$ differ at the share $(1 - q) / 2$ of the sites. The mean
# over all pairs of $n$ configurations is therefore
#
# $$ d = \frac{n}{n - 1} \, \frac{1}{2} \Bigl( 1 - \frac{1}{N} \sum_i \langle s_i \rangle^2 \Bigr) , $$
#
# with $\langle s_i \rangle$ the mean of spin $i$ over the set. Nothing else of the set enters. Without a field, independent
# configurations have $\langle s_i \rangle = 0$ and so $d = 1/2$ at every temperature, also far below the transition, where half of the
# pairs are nearly equal and half nearly opposite. A set on one side has $d = (1 - m^2) / 2$. The low distances in the
# paper's figure thus say that its Monte Carlo run has one sign. Its text on Figure S3b tells of both signs for DiffIsing2. In equal shares they make $d$ near
# 1/2 at low temperatures. The two figures then agree only if one sign was rare, or if signs were aligned for Figure 6. We show both.

# %%
from experiments.fid import compared
from experiments.fid.protocol import CRITICAL
from experiments.fid.references import PLACES
from experiments.fid.together import Together
from spinlib.statistics import mean_of_few, mean_of_independent

references, networks = chapter.record("fid/references"), chapter.record("fid/generated_sets")
gans = Together(chapter.record("fid/gan"), chapter.record("fid/gan_more"))
critic = float(np.abs(gans["loss"][..., -1]).max())  # how far it tells real from generated
names, T, known = networks["models"].tolist(), networks["T"], references["T"]
sizes, L = references["sizes"].tolist(), 2 * networks["g"].shape[-1]
here, PAPER_L = sizes.index(L), 64


def of(source, key="distance", size=here):
    """Distances (temperature, run or training) of "data" or "cluster", or of a network."""
    return references[f"{source}_{key}"][size] if source in ("data", "cluster") else networks[key][names.index(source)]


# %% [markdown]
# ## Figure 6

# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinbook.plots import learned, style

titles = {"DiffIsing2": "DiffIsing2", "GAN+M": "GAN+M", "GAN": "GAN"}
titles = {name: title for name, title in titles.items() if name in names}  # what is made so far
figure, axes = plt.subplots(1, 2, figsize=(9.6, 3.9), sharey=True, layout="constrained")
columns = {"T of references": known, "T": T}
for axis, key, label in zip(axes, ("distance", "aligned_distance"), ("as generated", "signs aligned"), strict=True):
    data, right = of("data", key).mean(axis=1), of("cluster", key).mean(axis=1)
    axis.plot(known, right, **{**style.EXACT, "label": "independent"})
    axis.plot(known, data, color="0.45", linestyle="--", label="Monte Carlo")
    drawn = learned.against_temperature(axis, T, {title: of(name, key) for name, title in titles.items()}, label="")
    axis.axvline(CRITICAL, color="0.7", linewidth=0.8, linestyle=":")
    axis.set(title=label)
    columns |= {
        f"{label}, independent": right,
        f"{label}, Monte Carlo": data,
        **{f"{label}, {name}": one for name, one in drawn.items()},
    }
axes[0].set_ylabel("mean Hamming distance per site")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=5)
chapter.figure(
    figure, "fig6", records=[references, networks], data=columns,
    caption=f"Mean Hamming distance of all pairs of a set, {L} x {L} spins: means over trainings with their errors. Solid: independent "
    "configurations; dashed: the mean of the paper's Monte Carlo protocol, cold starts; dotted: critical temperature.",
    alt="Left: independent configurations are at one half throughout, Monte Carlo rises from zero to one half at the "
    "transition. Right, with signs aligned, both rise together. Points of three networks beside them.",
)  # fmt: skip

# %%
cold, hot = T <= 2.01, T >= 2.59
places = [int(np.argmin(np.abs(known - t))) for t in T]  # of the networks' temperatures among those of the references


def away(source, where, key="distance"):
    """Mean absolute difference from Monte Carlo over temperatures, of every training."""
    right = of("data", key).mean(axis=1)[places][:, None]
    return np.abs(of(source, key) - right)[where].mean(axis=0)


def level(source, where):
    """Mean over temperatures, of every training."""
    return of(source)[where].mean(axis=0)


rare = {name: compared.told(networks["both_signs"][names.index(name)][cold].mean(axis=0), 2) for name in titles}
chapter.claim("fig6/diffusion_low", mean_of_few(away("DiffIsing2", cold)), would_decide="more trainings, which differ in their share of the other sign",
              reason=f"its configurations have both signs at these temperatures, the rarer one with a share of {rare['DiffIsing2']}")  # fmt: skip
chapter.claim("fig6/diffusion_low_aligned", mean_of_few(away("DiffIsing2", cold, "aligned_distance")))
chapter.claim("fig6/diffusion_high", mean_of_few(away("DiffIsing2", hot)))
gan = f"the GAN's distances are {compared.told(level('GAN', cold))} at T ≤ 2.0 and {compared.told(level('GAN', hot))} at T ≥ 2.6"
for claim in ("gan_m_high", "gan_low", "gan_falls"):
    if critic < 1e-6:
        chapter.void(
            f"fig6/{claim}", "the critic gave all configurations the same score: no adversarial training to test"
        )
    elif claim == "gan_low":
        chapter.claim("fig6/gan_low", compared.less(level("GAN", cold), of("data")[places][cold].mean(axis=0)), reason=gan, would_decide="more trainings")  # fmt: skip
    elif claim == "gan_falls":
        chapter.claim("fig6/gan_falls", mean_of_few(level("GAN", hot) - level("GAN", cold)), reason=gan, would_decide="more trainings")  # fmt: skip
    else:
        chapter.claim("fig6/gan_m_high", mean_of_few(level("GAN+M", hot)), reason="two of its configurations differ by more than that", would_decide="more trainings")  # fmt: skip
chapter.say(
    "The rarer sign of m has, at T ≤ 2.0, the shares "
    + ", ".join(f"{rare[name]} ({title})" for name, title in titles.items())
    + ". The data start with all spins up at every temperature and stay on that side well below the transition; a model may have the other sign "
    "from the temperatures above, which share its network."
)  # fmt: skip

# %% [markdown]
# ## The paper's lattice: Monte Carlo and independent configurations
#
# On 64 x 64 sites a run keeps its side up to higher temperatures than on the small lattice, and the step at the transition is
# steeper.

# %% tags=["figure"]
figure, axis = plt.subplots(figsize=(5.6, 3.7), layout="constrained")
columns = {"T": known}
for k, size in enumerate(sizes):
    mean, spread = of("data", size=k).mean(axis=1), of("data", size=k).std(axis=1, ddof=1)
    color = list(style.COLORS)[k]
    how = {**style.MEASURED, "color": style.COLORS[color], "marker": style.MARKERS[color]}
    axis.errorbar(known, mean, spread, label=f"Monte Carlo, {size} x {size}", **how)
    columns |= {f"Monte Carlo, {size} x {size}": mean, f"Monte Carlo, {size} x {size}, spread": spread}
independent = of("cluster", size=-1)
columns |= {"independent": independent.mean(axis=1), "independent, spread": independent.std(axis=1, ddof=1)}
axis.errorbar(
    known,
    columns["independent"],
    columns["independent, spread"],
    **{**style.MEASURED, "color": "0.4", "marker": "x"},
    label=f"independent, {sizes[-1]} x {sizes[-1]}",
)
axis.axhline(0.5, **{**style.EXACT, "label": "exact, no field"})
axis.axvline(CRITICAL, color="0.7", linewidth=0.8, linestyle=":")
axis.set(xlabel=learned.TEMPERATURE, ylabel="mean Hamming distance per site")
axis.legend(fontsize=8)
chapter.figure(
    figure, "fig6_sizes", records=[references], data=columns,
    caption="Mean Hamming distances of one Monte Carlo run by the paper's protocol, and of independent configurations; bars are the spread of "
    "one set.",
    alt="Monte Carlo distances rise from zero to one half, on the larger lattice later and more steeply; independent configurations lie on one "
    "half at all temperatures.",
)  # fmt: skip

# %%


def judge(claim, *value):
    """The verdict on the paper's lattice, where it was run."""
    if sizes[-1] == PAPER_L:
        chapter.claim(claim, *value)
    else:
        chapter.not_run(
            claim,
            f"made so far on {sizes[-1]} x {sizes[-1]} sites; `make record RECORD=fid/references SCALE=paper` makes the paper's",
        )


runs = of("data", size=-1)
low = [mean_of_independent(row) for row in runs[known <= 2.01]]
high = [mean_of_independent(row) for row in runs[known >= 2.59]]
judge("fig6/monte_carlo_low", max(low, key=lambda one: one.value))
judge("fig6/monte_carlo_high", min(high, key=lambda one: one.value))
judge("fig6/half", mean_of_independent(independent.ravel()))

# %% [markdown]
# ## Figure 7: snapshots
#
# The paper's temperatures, two configurations of each source. The paper finds that the eye does not see what the distances say. Pairs that are alike, and the
# pattern of transposed convolutions, are what to look for in those of our GANs.

# %% tags=["figure"]
from spinbook.plots import set_comparisons

chosen = [float(t) for t in references["pictured"] if np.isclose(networks["pictured"], t).any()]


def at(pictures, temperatures):
    """Pictures at the temperatures that both records have."""
    return np.array([pictures[int(np.argmin(np.abs(temperatures - t)))] for t in chosen])


rows = {"Monte Carlo": at(references[f"pictures_{PLACES[here]}"], references["pictured"])}
for name, title in titles.items():
    rows[title] = at(networks["pictures"][names.index(name)], networks["pictured"])
figure, columns = set_comparisons.snapshots(rows, [f"T = {t:g}" for t in chosen])
chapter.figure(
    figure, "fig7", records=[references, networks], data=columns,
    caption=f"Two configurations of {L} x {L} spins at each temperature; light is +1. Networks: signs of the outputs of the first training.",
    alt="Rows of small pictures, one row for each source: ordered at the lowest temperature, with domains near the transition, and small "
    "clusters at the highest.",
)  # fmt: skip
chapter.claim("fig7/drawn")

# %% [markdown]
# ## What we found
#
# The mean Hamming distance of a set is a function of the mean of each spin. Below the transition it tells on how many sides the set is, and
# little else; a Monte Carlo run that never turns over is not less diverse than exact configurations but
# incomplete. With signs aligned the distance is the squared order parameter in another form. Above the transition, where every spin of a right set has the
# mean zero, it does find a generator that repeats itself: copies have the distance zero, and the claim on our GAN with the magnetisation loss says how near it
# comes to them.

# %% tags=["answer"]
chapter.answer(
    f"Independent configurations have the distance {chapter.shown('fig6/half')} at all temperatures; Monte Carlo data by the paper's protocol have "
    f"{chapter.shown('fig6/monte_carlo_low')} where they are largest at T ≤ 2.0, because each run keeps one sign. DiffIsing2 is away from them by "
    f"{chapter.shown('fig6/diffusion_low')} there, by {chapter.shown('fig6/diffusion_low_aligned')} with signs aligned, and by "
    f"{chapter.shown('fig6/diffusion_high')} above the transition. Our GAN with the magnetisation loss "
    f"has {chapter.shown('fig6/gan_m_high')} at high temperature."
)

# %%
chapter.close()
