# %% [markdown]
# # The Ising model by checkerboard Monte Carlo
#
# This chapter reproduces Figures 1 and 2 of paper dp and its triangular lattice (Eq. 3). The paper runs Metropolis on
# a coloured lattice, shows ordered and disordered snapshots, and plots the magnetisation against temperature for
# several sizes; it gives no error bars and compares with no exact result. We do both: every point below has an error
# bar from its autocorrelation time, and stands beside the exact finite-size answer.
#
# **Running it.** `smoke` scale takes seconds on two cores and `paper` scale about half an hour; the pages show the
# shipped records. `make record CHAPTER=dp/ising SCALE=paper` makes them again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("dp/ising", scale=scale, device=device, store=store)

# %% [markdown]
# ## Figure 1: colouring a lattice
#
# Sites of one colour can be updated at the same time if no bond joins two of them. Two colours do this for the
# nearest neighbours of a square lattice. The paper says that the method extends to any interaction "provided that the
# central site is distinguished by one color and its surrounding neighbors by another"; in fact all the neighbours
# must also be told apart *from each other* wherever they interact. A 2 x 2 block of the eight-neighbour lattice is a
# set of four mutual neighbours and needs four colours; a 3 x 3 block of the 24-neighbour lattice needs nine.

# %%
from spinlib.lattice import Lattice

lattices = {
    "square": Lattice((6, 6)),
    "triangular": Lattice((6, 6), neighborhood="triangular"),
    "honeycomb": Lattice((6, 6), neighborhood="honeycomb"),
    "8 neighbours": Lattice((6, 6), neighborhood="moore"),
    "24 neighbours": Lattice((6, 6), neighborhood="moore2"),
    "chain": Lattice((6,)),
    "cubic": Lattice((6, 6, 6)),
    "cubic, 18 neighbours": Lattice((6, 6, 6), neighborhood="next_nearest"),
}
checkerboard = np.indices((6, 6)).sum(axis=0) % 2
conflicts = {name: lattice.conflicts(lattice.coloring) for name, lattice in lattices.items()}
two_color_conflicts = {name: each.conflicts(checkerboard) for name, each in lattices.items() if each.shape == (6, 6)}
for name, lattice in lattices.items():
    inside = f"inside a colour: {conflicts[name]}, with a checkerboard: {two_color_conflicts.get(name, '-')}"
    print(f"{name:22s} {lattice.coordination:3d} neighbours {lattice.n_colors} colours, bonds {inside}")

# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinbook.plots import style

shown = ["square", "triangular", "8 neighbours", "24 neighbours"]
figure, axes = plt.subplots(1, 4, figsize=(8, 2.4))
for axis, name in zip(axes, shown, strict=True):
    lattice = lattices[name]
    row, column = np.indices(lattice.shape)
    shift = (row % 2) / 2 if name == "triangular" else 0 * row
    palette = [*style.COLORS.values(), "black", "white"]
    colors = [palette[k] for k in lattice.coloring.ravel()]
    axis.scatter(column + shift, -row, c=colors, s=90, edgecolors="black", linewidths=0.5)
    axis.set(title=f"{name}: {lattice.n_colors}", aspect="equal", xlim=(-0.7, 6.2), ylim=(-5.7, 0.7))
    axis.axis("off")
chapter.figure(
    figure,
    "fig1",
    caption="Colourings used by the samplers, 6 x 6 sites; the number of colours stands above each lattice.",
    alt="Four small lattices whose sites are coloured: square with two colours, triangular with three, eight neighbours "
    "with four in 2 by 2 blocks, twenty-four neighbours with nine in 3 by 3 blocks.",
    data={name: lattices[name].coloring for name in shown},
)

# %%
# Mutual neighbours must all differ, so a block of them bounds the number of colours from below.
blocks = {"8 neighbours": 2, "24 neighbours": 3}
smallest = {}
for name, side in blocks.items():
    i, j, _, _ = Lattice((side, side), "free", lattices[name].neighborhood).bonds
    assert len(i) == side**2 * (side**2 - 1) // 2, "the block is not a set of mutual neighbours"
    smallest[name] = side**2 if conflicts[name] == 0 and lattices[name].n_colors == side**2 else np.nan

chapter.claim("fig1/drawn")
chapter.claim("fig1/valid_coloring", sum(conflicts.values()), 0.0)
chapter.claim("fig1/eight_neighbors_two_fail", two_color_conflicts["8 neighbours"], 0.0)
chapter.claim("fig1/eight_neighbors_four_work", smallest["8 neighbours"], 0.0)
chapter.claim("fig1/twenty_four_neighbors_nine", smallest["24 neighbours"], 0.0)

# %% [markdown]
# ## Figure 2: order and disorder
#
# Swendsen–Wang cluster updates make all data of this figure: near $T_c = 2/\ln(1+\sqrt 2)$ they decorrelate within a
# few sweeps where single-spin Metropolis needs thousands, and a random start never stays caught in stripes.

# %%
pictures = chapter.record("dp/ising_snapshots")

# %% tags=["figure"]
figure, axes = plt.subplots(1, 3, figsize=(8, 3))
for axis, temperature, spins in zip(axes, pictures["T"], pictures["spins"], strict=True):
    axis.imshow(spins, cmap=plt.matplotlib.colors.ListedColormap(style.SPINS), vmin=-1, vmax=1)
    axis.set(title=f"T = {temperature:g}", xticks=[], yticks=[])
chapter.figure(
    figure,
    "fig2_snapshots",
    caption=f"Equilibrium configurations of {spins.shape[0]} x {spins.shape[1]} spins below, at and above $T_c$ "
    "(temperatures are our choice: the paper does not print its own). Light: up, dark: down.",
    alt="Three square pictures of spins. Below the critical temperature nearly all spins agree; at it there are clusters "
    "of every size; above it small patches of both signs.",
    data={"T": pictures["T"], "magnetization": pictures["spins"].mean(axis=(1, 2))},
    records=[pictures],
)

# %% [markdown]
# ### Magnetisation and energy against temperature

# %%
from spinlib.exact import kaufman, onsager
from spinlib.statistics import chi_square

curves = chapter.record("dp/magnetization")

# %% tags=["figure"]
fine = np.linspace(1.0, 4.0, 601)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8))
left.plot(fine, onsager.magnetization(fine), **{**style.EXACT, "label": "Yang, infinite lattice"})
for k, (size, color) in enumerate(zip(curves["L"], style.COLORS.values(), strict=False)):
    left.errorbar(curves["T"], curves["m"][k], curves["m_error"][k], color=color, label=f"L = {size}", **style.MEASURED)
    exact = kaufman.energy(curves["T"], (size, size))
    deviation = (curves["energy"][k] - exact) / curves["energy_error"][k]
    right.plot(curves["T"], deviation, color=color, marker="o", markersize=3.5, linestyle="none", label=f"L = {size}")
left.set(xlabel="temperature T [$J/k_B$]", ylabel="magnetisation ⟨|m|⟩")
left.legend()
right.axhspan(-2, 2, color="0.9", zorder=0)
right.axhline(0, color="black", linewidth=1.2)
right.set(xlabel="temperature T [$J/k_B$]", ylabel="(energy − Kaufman) / error")
chapter.figure(
    figure, "fig2_magnetization", records=[curves],
    caption="Left: magnetisation against temperature (errors are smaller than the symbols). Right: distance of the "
    "measured energy from Kaufman's exact energy of the same torus, in error bars; the band is two error bars wide on "
    "each side.",
    alt="Left panel: the mean absolute magnetisation falls from one to near zero around T = 2.27, the steeper the larger "
    "the lattice, and below that lies on Yang's black curve. Right panel: deviations of the energy from the exact value, "
    "scattered within about two error bars around zero.",
    data={
        "T": curves["T"],
        **{f"{q}_L{L}": curves[q][k] for k, L in enumerate(curves["L"]) for q in ("m", "m_error", "energy", "energy_error")},
    },
)  # fmt: skip

# %%
exact_energy = [kaufman.energy(curves["T"], (int(L), int(L))) for L in curves["L"]]
kaufman_test = list(map(chi_square, curves["energy"], curves["energy_error"], exact_energy))
chapter.claim("fig2/drawn")
chapter.claim("fig2/kaufman", chi2=[test[0] for test in kaufman_test], dof=[test[1] for test in kaufman_test])

# Yang's curve is for the infinite lattice: only where L is more than ten correlation lengths may it be compared.
below = curves["T"] < onsager.critical_temperature()
far = below & (curves["L"][:, None] > 10 * onsager.correlation_length(np.where(below, curves["T"], 1.0)))
yang = np.broadcast_to(onsager.magnetization(curves["T"]), curves["m"].shape)
chi2, dof, _ = chi_square(curves["m"][far], curves["m_error"][far], yang[far])
chapter.claim("fig2/yang", chi2=chi2, dof=dof)

# %% [markdown]
# ### Where is the transition?
#
# One long run per size at $T_c$, and one above it where the susceptibility peaks, reweighted to neighbouring
# temperatures (Ferrenberg and Swendsen), give the crossings of the Binder cumulants and the peak temperatures
# $T(L)$. The peak moves as $T(L) = T_c + a/L$ since $\nu = 1$ on the square lattice.

# %%
critical = chapter.record("dp/critical_point")
# Weighted straight line T(L) = Tc + a / L through the peaks.
inverse, weight = 1 / critical["L"], 1 / critical["peak_error"]
(slope, intercept), covariance = np.polyfit(inverse, critical["peak"], 1, w=weight, cov="unscaled")

# %% tags=["figure"]
from spinbook.plots import finite_size

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
tc, line = onsager.critical_temperature(), (slope, intercept)
finite_size.extrapolation(left, inverse, critical["peak"], critical["peak_error"], line, tc, "$T_c + a/L$")
left.set(xlabel="1 / L", ylabel="peak of the susceptibility, T [$J/k_B$]")
finite_size.crossings(right, critical["L"], critical["crossing"], critical["crossing_error"], tc)
chapter.figure(
    figure, "fig2_critical", records=[critical],
    caption="Left: temperature of the susceptibility's peak against 1/L with a straight fit. Right: temperature at which "
    "the Binder cumulants of L and 2L cross. Black: the exact $T_c$.",
    alt="Left panel: peak temperatures fall along a straight line towards the exact critical temperature as 1/L goes to "
    "zero. Right panel: crossing temperatures of four pairs of sizes lie on the exact critical temperature within errors.",
    data={name: critical[name] for name in ("L", "peak", "peak_error", "crossing", "crossing_error", "cumulant", "cumulant_error")},
)  # fmt: skip

# %%
chapter.claim("fig2/binder_crossing", critical["crossing"][-1], critical["crossing_error"][-1])
longer = "more draws: the cumulant at the crossing carries the error of the crossing's temperature as well"
chapter.claim("fig2/binder_value", critical["cumulant"][-1], critical["cumulant_error"][-1], would_decide=longer)
chapter.claim("fig2/pseudo_critical", intercept, np.sqrt(covariance[1, 1]))

# %% [markdown]
# ## The triangular lattice through a widened kernel
#
# Equation 3 of the paper puts the triangular lattice on a grid of double width, with null spins between the sites, so
# that an ordinary convolution finds the six neighbours. We run the convolution method itself on it and compare with
# the exact energy of the infinite triangular lattice (Houtappel 1950), away from $T_c = 4/\ln 3$ where the
# correlation length is far below the lattice size.

# %%
from spinlib.exact import triangular

triangle = chapter.record("dp/triangular")

# %% tags=["figure"]
fine = np.linspace(1.5, 12.5, 400)
figure, axes = plt.subplots(figsize=(5.5, 3.6))
axes.plot(fine, triangular.energy(fine), **{**style.EXACT, "label": "exact, infinite lattice"})
measured = {"color": style.COLORS["blue"], "label": "convolution", **style.MEASURED}
axes.errorbar(triangle["T"], triangle["energy"], triangle["energy_error"], **measured)
axes.axvline(triangular.critical_temperature(), color="0.6", linestyle=":", label="$T_c$ = 4/ln 3")
axes.set(xlabel="temperature T [$J/k_B$]", ylabel="energy per site [J]")
axes.legend()
chapter.figure(
    figure, "text1", records=[triangle],
    caption="Energy of the triangular lattice from the convolution method with the kernel of Eq. 3; errors are smaller "
    "than the symbols.",
    alt="Energy per site of the triangular lattice against temperature: measured points lie on the exact black curve on "
    "both sides of the critical temperature.",
    data={name: triangle[name] for name in ("T", "energy", "energy_error")},
)  # fmt: skip

# %%
chi2, dof, _ = chi_square(triangle["energy"], triangle["energy_error"], triangular.energy(triangle["T"]))
chapter.claim("text1/energy", chi2=chi2, dof=dof)
chapter.claim("text1/two_colors_fail", two_color_conflicts["triangular"], 0.0)
chapter.claim("text1/three_colors_work", conflicts["triangular"], 0.0)

# %% [markdown]
# ## What we found
#
# The method samples the right distribution: energies agree with the exact ones at every size and temperature. What the
# paper's wording leaves out is the number of colours: one colour for a site and one for "its neighbours" is enough only
# where neighbours are not neighbours of each other. Eq. 3's triangular lattice already needs a third.

# %%
chapter.close()
