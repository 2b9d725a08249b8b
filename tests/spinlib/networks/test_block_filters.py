import pytest
import torch

from spinlib.networks.block_filters import BlockFilters


def test_every_filter_sees_every_block_once():
    network = BlockFilters(n_filters=5, hidden=7)
    spins = torch.randint(2, (2, 9, 9), generator=torch.Generator().manual_seed(1)) * 2.0 - 1.0
    seen = network.activations(spins)
    assert seen.shape == (2, 5, 3, 3)
    block = spins[1, 3:6, 6:9]
    expected = (network.filters.weight[:, 0] * block).sum(dim=(1, 2)) + network.filters.bias
    torch.testing.assert_close(seen[1, :, 1, 2], expected.relu())
    assert network(spins).shape == (2, 1)


def test_the_papers_network_has_512_filters_and_1024_hidden_units():
    network = BlockFilters()
    assert network.filters.weight.shape == (512, 1, 3, 3)
    assert (network.decision[1].in_features, network.decision[1].out_features) == (9 * 512, 1024)


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match=r"\(batch, 9, 9\)"):
        BlockFilters(4, 4)(torch.ones(2, 8, 8))
