import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from spinbook.plots import architecture, energy_histogram, hash_split, repetitions
from spinlib.networks.energy_cnn import EnergyCNN


@pytest.fixture
def axes():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def test_repetitions_are_drawn_as_mean_and_range(axes):
    drawn = repetitions.mean_and_range(axes, [1, 2], {"loss": [[1.0, 4.0], [3.0, 8.0]]})
    np.testing.assert_array_equal(drawn["loss_mean"], [2.0, 6.0])
    np.testing.assert_array_equal(drawn["loss_min"], [1.0, 4.0])
    np.testing.assert_array_equal(drawn["loss_max"], [3.0, 8.0])
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), drawn["loss_mean"])


def test_a_histogram_shows_shares_of_all_states():
    figure = energy_histogram.panels([-4, 0, 4], [2, 10, 2], [[3, 3, 3], [5, 5, 5]], [[1, 5, 0], [2, 0, 0]])
    examples, wrong = figure.axes
    assert [bar.get_height() for bar in examples.patches] == [4.0, 4.0, 4.0]
    assert [bar.get_height() for bar in wrong.patches] == [75.0, 25.0, 0.0]
    assert [list(line.get_ydata()) for line in wrong.lines] == [[50.0, 50.0, 0.0], [100.0, 0.0, 0.0]]
    plt.close(figure)


def test_the_scheme_of_a_split_names_its_border(axes):
    hash_split.scheme(axes, np.ones((4, 4)), 300, 4096, 0.25)
    told = [text.get_text() for text in axes.texts]
    assert told[1:] == ["12c... : 000100101100", "300 of 4096", "test set if below 1024"]


def test_layers_are_those_that_the_network_computes():
    network = EnergyCNN(4, 15)
    spins = np.where(np.indices((4, 4)).sum(axis=0) % 3, 1, -1)
    found = architecture.layers(network, spins)
    assert [layer.side for layer in found] == [16, 8, 8, 8, 4, 4, 4, 2]
    assert [layer.channels for layer in found] == [1, 32, 16, 16, 32, 16, 16, 32]
    np.testing.assert_array_equal(found[0].output, np.kron(spins, np.ones((4, 4))))
    picture = torch.as_tensor(found[0].output, dtype=torch.float32)[None, None]
    with torch.no_grad():
        last = network.convolutions(picture)[0]
    np.testing.assert_allclose(found[-1].output, last[last.sum(dim=(1, 2)).argmax()].numpy(), rtol=1e-6)
    for figure in (architecture.boxes(found, (1024, 15)), architecture.outputs(found)):
        assert figure.axes
        plt.close(figure)
