"""Vision transformers and ResNets on configurations: sizes, weights, checkpoints, and what is refused."""

import sys

import numpy as np
import pytest
import torch

from spinlib.networks.resnet import ResNet
from spinlib.networks.spin_images import DOWN, UP, SpinImages
from spinlib.networks.vision_transformer import VisionTransformer
from spinlib.networks.weights import weights

transformers = pytest.importorskip("transformers")


def tiny_transformer(n_classes=4, seed=0, **options):
    return VisionTransformer(n_classes, (12, 8), patch=4, width=16, depth=2, heads=2, seed=seed, **options)


def tiny_resnet(n_classes=4, seed=0, **options):
    return ResNet(n_classes, (12, 8), width=4, seed=seed, **options)


TINY = pytest.mark.parametrize("make", [tiny_transformer, tiny_resnet, lambda **o: tiny_resnet(n_layers=50, **o)])


def spins_of(n=3, shape=(12, 8)):
    return torch.from_numpy(np.random.default_rng(1).choice(np.array([-1, 1], np.int8), (n, *shape)))


@TINY
def test_weights_follow_from_the_seed_alone(make):
    state = torch.random.get_rng_state()
    one, again, other = make(seed=1), make(seed=1), make(seed=2)
    assert torch.equal(torch.random.get_rng_state(), state)
    first = weights(one)
    assert all(np.array_equal(first[name], value) for name, value in weights(again).items())
    assert any(not np.array_equal(first[name], value) for name, value in weights(other).items())


@TINY
def test_every_weight_and_every_spin_counts(make):
    network = make().train()
    spins = spins_of(6)
    network(spins).square().sum().backward()
    assert all(one.grad is not None and torch.isfinite(one.grad).all() for one in network.parameters())
    network.eval()
    outputs = network(spins)
    assert outputs.shape == (6, 4)
    for row, column in ((0, 0), (11, 7), (5, 3)):
        flipped = spins.clone()
        flipped[:, row, column] *= -1
        assert (network(flipped) != outputs).any(dim=1).all()
    # Answers do not depend on the rest of the batch.
    torch.testing.assert_close(network(spins[2:3])[0], outputs[2], rtol=1e-4, atol=1e-5)


def test_sizes_are_those_of_the_papers():
    with torch.device("meta"):
        base, residual = VisionTransformer.base(1000), ResNet.full(1000, n_layers=50)
    assert sum(one.numel() for one in base.parameters()) == 86_567_656
    assert sum(one.numel() for one in residual.parameters()) == 25_557_032
    assert base.images.size == residual.images.size == (224, 224)
    assert base.model.config.patch_size == 16
    assert base.n_classes == 1000


def test_pictures_are_blue_above_and_yellow_below():
    spins = torch.ones(1, 2, 2)
    spins[0, 1] = -1
    images = SpinImages((2, 2), colors=True, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))(spins)
    torch.testing.assert_close(images[0, :, 0, 0], torch.tensor(UP))
    torch.testing.assert_close(images[0, :, 1, 1], torch.tensor(DOWN))
    assert UP[2] > max(UP[:2])
    assert min(DOWN[:2]) > DOWN[2]
    large = SpinImages((2, 2), 8)(spins)
    assert large.shape == (1, 1, 8, 8)
    assert large[0, 0, 0].eq(1).all()
    assert large.mean().item() == pytest.approx(0.0, abs=1e-6)


def test_attention_adds_up_to_one_and_gives_the_same_outputs():
    network, spins = tiny_transformer().eval(), spins_of()
    before = network(spins)
    found = network.attentions(spins)
    assert found.shape == (3, 2, 2, 7, 7)
    torch.testing.assert_close(found.sum(dim=-1), torch.ones(3, 2, 2, 7))
    assert torch.equal(network(spins), before)


@TINY
@pytest.mark.parametrize("colors", [False, True])
def test_a_checkpoint_comes_back_bit_by_bit(make, colors, tmp_path):
    network = make(seed=3, colors=colors).eval()
    network.save_checkpoint(tmp_path)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".safetensors"]
    back = type(network).from_checkpoint(tmp_path, 4, (12, 8), seed=9)
    for name, value in weights(network).items():
        assert np.array_equal(weights(back)[name], value), name
    assert not back.training
    if isinstance(network, VisionTransformer):
        assert torch.equal(back(spins_of()), network(spins_of()))


@TINY
def test_other_classes_get_a_layer_of_their_own(make, tmp_path):
    network = make(seed=3)
    network.save_checkpoint(tmp_path)
    one, again, other = (type(network).from_checkpoint(tmp_path, 5, (12, 8), seed=seed) for seed in (1, 1, 2))
    assert one(spins_of()).shape == (3, 5)
    kept = weights(network)
    changed = [name for name, value in weights(one).items() if not np.array_equal(kept[name], value)]
    assert changed
    assert all("classifier" in name for name in changed)
    assert all(np.array_equal(value, weights(again)[name]) for name, value in weights(one).items())
    assert any(not np.array_equal(value, weights(other)[name]) for name, value in weights(one).items())


def test_the_hub_is_asked_only_if_wanted(monkeypatch):
    asked = []

    def no_network(address, *, local_files_only, **options):
        asked.append((address, local_files_only))
        raise OSError("no network")

    monkeypatch.setattr(transformers.AutoConfig, "from_pretrained", no_network)
    with pytest.raises(OSError, match=r"the hub was not asked.*begin with new weights.*download=True asks the hub"):
        VisionTransformer.from_checkpoint("vit-base", 4)
    with pytest.raises(OSError, match=r"cannot be reached.*give the folder of a checkpoint") as caught:
        ResNet.from_checkpoint("resnet-18", 4, download=True)
    assert "download=True" not in str(caught.value)
    assert asked == [("google/vit-base-patch16-224", True), ("microsoft/resnet-18", False)]


def test_a_checkpoint_of_another_kind_is_refused(tmp_path):
    tiny_resnet().save_checkpoint(tmp_path)
    with pytest.raises(ValueError, match="it is a resnet, not for VisionTransformer"):
        VisionTransformer.from_checkpoint(tmp_path, 4, (12, 8))


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: VisionTransformer(4, (100, 100), patch=16), r"patch 16.*100 x 100.*1, 2, 4, 5, 10, 20, 25, 50, 100"),
        (lambda: VisionTransformer(4, (12, 8), patch=4, width=10, heads=3), "width 10 and heads 3"),
        (lambda: VisionTransformer(1, (12, 8), patch=4), "n_classes 1"),
        (lambda: VisionTransformer(4, (12,), patch=4), "two sides"),
        (lambda: ResNet(4, n_layers=34), "n_layers 34: allowed are 18 and 50"),
        (lambda: tiny_resnet()(torch.ones(2, 8, 12)), r"\(batch, 12, 8\) is needed"),
        (lambda: tiny_transformer()(torch.ones(2, 9, 8)), r"\(batch, 12, 8\) is needed"),
    ],
)
def test_bad_input_is_refused(make, match):
    with pytest.raises(ValueError, match=match):
        make()


def test_a_checkpoint_has_to_fit_the_lattice(tmp_path):
    tiny_transformer().save_checkpoint(tmp_path)
    with pytest.raises(ValueError, match="patch 4: it does not divide pictures of 10 x 8"):
        VisionTransformer.from_checkpoint(tmp_path, 4, (10, 8))
    with pytest.raises(ValueError, match=r"pictures of \(8, 8\): this network was made for .12, 8"):
        VisionTransformer.from_checkpoint(tmp_path, 4, (8, 8))


@pytest.mark.parametrize("make", [tiny_transformer, tiny_resnet])
def test_without_transformers_the_extra_is_named(make, monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(ModuleNotFoundError, match=r"needs transformers: install spinlib with its extra \[vit\]"):
        make()
