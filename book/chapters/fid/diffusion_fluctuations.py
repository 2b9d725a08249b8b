# %% [markdown]
# # Diffusion models: distributions behind the averages
#
# The supplement of paper fid {cite}`fid` looks behind the averages of its diffusion models: two definitions of the magnetisation
# (Figure S1), distributions of the magnetisation (Figure S3) and of the energy (Figure S4), and logarithmic axes (Figure S5). DiffIsing2 is that
# of [the chapter before](diffusion.ipynb), DiffFlip that of [the chapter on turned data](diffusion_variants.ipynb), DiffIsing1 that of
# [the chapter on coarse data](diffusion_coarse.ipynb). What `spinlib.fidelity` says of these sets stands in [a chapter on reports](reports.ipynb).
#
# **Running it.** `smoke` scale runs the same code with small networks, `laptop` scale is 16 x 16 sites, `paper` scale 64 x 64 on a GPU, `make record
# CHAPTER=fid/diffusion_fluctuations SCALE=paper DEVICE=cuda`. How long the shipped records took stands in the captions.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("fid/diffusion_fluctuations", scale=scale, device=device, store=store)

# %%
from experiments.fid import compared, models, protocol, sets
from experiments.fid import model_distances as off
from experiments.fid.together import Together
from spinbook.plots import data_sets, generated_sets
from spinlib.exact import density_of_states
from spinlib.statistics import mean_of_few

fine = Together(chapter.record("fid/diffusion"), chapter.record("fid/diffusion_more"))
coarse = Together(chapter.record("fid/diffusion_coarse"), chapter.record("fid/diffusion_coarse_more"))
flip = Together(chapter.record("fid/diffusion_variants"), chapter.record("fid/diffusion_variants_more"))
random = chapter.record("fid/diffusion_starts")
monte_carlo = chapter.record("fid/monte_carlo")
T, settings, L = fine["T"], fine.settings, fine.settings["L"]
exact = off.references(T, L, monte_carlo)
RANDOM = "DiffIsing2, random starts"


def of(quantity):
    """A quantity (temperature, seed, ...) of DiffIsing2."""
    return off.of(fine, "DiffIsing2", quantity)


def of_random(quantity):
    """The same of DiffIsing2 on runs that start at random, at the temperatures of the others."""
    return off.of(random, RANDOM, quantity, T)


def at(*temperatures):
    """The places of temperatures, or of the nearest that there are."""
    return [int(np.argmin(np.abs(T - one))) for one in temperatures]


def energies(place, record=fine, name="DiffIsing2"):
    """Energies of all configurations of one temperature, in J per site."""
    bits = off.of(record, name, "spins")[int(np.argmin(np.abs(record["T"] - T[place])))]
    return models.energies_of(sets.unpacked(bits, L).astype(float)).ravel()


def data_set(place):
    """One Monte Carlo data set by the paper's protocol on this lattice, made here: energies and m of its configurations."""
    draws = protocol.data_sets(L, float(T[place]), "cold", settings, seed=0)
    return draws.energy.values[0], draws.magnetization.values[0]


# %% [markdown]
# ## Figures S1b and S3: which sign?
#
# A Monte Carlo run below the transition keeps the sign of its magnetisation; a model draws every configuration anew. So
# $|\langle m \rangle|$, the paper's first definition, tells how even its signs are, and $\langle |m| \rangle$ how ordered its
# configurations. The paper does not state how its runs start. Ours start with all spins up and keep that sign far below the transition, unless a name says
# "random starts": there each run of the training data starts at random, so it has a sign of its own at each temperature. A model may draw a sign that it has
# not seen at a temperature, because one network serves all temperatures.

# %% tags=["figure"]
definitions = {
    "of the whole set, |⟨m⟩|": of("abs_of_mean"),
    "per configuration, ⟨|m|⟩": of("order"),
    "random starts, |⟨m⟩|": of_random("abs_of_mean"),
    "random starts, ⟨|m|⟩": of_random("order"),
}
warm = {f"T = {T[place]:g}": of("m")[place].ravel() for place in dict.fromkeys(at(1.6, 2.0, 2.3, 2.6, 3.0))}
figure, columns = data_sets.magnetization(T, definitions, warm)
chapter.figure(
    figure, "figS1", records=[*fine.records, random], data=columns,
    caption="Left: both definitions for DiffIsing2, and for the same model on runs that start at random; bars are the spread of one training. Right: m of configurations of DiffIsing2, all trainings.",
    alt="Left: two curves of the magnetisation for each kind of data, which part below the transition where signs are mixed. Right: distributions of m at five temperatures.",
)  # fmt: skip

# %% tags=["figure"]
places = dict.fromkeys(at(1.6, 2.0, 2.3, 2.6, 3.0))
rows = {
    "Monte Carlo": {f"T = {T[place]:g}": data_set(place)[1] for place in places},
    "DiffIsing2": {f"T = {T[place]:g}": of("m")[place].ravel() for place in places},
    RANDOM: {f"T = {T[place]:g}": of_random("m")[place].ravel() for place in places},
    "DiffFlip": {f"T = {T[place]:g}": off.of(flip, "DiffFlip", "m")[place].ravel() for place in places},
}
figure, columns = generated_sets.distributions(
    rows, label="m of a configuration", bins=np.linspace(-1, 1, 41), log=True, columns=2
)
chapter.figure(
    figure, "figS3", records=[*fine.records, random, *flip.records], data=columns,
    caption=f"Distributions of m at the paper's temperatures: one Monte Carlo data set from a cold start, {settings['seeds']} trainings of DiffIsing2, {random.settings['seeds']} on runs that start at random, and {flip.settings['seeds']} of DiffFlip together.",
    alt="Four panels with distributions of m on a logarithmic ordinate: narrow ones near the ends at low temperature, for Monte Carlo at one end, and wide ones around zero at high temperature.",
)  # fmt: skip

# %%
low, cold, inside = T < 2.25, at(1.6, 2.0), off.between(T, 1.6, 3.4)


def rarer(m):
    """The share of the rarer sign at each temperature (temperature, training, configuration), mean over temperatures."""
    up = (m > 0).mean(axis=2)
    return mean_of_few(np.minimum(up, 1 - up).mean(axis=0), each=1 / np.sqrt(settings["generated"]))


chapter.claim("figS1b/definitions", mean_of_few((of("order") - of("abs_of_mean"))[low].mean(axis=0)),
              would_decide="more trainings", reason="the data below the transition have one sign, that of the cold start, and the model has learned it")  # fmt: skip
chapter.claim("figS3/bimodal", rarer(of("m")[cold]), would_decide="more trainings",
              reason="our data start with all spins up; a model that has seen one sign draws one sign, as it should")  # fmt: skip
chapter.claim("figS1b/definitions_random", mean_of_few((of_random("order") - of_random("abs_of_mean"))[low].mean(axis=0)),
              would_decide="more trainings", reason="a model draws the sign that it has seen at a temperature")  # fmt: skip
chapter.claim("figS3/bimodal_random", rarer(of_random("m")[cold]), would_decide="more trainings",
              reason="a model draws the sign that it has seen at a temperature")  # fmt: skip
widest = max((compared.less(*both) for both in zip(of_random("energy")[inside], of("energy")[inside], strict=True)), key=lambda one: abs(one.value))  # fmt: skip
chapter.claim("figS3/energy_random", abs(widest.value), widest.error, would_decide="more trainings", reason="trainings differ")  # fmt: skip
ordered = at(2.3, 2.6)
chapter.claim("figS3/warm", *off.largest(of("order")[ordered], exact["order"][ordered]),
              would_decide="more trainings", reason="the model is too little ordered or too much near the transition")  # fmt: skip

alone = at(1.6)
runs = (protocol.data_sets(L, float(T[alone[0]]), "random", settings, seed=0).magnetization.values > 0).mean(axis=1)
single = {name: ", ".join(f"{min(up, 1 - up):.2f}" for up in (m[alone[0]] > 0).mean(axis=1)) for name, m in (("random", of_random("m")), ("cold", of("m")))}  # fmt: skip
chapter.say(f"At T = {T[alone[0]]:g} runs of the data keep their sign: the rarer one has a share of {np.minimum(runs, 1 - runs).mean():.2g} in them, mean over {len(runs)} runs. In the generated sets of single trainings "
            f"it has {single['random']} with random starts and {single['cold']} with cold ones. What is beyond the share of the runs, a network has taken from other temperatures.")  # fmt: skip

# %% [markdown]
# ## Binder's cumulant
#
# $1 - \langle m^4 \rangle / 3 \langle m^2 \rangle^2$ asks for the shape of the distribution of $m$, whatever its signs. It falls from 2/3, where $m^2$ does not
# fluctuate, to zero, where $m$ is normal.

# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinbook.plots import learned

known, known_error = off.binder(T, L)
figure, axis = plt.subplots(figsize=(6, 3.4), layout="constrained")
axis.errorbar(T, known, known_error, color="black", linewidth=1, label="cluster sample")
cumulants = {"DiffIsing2": of("binder"), "DiffFlip": off.of(flip, "DiffFlip", "binder")}
columns = learned.against_temperature(axis, T, cumulants, label="Binder's cumulant")
axis.legend()
chapter.figure(
    figure, "binder", records=[*fine.records, *flip.records], data={"T": T, "cluster": known, "cluster, error": known_error} | columns,
    caption="Binder's cumulant: means over trainings with their errors, beside cluster samples made for this page.",
    alt="Binder's cumulant against temperature: a curve that falls from two thirds to zero through the transition, and points of two models.",
)  # fmt: skip

# %%
near = off.between(T, 2.1, 2.6)
apart = [mean_of_few(row)._replace(value=row.mean() - one) for row, one in zip(of("binder")[near], known[near], strict=True)]  # fmt: skip
chapter.say("Near the transition the cumulant of DiffIsing2 less that of the lattice is "
            + ", ".join(f"{one.value:+.3f} ± {np.hypot(one.error, e):.3f} at T = {t:g}" for one, e, t in zip(apart, known_error[near], T[near], strict=True)) + ".")  # fmt: skip

# %% [markdown]
# ## Figure S4: distributions of energies
#
# The paper explains the heat capacity at low temperature by this figure: energies of the models lie around -1.95 at T = 1.0 and 1.2,
# too high and too broad. There nearly all spins of a configuration agree; a few wrong sites in some of the configurations are all that is needed.
# The exact distribution follows from the density of states.

# %% tags=["figure"]
places, edges = list(dict.fromkeys(at(1.0, 1.2, 1.6, 2.3, 3.0))), -2 - 2 / L**2 + 0.0625 * np.arange(-10, 33)
right = {}
for place in places:
    levels, p = density_of_states.energy_distribution(float(T[place]), (L, L))
    right[f"T = {T[place]:g}"] = np.histogram(levels / L**2, edges, weights=p)[0]
rows = {
    "Monte Carlo": {f"T = {T[place]:g}": data_set(place)[0] for place in places},
    "DiffIsing2": {f"T = {T[place]:g}": energies(place) for place in places},
    "DiffFlip": {f"T = {T[place]:g}": energies(place, flip, "DiffFlip") for place in places},
    "DiffIsing2, raw outputs": {f"T = {T[place]:g}": of("raw_energies")[place] for place in places},
}
figure, columns = generated_sets.distributions(rows, label="energy per site [J]", bins=edges, exact=right, columns=2)
chapter.figure(
    figure, "figS4", records=[*fine.records, *flip.records], data=columns,
    caption=f"Distributions of energies at {len(places)} temperatures: one Monte Carlo data set, and all trainings of DiffIsing2 and DiffFlip together, by the signs of the outputs and raw. Dotted: exact. "
    "What lies beyond the axes stands in their last bins.",
    alt="Four panels with distributions of energies and dotted lines of the exact ones; by signs peaks near -2 at low temperature and wide ones at the transition, raw ones wider.",
)  # fmt: skip

# %%
coldest = at(1.0, 1.2)
chapter.claim("figS4/energy", mean_of_few(of("energy")[coldest].mean(axis=0)),
              would_decide="more trainings", reason="lattice, network, training and sampler differ from the paper's, and which of them matters was not tested")  # fmt: skip
deviations = of("deviation")[coldest]
chapter.claim("figS4/deviation", mean_of_few(deviations.mean(axis=0)), would_decide="more trainings",
              reason="lattice, network, training and sampler differ from the paper's, and which of them matters was not tested")  # fmt: skip
exact_deviation = np.sqrt(exact["heat"][coldest]) * T[coldest] / L
ratio = min((mean_of_few(row) for row in deviations / exact_deviation[:, None]), key=lambda one: one.value)
chapter.claim("figS4/broad", ratio, would_decide="more trainings")
chapter.say("The exact standard deviations are " + " and ".join(f"{one:.3f} J at T = {t:g}" for one, t in zip(exact_deviation, T[coldest], strict=True))
            + f"; on 64 x 64 sites they are {L / 64:g} times that. The exact energies are "
            + " and ".join(f"{one:.4f} J" for one in exact["energy"][coldest]) + ".")  # fmt: skip
raw = [[mean_of_few(of(f"raw_{one}")[place]) for one in ("energy", "deviation")] for place in coldest]
chapter.say("Raw outputs, not rounded, have "
            + " and ".join(f"a mean of {mean.value:.3f} ± {mean.error:.3f} J and a standard deviation of {spread.value:.3f} ± {spread.error:.3f} J at T = {t:g}"
                           for (mean, spread), t in zip(raw, T[coldest], strict=True)) + "; errors are over trainings.")  # fmt: skip

# %% [markdown]
# ## Figure S5: logarithms

# %% tags=["figure"]
own = int(np.argmin(np.abs(monte_carlo["sizes"] - L)))
among = [int(np.argmin(np.abs(coarse["T"] - t))) for t in T]
asked = np.isclose(coarse["T"][among], T)  # DiffIsing1 has fewer temperatures
first = [np.where(asked, off.of(coarse, "DiffIsing1", name).mean(axis=1)[among], np.nan) for name in ("energy", "order")]  # fmt: skip
data = [np.interp(T, monte_carlo["T"], monte_carlo[name][own, 0].mean(axis=1)) for name in ("energy", "order")]
drawn = {"DiffIsing2": (of("energy").mean(axis=1), of("order").mean(axis=1)), "DiffIsing1": first, "Monte Carlo": data}
figure, columns = generated_sets.logarithmic(T, drawn, (exact["energy"], exact["order"]))
chapter.figure(
    figure, "figS5", records=[*fine.records, *coarse.records, monte_carlo], data=columns,
    caption="Energy and magnetisation on logarithmic axes, means over trainings and over Monte Carlo data sets of the nearest size that the record has; black lines are exact, or cluster samples.",
    alt="Minus the energy and the magnetisation against the temperature on logarithmic axes, flat below the transition and falling above it.",
)  # fmt: skip

# %%
chapter.claim("figS5/drawn")

# %% [markdown]
# ## What we found
#
# Trainings differ, and the errors in the claims and figures say by how much. Raw outputs go beyond -1 and 1, so their energies at low temperature are
# far from those of signs. By signs these energies lie above the exact ones, by less than the paper's, and their distribution is broader than the exact
# one. A set of independent configurations has to be asked for $\langle |m| \rangle$, as the paper does.

# %% tags=["answer"]
chapter.answer(
    f"For DiffIsing2 on {L} x {L} sites the two definitions of the magnetisation differ by {chapter.shown('figS1b/definitions')} below the transition. At T = 1.6 "
    f"and 2.0 a share of {chapter.shown('figS3/bimodal')} of the configurations has the rarer sign, {chapter.shown('figS3/bimodal_random')} where the runs of the data start at random. At T = 1.0 and 1.2 the energies are "
    f"{chapter.shown('figS4/energy')} J per site with a standard deviation of {chapter.shown('figS4/deviation')} J; where its ratio to the exact one is least, it is {chapter.shown('figS4/broad')}."
)

# %%
chapter.close()
