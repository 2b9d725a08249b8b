# %% [markdown]
# # How fast, how far from the limit
#
# This chapter reproduces no paper. It measures how long a user of this library waits, beside other packages; then the
# samplers inside, against the convolution method of paper dp {cite}`dp`, other packages, and what the processor could do
# at most. All times and rates come from one run of `make bench`, in which the contestants take turns, and those of the
# other models from a second one. That the fast samplers give the exact energy is shown in [the next chapter](accuracy.ipynb).
#
# A *flip* is an attempted update of one site, so that a rate, in flips per nanosecond, counts sites x lattices x sweeps
# over wall time. Where the work is not a number of attempts, the time of one unit of work is given in ms.
#
# **Running it.** `smoke` scale takes two minutes, without other packages; `paper` scale takes an hour on two cores that
# do nothing else. `make build/peers/installed` sets up the other packages; then `make record
# CHAPTER=library/speed SCALE=paper` makes the record. The pages show the shipped one.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("library/speed", scale=scale, device=device, store=store)

# %% [markdown]
# ## One run of everything
#
# The record holds the rows that `benchmarks/run.py` writes. The contestants of one benchmark take turns of a fifth of a
# second; a row is the median of seven turns and half the distance between their quartiles. Other packages run in
# processes of their own environment, at the setting that their documentation recommends for speed, and only their
# sweeps are timed.

# %%

import pandas as pd

bench = chapter.record("library/benchmarks")
others = chapter.record("library/other_models")
first = pd.DataFrame(dict(bench))
rows = pd.concat([first[first["benchmark"] != "other models"], pd.DataFrame(dict(others))], ignore_index=True)
size = rows["work"].str.extract(r"L=(?P<L>\d+)(?: x(?P<lattices>\d+))?").astype(float)
rows["L"], rows["lattices"] = size["L"], size["lattices"].fillna(1)


def values(benchmark, **columns):
    """The rows of one benchmark with the given entries."""
    chosen = rows["benchmark"] == benchmark
    for name, entry in columns.items():
        chosen &= rows[name] == entry
    return rows[chosen]


def listed(of, *names):
    """Columns of rows as a figure's data."""
    return {name: np.array(of[name].tolist()) for name in names}


# %% [markdown]
# ## What a user waits for
#
# Whole jobs, from the call to the result: ours through `spinlib.sample` and nothing else;
# mcising and peapods, both in Rust, through the
# calls that their documentation shows. One job is a curve of the Ising model: 21 temperatures from 1.5 to 3.5, one chain
# each, 200 sweeps of burn-in and 1000 sweeps, with energy and magnetisation measured after each. The other jobs end when
# a result is known: the energy at all of these temperatures to $10^{-3}$, the susceptibility near the critical
# temperature to 1 %, the temperature at which the Binder cumulants of L = 32 and 64 cross to $10^{-3}$, and 10,000
# independent configurations at each temperature.
#
# Times to an error are extrapolated. A pilot run measures what a draw costs, and $\tau_\mathrm{int}$ what it tells, with one
# estimator for all packages. A contestant whose pilot has no valid error, or whose energies contradict Kaufman's solution,
# is left out.

# %%
JOBS = (  # benchmark, part of the work, label, how many times as fast as the best other package it should be
    ("everyday: curve", "L=16,", "curve, L = 16", 10), ("everyday: curve", "L=32,", "curve, L = 32", 20),
    ("everyday: curve", "L=64,", "curve, L = 64", 20), ("everyday: curve", "L=128,", "curve, L = 128", 10),
    ("everyday: energy error", "", "energies to 0.001", 30),
    ("everyday: susceptibility error", "", "susceptibility to 1 %", 30),
    ("everyday: crossing error", "", "Binder crossing to 0.001", 20),
    ("everyday: independent draws", "", "10,000 independent draws", 10),
    ("everyday: configurations", "in memory", "configurations in memory", 10),
)  # fmt: skip
PACKAGES = {"spinlib.sample": "sample auto", "mcising": "mcising", "peapods": "peapods"}
jobs = {}  # label -> package -> its fastest way and the seconds
for benchmark, part, label, _ in JOBS:
    of = values(benchmark, threads=1)
    of = of[of["work"].str.contains(part, regex=False)]
    for package, beginning in PACKAGES.items():
        mine = of[of["subject"].str.startswith(beginning)]
        if len(mine):
            jobs.setdefault(label, {})[package] = mine.loc[mine["value"].idxmin(), ["subject", "value"]].tolist()
faster, lines = {}, []
for *_, label, target in JOBS:
    if "spinlib.sample" in jobs.get(label, {}):
        ours = jobs[label]["spinlib.sample"][1]
        others = sorted(
            (seconds, way) for package, (way, seconds) in jobs[label].items() if package != "spinlib.sample"
        )
        faster[label] = others[0][0] / ours if others else None
        best = (f"{others[0][0]:.3g}", others[0][1], f"{faster[label]:.1f}") if others else ("", "", "")
        lines.append((label, f"{ours:.3g}", *best, str(target)))
head = ("Job", "spinlib.sample, s", "Best other package, s", "Which", "Times as fast", "Target")
chapter.table("Whole jobs on one thread", head, lines)

# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinbook.plots import style

labels = list(jobs)[::-1]
figure, axes = plt.subplots(figsize=(7.5, 0.42 * len(labels) + 1))
for package, color, marker in zip(PACKAGES, ("blue", "vermillion", "green"), ("o", "s", "^"), strict=True):
    points = [(jobs[label][package][1], place) for place, label in enumerate(labels) if package in jobs[label]]
    if points:
        axes.plot(*zip(*points, strict=True), marker, color=style.COLORS[color], label=package)
axes.set_yticks(range(len(labels)), labels)
axes.set(xscale="log", xlabel="seconds on one thread")
axes.grid(axis="x", alpha=0.3)
axes.legend()
data = [(label, package, *found) for label, of in jobs.items() for package, found in of.items()]
chapter.figure(
    figure,
    "everyday",
    caption="What a user waits for, on one thread: of other packages the fastest of their methods, of ours the method that "
    "`sample` chooses. Curves and configurations are measured, the other times extrapolated from pilot runs.",
    alt="Seconds on a logarithmic axis, one row per job, from a curve of 16 x 16 sites to configurations kept in memory: "
    "one point for spinlib, mcising and peapods each.",
    data=dict(zip(("job", "package", "method", "seconds"), map(list, zip(*data, strict=True)), strict=True)),
    records=[bench],
)

# %% [markdown]
# The first number of a process is a wait of another kind: numba compiles what the call needs, once per machine. And spins
# that are kept have to be written somewhere.

# %%
waits = values("everyday: first number")
lines = [(row.subject, row.work, f"{row.value:.2g}") for row in waits.itertuples()]
chapter.table("From the start of Python to a mean energy, or to the end of the imports", ("What", "Where", "s"), lines)
kept = values("everyday: configurations", threads=1, subject="sample auto")
place = kept["work"].str.rsplit(", ", n=1).str[1]
kept = dict(zip(place, kept["value"] / kept["value"][place == "nothing kept"].max(), strict=True))
lines = [(where, f"{times:.2f}") for where, times in kept.items()]
chapter.table("Configurations kept, beside the run that keeps none", ("Kept", "Times as long"), lines)

# %% [markdown]
# ## The kernels, beside others
#
# One lattice of the critical Ising model, updated again and again in place, without a call of `sample` or a measurement.
# The rates of GPUs and TPUs are those that their papers print: Table I of paper
# dp; the packed code of Romero and coauthors {cite}`romero2020` on one V100; and that of Bisson and coauthors
# {cite}`bisson2025`, a whole rack's rate over its 72 GPUs. A rate says nothing of how fast a method forgets its past: that is
# the section after the next.

# %%
one = values("one lattice")

# %% tags=["figure"]
PUBLISHED = {
    "RTX 3060, convolution (paper dp)": 1.71,
    "TPU, convolution (paper dp)": 13.57,
    "V100, packed (Romero et al.)": 417.0,
    "GB200, packed (Bisson et al.), each of 72": 1.15e5 / 72,
}
names = one.groupby("subject")["value"].max().to_dict() | PUBLISHED
order = sorted(names, key=names.get)
figure, axes = plt.subplots(figsize=(7.5, 0.27 * len(order) + 1))
for threads, marker, color in ((1, "o", "blue"), (2, "s", "vermillion")):
    of = one[one["threads"] == threads]
    axes.errorbar(
        of["value"], [order.index(subject) for subject in of["subject"]], xerr=of["spread"],
        color=style.COLORS[color], label=f"{threads} thread{'s' * (threads > 1)}, this run", **{**style.MEASURED, "marker": marker},
    )  # fmt: skip
axes.plot(list(PUBLISHED.values()), [order.index(name) for name in PUBLISHED], label="as published", **style.PAPER)
axes.set_yticks(range(len(order)), order)
axes.set(xscale="log", xlabel="flips / ns")
axes.grid(axis="x", alpha=0.3)
axes.legend(loc="lower right")
chapter.figure(
    figure,
    "rates",
    caption=f"Rates on one lattice, {one['work'].iloc[0]} (median and half the distance of the quartiles), and published ones. "
    "With two threads, samplers have a lattice each unless it says otherwise.",
    alt="Rates on a logarithmic axis, one row per code, from the convolution method at the bottom over other packages and "
    "the library's samplers on int8 to its packed sampler; published rates of GPUs as open diamonds beside them.",
    data={
        **listed(one, "subject", "threads", "value", "spread"),
        "published": list(PUBLISHED), "published_value": list(PUBLISHED.values()),
    },
    records=[bench],
)  # fmt: skip

# %%
PEERS = ("mcising", "peapods", "thrml", "spinmc", "dwave-samplers")
ratios = {}
for threads, of in one.groupby("threads"):
    packed = of[of["subject"].str.startswith("multispin") & ~of["subject"].str.contains("heat_bath")]["value"].max()
    peers = one[one["subject"].str.startswith(PEERS) & (one["threads"] <= threads)]
    ratios[threads] = {"convolution": packed / of[of["subject"] == "convolution"]["value"].max()}
    if len(peers):
        ratios[threads]["fastest other package"] = packed / peers["value"].max()
    print(
        f"{threads} thread(s): packed {packed:.3g} flips/ns,",
        ", ".join(f"{r:,.0f} x {n}" for n, r in ratios[threads].items()),
    )

# %% [markdown]
# ## Against size and number
#
# The packed sampler keeps 64 spins of one colour in a word, those of 64 strips of one lattice or of 64 lattices. Fewer
# than 64 lattices waste bits, and small calls are dominated by their fixed cost; beyond that the rate should be flat for as
# long as the words come from a cache that is fast enough.

# %% tags=["figure"]
figure, axes = plt.subplots(1, 2, figsize=(10, 4), sharey=True)
sizes, replicas = values("against size"), values("against replicas")
series = [
    ("multispin, one lattice", "blue", sizes[(sizes["subject"] == "multispin") & (sizes["lattices"] == 1)]),
    ("multispin, 64 lattices", "sky", sizes[(sizes["subject"] == "multispin") & (sizes["lattices"] == 64)]),
    ("metropolis on int8", "green", sizes[sizes["subject"] == "metropolis"]),
    ("convolution", "vermillion", sizes[sizes["subject"] == "convolution"]),
]
for label, color, of in series:
    axes[0].errorbar(
        of["L"],
        of["value"],
        of["spread"],
        color=style.COLORS[color],
        label=label,
        **{**style.MEASURED, "linestyle": "-"},
    )
for label, color in (("multispin", "blue"), ("metropolis", "green"), ("convolution", "vermillion")):
    of = replicas[replicas["subject"] == label]
    axes[1].errorbar(
        of["lattices"],
        of["value"],
        of["spread"],
        color=style.COLORS[color],
        label=label,
        **{**style.MEASURED, "linestyle": "-"},
    )
axes[0].set_xscale("log", base=2)
axes[1].set_xscale("log", base=2)
axes[0].set(yscale="log", xlabel="lattice size L", ylabel="flips / ns", title="one lattice, or 64")
axes[1].set(xlabel="number of lattices", title=f"lattices of L = {replicas['L'].iloc[0]:.0f}")
for panel in axes:
    panel.grid(alpha=0.3)
    panel.legend()
chapter.figure(
    figure,
    "sizes",
    caption="Rates on one thread at T = 2.269 against the size of the lattice and against the number of lattices that are "
    "updated together.",
    alt="Two panels of rates on logarithmic axes. Left, against lattice size: packed lines at the top, flat for larger "
    "lattices, then int8, then the convolution. Right, against the number of lattices: the packed rate rises up to 64.",
    data=listed(pd.concat([sizes, replicas]), "benchmark", "subject", "L", "lattices", "value", "spread"),
    records=[bench],
)  # fmt: skip

# %% [markdown]
# ## What an independent sample costs
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
from scipy.stats import chi2 as chi2_distribution

OBSERVABLES, SMALLEST = ("energy", "m^2"), 32
times = rows[rows["benchmark"] == "autocorrelation time"].copy()
times["observable"] = times["work"].str.split().str[-1]


def exponent(of):
    """z in tau ~ L^z by weighted least squares of the logarithms: (z, error, chi2, degrees of freedom)."""
    of = of[np.isfinite(of["spread"]) & (of["L"] >= SMALLEST)]
    if len(of) < 3:
        return np.nan, np.nan, np.nan, 0
    x, y, sigma = np.log(of["L"]), np.log(of["value"]), of["spread"] / of["value"]
    (z, constant), covariance = np.polyfit(x, y, 1, w=1 / sigma, cov="unscaled")
    residuals = (y - z * x - constant) / sigma
    return z, np.sqrt(covariance[0, 0]), float((residuals**2).sum()), len(of) - 2


fits = {}
for (dynamics, observable), of in times.groupby(["subject", "observable"]):
    z, error, chi2, dof = fits[dynamics, observable] = exponent(of)
    quality = (
        f"chi2 = {chi2:.1f} for {dof}, p = {chi2_distribution.sf(chi2, dof):.2g}" if dof else "too few valid points"
    )
    print(f"{dynamics:14}{observable:7} z = {z:.3f} +- {error:.3f}   {quality}")

# %% tags=["figure"]
costs = rows[rows["benchmark"] == "independent sample"].copy()
costs["observable"] = costs["work"].str.split().str[-1]
figure, axes = plt.subplots(1, 2, figsize=(10, 4.2), sharey=True)
COLORS = dict(zip(
    ("multispin", "multispin heat_bath", "metropolis", "heat_bath", "swendsen_wang", "wolff"),
    ("blue", "sky", "green", "orange", "vermillion", "purple"), strict=True,
))  # fmt: skip
for panel, observable in zip(axes, OBSERVABLES, strict=True):
    for subject, color in COLORS.items():
        of = costs[(costs["observable"] == observable) & (costs["subject"] == subject)]
        good, poor = of[np.isfinite(of["spread"])], of[~np.isfinite(of["spread"])]
        color = style.COLORS[color]
        panel.plot(of["L"], of["value"], color=color, linewidth=0.8)
        panel.errorbar(good["L"], good["value"], good["spread"], color=color, label=subject, **style.MEASURED)
        panel.plot(poor["L"], poor["value"], color=color, marker="o", fillstyle="none", linestyle="none")
    panel.set_xscale("log", base=2)
    panel.set(yscale="log", xlabel="lattice size L", title=observable)
    panel.grid(alpha=0.3)
axes[0].set_ylabel("ms for one independent sample")
axes[0].legend(fontsize=8)
chapter.figure(
    figure,
    "independent",
    caption="Time of an independent sample, $2\\tau_\\mathrm{int}$ times the time of a sweep, on one thread at the critical "
    "temperature. Open points have no valid error. Packed lattices below L = 128 are updated 64 at a time.",
    alt="Two panels, energy and squared magnetisation: the time of an independent sample against lattice size on logarithmic "
    "axes, one line per sampler; single-flip samplers rise more steeply than cluster samplers.",
    data=listed(costs, "subject", "observable", "L", "value", "spread"),
    records=[bench],
)  # fmt: skip

# %% [markdown]
# ## What bounds the packed sampler
#
# The kernel's innermost loop updates 512 sites of one colour. Its vector instructions are counted in the assembly that
# numba made for this machine; almost all belong to the generator of random words and to the comparison of its bits with
# the digits of the acceptance probability. A loop of independent operations on registers measures how many vector
# instructions the processor can issue. And each attempted flip moves three eighths of a byte between the registers and
# wherever the lattice is kept: a word of 64 sites is read and written, and one of the other colour read (the rows above
# and below are still at hand). A copy of a large array shows what the memory could deliver.

# %%
limits = {(row.subject, row.work, row.threads): row.value for row in values("limits").itertuples()}
instructions = next((v for (_, what, _), v in limits.items() if what.startswith("vector instructions for")), np.nan)
issued = next((v for (_, what, _), v in limits.items() if what.startswith("vector instructions of")), np.nan)
clock = limits["processor", "dependent additions", 1]
copied = next(v for (_, what, threads), v in limits.items() if what.startswith("copy of") and threads == 1)
SITES, BYTES_PER_FLIP = 512, 3 / 8
bounds = []
for row in values("limits", subject="multispin", unit="flips/ns").itertuples():
    bounds.append((row.L, row.value, row.value * instructions / SITES, row.value * BYTES_PER_FLIP))
    print(
        f"L = {row.L:.0f}: {row.value:.3g} flips/ns issue {bounds[-1][2]:.2f} of {issued:.2f} vector instructions per ns "
        f"({bounds[-1][2] / issued:.0%}) and move {bounds[-1][3]:.3g} GB/s; a copy moves {copied:.3g} GB/s"
    )
print(
    f"{instructions:.0f} vector instructions for {SITES} sites; {issued / clock:.2f} can be issued in a cycle of {clock:.2f} GHz: "
    f"at most {issued * SITES / instructions:.3g} flips/ns on one thread"
)

# %% tags=["figure"]
figure, axes = plt.subplots(figsize=(6.5, 2.6))
shares = np.array([(used / issued, moved / copied) for _, _, used, moved in bounds])
places = np.arange(len(bounds))
axes.barh(places + 0.2, shares[:, 0], 0.36, color=style.COLORS["blue"], label="vector instructions")
axes.barh(places - 0.2, shares[:, 1], 0.36, color=style.COLORS["orange"], label="bytes, if all came from memory")
axes.axvline(1, **{**style.EXACT, "label": "what this machine can do"})
axes.set_yticks(places, [f"L = {length:.0f}" for length, *_ in bounds])
axes.set(xlabel="share of what one thread can issue, or copy", xlim=(0, max(1.1, 1.05 * np.nanmax(shares))))
axes.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.45, -0.3), ncols=3)
chapter.figure(
    figure,
    "limits",
    caption="What the packed sampler uses of one thread's vector instructions and of its memory, for a lattice that fits the "
    "second-level cache and for one that does not. The smaller lattice does not touch the memory at all.",
    alt="Horizontal bars for two lattice sizes: the share of the vector instructions that can be issued, close to the limit, "
    "and the share of the memory's rate that the same number of flips would need.",
    data={
        "L": [bound[0] for bound in bounds], "flips_per_ns": [bound[1] for bound in bounds],
        "instructions_share": shares[:, 0], "memory_share": shares[:, 1],
    },
    records=[bench],
)  # fmt: skip

# %% [markdown]
# ## Our targets
#
# They were set before the code was written, for two cores; either of the first two would do. A target that is not met has
# its reason beside it. (The lattices of a run at smoke scale are tiny: its numbers show no more than that everything runs.)

# %%
models, warm, pools = values("other models"), values("warm-up"), values("executors")
gpu = values("one lattice, gpu", subject="multispin_triton")
potts = models[models["work"].str.startswith("potts") & models["subject"].isin(("metropolis", "heat_bath"))]
two = one[(one["threads"] == 2) & one["subject"].isin(("multispin", "multispin, one lattice on 2 threads"))]
most = f"{instructions:.0f} vector instructions for {SITES} sites let two threads do {2 * issued * SITES / instructions:.0f} flips/ns"
clusters_too = "near the critical temperature the time is that of cluster updates, which the others have too"
reasons = dict.fromkeys((label for *_, label, _ in JOBS), clusters_too) | dict.fromkeys(
    ("curve, L = 16", "curve, L = 32"), "keys and starts of the chains and the Dataset take as long as the sweeps"
)
files = [times for where, times in kept.items() if where != "nothing kept"]
targets = [  # what, measured, unit, whether at least or at most, the target, why it may be missed
    *((f"{label}, over the best other package", [faster.get(label)], "times", "at least", target, reasons[label])
      for *_, label, target in JOBS),
    ("configurations kept, over the run that keeps none", files, "times", "at most", 1.2, "the memory and the disk of this machine"),
    ("import spinlib", waits[waits["subject"] == "import spinlib"]["value"], "s", "at most", 0.3, "imports"),
    ("first number, nothing compiled before", waits[waits["work"] == "nothing compiled before"]["value"], "s", "at most", 6,
     "the compiler's own start, and the kernels of two methods"),
    ("first number, compiled before", waits[(waits["work"] == "compiled before") & (waits["subject"] == "sample auto")]["value"],
     "s", "at most", 1.5, "imports of numba and xarray"),
    ("packed Metropolis, two threads", [two["value"].max()], "flips/ns", "at least", 90, most),
    ("the same over the convolution", [ratios[2].get("convolution")], "times", "at least", 5000, most),
    ("the same over the fastest other package", [ratios[2].get("fastest other package")], "times", "at least", 300, most),
    ("packed Metropolis in Triton, one H200", gpu["value"].nlargest(1), "flips/ns", "at least", 2000, "the GPU that was at hand"),
    ("Swendsen-Wang, L = 512", values("clusters", subject="swendsen_wang")["value"], "ms a sweep", "at most", 1.5,
     "the union of runs that touch takes most of the time"),
    ("Wolff", values("clusters", subject="wolff")["value"], "ms for 10,000 spins flipped", "at most", 0.3,
     "sites of a cluster are met in an order that no cache foresees"),
    ("Potts, q = 3 and 16, Metropolis and heat bath", potts["value"], "flips/ns", "at least", 0.5,
     "the slowest of them, heat bath, weighs all states of a site"),
    ("XY, all samplers", models[models["work"].str.startswith("xy")]["value"], "flips/ns", "at least", 0.1,
     "the slowest of them, Wolff, follows its cluster site by site"),
    ("cellular Potts, serial", models[models["subject"].str.startswith("cellular")]["value"], "attempts/ns", "at least", 0.06,
     "an attempt on a boundary reads 24 neighbours"),
    ("coupling from the past, L = 64", models[models["unit"] == "ms"]["value"], "ms a sample", "at most", 1000, "the search for paths"),
    *((f"all counts g(E), L = {length}", values("exact", L=length)["value"], "s", "at most", limit, "the number of primes")
      for length, limit in ((8, 1), (16, 20), (32, 600))),
    *((f"{name}, two workers over one", [of[of["threads"] == 2]["value"].max() / of[of["threads"] == 1]["value"].max()], "times",
       "at least", 1.7, "the time to send tasks and results")
      for name, of in pools[pools["subject"] != "no executor"].groupby("subject")),
    ("first call ever", warm[warm["work"] == "first call ever"]["value"], "s", "at most", 15, "compilation"),
    ("first call of a later process", warm[warm["work"].str.contains("later")]["value"], "s", "at most", 1, "loading compiled code"),
]  # fmt: skip
lines = []
for what, found, unit, relation, target, why in targets:
    found = [value for value in found if value is not None]
    worst = (min if relation == "at least" else max)(found, default=None)
    met = worst is not None and (worst >= target if relation == "at least" else worst <= target)
    verdict = "not run" if worst is None else "met" if met else "not met"
    shown = "" if worst is None else f"{worst:,.3g}"
    lines.append((what, f"{relation} {target:,} {unit}", shown, verdict, why if verdict == "not met" else ""))
chapter.table("Targets of speed", ("What", "Target", "Measured", "", "Reason"), lines)

# %%
chapter.close()
