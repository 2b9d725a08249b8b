# %% [markdown]
# # Cells sort themselves, light inside and dark around them
#
# A biological cell is a domain of lattice sites with one number. Domains of two types, dark and light, stick to each
# other and to the medium with different strengths. Paper dp reports that a mixed square of them sorts itself: cells
# "spontaneously reorder themselves into clusters of same type" (Figure 5), the boundary "between blue cells and the
# medium goes to zero as the red cells surround the blue cells", and the boundaries of red cells with the medium and with
# blue cells approach "a minimum value" (Figure 6). It shows one run.
#
# **Settings.** The energy is the paper's Eq. 7, with each pair of neighbouring sites once:
#
# $$ H = \sum_{\langle ij\rangle} J(\tau_i, \tau_j)\,(1-\delta_{c_i c_j}) + \lambda \sum_k (a_k - A)^2 $$
#
# $J$ of Table II, $k_B T = 8$, $A = 25$ and $\lambda = 1$ are the paper's; the box of 60 x 60 sites, the number of steps and
# the random choice of 18 light cells are ours. Lengths count nearest neighbours; a step (MCS) is one attempt per site.
#
# **Running it.** `smoke` scale runs the same code with small settings. Under each figure stands how long the record
# behind it took at `paper` scale; `make record CHAPTER=dp/cellular_potts SCALE=paper` makes the records again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
from spinbook import open_chapter

chapter = open_chapter("dp/cellular_potts", scale=scale, device=device, store=store)

# %% [markdown]
# ## Table II asks for light cells inside
#
# A coupling is a cost. What decides where cells go is the interfacial tension
# $\gamma_{ab} = J_{ab} - (J_{aa} + J_{bb})/2$: what a boundary costs beyond the boundaries within the types. Light cells
# hold together best. A layer of dark cells between light cells and medium costs less than their direct contact.
# (In Graner and Glazier's original the dark cells hold together. The paper exchanges the names: its blue cells are light.)

# %%
import numpy as np

from spinlib.models.cell_sorting import COUPLING, DARK, LIGHT, MEDIUM, TYPE_NAMES

J = np.array(COUPLING)
tension = J - (np.diag(J)[:, None] + np.diag(J)) / 2
lines = [(name, *(f"{J[i, j]:g} ({tension[i, j]:g})" for j in range(len(J)))) for i, name in enumerate(TYPE_NAMES)]
chapter.table("Table II: couplings $J$, and in brackets the tensions that follow", ("", *TYPE_NAMES), lines)
chapter.say(
    f"Light cells beside the medium have the tension {tension[LIGHT, MEDIUM]:g}; a dark layer between them has "
    f"{tension[LIGHT, DARK]:g} + {tension[DARK, MEDIUM]:g} = {tension[LIGHT, DARK] + tension[DARK, MEDIUM]:g}."
)
chapter.claim("table2/drawn")

# %% [markdown]
# ## Figure 5: the cells sort with eight neighbours and die out with 24
#
# The text has the "Moore neighborhood with second neighbors". Elsewhere it says that second neighbours need a patch of
# 5 x 5 sites, which has 24 neighbours. On the square lattice, though, first and second neighbours, sides and corners,
# *are* the Moore neighbourhood of 8 sites. We run both. Each run copies the cell of a random neighbour onto a site with
# Metropolis' probability (the paper's Algorithm 1), one random site after the other.

# %%
from experiments.dp.cell_contact import pairs_per_length

contact = chapter.record("dp/cell_contact")
cells = chapter.record("dp/cell_sorting")

# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinbook.plots import style
from spinbook.plots.curves import mean_with_band
from spinbook.plots.lattices import draw_cells

figure, axes = plt.subplots(2, 6, figsize=(9, 3.6))
for axis, step, state in zip(axes[0], cells["shown"][0], cells["cells"][0], strict=True):
    draw_cells(axis, state, cells["types"][0], f"{step} MCS")
for axis, step, state in zip(axes[1], contact["printed_shown"], contact["printed_cells"], strict=True):
    draw_cells(axis, state, contact["printed_types"], f"{step} MCS")
axes[0, 0].set_ylabel("8 neighbours")
axes[1, 0].set_ylabel("24 neighbours")
chapter.figure(
    figure,
    "fig5",
    caption="One run from a square of 36 cells with 8 neighbours (above) and 24 (below). Orange: dark cells, blue: light cells.",
    alt="With 8 neighbours a square mosaic of orange and blue cells rounds off, and the blue cells gather in the middle with a "
    "ring of orange cells around them. With 24 the orange cells vanish first, then the blue ones shrink until the box is empty.",
    data={"mcs_8_neighbors": cells["shown"][0], "mcs_24_neighbors": contact["printed_shown"]},
    records=[cells, contact],
)

# %% [markdown]
# With 24 neighbours more pairs of sites cross a unit of boundary, so a boundary costs more against the area constraint:
# the dark cells are squeezed out first, then the light ones shrink and vanish. A vanished cell costs $\lambda A^2$; its
# boundary would cost more. How strong may the contact be? In [Figure](#fig5_survival) all of Table II is multiplied by a
# factor. There is little room: counting each pair twice, as a sum over $i$ and $j$ would, doubles the couplings, and then 8
# neighbours too lose every dark cell.

# %% tags=["figure"]
figure, axes = plt.subplots(figsize=(6.5, 3.8))
for kind, name, color in ((0, "dark", "vermillion"), (1, "light", "blue")):
    for neighborhood, sites, form in (("moore", 8, "o-^-"), ("moore2", 24, "s:D:")):
        chosen = contact["neighborhood"] == neighborhood
        points = [contact["strength"], contact["left"][:, kind], contact["left_error"][:, kind]]
        how = {"fmt": form[2 * kind :][:2], "color": style.COLORS[color], "label": f"{name}, {sites} neighbours"}
        axes.errorbar(*(values[chosen] for values in points), capsize=2, **how)
for neighborhood, text in (("moore", "8, as \nprinted"), ("moore2", "24, as \nprinted")):
    axes.axvline(pairs_per_length[neighborhood], color="#808080", linewidth=0.8, zorder=0)
    axes.annotate(f"{text} ", (pairs_per_length[neighborhood], 9), ha="right")
axes.set(xlabel="cost of a unit of boundary [pairs]", ylabel="cells left", xscale="log", yticks=range(0, 19, 3))
axes.set_xticks([1.5, 3, 4.5, 6, 9, 15], ["1.5", "3", "4.5", "6", "9", "15"])
axes.minorticks_off()
axes.legend(fontsize=9, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
chapter.figure(
    figure,
    "fig5_survival",
    caption=f"Cells left of 18 after {contact.settings['sweeps']} MCS when all couplings are multiplied by a factor, with one "
    f"standard error of {contact.settings['runs']} runs, against what a unit of boundary then costs. Grey: as printed.",
    alt="At the strength that the table has with 8 neighbours nearly all cells are left in both neighbourhoods. At one and a "
    "half to two times that strength the dark cells are lost, and with 24 neighbours the light ones at three to five times.",
    data={
        **{name: contact[name] for name in ("neighborhood", "strength")},
        **dict(zip(("dark", "light"), contact["left"].T, strict=True)),
        **dict(zip(("dark error", "light error"), contact["left_error"].T, strict=True)),
    },
    records=[contact],
)

# %%
from experiments.dp.cell_sorting import NAMES
from experiments.dp.serial_and_parallel import DARK_LIGHT, MEDIUM_DARK, MEDIUM_LIGHT, compared_with_serial, serial_ends
from spinlib.statistics import mean_and_error, mean_of_independent

left, left_of_24 = cells["alive"][0], contact["printed_alive"].sum(-1)[:, -1]
(late, grown, drift), whole = serial_ends(cells), len(left) * (left == 36).all()  # run, pair; runs with all cells
share = late[:, MEDIUM_DARK] / late[:, [MEDIUM_DARK, MEDIUM_LIGHT]].sum(1)
costlier = pairs_per_length["moore2"] / pairs_per_length["moore"]
costs = f"a boundary costs {costlier:g} times as much as with 8 neighbours, too much for the area constraint"
unfinished = f"after {cells['time'][-1]} MCS the cells have not finished sorting"

# %%
chapter.claim("fig5/drawn")
chapter.claim("fig5/survival", left_of_24.mean(), left_of_24.std(ddof=1) / np.sqrt(len(left_of_24)), reason=costs)
chapter.claim("fig5/survival_eight", left.mean(), left.std(ddof=1) / np.sqrt(len(left)), ties=whole)
chapter.claim("fig5/light_inside", mean_and_error(share), reason=unfinished)
chapter.claim("fig5/clusters", mean_of_independent(cells["light_clusters"][0]), reason=unfinished)

# %% [markdown]
# ## Figure 6: the dark cells take over the outline, so their boundary with the medium grows
#
# Geometry bounds a boundary from below: on the square lattice $a$ sites have at least $4\sqrt a$ contacts with the rest.
# The exact lines are this bound for the whole aggregate and for its light cells, at their measured areas.

# %% tags=["figure"]
time, serial, parallel = cells["time"], *cells["length"][:2].astype(float)  # run, time, pair
outline, inner = 4 * np.sqrt(36 * cells["area"][0].mean()), 4 * np.sqrt(cells["light_area"][0].mean())
curves = {"time": time[1:]}
figure, axes = plt.subplots(1, 2, figsize=(9, 3.8))
for axis, pair, color, label, marker in (
    (axes[0], MEDIUM_LIGHT, "blue", "light and medium", "^"),
    (axes[0], MEDIUM_DARK, "vermillion", "dark and medium", "o"),
    (axes[1], DARK_LIGHT, "purple", "dark and light", "s"),
):
    how = {"color": style.COLORS[color], "marker": marker, "markersize": 3.5, "markevery": 6}
    for name, lengths, line in (("serial", serial, "-"), ("parallel", parallel, "--")):
        curves |= mean_with_band(axis, time[1:], lengths[:, 1:, pair], f"{label}, {name}", linestyle=line, **how)
axes[0].axhline(outline, **{**style.EXACT, "label": "shortest outline of the aggregate"})
axes[1].axhline(inner, **{**style.EXACT, "label": "shortest outline of the light cells"})
for axis, title in zip(axes, "ab", strict=True):
    axis.set(xscale="log", xlabel="time [MCS]", ylabel="boundary length [contacts]", title=f"({title})", ylim=(0, 205))
    axis.legend(fontsize=8, loc="upper left" if axis is axes[0] else "lower left")
chapter.figure(
    figure,
    "fig6",
    caption=f"Boundary lengths: mean of {len(serial)} runs, bands of two standard errors. Black: shortest possible outlines.",
    alt="Left: the boundary between light cells and medium falls to zero while that between dark cells and medium rises to a "
    "plateau above the shortest outline. Right: the boundary between dark and light cells first rises, then falls to a "
    "plateau. Dashed curves of parallel updates run ahead of the solid ones of serial updates and end beside them.",
    data={**curves, "shortest outline": [outline], "shortest outline of light cells": [inner]},
    records=[cells],
)

# %% [markdown]
# The light cells leave the outline, and the dark ones take over all of it. Their boundary with the medium therefore rises,
# to a plateau above the shortest outline, because at $k_B T = 8$ it stays rough. The boundary between dark and light
# cells rises while the straight sides roughen, and then falls. It passes through a shallow minimum: light cells that still
# touch the medium need not be wrapped up there.

# %%
taken = "the light cells leave the outline and the dark ones take over all of it, so that their boundary has to grow"
touching = cells["late"][0, MEDIUM_LIGHT], cells["late_error"][0, MEDIUM_LIGHT]
chapter.say(
    f"At the end a cell has {cells['area'][0].mean():.2f} sites on average where its target is 25: boundary tension "
    f"squeezes it. The shortest outline of the aggregate is then {outline:.1f} contacts long, that of its light cells {inner:.1f}."
)

# %%
chapter.claim("fig6/light_medium", *touching, reason=unfinished)
chapter.claim("fig6/dark_medium_minimum", mean_and_error(grown[:, MEDIUM_DARK]), reason=taken)
chapter.claim("fig6/dark_light_minimum", mean_and_error(grown[:, DARK_LIGHT]))
chapter.claim("fig6/dark_medium_plateau", mean_and_error(drift[:, MEDIUM_DARK]), reason=unfinished)
chapter.claim("fig6/dark_light_plateau", mean_and_error(drift[:, DARK_LIGHT]), reason=unfinished)

# %% [markdown]
# ## Beyond the paper: checkerboard updates are faster, and use areas that are out of date
#
# The paper updates all sites of one colour at once (*parallel*); 8 neighbours need four colours. Sites of one colour are
# no neighbours, so the adhesion energies are right. But an area belongs to a whole cell, and all sites of a colour use the
# areas from before. A third dynamics, *ordered*, visits the sites colour by colour too but keeps the areas up to date. Runs
# are paired; one chi-square with their covariance judges differences of lengths, at four times or in the second half.

# %%
compared = compared_with_serial(cells)
width = {name: "{:.3f} ± {:.3f}".format(*mean_of_independent(runs)[:2]) for name, runs in zip(NAMES, cells["area_width"], strict=True)}  # fmt: skip
lines = [("serial", "", "", "", "1", "", width["serial"])]
for name, found in compared.items():
    tests = [f"{chi2:.0f} ({dof})" for chi2, dof in (found.steps, found.rescaled[2:], found.end)]
    factor = f"{found.rescaled.factor:.2f} ± {found.rescaled.error:.2f}"
    lines.append((name, *tests, factor, f"{100 * found.largest:.1f} %", width[name]))
head = ("", "equal steps", "rescaled", "at the end", "times as fast", "largest difference", "s.d. of areas")
chapter.table("Boundary lengths beside serial ones: chi-square (degrees of freedom); spread of areas", head, lines)

found = compared["parallel"]
order = f"parallel and ordered updates are {found.rescaled.factor:.2f} times as fast: each site attempts exactly once a step"
areas = f"with old areas lengths shift by up to {100 * found.largest:.1f} %; ordered updates have a chi-square of {compared['ordered'].end[0]:.1f}"

# %%
chapter.claim("fig5/parallel_steps", chi2=found.steps[0], dof=found.steps[1], reason=order)
chapter.claim("fig5/parallel_rescaled", chi2=found.rescaled.chi2, dof=found.rescaled.dof, reason="no factor fits all")
chapter.claim("fig5/parallel_end", chi2=found.end[0], dof=found.end[1], reason=areas)

# %% [markdown]
# ## What we found
#
# The cells sort as the paper says if its neighbourhood is the Moore neighbourhood of 8 sites; with the 24 sites of the
# patch that its text describes they die out. The boundary of dark cells with the medium cannot approach a minimum while
# that of light cells vanishes: it rises. Checkerboard updates are faster per step than serial ones, by a factor that the
# order of the attempts explains, and old areas leave a small error that time does not heal. Next we would ask which
# neighbourhood and which steps the paper's pictures show, and bring the areas up to date after each colour.

# %% tags=["answer"]
chapter.answer(
    f"With 8 neighbours the cells sort as the paper says: at the end dark cells hold {100 * share.mean():.2f} % of the contour, "
    f"and light cells touch the medium with {chapter.shown('fig6/light_medium')} contacts. With the 24 neighbours that the "
    f"text also allows, {chapter.shown('fig5/survival')} of 36 cells are left after {contact.settings['vanish_sweeps']} steps, "
    f"because each boundary costs {costlier:g} times as much. The boundary between dark cells and medium does not fall to a "
    f"minimum; it grows by {chapter.shown('fig6/dark_medium_minimum')} contacts, because the dark cells take over the outline."
)

# %%
chapter.close()
