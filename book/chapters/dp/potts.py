# %% [markdown]
# # The Potts model with three states
#
# This chapter reproduces Figure 4 of paper dp: configurations of the q = 3 Potts model below, near and above its
# critical temperature, and the text's statement that a Potts flip costs about as much as an Ising flip. The paper
# measures nothing on the configurations; we add the two exact numbers that the square lattice has, the critical
# temperature $T_c = 1/\ln(1+\sqrt q)$ (Potts 1952) and the energy there, $u(T_c) = -(1+1/\sqrt q)$ per site.
#
# **Conventions.** $H = -J \sum_{\langle ij\rangle} \delta(s_i, s_j)$. The paper writes $+J$ with a delta (its Eq. 5)
# and two pages on counts *unlike* pairs; both give the same physics with $J = -1$ there, $J = 1$ here, up to a
# constant of two per site.
#
# **Running it.** `smoke` scale takes seconds on two cores and `paper` scale about ten minutes; the pages show the
# shipped records. `make record CHAPTER=dp/potts SCALE=paper` makes them again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("dp/potts", scale=scale, device=device, store=store)

# %% [markdown]
# ## Figure 4: configurations
#
# A site's neighbours enter through four kernels, one for each neighbour (Eq. 6), because the Kronecker delta does not
# add up over neighbours as the Ising product does. Proposals are one of the two *other* states, as the text says. The
# pictures come from the paper's convolution method, started in order and run until the energy has settled.

# %%
pictures = chapter.record("dp/potts_snapshots")

# %% tags=["figure"]
import matplotlib.pyplot as plt
from matplotlib.colors import ListedColormap

from spinbook.plots import style

three = ListedColormap([style.COLORS["blue"], style.COLORS["yellow"], style.COLORS["vermillion"]])
figure, axes = plt.subplots(1, 3, figsize=(8, 3))
for axis, temperature, states in zip(axes, pictures["T"], pictures["states"], strict=True):
    axis.imshow(states, cmap=three, vmin=0, vmax=2, interpolation="nearest")
    axis.set(title=f"T = {temperature:g}", xticks=[], yticks=[])
size = pictures["states"].shape[-1]
chapter.figure(
    figure,
    "fig4",
    caption=f"Three-state Potts configurations of {size} x {size} sites below, near and above $T_c$ = 0.995 "
    "(temperatures and size are our choice).",
    alt="Three square pictures in three colours. Below the critical temperature one colour fills the lattice; near it "
    "clusters of every size appear; above it the colours are mixed site by site.",
    data={"T": pictures["T"], "energy_per_site": pictures["energy"]},
    records=[pictures],
)

# %% [markdown]
# ## Critical temperature and energy
#
# Swendsen–Wang runs at the exact $T_c$ for several sizes. The Binder cumulants of successive sizes, reweighted to
# neighbouring temperatures, cross at the measured critical temperature. The energy at $T_c$ approaches its exact value
# as $L^{-(1-\alpha)/\nu} = L^{-4/5}$, with the exact exponents $\alpha = 1/3$ and $\nu = 5/6$ (Wu 1982).

# %%
critical = chapter.record("dp/potts_critical")

# %%
from spinlib.exact import potts

# Weighted straight line u(L) = u + a L^(-4/5).
scaled = critical["L"] ** -0.8
(slope, limit), covariance = np.polyfit(scaled, critical["energy"], 1, w=1 / critical["energy_error"], cov="unscaled")
limit_error = np.sqrt(covariance[1, 1])

# %% tags=["figure"]
from spinbook.plots import finite_size

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
finite_size.extrapolation(
    left,
    scaled,
    critical["energy"],
    critical["energy_error"],
    (slope, limit),
    potts.critical_energy(3),
    "$u + a L^{-4/5}$",
)
left.set(xlabel="$L^{-4/5}$", ylabel="energy per site at $T_c$ [J]")
finite_size.crossings(
    right, critical["L"], critical["crossing"], critical["crossing_error"], potts.critical_temperature(3)
)
chapter.figure(
    figure,
    "fig4_critical",
    caption="Left: energy per site at the exact critical temperature against $L^{-4/5}$ with a straight fit. Right: "
    "temperature at which the Binder cumulants of L and 2L cross. Black: exact values.",
    alt="Left panel: energies at the critical temperature lie on a straight line that ends at the exact value for "
    "infinite size. Right panel: the crossing temperatures approach the exact critical temperature.",
    data={name: critical[name] for name in ("L", "energy", "energy_error", "tau", "crossing", "crossing_error")},
    records=[critical],
)

# %%
chapter.claim("fig4/drawn")
chapter.claim("fig4/critical_temperature", critical["crossing"][-1], critical["crossing_error"][-1])
chapter.claim("fig4/critical_energy", limit, limit_error)

# %% [markdown]
# ## What a flip costs
#
# The same convolution method, the same lattice, batch and number of sweeps, Ising and Potts in turn; each rate is a
# median over repetitions and its error half the distance between the quartiles. A flip is one attempted update.

# %%
costs = chapter.record("dp/potts_cost")
ising_rate, potts_rate = np.median(costs["rates"], axis=0)
print(f"Ising {ising_rate:.4f} flips/ns, Potts {potts_rate:.4f} flips/ns")

# %%
quartiles = np.percentile(costs["ratio"], [25, 50, 75])
chapter.claim(
    "fig4/cost",
    quartiles[1],
    (quartiles[2] - quartiles[0]) / 2,
    reason="each site needs one kernel per neighbour and two comparisons with it (its present and its proposed state) "
    "where Ising needs one kernel in all",
)

# %% [markdown]
# ## What we found
#
# Critical temperature and energy are the exact ones: the method is right. The statement about cost holds for the number
# of operations on paper, where both need four neighbours; as tensors the four separate kernels of Eq. 6 make four maps
# to store, compare and add, and the table below says what that costs.

# %%
chapter.close()
