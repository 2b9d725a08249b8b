# %% [markdown]
# # Diffusion models: which averages do they learn, and how do they get there from noise?
#
# Paper fid {cite}`fid` trains diffusion models on Monte Carlo configurations and asks of them what one asks of a simulation:
# energy, magnetisation, heat capacity, susceptibility (Figure 3), and how they get there from noise (Figure 4). It has them on
# 64 x 64 sites; the trainings here are on 16 x 16, small enough for a laptop, at the same temperatures and with the same
# protocol. All comparisons are with exact answers or cluster samples of that same lattice.
#
# **Running it.** `smoke` scale runs the same code with small networks, `laptop` scale on 16 x 16 sites. `paper` scale, 64 x 64
# with 300 epochs, is for a GPU: `make record CHAPTER=fid/diffusion SCALE=paper DEVICE=cuda`. It keeps its parts and goes on where it
# was stopped. How long the shipped records took stands in the captions.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("fid/diffusion", scale=scale, device=device, store=store)

# %% [markdown]
# ## Figure 1: the model
#
# Noise is added to a configuration in 1000 steps, by the paper's schedule {cite}`ho2020`; a UNet learns to predict this noise,
# given the noisy configuration, the step and the temperature. DiffIsing2 has seen 18 temperatures from 1.6 to 3.4, closer between 2.0
# and 2.5, and is trained several times, each time on another data set of the paper's protocol. The first trainings left most statements
# undecided; more followed, with statements and tolerances as they were. DiffIsing1, with 10 temperatures, has
# [a chapter of its own](diffusion_coarse).
#
# Some choices are ours; the page of the paper lists all of them. The paper gives no widths, rates and batches. Edges are continued periodically: zeros around them
# would make edges, which the torus does not have, beside many sites of a small lattice. The network's output is added to a known share of its input: group norm hides the
# size of its input from the network, which would have to repeat it when nearly all is noise. And the 31 temperatures are sampled
# in few steps with fresh noise, to second order in the step {cite}`lu2022`; what that changes against the paper's sampler is measured below.

# %%
from experiments.fid import model_distances as off
from experiments.fid import models
from experiments.fid.diffusion import PICTURES
from experiments.fid.protocol import STRIPED
from experiments.fid.together import Together
from spinbook.plots import four_quantities, generated_sets
from spinlib.statistics import mean_of_few

fine = Together(chapter.record("fid/diffusion"), chapter.record("fid/diffusion_more"))
monte_carlo = chapter.record("fid/monte_carlo")
T, settings, L = fine["T"], fine.settings, fine.settings["L"]
exact = off.references(T, L, monte_carlo)


def of(quantity):
    """A quantity (temperature, seed) of DiffIsing2."""
    return off.of(fine, "DiffIsing2", quantity)


# %% tags=["figure"]
network = models.network_of(settings, "cpu")
left = [round(share * settings["steps"]) for share in PICTURES]
pictures = fine["way_pictures"][0, 0]
states = {f"{one} steps left": picture for one, picture in zip(left, pictures, strict=True)}
noisy = models.noised(np.sign(pictures[-1]), left[::-1], settings)
forward = {f"noise of {one} steps": picture for one, picture in zip(left[::-1], noisy, strict=True)}
chapter.figure(
    generated_sets.unet(network, states, forward), "fig1", records=fine.records, data=forward | states,
    caption=f"Above: the forward process adds noise to a configuration. Middle: one configuration on its way back from noise at T = {fine['way'][0]:g}, raw outputs. Below: the UNet, with channels and "
    f"sides of its pictures, {models.parameters(network):,} parameters; dotted arrows are skip connections, and embeddings of step and temperature come in at every level.",
    alt="Five pictures from domains of two values to noise, five from noise to domains, and boxes of the levels of a UNet, four down and three up, with its embeddings.",
)  # fmt: skip

# %%
chapter.claim("fig1/drawn")

# %% [markdown]
# ## Figure 3: four quantities
#
# Of each model and training at every temperature one set is generated; spins are the signs of the outputs. Energies and heat
# capacities are compared with Kaufman's solution {cite}`kaufman1949`. The training range is shaded.

# %% tags=["figure"]
shown = {"DiffIsing2": {quantity: of(quantity) for quantity in off.QUANTITIES}}
figure, columns = four_quantities.panels(
    T, shown, off.curves(T, L, monte_carlo), shaded=(models.FINE[0], models.FINE[-1])
)
chapter.figure(
    figure, "fig3", records=fine.records, data=columns,
    caption=f"Four quantities of {L} x {L} spins: mean over {settings['seeds']} trainings, and as bars the standard deviation "
    f"from one to the next. Sets have {settings['generated']} configurations.",
    alt="Four panels against temperature: the points of DiffIsing2 and black curves. How far they are apart stands in the claims below.",
)  # fmt: skip

# %%
inside, outside = off.between(T, 1.6, 3.4), (T < 1.55) | (T > 3.45)
more = {"would_decide": "more trainings", "reason": "the networks are small, and the training is short"}
chapter.claim("fig3/energy_2", *off.largest(of("energy")[inside], exact["energy"][inside]), **more)
chapter.claim("fig3/order_2", *off.largest(of("order")[inside], exact["order"][inside]), **more)
chapter.claim("fig3/outside", *off.largest(of("energy")[outside], exact["energy"][outside]), **more)
ratio = of("heat") / exact["heat"][:, None]
lowest = min((mean_of_few(row) for row in ratio[off.between(T, 1.0, 1.4)]), key=lambda one: one.value)
chapter.claim("fig3/heat_low", lowest, **more)
chapter.claim("fig3/heat_inside", mean_of_few(ratio[off.between(T, 1.6, 2.2)].mean(axis=0)), **more)
ordering = off.between(T, 2.0, 3.4)
chapter.claim("fig3/chi", *off.largest(of("chi")[ordering], exact["chi"][ordering], relative=True), **more)
at = int(np.argmin(np.abs(T - 1.2)))
chapter.claim("fig3/raw", mean_of_few(of("energy")[at] - of("raw_energy")[at]), would_decide="more trainings",
              reason="raw outputs lie beyond -1 and 1 too, and their energy is the lower one")  # fmt: skip

# %% [markdown]
# The claims ask for the worst temperature. The table gives the mean distances at several, with their errors; the sentence below it names the temperatures
# where all trainings are on the same side. Both were written after the first trainings were known.

# %%
asked = [k for k, t in enumerate(T) if any(np.isclose(t, one) for one in (1.0, 1.2, 1.4, 1.6, 2.0, 2.2, 2.3, 2.4, 2.6, 3.0, 3.4, 4.0))]  # fmt: skip
cells = [[mean_of_few(one) for one in (of("energy")[k] - exact["energy"][k], of("order")[k] - exact["order"][k], ratio[k], of("chi")[k] / exact["chi"][k])] for k in asked]  # fmt: skip
chapter.table(
    f"DiffIsing2 beside exact values, or beside cluster samples for |m| and χ; means over {settings['seeds']} trainings.",
    ["T", "energy less exact [J]", "⟨|m|⟩ less sample", "heat capacity / exact", "χ / sample"],
    [[f"{T[k]:g}", *(f"{one.value:.3f} ± {one.error:.3f}" for one in row)] for k, row in zip(asked, cells, strict=True)],
)  # fmt: skip
words = {"energy": "energy", "order": "⟨|m|⟩", "heat": "heat capacity", "chi": "susceptibility"}
sides = {name: off.one_sided(T, of(name), exact[name]) for name in words}
chapter.say(f"All {settings['seeds']} trainings are on one side of the reference, which chance alone gives a share of {0.5 ** (settings['seeds'] - 1):.2g} of the temperatures, for the " + "; for the ".join(
    f"{words[name]} above it at {off.spans(one['above'], T)} and below it at {off.spans(one['below'], T)}" for name, one in sides.items()) + ".")  # fmt: skip

# %% [markdown]
# ## Figure 4: from noise to a configuration
#
# DiffIsing2 with the paper's sampler takes all steps from noise; Metropolis sweeps start at random. The paper reads an induction
# stage off this comparison: for a long time nothing seems to happen. That is the schedule's doing. At the step $t$ a configuration
# is $\sqrt{a_t}$ times a clean one plus noise, so its raw energy is $a_t$ times that of the last step, whatever the physics is: the line
# "schedule".

# %% tags=["figure"]
steps = fine["way_steps"]
share = 1 - steps / steps[0]
kept = np.concatenate([[1.0], models.schedule_of(settings).kept.numpy()])[steps]
sweeps = fine["metropolis_energy"].shape[1]
taken = np.arange(1, sweeps + 1) / sweeps
end = fine["way_raw_energy"].mean(axis=0)[:, -1:]
drawn = {
    "energy": {
        "DiffIsing2, raw": (share, fine["way_raw_energy"].mean(axis=0)),
        "Metropolis": (taken, fine["metropolis_energy"]),
        "schedule": (share, end * kept),
    },
    "order": {
        "DiffIsing2, raw": (share, fine["way_raw_order"].mean(axis=0)),
        "Metropolis": (taken, fine["metropolis_order"]),
    },
}
way = off.references(fine["way"], L, monte_carlo)
titles = [(f"T = {t:g}", way["energy"][k], way["order"][k]) for k, t in enumerate(fine["way"])]
figure, columns = generated_sets.ways(drawn, titles)
chapter.figure(
    figure, "fig4", records=fine.records, data=columns,
    caption=f"Means over {settings['starts']} starts of each of {settings['seeds']} trainings, {steps[0]} steps, and over "
    f"{settings['metropolis_starts']} Metropolis runs, {sweeps} sweeps; the horizontal lines are exact, or cluster samples.",
    alt="Energy and magnetisation of the diffusion stay near zero for more than half of the steps and then move to their last "
    "values, the energy along the line of the schedule; those of Metropolis move at once.",
)  # fmt: skip

# %%
raw, middle = fine["way_raw_energy"], int(np.argmin(np.abs(share - 0.5)))
gone = (raw[..., middle] - raw[..., 0]) / (raw[..., -1] - raw[..., 0])
slowest = max((mean_of_few(row) for row in gone.T), key=lambda one: one.value)
chapter.claim("fig4/induction", slowest, would_decide="more trainings")
last = fine["metropolis_energy"][:, -100:].mean(axis=1)
early = fine["metropolis_energy"][:, 9] / last
slow = int(np.argmin(early))
chapter.claim("fig4/at_once", float(early[slow]), float(fine["metropolis_energy_error"][slow, 9] / abs(last[slow])))
stuck = np.abs(fine["metropolis_final_m"][0]) < STRIPED
striped = mean_of_few(fine["way_many_domains"][:, 0], each=1 / settings["starts"])
binomial = np.sqrt(max(stuck.mean() * (1 - stuck.mean()), 1 / len(stuck)) / len(stuck))
fewer = float(stuck.mean() - striped.value), float(np.hypot(binomial, striped.error))
chapter.claim(
    "fig4/stripes", *fewer, would_decide="more starts", reason="the diffusion ends with several domains as well"
)
at_way = [int(np.argmin(np.abs(T - t))) for t in fine["way"]]
changed = [mean_of_few(of("energy")[place] - fine["way_final_energy"][:, k]) for k, place in enumerate(at_way)]
most = max(changed, key=lambda one: abs(one.value))
chapter.claim(
    "fig4/sampler", abs(most.value), most.error, would_decide="more starts", reason="a long step has a larger error"
)
chapter.say(
    f"At T = {fine['way'][0]:g} a configuration with |m| below {STRIPED:g} counts as one without a single domain: a share of {stuck.mean():.2f} ± {binomial:.2f} of "
    f"{len(stuck)} Metropolis runs, and of {striped.value:.2f} ± {striped.error:.2f} of the configurations of the diffusion. "
    "Energy with few steps less that with all, in J per site: "
    + ", ".join(f"{one.value:+.3f} ± {one.error:.3f} at T = {t:g}" for t, one in zip(fine["way"], changed, strict=True))
    + "."
)

# %% [markdown]
# ## What a configuration costs
#
# Seconds are of one thread. An independent configuration of a Markov chain costs two autocorrelation times of $|m|$; multispin
# coding updates 64 chains together.

# %%
timed = fine.records[0]  # all of it on one machine
chains = 2 * timed["cost_tau"] * timed["cost_seconds"]
ancestral, few = timed["way_seconds"].mean(axis=0), timed["sampling_seconds"][0].mean(axis=0)
rows = [[f"{t:g}", f"{1e3 * ancestral[k]:.0f}", f"{1e3 * few[at_way[k]]:.1f}", *(f"{1e3 * one:.2g}" for one in chains[k])]
        for k, t in enumerate(fine["cost"])]  # fmt: skip
written = {"metropolis": "Metropolis", "multispin": "Metropolis, multispin", "swendsen_wang": "Swendsen-Wang"}
names = [written[str(one)] for one in fine["cost_methods"]]
chapter.table(
    "Milliseconds per independent configuration.",
    ["T", f"diffusion, {steps[0]} steps", f"diffusion, {settings['n_steps']} steps", *names],
    rows,
)
middle_t = int(np.argmin(np.abs(fine["cost"] - 2.3)))
for claim, k in (("metropolis", 0), ("cluster", 2)):
    ratios = chains[middle_t, k] / timed["way_seconds"][:, middle_t]
    chapter.claim(
        f"text1/{claim}",
        mean_of_few(ratios),
        reason="a sweep of this lattice takes microseconds, a step of the network a forward pass",
    )

# %% [markdown]
# ## What we found
#
# DiffIsing2 learns the averages: its energies and magnetisations are near those of the lattice, inside the training range and outside, though not
# exact; the table and the sentence below it say what of the distances all trainings share. Its fluctuations in energy are too large below the
# transition, also at temperatures that it was trained on. A single training may be off by more than the mean, as the bars of Figure 3 show. The induction stage is the noise schedule: the energy follows its line. And on a lattice of this size a Markov chain is
# cheaper than the network, by the factors in the claims. What the distributions look like is in [the next chapter](diffusion_fluctuations).

# %% tags=["answer"]
chapter.answer(
    f"On {L} x {L} sites the energy of DiffIsing2 is farthest from the exact one at T = {off.farthest(T[inside], of('energy')[inside], exact['energy'][inside]):g} inside its training range, by {chapter.shown('fig3/energy_2')} J per site, and at "
    f"T = {off.farthest(T[outside], of('energy')[outside], exact['energy'][outside]):g} outside, by {chapter.shown('fig3/outside')} J. Its heat capacity at low temperature is {chapter.shown('fig3/heat_low')} times the exact one where that is "
    f"least. After half of the steps it has gone a share of {chapter.shown('fig4/induction')} of its way in energy. An independent Metropolis "
    f"configuration costs {chapter.shown('text1/metropolis')} times as much as one of the paper's sampler."
)

# %%
chapter.close()
