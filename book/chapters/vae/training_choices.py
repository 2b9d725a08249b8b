# %% [markdown]
# # How many latent variables six spins use
#
# Paper vae {cite}`vae` gives no number of latent variables. Its loss decides how many are used: a latent variable costs
# its divergence from the normal distribution, and is paid for by a better reconstruction. For a linear autoencoder this balance can
# be computed. Here the networks of [the chapter on six spins](ising_chain.ipynb) are compared with it.
#
# **Running it.** `smoke` scale runs the same code with small settings. How long the shipped records of `paper` scale
# took stands in the captions; `make record CHAPTER=vae/training_choices SCALE=paper` makes them again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("vae/training_choices", scale=scale, device=device, store=store)

# %% [markdown]
# ## Active latent variables against temperature
#
# A linear autoencoder with the loss of the paper's Equation 3 keeps a direction of the configurations where an eigenvalue
# of their covariance exceeds one half (`spinlib.evaluation.latent_variables.linear_number`). At low temperature almost all
# of the variance lies in the magnetisation: the other eigenvalues, those of domain walls, fall below the limit.

# %%
from experiments.vae import six_spins
from spinbook.plots import learned, style
from spinlib.evaluation.latent_variables import covariance, linear_number
from spinlib.exact import enumeration

dense = chapter.record("vae/ising_chain_dense")
convolutional = chapter.record("vae/ising_chain_convolutional")
T = np.array(dense.settings["T"])
states = enumeration.states(six_spins.MODEL)
spreads = [covariance(states, enumeration.boltzmann(six_spins.MODEL, temperature)) for temperature in T]
eigenvalues = np.array([np.linalg.eigvalsh(spread)[::-1] for spread in spreads])
linear = np.array([linear_number(spread) for spread in spreads])
active = {"VAE, dense": dense["active"], "VAE, convolutional": convolutional["active"]}

# %% tags=["figure"]
import matplotlib.pyplot as plt

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
for k, (values, color) in enumerate(zip(eigenvalues.T, style.COLORS, strict=False)):
    left.plot(T, values, marker=style.MARKERS[color], markersize=4, color=style.COLORS[color], label=f"{k + 1}")
left.axhline(0.5, color="black", linestyle="--", linewidth=1.2)
left.set(xlabel=learned.TEMPERATURE, ylabel="eigenvalues of the covariance", yscale="log")
left.legend(ncols=2)
drawn = learned.against_temperature(right, T, active, label="active latent variables")
right.step(T, linear, where="mid", color="black", linewidth=1.2, label="linear theory")
right.legend()
chapter.figure(
    figure, "latent", records=[dense, convolutional],
    caption="Left: the exact eigenvalues, largest first, and the limit of one half (dashed). Right: latent variables whose means "
    f"vary over the configurations, of {dense.settings['n_latent']}, means over seeds with their errors, and how many eigenvalues "
    "exceed the limit.",
    alt="Left: at low temperature one eigenvalue is large and five are small; they come together as the temperature rises. Right: "
    "the number of active latent variables rises from one to six, near the steps of linear theory.",
    data={**{f"eigenvalue {k + 1}": values for k, values in enumerate(eigenvalues.T)}, **drawn, "T": T, "linear theory": linear},
)  # fmt: skip

# %%
differences = (dense["active"] - linear[:, None]).mean(axis=0)
chapter.claim("text2/linear_theory", *learned.mean_and_error(differences, axis=0), would_decide="more seeds")
chapter.table(
    "Active latent variables, means over the seeds",
    ("T", "Linear theory", *active),
    [
        (f"{T[at]:g}", f"{linear[at]}", *(f"{values[at].mean():.1f}" for values in active.values()))
        for at in range(len(T))
    ],
)

# %% [markdown]
# ## What we found
#
# At low and at high temperature the networks use as many latent variables as linear theory lets them; in between they use
# some more, which a network can do where its layers are not linear. The number of latent variables that is chosen therefore
# matters only where it is smaller. What we would do next is to train with other choices that the paper leaves open, one at
# a time: widths, epochs, the weight of the divergence, the batch.

# %% tags=["answer"]
chapter.answer(
    f"As the temperature rises from {T[0]:g} to {T[-1]:g} the exact covariance lets {linear[0]} to {linear[-1]} latent "
    f"variables be used. The dense autoencoder uses {dense['active'][0].mean():.1f} to {dense['active'][-1].mean():.1f}; on "
    f"average over temperatures it differs from linear theory by {chapter.shown('text2/linear_theory')}."
)

# %%
chapter.close()
