# %% [markdown]
# # Vector instructions bound the packed sampler
#
# This chapter reproduces no paper. It measures the samplers inside the library, on lattices that are updated again and again
# in place: against the convolution method of paper dp {cite}`dp`, other packages, and what the processor could do at most.
# All rates come from one run of `make bench`, in which the contestants take turns of a fifth of a second: the median of
# seven turns and half the distance between their quartiles. Other packages run in their own processes, as their
# documentation recommends for speed, and only their sweeps are timed.
#
# A *flip* is an attempted update of one site, so that a rate, in flips per nanosecond, counts sites x lattices x sweeps
# over wall time.
#
# **Running it.** `smoke` scale is a small run without other packages. Under each figure stands how long the record took
# at `paper` scale; `make build/peers/installed`, then `make record RECORD=library/benchmarks SCALE=paper` makes it again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter
from spinbook.pages.page import number

chapter = open_chapter("library/sampler_rates", scale=scale, device=device, store=store)

# %% [markdown]
# ## One lattice, beside other codes
#
# One lattice of the critical Ising model, updated again and again in place, without a call of `sample` or a measurement.
# The rates of GPUs and TPUs are those that their papers print: Table I of paper dp; the packed code of Romero and
# coauthors {cite}`romero2020` on one V100; and that of Bisson and coauthors {cite}`bisson2025`, a whole rack's rate
# over its 72 GPUs. A rate says nothing of how fast a method forgets its past; a later section does.

# %%
from experiments.library import exponents, published
from experiments.library import limits as processor
from experiments.library import rows as benchmark

bench = chapter.record("library/benchmarks")
others = chapter.record("library/other_models")
rows = benchmark.table(bench, others)
one = benchmark.of(rows, "one lattice")

# %% tags=["figure"]
work = one["work"].iloc[0].replace("ising", "Ising,").replace(" T", ", T").replace("=", " = ")
names = one.groupby("subject")["value"].max().to_dict() | published.RATES
order = sorted(names, key=names.get)
import matplotlib.pyplot as plt

from spinbook.plots import style
from spinbook.plots.sampler_names import in_words

figure, axes = plt.subplots(figsize=(7.5, 0.27 * len(order) + 1))
for threads, marker, color in ((1, "o", "blue"), (2, "s", "vermillion")):
    of = one[one["threads"] == threads]
    look = {**style.MEASURED, "color": style.COLORS[color], "marker": marker}
    places = [order.index(subject) for subject in of["subject"]]
    axes.errorbar(of["value"], places, xerr=of["spread"], label=f"{threads} thread{'s'[: threads - 1]}", **look)
axes.plot(
    list(published.RATES.values()), [order.index(name) for name in published.RATES], label="published", **style.PAPER
)
axes.set_yticks(range(len(order)), [in_words(name.removesuffix(", each of 72")) for name in order])
axes.set(xscale="log", xlabel="flips / ns")
axes.grid(axis="x", alpha=0.3)
axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0))
chapter.figure(
    figure,
    "rates",
    caption=f"Rates on one lattice ({work}; median and half the distance of the quartiles), and published ones. On two "
    "threads each has a lattice of its own unless it says otherwise. Why the packed one is no faster so was not examined.",
    alt="Rates on a logarithmic axis, one row per code, from the convolution method at the bottom over other packages and "
    "the library's samplers on int8 to its packed sampler; published rates of GPUs as open diamonds beside them.",
    data={
        "measured": benchmark.columns(one, "subject", "threads", "value", "spread"),
        "published": {"code": list(published.RATES), "flips_per_ns": list(published.RATES.values())},
    },
    records=[bench],
)  # fmt: skip

# %%
packed = processor.packed_over(rows)
lines = [(str(threads), against, f"{times:,.0f}") for threads, of in packed.items() for against, times in of.items()]
chapter.table("The packed sampler, times as fast as", ("Threads", "Against", "Ratio"), lines)

# %% [markdown]
# ## Large lattices and 64 lattices at once fill the words
#
# The packed sampler keeps 64 spins of one colour in a word, those of 64 strips of one lattice or of 64 lattices. Fewer
# than 64 lattices waste bits, and small calls are dominated by their fixed cost; beyond that the rate should be flat for as
# long as the words come from a cache that is fast enough.

# %% tags=["figure"]
LOOK = {k: style.MEASURED | {"linestyle": "-", "color": c, "marker": style.MARKERS[k]} for k, c in style.COLORS.items()}
figure, axes = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True)
sizes, replicas = benchmark.of(rows, "against size"), benchmark.of(rows, "against replicas")
series = [
    ("packed, one lattice", "blue", sizes[(sizes["subject"] == "multispin") & (sizes["lattices"] == 1)]),
    ("packed, 64 lattices", "sky", sizes[(sizes["subject"] == "multispin") & (sizes["lattices"] == 64)]),
    ("Metropolis on int8", "green", sizes[sizes["subject"] == "metropolis"]),
    ("convolution", "vermillion", sizes[sizes["subject"] == "convolution"]),
]
for label, color, of in series:
    axes[0].errorbar(of["L"], of["value"], of["spread"], label=label, **LOOK[color])
for label, color in (("multispin", "blue"), ("metropolis", "green"), ("convolution", "vermillion")):
    of = replicas[replicas["subject"] == label]
    axes[1].errorbar(of["lattices"], of["value"], of["spread"], label=in_words(label), **LOOK[color])
axes[0].set(yscale="log", xlabel="lattice size L", ylabel="flips / ns", title="one lattice, or 64")
axes[1].set(xlabel="number of lattices", title=f"lattices of L = {replicas['L'].iloc[0]:.0f}")
for panel in axes:
    panel.set_xscale("log", base=2)
    panel.grid(alpha=0.3)
    panel.legend()
chapter.figure(
    figure,
    "sizes",
    caption="Rates on one thread at T = 2.269 against the size of the lattice and against the number of lattices that are "
    "updated together; median and half the distance of the quartiles.",
    alt="Two panels of rates on logarithmic axes. Left, against lattice size: packed lines at the top, flat for larger "
    "lattices, then int8, then the convolution. Right, against the number of lattices: the packed rate rises up to 64.",
    data={
        "size": benchmark.columns(sizes, "subject", "L", "lattices", "value", "spread"),
        "number": benchmark.columns(replicas, "subject", "L", "lattices", "value", "spread"),
    },
    records=[bench],
)  # fmt: skip

# %% [markdown]
# ## An independent sample costs least with clusters
#
# A chain gives one independent value of an observable every $2\tau_\mathrm{int}$ sweeps. Long runs at the exact critical
# temperature measure $\tau_\mathrm{int}$ of the energy and of $m^2$; times the time of a sweep, this is the cost of a sample.
# Packed spins have the dynamics of the int8 samplers, hence their $\tau_\mathrm{int}$; a sweep of Wolff's algorithm counts
# as $N$ spins flipped. Chains shorter than $50\tau_\mathrm{int}$ have no valid error; their points are open and enter no
# fit. The dynamic exponent $z$ in $\tau_\mathrm{int} \sim L^z$ is fitted to the larger lattices without corrections to
# scaling, so that its error is the statistical one only, and $\chi^2$ says whether a power law suffices. Metropolis and heat
# bath are expected to share $z \approx 2.17$ for the slowest mode {cite}`nightingale1996`, and the energy, which is not that mode,
# to be below.

# %%
fits = exponents.all_fits(rows)
lines = [
    (
        in_words(dynamics),
        observable.replace("m^2", "$m^2$"),
        number(fit.z, fit.error) if fit.dof else "too few valid points",
        f"{fit.chi2:.1f} for {fit.dof} degrees of freedom, p = {fit.p:.2g}" if fit.dof else "",
    )
    for (dynamics, observable), fit in fits.items()
]
chapter.table("Dynamic exponents", ("Dynamics", "Observable", "z", "$\\chi^2$"), lines)

# %% tags=["figure"]
costs = benchmark.of(rows, "independent sample")
costs = costs.assign(observable=costs["work"].str.split().str[-1])
figure, axes = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True)
SUBJECTS = ("multispin", "multispin heat_bath", "metropolis", "heat_bath", "swendsen_wang", "wolff")
LOOKS = zip(SUBJECTS, ("blue", "sky", "green", "orange", "vermillion", "purple"), "osD^vX", strict=True)
LOOKS = [(subject, {"color": style.COLORS[color], "marker": marker}) for subject, color, marker in LOOKS]
for panel, observable in zip(axes, ("energy", "m^2"), strict=True):
    for subject, look in LOOKS:
        of = costs[(costs["observable"] == observable) & (costs["subject"] == subject)]
        good, poor = of[np.isfinite(of["spread"])], of[~np.isfinite(of["spread"])]
        panel.plot(of["L"], of["value"], color=look["color"], linewidth=0.8)
        panel.errorbar(good["L"], good["value"], good["spread"], label=in_words(subject), **{**style.MEASURED, **look})
        panel.plot(poor["L"], poor["value"], fillstyle="none", linestyle="none", **look)
    panel.set_xscale("log", base=2)
    panel.set(yscale="log", xlabel="lattice size L", title=observable.replace("m^2", "$m^2$"))
    panel.grid(alpha=0.3)
axes[0].set_ylabel("ms for one independent sample")
axes[0].legend(fontsize=8)
chapter.figure(
    figure,
    "independent",
    caption="Time of an independent sample, $2\\tau_\\mathrm{int}$ times the time of a sweep, on one thread at the critical "
    "temperature. Open points have no valid error. Packed lattices below L = 128 are updated 64 at a time.",
    alt="Two panels, energy and squared magnetisation: the time of an independent sample against lattice size on logarithmic "
    "axes, one line per sampler; single flips rise more steeply than clusters.",
    data=benchmark.columns(costs, "subject", "observable", "L", "value", "spread"),
    records=[bench],
)  # fmt: skip

# %% [markdown]
# ## What the processor could do at most
#
# The kernel's innermost loop updates 512 sites of one colour. Its vector instructions are counted in the assembly that
# numba made for this machine; almost all belong to the generator of random words and to the comparison of its bits with
# the digits of the acceptance probability. A loop of independent operations on registers measures how many vector
# instructions the processor can issue. And each attempted flip moves three eighths of a byte between the registers and
# wherever the lattice is kept: a word of 64 sites is read and written, and one of the other colour read (the rows above
# and below are still at hand). A copy of a large array shows what the memory could deliver.

# %%
limits = processor.limits(rows)
lines = [
    (f"{length:.0f}", f"{rate:.3g}", f"{used:.2f}", f"{100 * used / limits.issued:.0f} %", f"{moved:.3g}")
    for length, rate, used, moved in limits.bounds
]
head = ("L", "flips/ns", "Vector instructions per ns", "Share of those that can be issued", "GB/s")
chapter.table("What the packed sampler uses on one thread", head, lines)
chapter.say(
    f"The loop takes {limits.instructions:.0f} vector instructions for {processor.SITES} sites. The processor issues "
    f"{limits.issued / limits.clock:.2f} of them in a cycle of {limits.clock:.2f} GHz, so that at most {limits.most:.3g} flips/ns are possible "
    f"on one thread. A copy of a large array moves {limits.copied:.3g} GB/s."
)

# %% tags=["figure"]
figure, axes = plt.subplots(figsize=(6.5, 2.8))
shares, bounds = limits.shares, limits.bounds
places = np.arange(len(bounds))
for share, shift, color, label in zip(
    shares.T, (0.2, -0.2), ("blue", "orange"), ("instructions", "bytes"), strict=True
):
    axes.barh(places + shift, share, 0.36, color=style.COLORS[color], label=label)
axes.axvline(1, **{**style.EXACT, "label": "what this machine can do"})
axes.set_yticks(places, [f"L = {length:.0f}" for length, *_ in bounds])
axes.set(xlabel="share of what one thread can issue, or copy", xlim=(0, 1.1))
axes.legend(loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=2)
chapter.figure(
    figure,
    "limits",
    caption="What the packed sampler uses of one thread's vector instructions and of a copy's bytes, if all came from memory: "
    "for a lattice that fits the second-level cache, which does not touch the memory at all, and for one that does not.",
    alt="Horizontal bars for two lattice sizes: the share of the vector instructions that can be issued, and that of a copy.",
    data={
        **dict(zip(("L", "flips_per_ns"), np.array(bounds)[:, :2].T, strict=True)),
        **dict(zip(("instructions_share", "memory_share"), shares.T, strict=True)),
    },
    records=[bench],
)

# %% [markdown]
# ## What we found
#
# The packed sampler is bound by vector instructions: most of them make random words and compare their bits with the digits of
# the acceptance probability. Near the critical temperature the fastest flips are not the cheapest samples: clusters forget
# their past in a few sweeps. Next we would look for a generator that takes fewer instructions for a random word.

# %% tags=["answer"]
best = " and ".join(f"{ratio:,.0f} times as fast as the {name}" for name, ratio in packed[max(packed)].items())
used = f"{100 * np.nanmax(limits.shares[:, 0]):.0f} %" if np.isfinite(limits.instructions) else "an unknown share"
chapter.answer(
    f"On {max(packed)} threads the packed sampler is {best}. It uses {used} of the vector instructions that one thread can "
    f"issue; no more than {limits.most:.3g} flips/ns are possible with this loop."
)

# %%
chapter.close()
