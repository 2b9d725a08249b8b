# %% [markdown]
# # DiffIsing1: a single temperature near the transition
#
# Paper fid {cite}`fid` trains a first diffusion model, DiffIsing1, on 10 temperatures 0.2 apart, of which one alone, T = 2.2, lies between 2.1 and
# 2.3, and a second, DiffIsing2, on 18. It finds that the first has a straight energy there and then a jump, and concludes that the training
# temperatures have to be chosen with knowledge of the physics. Here both are trained by the same settings and compared.
#
# **Running it.** `smoke` scale runs the same code with small networks, `laptop` scale is 16 x 16 sites with fewer temperatures, `paper` scale 64 x 64 on a GPU, `make record
# CHAPTER=fid/diffusion_coarse SCALE=paper DEVICE=cuda`. How long the shipped records took stands in the captions.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("fid/diffusion_coarse", scale=scale, device=device, store=store)

# %% [markdown]
# ## Figure 3: both models
#
# Networks, epochs, samplers and the number of configurations at each temperature are the same, so DiffIsing1 has seen fewer configurations in
# all, as in the paper. The training range is shaded. The first trainings of DiffIsing1 left most of its statements undecided;
# more followed, with statements and tolerances as they were.

# %%
from experiments.fid import compared, models
from experiments.fid import model_distances as off
from experiments.fid.together import Together
from spinbook.plots import four_quantities
from spinlib.statistics import mean_of_few

coarse = Together(chapter.record("fid/diffusion_coarse"), chapter.record("fid/diffusion_coarse_more"))
fine = Together(chapter.record("fid/diffusion"), chapter.record("fid/diffusion_more"))
monte_carlo = chapter.record("fid/monte_carlo")
T, settings, L = coarse["T"], coarse.settings, coarse.settings["L"]
exact = off.references(T, L, monte_carlo)


def of(name, quantity):
    """A quantity (temperature, seed) of a model, at the temperatures of DiffIsing1."""
    return off.of(coarse, name, quantity) if name == "DiffIsing1" else off.of(fine, name, quantity, T)


# %% tags=["figure"]
names = ("DiffIsing1", "DiffIsing2")
shown = {name: {quantity: of(name, quantity) for quantity in off.QUANTITIES} for name in names}
figure, columns = four_quantities.panels(
    T, shown, off.curves(T, L, monte_carlo), shaded=(models.COARSE[0], models.COARSE[-1])
)
chapter.figure(
    figure, "fig3", records=[*coarse.records, *fine.records], data=columns,
    caption=f"Four quantities of {L} x {L} spins: mean over {settings['seeds']} trainings of DiffIsing1 and {fine.settings['seeds']} of DiffIsing2, and as bars the standard deviation "
    f"from one to the next. Sets have {settings['generated']} configurations.",
    alt="Four panels against temperature: the points of both models and black curves. How far they are apart stands in the claims below.",
)  # fmt: skip

# %%
inside, near = off.between(T, 1.6, 3.4), off.between(T, 2.1, 2.4)
why = "the networks are small, and the training is short"
chapter.claim(
    "fig3b/energy",
    *off.largest(of("DiffIsing1", "energy")[inside], exact["energy"][inside]),
    would_decide="more trainings",
    reason=why,
)
chapter.claim(
    "fig3b/order",
    *off.largest(of("DiffIsing1", "order")[inside], exact["order"][inside]),
    would_decide="more trainings",
    reason=why,
)
misses = [off.mean_distance(of(name, "energy")[near], exact["energy"][near]) for name in names]
chapter.claim(
    "fig3b/near",
    compared.less(*misses),
    reason="the other faults of both models are larger there than what missing temperatures add",
    would_decide="more trainings",
)

# %% [markdown]
# A straight line and a jump: the rise of the energy from T = 2.3 to 2.4, as a multiple of the mean rise per step from 2.1 to 2.3. The exact energy of
# the finite lattice bends there too, so its own multiple is subtracted.

# %%
places = [int(np.argmin(np.abs(T - one))) for one in (2.1, 2.3, 2.4)]


def bend(energy):
    """The rise from 2.3 to 2.4 as a multiple of the mean rise per step from 2.1 to 2.3."""
    low, middle, high = (energy[place] for place in places)
    return (high - middle) / ((middle - low) / 2)


chapter.claim("fig3b/jump", mean_of_few(bend(of("DiffIsing1", "energy")) - bend(exact["energy"])), would_decide="more trainings",
              reason="between the temperatures of its training the energy of the model is smooth")  # fmt: skip
multiples = {name: mean_of_few(bend(of(name, "energy"))) for name in names}
chapter.say(f"The multiple is {bend(exact['energy']):.2f} for the exact energy, "
            + " and ".join(f"{one.value:.2f} ± {one.error:.2f} for {name}" for name, one in multiples.items()) + ".")  # fmt: skip

# %% [markdown]
# ## Inside and outside of the training range
#
# The mean distance from the reference over the temperatures inside, below and above the range of the training, of every training by itself.

# %%
parts = {"inside": off.between(T, 1.6, 3.4), "below": T < 1.55, "above": T > 3.45}
rows = []
for part, where in parts.items():
    for name in names if where.any() else ():
        misses = [
            mean_of_few(off.mean_distance(of(name, one)[where], exact[one][where], relative=one in ("heat", "chi")))
            for one in off.QUANTITIES
        ]
        at = f"{T[where][0]:g}" + (f" to {T[where][-1]:g}" if where.sum() > 1 else "")
        rows.append([f"{part}, T = {at}", name, *(f"{one.value:.3f} ± {one.error:.3f}" for one in misses)])
chapter.table(
    "Mean absolute distances from exact values, of |m| and χ from cluster samples; heat capacity and χ as shares. Errors are over trainings.",
    ["range", "model", "energy [J]", "⟨|m|⟩", "heat capacity", "χ"],
    rows,
)

# %% [markdown]
# ## What we found
#
# The claims say how far DiffIsing1 is from the exact energies, and whether it is worse near the transition than DiffIsing2; the table says the same of
# either side of the training range. The comparison has two causes in one: DiffIsing1 lacks temperatures near the transition, and it has seen
# fewer configurations in all, as in the paper. Only a training with as many configurations at fewer temperatures would tell them apart.

# %% tags=["answer"]
chapter.answer(
    f"The energy of DiffIsing1 on {L} x {L} sites is farthest from the exact one at T = {off.farthest(T[inside], of('DiffIsing1', 'energy')[inside], exact['energy'][inside]):g} inside its training range, by {chapter.shown('fig3b/energy')} J per site, and its |m| at "
    f"T = {off.farthest(T[inside], of('DiffIsing1', 'order')[inside], exact['order'][inside]):g}, by {chapter.shown('fig3b/order')}. Near the transition its energy is off by {chapter.shown('fig3b/near')} J more than that of DiffIsing2; the jump that the paper "
    f"saw between T = 2.3 and 2.4 is {chapter.shown('fig3b/jump')} here, as a multiple of the rise per step before it, less that of the exact energy."
)

# %%
chapter.close()
