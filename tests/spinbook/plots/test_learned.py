import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from spinbook.plots import autoencoders, learned
from spinlib.networks.convolutional_vae import ConvolutionalVAE
from spinlib.networks.dense_vae import DenseVAE


def test_the_layers_of_an_autoencoder_are_those_that_it_computes():
    network = DenseVAE((6,), 4, hidden=(16, 8))
    found = autoencoders.layers(network, torch.ones(2, 6), torch.zeros(2, 4))
    assert [layer.sizes for layer in found] == [(16,), (8,), (8,), (8,), (16,), (6,)]
    assert sum(layer.n_parameters for layer in found) == sum(one.numel() for one in network.parameters())
    lattice = ConvolutionalVAE((10, 10), 32, boundary="periodic")
    found = autoencoders.layers(lattice, torch.ones(2, 10, 10), torch.zeros(2, 32))
    assert [layer.kind for layer in found] == [
        "Conv2d",
        "Conv2d",
        "Linear",
        "Linear",
        "ConvTranspose2d",
        "ConvTranspose2d",
    ]
    # What is cut off behind a layer does not count.
    assert [layer.sizes for layer in found[-2:]] == [(16, 10, 10), (1, 10, 10)]
    assert sum(layer.n_parameters for layer in found) == sum(one.numel() for one in lattice.parameters())


def test_boxes_say_sizes_and_parameters():
    found = autoencoders.layers(DenseVAE((6,), 4, hidden=(16,)), torch.ones(2, 6), torch.zeros(2, 4))
    figure = autoencoders.columns([("dense", "6 spins", found)])
    (panel,) = figure.axes
    assert [text.get_text() for text in panel.texts[:2]] == ["6 spins", "dense\n16\n112"]
    assert len(panel.patches) == len(found)
    plt.close(figure)


SEEDS = [[1.0, 2.0, 3.0], [2.0, 2.0, 2.0]]  # of two temperatures


def test_errors_are_those_of_few_values():
    mean, error = learned.mean_and_error(SEEDS)
    np.testing.assert_allclose(mean, [2.0, 2.0])
    # Half the 97.5 % quantile of Student's t with two degrees of freedom, 4.303, of a standard error of 1 / sqrt(3).
    np.testing.assert_allclose(error, [4.303 / 2 / np.sqrt(3), np.nan], rtol=1e-3)
    np.testing.assert_allclose(learned.mean_and_error(np.transpose(SEEDS), axis=0), (mean, error))


def test_equal_values_have_the_error_of_each():
    _, error = learned.mean_and_error(SEEDS, each=1.0)
    np.testing.assert_allclose(error, np.sqrt([2.0, 1.0]) * 4.303 / 2 / np.sqrt(3), rtol=1e-3)


def test_a_single_series_gives_numbers_and_two_seeds_are_too_few():
    mean, error = learned.mean_and_error([1.0, 2.0, 3.0], axis=0)
    assert np.shape(mean) == np.shape(error) == ()
    with pytest.raises(ValueError, match="at least 3 repetitions"):
        learned.mean_and_error([[1.0, 2.0]])


def test_boxes_of_the_largest_layers_are_not_cut():
    largest = autoencoders.Layer("Conv2d", (32, 16, 16), 1000)
    figure = autoencoders.columns([("square lattice", "16 x 16", [largest])])
    (panel,) = figure.axes
    (box,) = panel.patches
    (low, high), (bottom, top) = panel.get_xlim(), sorted(panel.get_ylim())
    assert low < box.get_x() < box.get_x() + box.get_width() < high
    assert bottom < box.get_y() < box.get_y() + box.get_height() < top
    # And the words begin beside it.
    assert panel.texts[1].xy[0] > box.get_x() + box.get_width()
    plt.close(figure)


def test_points_are_means_over_seeds_with_their_errors():
    figure, axes = plt.subplots()
    drawn = learned.against_temperature(axes, [1.0, 2.0], {"dense": SEEDS}, label="energy")
    np.testing.assert_allclose(drawn["dense"], [2.0, 2.0])
    np.testing.assert_allclose(drawn["dense_error"], learned.mean_and_error(SEEDS)[1])
    assert axes.get_ylabel() == "energy"
    plt.close(figure)


def test_histograms_stand_beside_the_exact_bars():
    shares = {"dense": [[0.5, 0.5], [0.6, 0.4], [0.7, 0.3]]}
    figure = learned.histograms([-1, 1], [("T = 1", [0.6, 0.4], shares)], label="energy [J]")
    assert [bar.get_height() for bar in figure.axes[0].patches] == [0.6, 0.4]
    np.testing.assert_allclose(figure.axes[0].containers[1][0].get_ydata(), [0.6, 0.4])
    plt.close(figure)


def test_panels_return_what_they_draw():
    series = {"dense": SEEDS}
    wanted = [
        learned.Panel("energy", series, exact=([1.0, 2.0], [2.0, 2.0])),
        learned.Panel("share", series, lines={"held out": [1.5, 1.0]}, log=True, title="with noise"),
    ]
    figure, drawn = learned.panels([1.0, 2.0], wanted)
    left, right = figure.axes
    assert left.get_legend() is not None
    assert right.get_yscale() == "log"
    np.testing.assert_allclose(left.lines[0].get_ydata(), [2.0, 2.0])
    assert {"energy: dense", "energy: dense_error", "with noise: dense", "with noise: held out", "T"} <= set(drawn)
    np.testing.assert_allclose(right.lines[-1].get_ydata(), drawn["with noise: held out"])
    plt.close(figure)


def test_the_text_of_three_panels_is_readable_on_the_page():
    from spinbook.pages.picture import DISPLAYED, TEXT_WIDTH

    panel = learned.Panel("energy [J]", {"VAE": SEEDS})
    figure, _ = learned.panels([1.0, 2.0], [panel] * 3, columns=3)
    shown = TEXT_WIDTH / (figure.get_figwidth() * DISPLAYED)
    smallest = min(float(axes.xaxis.label.get_size()) for axes in figure.axes)
    assert shown * smallest > 6  # points on the page
    plt.close(figure)


def test_a_forest_has_a_row_for_each_name():
    figure, drawn = learned.forest({"wide": (0.1, 0.02), "narrow": (-0.3, 0.05)}, label="change [nats]", within=0.2)
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == drawn["choice"] == ["wide", "narrow"]
    np.testing.assert_allclose(axes.containers[0][0].get_xdata(), [0.1, -0.3])
    (segments,) = axes.containers[0][2]
    np.testing.assert_allclose([line[:, 0] for line in segments.get_segments()], [[0.08, 0.12], [-0.35, -0.25]])
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first row on top
    plt.close(figure)
