# %% [markdown]
# # The paper's dynamics gives the exact energies of the Ising model, and clusters find its transition
#
# Paper dp {cite}`dp` runs Metropolis on the Ising model, one colour of a checkerboard at a time (its Algorithm 1). Its Figure
# 2 shows a configuration below and one above the critical temperature, and the magnetisation against temperature for
# several sizes; "as the size of the lattice increases, the critical temperature converges towards a single value". There
# are no error bars and no exact results beside it. We add both: the paper's own algorithm stands against Kaufman's exact
# energy of a finite torus ({cite}`kaufman1949`, `spinlib.exact.kaufman.energy`), wherever single flips can reach
# equilibrium. The transition itself is where they cannot: there Swendsen–Wang clusters {cite}`swendsen1987` are the
# reference.
#
# **Running it.** `smoke` scale runs the same code with small settings. Under each figure stands how long the record
# behind it took at `paper` scale; `make record CHAPTER=dp/ising SCALE=paper` makes all of them again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("dp/ising", scale=scale, device=device, store=store)

# %% [markdown]
# ## Figure 2: order and disorder
#
# The paper shows configurations (a) below and (b) above the critical temperature, and says neither which temperatures nor
# how long they were run. Ours come from clusters, which leave no stripes.

# %%
pictures = chapter.record("dp/ising_snapshots")

# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinbook.plots import style
from spinbook.plots.lattices import draw_spins

figure, axes = plt.subplots(1, 2, figsize=(7.2, 3.8))
for axis, k, name in zip(axes, (0, -1), ("(a) below", "(b) above"), strict=True):
    draw_spins(axis, pictures["spins"][k], f"{name} $T_c$: T = {pictures['T'][k]:g}")
side = pictures["spins"].shape[-1]
chapter.figure(
    figure,
    "fig2_snapshots",
    caption=f"Equilibrium configurations of {side} x {side} spins; size and temperatures are our choice. Light: up, dark: down.",
    alt="Two square pictures of spins. Below the critical temperature nearly all spins agree; above it small patches of both "
    "signs are mixed.",
    data={"T": pictures["T"][[0, -1]], "magnetization": pictures["spins"][[0, -1]].mean(axis=(1, 2))},
    records=[pictures],
)

# %% [markdown]
# The paper's panel (c) is the magnetisation against temperature. Below the critical temperature it lies on Yang's exact curve
# {cite}`yang1952` as soon as the lattice is much larger than the correlation length; above, it falls with the size. The
# energies of the same runs are Kaufman's.

# %%
from spinlib.exact import kaufman, onsager
from spinlib.statistics import chi_square

curves = chapter.record("dp/magnetization")
tc = float(onsager.critical_temperature())
exact_energy = [kaufman.energy(curves["T"], (int(L), int(L))) for L in curves["L"]]

# %% tags=["figure"]
fine = np.linspace(1.0, 4.0, 601)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8))
left.plot(fine, onsager.magnetization(fine), **{**style.EXACT, "label": "Yang, infinite lattice"})
for k, (size, (name, color)) in enumerate(zip(curves["L"], style.COLORS.items(), strict=False)):
    how = {**style.MEASURED, "color": color, "marker": style.MARKERS[name], "label": f"L = {size}"}
    left.errorbar(curves["T"], curves["m"][k], curves["m_error"][k], **how)
    right.errorbar(curves["T"], (curves["energy"][k] - exact_energy[k]) / curves["energy_error"][k], **how)
left.set(xlabel="temperature T [$J/k_B$]", ylabel="magnetisation ⟨|m|⟩")
left.legend()
right.axhspan(-2, 2, color="0.9", zorder=0)
right.axhline(0, color="black", linewidth=1.2)
right.set(xlabel="temperature T [$J/k_B$]", ylabel="(energy − Kaufman) / error")
columns = [f"{q}_L{L}" for q in ("m", "m_error", "energy", "energy_error") for L in curves["L"]]
chapter.figure(
    figure, "fig2_magnetization", records=[curves],
    caption="Swendsen–Wang clusters. Left: magnetisation against temperature (errors are smaller than the symbols). Right: "
    "distance of the energy from Kaufman's exact one of the same torus, in error bars; the band is two of them to each side.",
    alt="Left panel: the mean absolute magnetisation falls from one to near zero around T = 2.27, the steeper the larger "
    "the lattice, and below that lies on Yang's curve. Right panel: deviations of the energy from the exact value, "
    "scattered within about two error bars around zero.",
    data={
        "T": curves["T"],
        **dict(zip(columns, np.concatenate([curves[q] for q in ("m", "m_error", "energy", "energy_error")]), strict=True)),
        **{f"kaufman_L{L}": exact for L, exact in zip(curves["L"], exact_energy, strict=True)},
    },
)  # fmt: skip

# %%
# Yang's curve is for the infinite lattice: only where L is more than ten correlation lengths may it be compared.
below = curves["T"] < tc
far = below & (curves["L"][:, None] > 10 * onsager.correlation_length(np.where(below, curves["T"], 1.0)))
yang = chi_square(
    curves["m"][far], curves["m_error"][far], np.broadcast_to(onsager.magnetization(curves["T"]), far.shape)[far]
)
tests = list(map(chi_square, curves["energy"], curves["energy_error"], exact_energy))

# %%
chapter.claim("fig2/drawn")
chapter.claim("fig2/yang", chi2=yang[0], dof=yang[1])
chapter.claim("fig2/kaufman", chi2=[test[0] for test in tests], dof=[test[1] for test in tests])

# %% [markdown]
# ## The paper's own method against Kaufman's energy
#
# Three programs of one dynamics, single flips colour by colour: Algorithm 1 to the letter, which accepts every flip that
# does not raise the energy; the convolution method of `sample`, the same but for one site in 256 that it leaves out, because the letter
# is not ergodic (on small or triangular lattices some states are never reached); and packed bits, `method="multispin"`.
#
# Single flips forget after about $\min(\xi, L)^z$ sweeps, where $\xi$ is the exact correlation length and $z \approx 2.17$
# {cite}`nightingale1996`. That sets the range: a point is run where this time is within what its size can afford, with a
# burn-in of ten such times. So large lattices keep away from $T_c$, and small ones do not need to.

# %%
from spinbook.plots.sampler_names import in_words

own = chapter.record("dp/method_energies")
methods = list(dict.fromkeys(own["method"].tolist()))
sizes = np.unique(own["L"])


def limits(method, size):
    """The temperatures nearest to T_c that were run, below and above, and the longest relaxation time among all."""
    chosen = (own["method"] == method) & (own["L"] == size)
    if not chosen.any():
        return "–"
    grid, longest = own["T"][chosen], own["relaxation"][chosen].max()
    nearest = {f"{t:g}" for t in (grid[grid <= tc + 1e-5].max(initial=0), grid[grid >= tc - 1e-5].min(initial=9))}
    if np.isclose(grid, tc, atol=1e-5).any():
        nearest = {"$T_c$"}
    return f"{' and '.join(sorted(nearest))} ({longest:.0f} sweeps)"


lines = [(f"{size}", *(limits(method, size) for method in methods)) for size in sizes]
chapter.table(
    "Nearest to $T_c$ that single flips were equilibrated, and the longest relaxation time",
    ("L", *map(in_words, methods)),
    lines,
)

# %% tags=["figure"]
figure, axes = plt.subplots(1, 2, figsize=(9, 3.9))
for axis, chosen, title in ((axes[0], methods[:2], "convolution"), (axes[1], methods[2:], "packed bits")):
    for size, (name, color) in zip(sizes, style.COLORS.items(), strict=False):
        for method in chosen:
            here = (own["method"] == method) & (own["L"] == size)
            deviation = (own["energy"][here] - own["exact"][here]) / own["energy_error"][here]
            letter = method == "Algorithm 1"
            axis.plot(
                own["T"][here] + 0.02 * letter, deviation, linestyle="none", marker=style.MARKERS[name], markersize=5,
                color=color, fillstyle="none" if letter else "full",
                label=f"L = {size}{', to the letter' if letter else ''}" if here.any() else None,
            )  # fmt: skip
    axis.axhspan(-2, 2, color="0.9", zorder=0)
    axis.axhline(0, color="black", linewidth=1.2)
    axis.axvline(tc, ymax=0.7, color="0.4", linestyle=":")
    axis.set(title=title, xlabel="temperature T [$J/k_B$]", ylabel="(energy − Kaufman) / error", ylim=(-4.5, 6.5))
    axis.legend(ncols=2)
chapter.figure(
    figure,
    "fig2_method",
    caption="Distance of the energy from Kaufman's exact one, in error bars, for the paper's convolution method (open: Algorithm "
    "1 to the letter, moved to the right to be seen) and for packed bits. Dotted: $T_c$; the band is two error bars to each side.",
    alt="Two panels of deviations against temperature for five sizes. They scatter around zero, nearly all within two error "
    "bars. Points of the large lattices leave a gap around the critical temperature.",
    data={name: own[name] for name in ("method", "L", "T", "energy", "energy_error", "exact", "tau", "relaxation")},
    records=[own],
)

# %%


def against_kaufman(method):
    """chi-square and degrees of freedom of one method, one family per size."""
    each = [(own["method"] == method) & (own["L"] == size) for size in sizes]
    found = [chi_square(own["energy"][k], own["energy_error"][k], own["exact"][k]) for k in each if k.any()]
    return {"chi2": [one[0] for one in found], "dof": [one[1] for one in found]}


# %%
chapter.claim("fig2/algorithm1", **against_kaufman("Algorithm 1"))
chapter.claim("fig2/convolution", **against_kaufman("convolution"))
chapter.claim("fig2/packed", **against_kaufman("multispin"))

# %% [markdown]
# ## Where is the transition?
#
# For this the clusters are the reference. One long run per size at $T_c$, and one above it where the susceptibility peaks,
# reweighted to neighbouring temperatures {cite}`ferrenberg1988`, give the crossings of the Binder cumulants and the peak
# temperatures. A peak moves as $T(L) = T_c + a/L$, since $\nu = 1$ on the square lattice. The
# cumulants cross at a value that all lattices of this kind share, known numerically {cite}`kamieniarz1993`.

# %%
critical = chapter.record("dp/critical_point")
# Weighted straight line T(L) = Tc + a / L through the peaks.
inverse, weight = 1 / critical["L"], 1 / critical["peak_error"]
(slope, intercept), covariance = np.polyfit(inverse, critical["peak"], 1, w=weight, cov="unscaled")

# %% tags=["figure"]
from spinbook.plots import finite_size

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
finite_size.extrapolation(
    left, inverse, critical["peak"], critical["peak_error"], (slope, intercept), tc, "$T_c + a/L$"
)
left.set(xlabel="1 / L", ylabel="peak of the susceptibility, T [$J/k_B$]")
finite_size.crossings(right, critical["L"], critical["crossing"], critical["crossing_error"], tc)
names = ("L", "peak", "peak_error", "crossing", "crossing_error", "cumulant", "cumulant_error")
chapter.figure(
    figure, "fig2_critical", records=[critical],
    caption="Left: temperature of the susceptibility's peak against 1/L with a straight fit. Right: temperature at which "
    "the Binder cumulants of L and 2L cross. Error bars: one standard error. Black: the exact $T_c$.",
    alt="Left panel: peak temperatures fall along a straight line towards the exact critical temperature as 1/L goes to "
    "zero. Right panel: crossing temperatures of pairs of sizes lie on the exact critical temperature within errors.",
    data={name: critical[name] for name in names},
)  # fmt: skip

# %%
chapter.claim("fig2/binder_crossing", critical["crossing"][-1], critical["crossing_error"][-1])
longer = "more draws: the cumulant at the crossing carries the error of the crossing's temperature as well"
chapter.claim("fig2/binder_value", critical["cumulant"][-1], critical["cumulant_error"][-1], would_decide=longer)
chapter.claim("fig2/pseudo_critical", intercept, np.sqrt(covariance[1, 1]))

# %% [markdown]
# ## What we found
#
# The paper's algorithm samples the right distribution: run for long enough, it gives Kaufman's energies. Its range is set by
# critical slowing down, which the paper names in its introduction and does not come back to. A figure such as 2c, at sizes
# such as 256 and around $T_c$, takes clusters or very long runs. Next we would measure how long a run of the
# paper's method must be for each point of Figure 2c, and what an unfinished one looks like.

# %% tags=["answer"]
chapter.answer(
    f"Algorithm 1 to the letter agrees with Kaufman's exact energies ({chapter.shown('fig2/algorithm1')}), and so does the "
    f"convolution method at sizes up to {sizes[-1]} ({chapter.shown('fig2/convolution')}), at all temperatures at which "
    f"single flips reach equilibrium. With clusters the critical temperature converges towards a single value, as the "
    f"paper says: the cumulants cross at T = {chapter.shown('fig2/binder_crossing')}, and the peaks extrapolate to "
    f"{chapter.shown('fig2/pseudo_critical')}; the exact value is {tc:.6f}."
)

# %%
chapter.close()
