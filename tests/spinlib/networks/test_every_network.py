"""What every network of the library must pass. A new one joins NETWORKS by one line."""

import importlib
import inspect
import pkgutil
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

import spinlib.networks
from spinlib.networks.adversarial_autoencoder import AdversarialAutoencoder
from spinlib.networks.autoregressive import AutoregressiveNetwork
from spinlib.networks.autoregressive_xy import AutoregressiveXY
from spinlib.networks.block_filters import BlockFilters
from spinlib.networks.convolutional_vae import ConvolutionalVAE
from spinlib.networks.dense_vae import DenseVAE
from spinlib.networks.discriminator import Discriminator
from spinlib.networks.energy_cnn import EnergyCNN
from spinlib.networks.initialization import initialize
from spinlib.networks.local_energy import LocalEnergy
from spinlib.networks.unet import ConditionalUNet
from spinlib.networks.weights import load_weights, read_weights, save_weights, weights
from spinlib.networks.wgan import Critic


class Case(NamedTuple):
    """make: a new network. inputs: shapes of its inputs without the batch. output: the shape of its output without it.

    refused: inputs, without the batch, that raise ValueError. other: the same network of another size. Inputs are +-1.
    """

    name: str
    make: Any
    inputs: tuple[tuple[int, ...], ...]
    output: tuple[int, ...]
    refused: tuple[tuple[int, ...], ...]
    other: Any


NETWORKS = [
    Case("classes", lambda: EnergyCNN(4, 15), ((4, 4),), (15,), ((4, 5),), lambda: EnergyCNN(4, 14)),
    Case("channels", lambda: EnergyCNN(8, 1, n_channels=3), ((3, 8, 8),), (1,), ((8, 8),), lambda: EnergyCNN(8, 1)),
    Case("zeros", lambda: EnergyCNN(8, 2, padding="zeros"), ((8, 8),), (2,), ((9, 8),), lambda: EnergyCNN(8, 1)),
    Case("windows", lambda: LocalEnergy(3, 8), ((5, 6),), (), ((2, 6),), lambda: LocalEnergy(2, 8)),
    Case("blocks", lambda: BlockFilters(6, 10), ((9, 9),), (1,), ((9, 8),), lambda: BlockFilters(7, 10)),
    Case("dense", lambda: DenseVAE((6,), 4), ((6,), (4,)), (6,), ((5,), (4,)), lambda: DenseVAE((6,), 5)),
    Case(
        "normalised",
        lambda: DenseVAE((6,), 4, batch_norm=True),
        ((6,), (4,)),
        (6,),
        ((5,), (4,)),
        lambda: DenseVAE((6,), 4),
    ),
    Case(
        "vectors",
        lambda: DenseVAE((6,), 4, n_components=2),
        ((6, 2), (4,)),
        (6, 2),
        ((6,), (4,)),
        lambda: DenseVAE((5,), 4, n_components=2),
    ),
    Case(
        "chain", lambda: ConvolutionalVAE((6,), 4), ((6,), (4,)), (6,), ((7,), (4,)), lambda: ConvolutionalVAE((8,), 4)
    ),
    Case(
        "planar",
        lambda: ConvolutionalVAE((6,), 4, stride=1, boundary="periodic", n_components=2),
        ((6, 2), (4,)),
        (6, 2),
        ((6, 3), (4,)),
        lambda: ConvolutionalVAE((6,), 4, stride=1),
    ),
    Case(
        "lattice",
        lambda: ConvolutionalVAE((6, 6), 5, boundary="periodic"),
        ((6, 6), (5,)),
        (6, 6),
        ((6,), (5,)),
        lambda: ConvolutionalVAE((4, 4), 5, boundary="periodic"),
    ),
    Case(
        "adversarial",
        lambda: AdversarialAutoencoder((6,), 4, 3, hidden=(32, 16)),
        ((6,), (3,)),
        (6,),
        ((7,), (3,)),
        lambda: AdversarialAutoencoder((6,), 4, 2, hidden=(32, 16)),
    ),
    Case("odds", lambda: Discriminator((6,), 4), ((6,), (4,)), (), ((5,), (4,)), lambda: Discriminator((6,), 5)),
    Case(
        "conditionals",
        lambda: AutoregressiveNetwork((4, 4), hidden=5),
        ((4, 4),),
        (),
        ((4, 5),),
        lambda: AutoregressiveNetwork((4, 3), hidden=5),
    ),
    Case(
        "symmetric",
        lambda: AutoregressiveNetwork((4, 4), hidden=5, z2=True),
        ((4, 4),),
        (),
        ((16,),),
        lambda: AutoregressiveNetwork((2, 8), hidden=5, z2=True),
    ),
    Case(
        "angles",
        lambda: AutoregressiveXY((4, 4), hidden=5),
        ((4, 4),),
        (),
        ((4, 5),),
        lambda: AutoregressiveXY((4, 3), hidden=5),
    ),
    Case(
        "noise",
        lambda: ConditionalUNet((16, 16), widths=(4, 4, 6, 6), embedding=8),
        ((16, 16), (), ()),
        (16, 16),
        ((8, 16), (), ()),
        lambda: ConditionalUNet((16, 8), widths=(4, 4, 6, 6), embedding=8),
    ),
    Case(
        "scores",
        lambda: Critic((16, 16), embedding=8, width=2),
        ((16, 16), ()),
        (),
        ((8, 16), ()),
        lambda: Critic((16, 16), embedding=8, width=2, normalised=False),
    ),
]
every_network = pytest.mark.parametrize("case", NETWORKS, ids=lambda case: case.name)


def generator(seed):
    return torch.Generator().manual_seed(seed)


def network_of(case, seed=1):
    return initialize(case.make(), generator(seed)).eval()


def inputs_of(shapes, n=6, dtype=torch.float32, seed=2):
    rng = generator(seed)
    return [(torch.randint(2, (n, *shape), generator=rng) * 2 - 1).to(dtype) for shape in shapes]


@every_network
@pytest.mark.parametrize("n", [1, 6])
def test_shapes(case, n):
    with torch.no_grad():
        found = network_of(case)(*inputs_of(case.inputs, n))
    assert found.shape == (n, *case.output)
    assert torch.isfinite(found).all()


@every_network
def test_outputs_have_the_weights_dtype_whatever_the_inputs_have(case):
    single, double = network_of(case), network_of(case).double()
    with torch.no_grad():
        expected = double(*inputs_of(case.inputs, dtype=torch.float64))
        assert expected.dtype == torch.float64
        for dtype in (torch.int8, torch.int64, torch.float32, torch.float64):
            found = single(*inputs_of(case.inputs, dtype=dtype))
            assert found.dtype == torch.float32
            torch.testing.assert_close(found.double(), expected, rtol=1e-4, atol=1e-5)


@every_network
def test_what_is_said_of_a_configuration_does_not_depend_on_the_others(case):
    network, inputs = network_of(case).double(), inputs_of(case.inputs)
    with torch.no_grad():
        whole = network(*inputs)
        for k in range(6):
            torch.testing.assert_close(network(*(one[k : k + 1] for one in inputs)), whole[k : k + 1])
        assert len({tuple(row.flatten().tolist()) for row in whole}) == 6


@every_network
def test_weights_follow_from_the_seed_alone(case):
    torch.manual_seed(3)
    first = weights(network_of(case))
    torch.manual_seed(4)
    again, other = weights(network_of(case)), weights(network_of(case, seed=5))
    assert first
    for name, values in first.items():
        np.testing.assert_array_equal(values, again[name])
        # Ones, zeros and running statistics are the same for all seeds; what varies in a tensor is drawn.
        assert values.std() == 0 or not np.array_equal(values, other[name]), name


@every_network
def test_the_global_generator_is_left_alone(case):
    network, state = case.make(), torch.get_rng_state()
    initialize(network, generator(1))
    network(*inputs_of(case.inputs))
    assert torch.equal(torch.get_rng_state(), state)


@every_network
def test_every_parameter_is_used(case):
    network = network_of(case).double()
    (network(*inputs_of(case.inputs, 50)) ** 2).sum().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 0, name


@every_network
def test_saved_weights_make_the_same_network(case, tmp_path):
    network = network_of(case)
    save_weights(tmp_path / "network.npz", network)
    again = read_weights(tmp_path / "network.npz", case.make().train())
    assert not again.training
    with torch.no_grad():
        assert torch.equal(again(*inputs_of(case.inputs)), network(*inputs_of(case.inputs)))
    with np.load(tmp_path / "network.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fi" for name in arrays.files)


@every_network
def test_weights_of_another_network_are_refused(case, tmp_path):
    save_weights(tmp_path / "network.npz", network_of(case))
    with pytest.raises(RuntimeError, match="Error\\(s\\) in loading state_dict"):
        read_weights(tmp_path / "network.npz", case.other())


@every_network
def test_weights_stand_behind_their_prefix(case):
    first, second = network_of(case), network_of(case, seed=9)
    both = {**weights(first, "first."), **weights(second, "second."), "epochs": np.array(3)}
    again = load_weights(case.make(), both, "second.")
    for name, values in weights(second).items():
        np.testing.assert_array_equal(weights(again)[name], values)


@every_network
def test_inputs_of_other_shapes_are_refused(case):
    with pytest.raises(ValueError, match=r"spins of shape"):
        network_of(case)(*inputs_of(case.refused))


def test_every_network_of_the_library_is_here():
    found = set()
    for module in pkgutil.iter_modules(spinlib.networks.__path__):
        loaded = importlib.import_module(f"spinlib.networks.{module.name}")
        classes = {
            value
            for name, value in vars(loaded).items()
            if inspect.isclass(value) and issubclass(value, torch.nn.Module) and value.__module__ == loaded.__name__
        }
        # The first line of a network's docstring says what it makes of spins; layers are parts of networks.
        found |= {value for value in classes if (value.__doc__ or "").startswith("Spins")}
    assert found == {type(case.make()) for case in NETWORKS}
