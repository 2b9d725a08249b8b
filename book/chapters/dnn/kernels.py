# %% [markdown]
# # A look at the kernels: what a filter responds to
#
# This chapter reproduces Figures 13 and 14 of paper dnn {cite}`dnn`: 512 filters of a network with a single
# convolution, trained on 9 x 9 Ising configurations, and the inputs that two of them respond to most. The filters are 3
# x 3 and so is the stride: each sees every one of the nine blocks once. Beyond the paper stand all 512 filters in place
# of two, and the main network trained on the same configurations, against which the simple one is measured.
#
# **Choices.** Periodic edges and Adam with a rate that falls to zero, as in the chapters before; 200,000 random
# examples, the paper's number, that fall to training or test by their hash. The main network takes pictures of any side
# here: 9 x 9 spins become 18 x 18 with every row and column repeated twice, and layers that halve a side round up.
#
# **Running it.** `smoke` scale takes seconds, `laptop` scale minutes and `paper` scale about half an hour on two cores;
# the pages show the shipped record. `make record CHAPTER=dnn/kernels SCALE=paper` makes it again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("dnn/kernels", scale=scale, device=device, store=store)

# %% [markdown]
# ## Training
#
# Three seeds draw examples and first weights; both networks of a seed are trained on the same examples. Of the one-layer
# network the record keeps the filters and their thresholds alone: nearly all of its parameters stand in the fully
# connected layer behind them, and they would make a file of 19 MB.
# %%
import torch

from experiments.dnn.block_filters import model, new_network
from spinlib.datasets.training_sets import random_spins
from spinlib.learning import energy_networks
from spinlib.learning.supervised import load_weights
from spinlib.networks.block_filters import BLOCK, SIDE, BlockFilters

trained = chapter.record("dnn/block_filters")

# %%
from spinlib.statistics import mean_of_few

TITLES = {"main": "main network", "one_layer": "one-layer network"}
fresh = random_spins(model.shape, 4000, seed=31)
true = model.energy(fresh)
medians = {title: mean_of_few(trained[f"{name}.median"]) for name, title in TITLES.items()}
rows = [["the mean energy", "0", f"{np.median(np.abs(true)):.3f}", f"{np.abs(true).mean():.3f}"]]
for name, title in TITLES.items():
    n_parameters = sum(parameter.numel() for parameter in new_network(name, trained.settings).parameters())
    mean = mean_of_few(trained[f"{name}.mean"])
    rows.append(
        [title, f"{n_parameters:,}", f"{medians[title].value:.3f} ± {medians[title].error:.3f}",
         f"{mean.value:.3f} ± {mean.error:.3f}"]
    )  # fmt: skip
    # Squared error over the variance: near 1 a network has not left the plateau of a constant.
    print(f"{title}: training loss of the last epoch, by seed: {trained[f'{name}.losses'][:, -1].round(4).tolist()}")
chapter.table(
    f"Absolute errors in $J$, means over the seeds; random energies have a standard deviation of {true.std():.2f} J",
    ["prediction", "parameters", "median", "mean"],
    rows,
)

# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinbook.plots import predictions, style

figure, axes = plt.subplots(2, 2, figsize=(8, 6), height_ratios=(2, 1), sharex=True)
columns = {}
for (upper, lower), (name, title), color in zip(axes.T, TITLES.items(), ("blue", "vermillion"), strict=True):
    pair = (trained[f"{name}.true"], trained[f"{name}.predicted"].astype(float))
    predictions.scatter(upper, *pair, color)
    found = predictions.differences(lower, *pair, color)
    upper.set(title=title)
    columns |= {
        f"{name}_{key}": values
        for key, values in (*zip(("true", "predicted"), pair, strict=True), *found._asdict().items())
    }
chapter.figure(
    figure,
    "predictions",
    caption="Above: predicted against true energies of 9 x 9 test configurations, first seed. Below: the differences, with "
    "median and quartiles in bins of the energy that hold at least ten examples.",
    alt="Two scatter plots of predicted against true energies about the black diagonal, for the main and the one-layer "
    "network, and below each the differences about zero.",
    data=columns,
    records=[trained],
)  # fmt: skip

# %% [markdown]
# ## Figure 13: the filters

# %% tags=["figure"]
filters = trained["one_layer.weight.filters.weight"][:, 0]
ROWS, COLUMNS = 16, 32
mosaic = np.full((ROWS, COLUMNS, BLOCK + 1, BLOCK + 1), np.nan)  # a gap of one cell between filters
mosaic[:, :, :BLOCK, :BLOCK] = filters.reshape(ROWS, COLUMNS, BLOCK, BLOCK)
mosaic = mosaic.transpose(0, 2, 1, 3).reshape(ROWS * (BLOCK + 1), -1)[:-1, :-1]
strongest = np.abs(filters).max()
figure, axes = plt.subplots(figsize=(9, 4.8))
picture = axes.imshow(
    mosaic, cmap=plt.get_cmap("RdBu").with_extremes(bad="0.6"), vmin=-strongest, vmax=strongest, interpolation="nearest"
)
axes.axis("off")
figure.colorbar(picture, ax=axes, shrink=0.8, label="weight")
chapter.figure(
    figure,
    "fig13",
    caption="All 512 filters of the one-layer network, first seed, the first at the top left, row by row; red weights are "
    "negative, blue ones positive.",
    alt="A mosaic of 16 rows of 32 small squares, each of three by three cells in shades of red and blue.",
    data={"weight": filters.reshape(len(filters), -1)},
    records=[trained],
)  # fmt: skip

# %% [markdown]
# ## Figure 14: what a filter responds to
#
# From weak noise the input climbs the gradient of a filter's output, summed over the nine blocks and kept within $[-1,
# 1]$; the signs at the end are a configuration. For a single layer the answer is arithmetic, with no need to climb:
# the output is a weighted sum over a block, and among all spins those with the weights' signs make it largest. What can
# go wrong is the climb. The paper follows "the activated output": behind the ReLU the gradient vanishes where a filter
# is asleep, and its noise stays. Both are done here for all filters; the claim is judged by the climb before the ReLU,
# which has the same maximum wherever the filter can be woken at all.

# %%
from spinlib.evaluation.maximizing_inputs import maximizing_inputs

network = BlockFilters(hidden=1)
load_weights(network.filters, trained, "one_layer.weight.filters.")
n_filters = len(network.filters.weight)
signs = np.sign(network.filters.weight[:, 0].detach().numpy())


def blocks(pictures):
    """The nine blocks of 9 x 9 pictures: (n, 3, 3, 3, 3), block before place."""
    return pictures.reshape(-1, SIDE // BLOCK, BLOCK, SIDE // BLOCK, BLOCK).transpose(0, 1, 3, 2, 4)


def climbed(outputs):
    rng = torch.Generator().manual_seed(5)
    return maximizing_inputs(outputs, range(n_filters), model.shape, rng).numpy()


before = climbed(lambda pictures: network.filters(pictures[:, None]))
behind = climbed(network.activations)
matches = {
    name: (blocks(found) == signs[:, None, None]).all(axis=(3, 4))
    for name, found in (("before the ReLU", before), ("behind the ReLU", behind))
}
for name, match in matches.items():
    print(
        f"climbing {name}: sign pattern in all nine blocks for {match.all(axis=(1, 2)).sum()} of {n_filters} filters, "
        f"in {match.mean():.1%} of the blocks"
    )


# %% [markdown]
# As in the paper's figure, the lower right block is then set to something else: a random block, other than the filter's
# own, and for comparison the opposite of its own. The output is that behind the ReLU.


# %%
def responses(pictures):
    """Each filter's output on its own picture, block by block: (n, 3, 3)."""
    with torch.no_grad():
        found = network.activations(torch.from_numpy(np.ascontiguousarray(pictures, np.float32)))
    return found[np.arange(n_filters), np.arange(n_filters)].numpy()


def with_last_block(pictures, block):
    changed = pictures.copy()
    changed[:, -BLOCK:, -BLOCK:] = block
    return changed


others = random_spins((BLOCK, BLOCK), n_filters, seed=41)
same = (others == signs).all(axis=(1, 2))
others[same, 0, 0] *= -1
reset = {"random": with_last_block(before, others), "opposite": with_last_block(before, -signs)}
full = responses(before)[:, -1, -1]
falls = {name: responses(pictures)[:, -1, -1] < full for name, pictures in reset.items()}
asleep = int((full <= 0).sum())
for name, fall in falls.items():
    print(f"lower right block {name}: the output there falls for {fall.sum()} of {n_filters} filters")
print(f"filters that no block wakes: {asleep}")

# %% tags=["figure"]
from matplotlib.colors import ListedColormap

shown = {"(a) first filter": 0, "(b) last filter": n_filters - 1}
answer = responses(reset["random"])
figure, axes = plt.subplots(1, 4, figsize=(10, 2.9))
for (left, right), (title, k) in zip(axes.reshape(2, 2), shown.items(), strict=True):
    left.imshow(reset["random"][k], cmap=ListedColormap(style.SPINS), vmin=-1, vmax=1)
    for panel, width in ((left, BLOCK), (right, 1)):
        for edge in (width - 0.5, 2 * width - 0.5):
            panel.axhline(edge, color=style.COLORS["orange"])
            panel.axvline(edge, color=style.COLORS["orange"])
    left.set(title=f"{title}: input", xticks=[], yticks=[])
    picture = right.imshow(answer[k], cmap="Blues", vmin=0, vmax=max(float(answer[k].max()), 1e-9))
    right.set(title="output", xticks=[], yticks=[])
    figure.colorbar(picture, ax=right, shrink=0.7)
for each in axes:
    each.grid(False)
chapter.figure(
    figure,
    "fig14",
    caption="Inputs that maximise the first and the last filter, light for +1, with the lower right block set to a random "
    "one, and the filter's output on each block.",
    alt="For two filters a picture of nine by nine spins, in which eight blocks are equal and the lower right one differs, "
    "and beside it three by three outputs, of which the lower right one is lower.",
    data={f"{name}_{k}": values[k] for k in shown.values() for name, values in (("input", reset["random"]), ("output", answer))},
    records=[trained],
)  # fmt: skip

# %%
chapter.claim("fig13/drawn")
chapter.claim(
    "fig13/less_accurate", medians, would_decide="a longer training of both",
    reason="at this length of training the main network is no better",
)  # fmt: skip
chapter.claim(
    "fig14/sign_pattern", float(matches["before the ReLU"].all(axis=(1, 2)).mean()), 0.0,
    reason="the climb did not arrive everywhere",
)  # fmt: skip
chapter.claim(
    "fig14/reset_block", float(falls["random"].mean()), 0.0,
    reason=f"{asleep} filters sleep behind the ReLU whatever the block: their output is zero and cannot fall",
)  # fmt: skip

# %% [markdown]
# The recorded main network, asked again here for fresh configurations:

# %%
energy_of = energy_networks.kept_value(new_network("main", trained.settings), trained, "main.")
off = np.abs(energy_of(fresh[:2000]) - true[:2000])
print(f"2,000 fresh configurations: median absolute error {np.median(off):.3f} J, mean {off.mean():.3f} J")

# %%
chapter.close()
