# %% [markdown]
# # The planar Potts model: angles in place of signs
#
# This chapter reproduces Figure 12 of paper dnn {cite}`dnn`: the network learns the energy of continuous spins, $H =
# +J\sum\cos(a_i - a_j)$ with angles drawn uniformly from $[0, \pi)$. The paper gives one number, a "MAE" of 0.542 J,
# and does not say whether it is a mean or a median; both are held against it. Beyond the paper stand two predictions
# that know nothing of neighbours, which say what such an error is worth, and the errors by energy.
#
# **Choices.** 8 x 8 sites and periodic edges, as in the paper's other models. The network sees $2a/\pi - 1$, the angle
# brought to $[-1, 1)$; the paper says nothing of this. How long to train is ours, and so is Adam with a rate that falls
# to zero in place of AdaDelta, for the reason given in the chapter on the data.
#
# **Running it.** `smoke` scale takes seconds, `laptop` scale minutes and `paper` scale about half an hour on two cores;
# the pages show the shipped record. `make record CHAPTER=dnn/planar_potts SCALE=paper` makes it again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("dnn/planar_potts", scale=scale, device=device, store=store)

from experiments.dnn.planar_potts import inputs, model

# %% [markdown]
# ## Training
#
# Three seeds, each with data and first weights of its own. Two random configurations of angles are never the same, so
# training and test examples are drawn together and cut apart; no hash has to say which is which. Energies are computed from the
# angles in double precision; the network sees them in single precision.
# %%
from spinlib.datasets.training_sets import random_angles
from spinlib.learning import energy_networks
from spinlib.networks.energy_cnn import EnergyCNN

trained = chapter.record("dnn/planar_potts")

# %% [markdown]
# ## What an error is worth
#
# A constant, the mean energy, is the least that a prediction can be. Given one angle, the average of a bond's energy
# over the other is $(2/\pi)\sin a$, so the best prediction that adds up what every site says for itself is
# $H \approx (8/\pi)\sum\sin a_i - 2N(2/\pi)^2$, with two bonds a site: it needs no neighbours. Only an error far below
# that of this sum shows that the network has learned an interaction.

# %%
from spinlib.statistics import mean_of_few

fresh = random_angles(model.shape, 20_000, seed=99)
true = model.energy(fresh)
constant = 2 * model.n_sites * (2 / np.pi) ** 2
guesses = {
    "the mean energy": np.full(len(fresh), constant),
    "every site for itself": 8 / np.pi * np.sin(fresh).sum(axis=(1, 2)) - constant,
}
median, mean = mean_of_few(trained["median"]), mean_of_few(trained["mean"])
rows = [
    [name, f"{np.median(np.abs(guess - true)):.3f}", f"{np.abs(guess - true).mean():.3f}"]
    for name, guess in guesses.items()
]
chapter.table(
    f"Errors in $J$; the energies have a standard deviation of {true.std():.2f} J",
    ["prediction", "median", "mean"],
    [*rows, ["the network", f"{median.value:.3f} ± {median.error:.3f}", f"{mean.value:.3f} ± {mean.error:.3f}"],
     ["the paper's network", "0.542", "or 0.542"]],
)  # fmt: skip

# %% [markdown]
# ## Figure 12

# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinbook.plots import predictions

true, predicted = trained["true"], trained["predicted"].astype(float)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4))
predictions.scatter(left, true, predicted, "blue")
found = predictions.differences(right, true, predicted, "vermillion")
chapter.figure(
    figure,
    "fig12",
    caption=f"Left: predicted against true energies of {len(true):,} test examples, first seed. Right: the differences, with "
    "the median and the quartiles in bins of the energy that hold at least ten examples.",
    alt="A cloud of points about the black diagonal of equal energies, and beside it the differences about zero, with "
    "median and quartiles of every bin of the energy.",
    data={"true": true, "predicted": predicted, **found._asdict()},
    records=[trained],
)  # fmt: skip

# %%
shorter = "another optimiser than the paper's, and a training whose length is ours"
chapter.claim("fig12/median", median, reason=shorter, would_decide="more seeds")
chapter.claim("fig12/mean", mean, reason=shorter, would_decide="more seeds")

# %% [markdown]
# The recorded network, asked again here for fresh angles:

# %%
again = EnergyCNN(8, 1, input_side=trained.settings["input_side"])
energy_of = energy_networks.kept_value(again, trained)
angles = random_angles(model.shape, 2000, seed=7)
off = np.abs(energy_of(inputs(angles)) - model.energy(angles))
print(f"2,000 fresh configurations: median absolute error {np.median(off):.3f} J, mean {off.mean():.3f} J")

# %%
chapter.close()
