import numpy as np
import pytest
import torch

from spinlib.models import Ising
from spinlib.networks.local_energy import LocalEnergy


def exact_network():
    """s s' = relu(s + s') + relu(-s - s') - 1 for the bonds to the right and down."""
    network = LocalEnergy(window=2, hidden=4).double()
    right, down = torch.tensor([[1.0, 1.0], [0.0, 0.0]]), torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    with torch.no_grad():
        network.features.weight.copy_(torch.stack([right, -right, down, -down])[:, None])
        network.features.bias.zero_()
        network.terms.weight.fill_(-1.0)
        network.terms.bias.fill_(2.0)
    return network


@pytest.mark.parametrize("shape", [(2, 2), (4, 4), (5, 8), (16, 16)])
def test_four_units_hold_the_energy_of_every_lattice(shape):
    spins = np.random.default_rng(1).choice(np.array([-1, 1], np.int8), (20, *shape))
    with torch.no_grad():
        energies = exact_network()(torch.from_numpy(spins)).numpy()
    assert np.array_equal(energies, Ising(shape).energy(spins))


def test_shifted_configurations_have_one_energy():
    network = LocalEnergy(window=3).double()
    spins = torch.randint(2, (4, 6, 6), generator=torch.Generator().manual_seed(1)) * 2 - 1
    torch.testing.assert_close(network(spins), network(spins.roll((1, 2), (1, 2))), rtol=1e-12, atol=1e-12)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match=r"sides >= 2"):
        LocalEnergy()(torch.ones(3, 1, 4))
    with pytest.raises(ValueError, match="window 0"):
        LocalEnergy(window=0)
