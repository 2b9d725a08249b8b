# %% [markdown]
# # How long whole jobs take, here and in other packages
#
# This chapter reproduces no paper. It measures how long a user of this library waits for whole jobs, beside other packages.
# All times come from one run of `make bench`, in which the contestants take turns, and those of other models from a
# second one. What the samplers inside do at most is in [the next chapter](sampler_rates.ipynb), and that their energies
# are exact in [the one after it](accuracy.ipynb).
#
# **Running it.** `smoke` scale runs the same code with small settings, without other packages; under the figure stands
# how long the record took at `paper` scale, on cores that did nothing else. `make build/peers/installed` sets up the
# other packages; then `make record RECORD=library/benchmarks SCALE=paper` makes the record again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
from spinbook import open_chapter

chapter = open_chapter("library/speed", scale=scale, device=device, store=store)

# %% [markdown]
# ## Whole jobs
#
# Ours go through `spinlib.sample` and nothing else; mcising and peapods, both in Rust, through the
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
from experiments.library import jobs
from experiments.library import rows as benchmark

bench = chapter.record("library/benchmarks")
others = chapter.record("library/other_models")
rows = benchmark.table(bench, others)

# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinbook.plots import style
from spinbook.plots.sampler_names import in_words

found = jobs.fastest(rows)
labels = list(found)[::-1]
figure, axes = plt.subplots(figsize=(7.5, 0.42 * len(labels) + 1))
for package, color, marker in zip(jobs.PACKAGES, ("blue", "vermillion", "green"), ("o", "s", "^"), strict=True):
    points = [(found[label][package][1], place) for place, label in enumerate(labels) if package in found[label]]
    if points:
        axes.plot(*zip(*points, strict=True), marker, color=style.COLORS[color], label=package)
axes.set_yticks(range(len(labels)), labels)
axes.set(xscale="log", xlabel="seconds on one thread")
axes.grid(axis="x", alpha=0.3)
axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)
data = [(label, package, *way) for label, of in found.items() for package, way in of.items()]
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

# %%
faster, lines = jobs.speedups(rows), []
for *_, label, target in jobs.JOBS:
    if jobs.OURS in found.get(label, {}):
        ours, other = found[label][jobs.OURS], jobs.best_other(found[label])
        best = (f"{other[1]:.3g}", in_words(other[0]), f"{faster[label]:.1f}") if other else ("", "", "")
        lines.append((label, f"{ours[1]:.3g}", *best, str(target)))
head = ("Job", "spinlib [s]", "Best other [s]", "Which other", "Times as fast", "Target")
chapter.table("Whole jobs on one thread", head, lines)

# %% [markdown]
# ## The first number, and configurations that are kept
#
# numba compiles what a call needs, once per machine, so the first number of a process has a wait of its own. And spins
# that are kept have to be written somewhere.

# %%
waits = benchmark.of(rows, "everyday: first number")
lines = [(in_words(row.subject), row.work, f"{row.value:.2g}") for row in waits.itertuples()]
chapter.table("From the start of Python to a mean energy, or to the end of the imports", ("What", "Where", "s"), lines)
lines = [(where, f"{times:.2f}") for where, times in jobs.kept(rows).items()]
chapter.table("Configurations kept, beside the run that keeps none", ("Kept", "Times as long"), lines)

# %% [markdown]
# ## Our targets
#
# They were set before the code was written, for two cores; either of the two ratios of the packed sampler would do. A
# target that is not met has its reason beside it. (The lattices of a run at smoke scale are tiny: its numbers show no
# more than that everything runs.)

# %%
from experiments.library import targets

wished = targets.all_targets(rows)
met = [each for each in wished if each.verdict == "met"]
missed = [each for each in wished if each.verdict != "met"]


def compared(each):
    """What was wanted, the target, and what was measured."""
    measured = "–" if each.worst is None else f"{each.worst:,.3g}"
    return each.what, f"{each.relation} {each.value:,} {each.unit}", measured


head = ("What", "Target", "Measured")
chapter.table("Targets of speed that are met", head, [compared(each) for each in met])
lines = [(*compared(each), each.why if each.verdict == "not met" else each.verdict) for each in missed]
chapter.table("Targets of speed that are not met, and why", (*head, "Reason"), lines)

# %% [markdown]
# ## What we found
#
# Away from the critical temperature packed flips make the difference. Near it every package needs cluster updates, and the
# ratio is that of the cluster kernels. At small sizes the fixed cost of a call counts more than the sweeps. Next we would
# use improved estimators in `sample`, the only way to the targets near the critical temperature.

# %% tags=["answer"]
most, least = max(faster, key=faster.get, default=None), min(faster, key=faster.get, default=None)
gains = (
    f'Of all jobs `sample` gains most over the best other package in "{most}" ({faster[most]:.0f} times as fast) and '
    f'least in "{least}" ({faster[least]:.1f} times). '
    if faster
    else ""
)
chapter.answer(f"{gains}Of {len(wished)} targets, set before the code was written, {len(met)} are met.")

# %%
chapter.close()
