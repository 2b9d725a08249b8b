# %% [markdown]
# # Gradient ascent shows a filter's pattern only where the filter is active at the start
#
# Figures 13 and 14 of paper dnn {cite}`dnn`. The paper claims: a network with a single convolution of 512 filters of 3
# x 3, each of which sees every one of the nine blocks of a 9 x 9 configuration once, performs "significantly more
# poorly" than the main one; gradient ascent from random noise shows "the Ising configuration that maximizes the
# activation of the filter"; and filters "activate the resulting output when they see the block that they have adapted
# to detect".
#
# **Choices.** Periodic edges and Adam with a rate that falls to zero, as in the chapters before; 200,000 random
# examples, the paper's number, that fall to training or test by their hash. For the main network 9 x 9 spins become 18
# x 18, and layers that halve a side round up.
#
# **Running it.** `smoke` scale runs the same code with small settings. How long the shipped record of `paper` scale
# took is said in the answer below and in the captions; `make record CHAPTER=dnn/kernels SCALE=paper` makes it again.

# %% tags=["parameters"]
scale = "smoke"  # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
device = "cpu"
store = False  # store what was computed under book/records

# %%
import numpy as np

from spinbook import open_chapter

chapter = open_chapter("dnn/kernels", scale=scale, device=device, store=store)

# %% [markdown]
# ## Figure 13: the filters
#
# The paper shows all 512 filters of its trained one-layer network, red for negative and blue for positive weights. So
# do we. Three seeds draw examples and first weights. Of the one-layer network the record keeps the filters and their
# biases alone: nearly all of its parameters stand in the fully connected layer after them, which is too large to ship.

# %%
from experiments.dnn.block_filters import model, new_network
from spinbook.pages.page import number
from spinlib.datasets.training_sets import random_spins
from spinlib.learning import energy_networks
from spinlib.networks.block_filters import BLOCK
from spinlib.statistics import mean_of_few

trained = chapter.record("dnn/block_filters")

# %% tags=["figure"]
import matplotlib.pyplot as plt

from spinbook.plots import predictions, style

filters = trained["one_layer.weight.filters.weight"][:, 0]
SIDE = 16  # filters in a row and in a column of each half
strongest = np.abs(filters).max()
halves = np.split(filters, 2)
figure, axes = plt.subplots(1, 2, figsize=(9, 4.2))
for panel, half in zip(axes, halves, strict=True):
    mosaic = np.full((SIDE, SIDE, BLOCK + 1, BLOCK + 1), np.nan)  # a gap of one cell between filters
    mosaic[:, :, :BLOCK, :BLOCK] = half.reshape(SIDE, SIDE, BLOCK, BLOCK)
    mosaic = mosaic.transpose(0, 2, 1, 3).reshape(SIDE * (BLOCK + 1), -1)[:-1, :-1]
    picture = panel.imshow(
        mosaic, cmap=plt.get_cmap("RdBu").with_extremes(bad="0.6"), vmin=-strongest, vmax=strongest, interpolation="nearest"
    )  # fmt: skip
    panel.axis("off")
    figure.colorbar(picture, ax=panel, shrink=0.8, label="weight")
chapter.figure(
    figure,
    "fig13",
    caption=f"All {len(filters)} filters of the one-layer network, first seed, row by row from the top left. Left: the first "
    f"{len(halves[0])}. Right: the others. Red weights are negative, blue ones positive.",
    alt="Two mosaics of 16 rows of 16 small squares, each of three by three cells in shades of red and blue.",
    data={"weight": filters.reshape(len(filters), -1)},
    records=[trained],
)  # fmt: skip

# %% [markdown]
# Is the one-layer network less accurate? Both networks of a seed are trained on the same examples.

# %% tags=["figure"]
TITLES = {"main": "main network", "one_layer": "one-layer network"}
figure, axes = plt.subplots(2, 2, figsize=(8, 6), height_ratios=(2, 1), sharex=True)
tables = {}
for (upper, lower), (name, title), color in zip(axes.T, TITLES.items(), ("blue", "vermillion"), strict=True):
    pair = (trained[f"{name}.true"], trained[f"{name}.predicted"].astype(float))
    predictions.scatter(upper, *pair, color)
    found = predictions.differences(lower, *pair, color)
    upper.set(title=title, xlabel="")
    tables |= {title: dict(zip(("true", "predicted"), pair, strict=True)), f"{title} quartiles": found._asdict()}
chapter.figure(
    figure,
    "predictions",
    caption="Above: predicted against true energies of 9 x 9 test configurations, first seed. Below: the differences, with "
    "median and quartiles in bins of the energy that hold at least ten examples.",
    alt="Two scatter plots of predicted against true energies about the black diagonal, for the main and the one-layer "
    "network, and below each the differences about zero.",
    data=tables,
    records=[trained],
)  # fmt: skip

# %%
fresh = random_spins(model.shape, 4000, seed=31)
true = model.energy(fresh)
medians = {title: mean_of_few(trained[f"{name}.median"]) for name, title in TITLES.items()}
rows = [["the mean energy", "0", f"{np.median(np.abs(true)):.3f}", f"{np.abs(true).mean():.3f}", ""]]
for name, title in TITLES.items():
    n_parameters = sum(parameter.numel() for parameter in new_network(name, trained.settings).parameters())
    mean, losses = mean_of_few(trained[f"{name}.mean"]), trained[f"{name}.losses"][:, -1]
    rows.append([title, f"{n_parameters:,}", number(*medians[title][:2]), number(*mean[:2]), ", ".join(f"{loss:.2g}" for loss in losses)])  # fmt: skip
chapter.table(
    f"Absolute errors in $J$, means over the seeds; random energies have a standard deviation of {true.std():.2f} J. A loss near 1 "
    "would be that of a constant.",
    ["prediction", "parameters", "median", "mean", "loss of the last epoch, by seed"], rows,
)  # fmt: skip
chapter.claim("fig13/drawn")
chapter.claim("fig13/less_accurate", medians, would_decide="a longer training of both",
              reason="at this length of training the main network is no better")  # fmt: skip

# %% [markdown]
# ## Figure 14: what a filter responds to
#
# The paper's recipe: from random noise the input climbs the gradient of the filter's *activated* output. It shows the
# first and the last filter, with the lower right block then set to another pattern. The recipe is done here for all
# filters, with plain gradient ascent from uniform noise; noise, rate and number of steps are ours.
#
# After a ReLU the gradient vanishes where a filter is inactive, with an output of zero. A block on whose noise the
# filter is inactive keeps its noise. The climb *before* the ReLU has the same maximum and no such trap, and is drawn below it. What it finds is
# arithmetic: of all spins of a block those with the signs of the weights make their weighted sum largest.

# %%
from experiments.dnn import filter_inputs

network = filter_inputs.recorded_filters(trained)
n_filters = len(network.filters.weight)
recipe = filter_inputs.climbed(network, steps=2000, rate=1.0, seed=5)
before = filter_inputs.climbed_before_activation(network, seed=5)
others = random_spins((BLOCK, BLOCK), n_filters, seed=41)  # what the lower right block is set to
own = (others == np.sign(network.filters.weight[:, 0].detach().numpy())).all(axis=(1, 2))
others[own, 0, 0] *= -1
shown = {"first filter": 0, "last filter": n_filters - 1}

# %% tags=["figure"]
figure, axes = plt.subplots(2, 4, figsize=(9, 4.8))
columns = {}
for row, (way, pictures) in zip(axes, (("after the ReLU", recipe), ("before the ReLU", before)), strict=True):
    reset = filter_inputs.with_last_block(pictures, others)
    answer = filter_inputs.responses(network, reset)
    for (left, right), (title, k) in zip(row.reshape(2, 2), shown.items(), strict=True):
        left.imshow(reset[k], cmap="cividis", vmin=-1, vmax=1)
        for panel, width in ((left, BLOCK), (right, 1)):
            for edge in (width - 0.5, 2 * width - 0.5):
                panel.axhline(edge, color=style.COLORS["vermillion"])
                panel.axvline(edge, color=style.COLORS["vermillion"])
            panel.grid(False)
        left.set(title=f"{title}, input", xticks=[], yticks=[], ylabel=way)
        picture = right.imshow(answer[k], cmap="Blues", vmin=0, vmax=max(float(answer[k].max()), 1e-9))
        right.set(title="output", xticks=[], yticks=[])
        figure.colorbar(picture, ax=right, shrink=0.7)
        columns |= {f"{way}, {title}, input": reset[k], f"{way}, {title}, output": answer[k]}
chapter.figure(
    figure, "fig14",
    caption="Inputs that maximise the first and the last filter, light for +1, with the lower right block set to a random pattern, "
    "and the filter's output on each block. Above: the climb after the ReLU, the paper's recipe; below: the climb before the ReLU.",
    alt="For two filters pictures of nine by nine cells and of three by three outputs. Above, some blocks show one pattern and the "
    "others noise, with no output there. Below, eight blocks are equal and the lower right one answers less.",
    data=columns,
    records=[trained],
)  # fmt: skip

# %%
match = {"recipe": filter_inputs.shows_signs(network, recipe), "before": filter_inputs.shows_signs(network, before)}
inactive = "a filter keeps the noise of the blocks on which it is inactive, where its gradient vanishes"
chapter.claim("fig14/sign_pattern", float(match["recipe"].all(axis=(1, 2)).mean()), 0.0, reason=inactive)
full, after = (filter_inputs.responses(network, each)[:, -1, -1]
               for each in (recipe, filter_inputs.with_last_block(recipe, others)))  # fmt: skip
chapter.claim(
    "fig14/reset_block", float((after < full).mean()), 0.0, reason=f"{inactive}: there the output cannot fall"
)
active = full > 0
before_full, before_after = (filter_inputs.responses(network, each)[:, -1, -1]
                             for each in (before, filter_inputs.with_last_block(before, others)))  # fmt: skip
chapter.table(
    f"All {n_filters} filters: how many show their sign pattern in all nine blocks, in what share of the blocks it stands, and for how "
    "many the output of the lower right block falls when that is set to another pattern.",
    ["climb", "all nine blocks", "blocks", "output falls"],
    [["after the ReLU, as in the paper", f"{match['recipe'].all(axis=(1, 2)).sum()}", f"{100 * match['recipe'].mean():.1f} %",
      f"{(after < full).sum()}, of {active.sum()} active there"],
     ["before the ReLU", f"{match['before'].all(axis=(1, 2)).sum()}", f"{100 * match['before'].mean():.1f} %",
      f"{(before_after < before_full).sum()}, of {(before_full > 0).sum()} active there"]],
)  # fmt: skip

# %% [markdown]
# The recorded main network, evaluated again here on fresh configurations:

# %%
energy_of = energy_networks.kept_value(new_network("main", trained.settings), trained, "main.")
off = np.abs(energy_of(fresh[:2000]) - true[:2000])
chapter.say(
    f"On {len(off):,} fresh configurations: median absolute error {np.median(off):.3f} J, mean {off.mean():.3f} J."
)

# %% [markdown]
# ## What we found
#
# That filters are active "when they see the block that they have adapted to detect" is so for every filter and needs no
# network: it is what a weighted sum does. That the paper's recipe shows this block in all places is not so: it depends
# on the noise. Next we would ask what the *network* has learned, by following which filters a change of one spin activates.

# %% tags=["answer"]
from spinbook.pages.page import duration

chapter.answer(
    f"The one-layer network errs far more than the main one, {medians['one-layer network'].value:.2f} J against "
    f"{medians['main network'].value:.2f} J. By the paper's recipe, taken literally, {match['recipe'].all(axis=(1, 2)).sum()} of "
    f"{n_filters} filters end with their sign pattern in all nine blocks, because a filter that is inactive on a block has no gradient "
    f"there; before the ReLU all {match['before'].all(axis=(1, 2)).sum()} of {n_filters} do, as they must. (The record of this page took "
    f"{duration(sum(record.wall_time for record in chapter.records.values()))}.)"
)

# %%
chapter.close()
