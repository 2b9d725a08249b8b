import matplotlib.pyplot as plt
import numpy as np
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
    drawn = learned.against_temperature(axes, [1.0, 2.0], {"dense": [[1.0, 3.0], [2.0, 2.0]]}, label="energy")
    np.testing.assert_allclose(drawn["dense"], [2.0, 2.0])
    np.testing.assert_allclose(drawn["dense_error"], [1.0, 0.0])
    assert axes.get_ylabel() == "energy"
    plt.close(figure)


def test_histograms_stand_beside_the_exact_bars():
    shares = {"dense": [[0.5, 0.5], [0.7, 0.3]]}
    figure = learned.histograms([-1, 1], [("T = 1", [0.6, 0.4], shares)], label="energy [J]")
    assert [bar.get_height() for bar in figure.axes[0].patches] == [0.6, 0.4]
    np.testing.assert_allclose(figure.axes[0].containers[1][0].get_ydata(), [0.6, 0.4])
    plt.close(figure)


def test_panels_return_what_they_draw():
    series = {"dense": [[1.0, 3.0], [2.0, 2.0]]}
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
