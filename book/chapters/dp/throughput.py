# %% [markdown]
# # How fast
#
# This chapter reproduces Tables I and III and Figure 3 of paper dp: flips per nanosecond of its convolution method against
# lattice and batch size on a CPU and a GPU, beside the rates of other codes. The paper's TPU numbers are shown as printed and
# not measured again. Table I has no CPU row; we add the CPU samplers of this library.
#
# A *flip* is an attempted update of one site: a rate counts sites x lattices x sweeps over wall time. All candidates of
# one record take turns in one run, because a busy machine slows whatever runs at that moment.
#
# **Running it.** `smoke` scale takes seconds; `paper` scale takes about ten minutes on two cores and, for the GPU rows, a few
# minutes on one GPU: `make record CHAPTER=dp/throughput SCALE=paper DEVICE=cuda`. The pages show the shipped records.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("dp/throughput", scale=scale, device=device, store=store)

# %% [markdown]
# ## The convolution method over lattice and batch size
#
# The lattices are the paper's, $(k \times 128)^2$ with $k$ from 5 to 20, with batches from 1 to 16 at $T = 2.269$. Noise
# is drawn for every batch member; the authors' public code shares it over the batch, which saves time and makes the
# members copies of each other in the end.

# %%

from spinlib.timing import median_and_spread

cpu = chapter.record("dp/cpu_rates")
gpu = chapter.record("dp/gpu_rates")

# %%
# Table III of the paper, as printed: lattice side over 128, batch, flips/ns.
printed = {
    "CPU (i7-11800H)": [(5, 1, 0.019), (5, 16, 0.018), (20, 1, 0.013), (20, 8, 0.016)],
    "GPU (RTX 3060)": [(5, 1, 0.89), (5, 16, 1.70), (20, 1, 1.53), (20, 16, 1.71)],
    "TPU": [(5, 1, 0.06), (5, 16, 0.86), (20, 1, 0.89), (20, 16, 55.52)],
}

# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinbook.plots import style

measured = {name: grid for name, grid in (("CPU", cpu), ("GPU", gpu)) if grid}
figure, axes = plt.subplots(1, 3, figsize=(10, 3.8))
for axis, (title, rows) in zip(axes, printed.items(), strict=True):
    grid = measured.get(title[:3])
    if grid:
        for k, (batch, color) in enumerate(zip(grid["batches"], style.COLORS.values(), strict=False)):
            low, middle, high = np.percentile(grid["rates"][:, k], [25, 50, 75], axis=1)
            axis.errorbar(
                grid["L"], middle, [middle - low, high - middle], color=color, label=f"measured, batch {batch}",
                **{**style.MEASURED, "linestyle": "-"},
            )  # fmt: skip
    axis.plot(
        [128 * k for k, _, _ in rows], [rate for _, _, rate in rows], label="Table III, as printed", **style.PAPER
    )
    for side, batch, rate in rows:
        axis.annotate(f"batch {batch}", (128 * side, rate), xytext=(4, 4), textcoords="offset points", fontsize=7)
    axis.set(
        title=title if grid or title == "TPU" else f"{title}: not measured yet",
        xlabel="lattice size L",
        xlim=(400, 3300),
        yscale="log",
    )
    axis.legend(fontsize=7, loc="upper right" if grid else "center")
axes[0].set(ylabel="flips / ns", ylim=(0.006, 0.2))
axes[2].set_title("TPU: the paper's numbers only")
chapter.figure(
    figure,
    "fig3",
    caption="Rate of the convolution method against lattice size for several batch sizes (median and quartiles), beside the "
    "numbers printed in the paper's Table III. Our CPU runs use all threads of the machine named below.",
    alt="Three panels of flips per nanosecond on a logarithmic axis against lattice size: CPU with measured lines beside the "
    "paper's printed points, GPU and TPU with the paper's printed points.",
    data={
        "L": cpu["L"],
        **{f"cpu_batch_{b}": np.median(cpu["rates"][:, k], axis=1) for k, b in enumerate(cpu["batches"])},
        **{f"paper_{name[:3]}": [rate for _, _, rate in rows] for name, rows in printed.items()},
    },
    records=[cpu, gpu],
)  # fmt: skip

# %% [markdown]
# ## Table III against our CPU
#
# The paper's last CPU row says batch 8 where the others say 16. Its TPU maximum is 13.57 in Table I and 55.52 in
# Table III; the larger number would mean that
# sixteen lattices take less time than one.

# %%
medians = np.median(cpu["rates"], axis=2)
flatness = cpu["rates"].max(axis=(0, 1)) / cpu["rates"].min(axis=(0, 1))
chapter.claim(
    "fig3/cpu_flat",
    *median_and_spread(flatness),
    reason="small batches of small lattices fit the processor's caches and large ones do not",
)
largest = {f"batch {b}": median_and_spread(cpu["rates"][-1, k]) for k, b in enumerate(cpu["batches"])}
chapter.claim(
    "fig3/batching_cpu",
    {"batch 1": largest["batch 1"], "batch 16": largest.get("batch 16", (np.nan, np.nan))},
    reason="one lattice of this size already fills every thread of a CPU; a batch only needs more memory traffic",
    would_decide="more repetitions on an idle machine; the smoke scale has no batch of 16",
)
chapter.claim(
    "table3/cpu_rate",
    *median_and_spread(np.log2(medians / 0.016)),
    reason="another processor with another number of cores",
    would_decide="nothing on this machine: the rate varies by more than the tolerance between the cells of the grid",
)
if gpu:
    ratio = np.median(gpu["rates"], axis=2) / medians
    chapter.claim(
        "fig3/gpu_against_cpu", *median_and_spread(ratio), reason="other hardware than the paper's on both sides"
    )
    smallest = {f"batch {b}": median_and_spread(gpu["rates"][0, k]) for k, b in enumerate(gpu["batches"])}
    chapter.claim("fig3/batching_gpu", {name: smallest.get(name, (np.nan, np.nan)) for name in ("batch 1", "batch 16")})
else:
    command = "`make record CHAPTER=dp/throughput SCALE=paper DEVICE=cuda` on a machine with a GPU fills this row"
    chapter.not_run("fig3/gpu_against_cpu", command)
    chapter.not_run("fig3/batching_gpu", command)

tpu, rtx = printed["TPU"], printed["GPU (RTX 3060)"]
ratios = [f"{t[2] / g[2]:.2g}" for t, g in zip(tpu, rtx, strict=True)]
print("TPU over GPU, row by row of Table III:", ", ".join(ratios), f"- with Table I's maximum: {13.57 / 1.71:.1f}")
print(
    f"TPU, L = {128 * tpu[3][0]}: {tpu[3][1]} lattices in {tpu[3][1] * tpu[2][2] / tpu[3][2]:.2f} times the time of one, if {tpu[3][2]} is right"
)
chapter.claim("fig3/tpu")
chapter.claim("fig3/tpu_against_gpu")
chapter.claim("table3/cpu_batch")
chapter.claim("table3/tpu_maximum")

# %% [markdown]
# ## Table I with CPU rows
#
# One thread, one lattice of the paper's largest size, full sweeps. The packed sampler keeps 64 spins in a word and draws
# independent random numbers for each of them; cluster flips count one attempted update per site and sweep, so that a
# rate says nothing of how fast a method forgets its past.

# %% tags=["figure"]
# Table I of the paper, as printed: hardware, reference, flips/ns.
published = {
    "Tesla V100 [53]": 48.14, "TPU [53]": 8.19, "RTX 3050 laptop [54]": 0.05, "GTX 280 [55]": 0.001,
    "Tesla C1060 [56]": 8.03, "GTX 480 [57]": 0.034, "Tesla T10 [58]": 0.03, "Tesla C1060 [59]": 0.01,
    "GTX 285 [60]": 0.2, "RTX 3060 laptop, paper dp": 1.71, "TPU, paper dp": 13.57,
}  # fmt: skip
ours = {
    f"{name}, this CPU": median_and_spread(r) for name, r in zip(cpu["samplers"], cpu["sampler_rates"], strict=True)
}
ours["convolution, this CPU"] = median_and_spread(cpu["rates"][-1, 0])
rows = sorted(
    [*((n, r, 0.0, False) for n, r in published.items()), *((n, *r, True) for n, r in ours.items())],
    key=lambda row: row[1],
)
figure, axes = plt.subplots(figsize=(7.5, 5))
for k, (_, rate, spread, mine) in enumerate(rows):
    axes.errorbar(rate, k, xerr=spread, color=style.COLORS["blue"], **style.MEASURED) if mine else axes.plot(
        rate, k, **style.PAPER
    )
axes.set_yticks(range(len(rows)), [name for name, *_ in rows])
axes.set(xscale="log", xlabel="flips / ns")
chapter.figure(
    figure,
    "table1",
    caption="Published rates as printed in the paper's Table I (open diamonds; upper ends of ranges) and those measured here "
    "(filled circles, median and quartiles, one thread except for the convolution).",
    alt="Rates in flips per nanosecond on a logarithmic axis, one row per code: published GPU and TPU codes as open diamonds, "
    "this library's CPU samplers as filled circles, the packed one the fastest of these.",
    data={"rate": [row[1] for row in rows], "spread": [row[2] for row in rows], "code": [row[0] for row in rows]},
    records=[cpu],
)  # fmt: skip

# %%
fastest = int(np.argmax(np.median(cpu["sampler_rates"], axis=1)))
chapter.claim("table1/published")
chapter.claim("table1/cpu_against_rtx3060", *median_and_spread(cpu["sampler_rates"][fastest]))
print(f"fastest: {cpu['samplers'][fastest]}")

# %%
chapter.close()
