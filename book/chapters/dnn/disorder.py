# %% [markdown]
# # Disordered couplings: does a convolution know where it is?
#
# Paper dnn {cite}`dnn`, Sec. IV A 6, says of couplings that differ from bond to bond that they cannot be encoded in a
# convolutional network, because operators that depend on the position are "inherently (and intentionally) ignored" by
# it. The paper shows no run. This chapter makes one: the paper's network learns the energies of a single fixed sample
# of $\pm J$ couplings, and so does the same network that is told each site's row and column.
#
# There are reasons for both answers. Convolutions treat all sites alike. But the paper's network does not end with
# them: its fully connected layers see a picture of 2 x 2 with 32 channels, each place with weights of its own, and a
# stride of 2, three times, lets neighbouring sites arrive differently. What is left of the symmetry is a shift by half
# the lattice, and only up to the last convolution.
#
# **Choices.** 8 x 8 spins, periodic edges, one sample of couplings for all trainings; random configurations, which fall
# to training or test by their hash. Positions are given as one picture for every row and for every column, 1 there and
# 0 elsewhere: so a filter's threshold can differ from row to row and column to column by weights alone, where two
# numbers, row and column, would first have to be bent by further layers. Adam with a rate that falls to zero.
#
# **Running it.** `smoke` scale takes seconds, `laptop` scale minutes and `paper` scale about half an hour on two cores;
# the pages show the shipped record. `make record CHAPTER=dnn/disorder SCALE=paper` makes it again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("dnn/disorder", scale=scale, device=device, store=store)

from experiments.dnn.disorder import INPUTS, SHAPE, couplings, model

# %% [markdown]
# ## Training
#
# Several seeds draw examples and first weights; both networks of a seed are trained on the same examples. In a first run
# at twice this rate one seed of the network with positions never left the plateau of a constant, as happened with the
# long-range models; the rate was halved for both, and seeds were added.
# %%
from spinlib.datasets.training_sets import random_spins
from spinlib.learning import energy_networks
from spinlib.networks.energy_cnn import EnergyCNN

trained = chapter.record("dnn/disorder")

# %% [markdown]
# ## What could be known
#
# An operator that is the same at every site and knows nothing of the sample but what it was trained on can do no better
# than the mean coupling of each direction: averaged over all shifts of a configuration the energy is $-\bar J_1\sum s_x
# s_{x+e_1} - \bar J_2\sum s_x s_{x+e_2}$. That is the error of a network that did ignore positions. At the other end
# stands a method that needs no network: given the 128 products of neighbouring spins as features, least squares finds
# all couplings from a few hundred energies. The operator is easily learned, once the features are there.

# %%
from spinlib.statistics import mean_of_few


def bond_products(spins):
    """s_x s_{x+e_a} for both directions a and all sites x: float64 (n, 128)."""
    neighbors = [spins * np.roll(spins, -1, axis=axis) for axis in (1, 2)]
    return np.stack(neighbors, axis=1).reshape(len(spins), -1).astype(np.float64)


few, fresh = random_spins(SHAPE, 400, seed=11), random_spins(SHAPE, 4000, seed=12)
found, *_ = np.linalg.lstsq(-bond_products(few), model.energy(few), rcond=None)
true = model.energy(fresh)
same_everywhere = np.repeat(couplings.mean(axis=(1, 2)), model.n_sites)
live = {
    "the mean energy": np.zeros(len(fresh)),
    "the same at every site": -bond_products(fresh) @ same_everywhere,
    "least squares on 128 products": -bond_products(fresh) @ found,
}
print(f"least squares: largest error of a coupling {np.abs(found - couplings.ravel()).max():.1g} J")
print(f"mean couplings of the sample: {couplings[0].mean():+.3f} and {couplings[1].mean():+.3f} J")


medians = {name: mean_of_few(trained[f"{name}.median"]) for name in INPUTS}
relative = {name: mean_of_few(trained[f"{name}.median"] / trained[f"{name}.spread"]) for name in INPUTS}
offs = {name: np.abs(guess - true) for name, guess in live.items()}
for name in INPUTS:  # squared error over the variance: near 1 a network has not left the plateau of a constant
    print(f"{name}: training loss of the last epoch, by seed: {trained[f'{name}.losses'][:, -1].round(4).tolist()}")
chapter.table(
    "Absolute errors: of predictions without training by gradients, on 4,000 random configurations, and of the "
    "networks, means over the seeds. Energies are discrete, so the median of a coarse guess moves in steps",
    ["prediction", "median error [$J$]", "median / s.d. of the energies", "mean error [$J$]"],
    [
        [name, f"{np.median(off):.2g}", f"{np.median(off) / true.std():.2g}", f"{off.mean():.2g}"]
        for name, off in offs.items()
    ]
    + [
        [f"network {name}", f"{medians[name].value:.3f} ± {medians[name].error:.3f}",
         f"{relative[name].value:.4f} ± {relative[name].error:.4f}", f"{trained[f'{name}.mean'].mean():.3f}"]
        for name in INPUTS
    ],
)  # fmt: skip

# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinbook.plots import predictions

clouds = {f"network {name}": (trained[f"{name}.true"], trained[f"{name}.predicted"]) for name in INPUTS}
clouds["least squares on products"] = (true[:2000], live["least squares on 128 products"][:2000])
figure, axes = plt.subplots(2, 3, figsize=(10, 5.6), height_ratios=(2, 1), sharex=True)
for (upper, lower), (name, (x, y)), color in zip(axes.T, clouds.items(), ("vermillion", "blue", "green"), strict=True):
    predictions.scatter(upper, x, y, color)
    predictions.differences(lower, x, y, color)
    upper.set(title=name, xlabel="")
for one in axes[:, 1:].flat:
    one.set(ylabel="")
chapter.figure(
    figure,
    "text4",
    caption="Predicted against true energies of one sample of $\\pm J$ couplings: the network without and with positions "
    "(test examples, first seed), and least squares on the products of neighbouring spins. Below: the differences, each on "
    "a scale of its own, with median and quartiles in bins of the energy that hold at least ten examples.",
    alt="Three scatter plots of predicted against true energies, for the network without and with positions and for least "
    "squares; all points lie on the black diagonal, and below each the small differences about zero.",
    data={f"{name.replace(' ', '_')}_{key}": values for name, pair in clouds.items() for key, values in zip(("true", "predicted"), pair, strict=True)},
    records=[trained],
)  # fmt: skip

# %%
chapter.claim(
    "text4/cannot_encode", relative["without positions"], would_decide="more seeds",
    reason="strides and the fully connected layers let the paper's network tell positions apart",
)  # fmt: skip
chapter.claim(
    "text4/position_inputs", medians, would_decide="more seeds, or a longer training of both",
    reason="the network finds the positions by itself, and further inputs make its training harder",
)  # fmt: skip

# %% [markdown]
# The recorded networks, asked again here for fresh configurations:

# %%
for name, (inputs, n_channels) in INPUTS.items():
    again = EnergyCNN(SHAPE[0], 1, n_channels=n_channels, input_side=trained.settings["input_side"])
    energy_of = energy_networks.kept_value(again, trained, f"{name}.")
    off = np.abs(energy_of(inputs(fresh[:2000])) - true[:2000])
    print(f"{name}: median absolute error {np.median(off):.3f} J on 2,000 fresh configurations")

# %%
chapter.close()
