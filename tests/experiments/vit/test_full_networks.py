"""The paper's scale of Table 2: networks of the published size, and all of its code with tiny ones in their place."""

from functools import partial

import numpy as np
import pytest
import torch

from experiments.vit import classification, networks, systems
from spinbook.records.computation import Run
from spinbook.records.key import Key
from spinlib.networks.resnet import ResNet
from spinlib.networks.vision_transformer import VisionTransformer

PAPER = classification.SETTINGS["paper"]
# Published sizes with 1000 classes, less their last layers, and ours with four.
PARAMETERS = {
    "ViT": 86_567_656 - 769 * 996,
    "ResNet-18": 11_689_512 - 513 * 996,
    "ResNet-50": 25_557_032 - 2049 * 996,
}
TINY = {
    "ViT": partial(VisionTransformer, size=32, patch=16, width=16, depth=2, heads=2, colors=True),
    "ResNet-18": partial(ResNet, n_layers=18, width=4, size=32, colors=True),
    "ResNet-50": partial(ResNet, n_layers=50, width=4, size=32, colors=True),
}
# Without ResNet-18: its gradients, so narrow and in colours, made torch abort on one processor.
SHOWN = ["ViT", "ResNet-50"]
SETTINGS = {
    **PAPER, "side": 20, "share": 0.02, "sweeps": 20, "epochs": 2,
    "trials": [["new", SHOWN, 1], ["paper_rate", ["ViT"], 1], ["pretrained", SHOWN, 2]],
    "pretraining": {"n": 16, "sweeps": 10, "epochs": 2, "batch": 8},
}  # fmt: skip


@pytest.mark.parametrize("name", networks.NAMES)
def test_networks_of_the_paper_s_scale_are_those_of_the_paper_on_its_pictures(name):
    with torch.device("meta"):  # without memory for the weights
        network = networks.made(name, PAPER["side"], 4, 1, PAPER)
    assert sum(one.numel() for one in network.parameters()) == PARAMETERS[name]
    assert network.images.size == (224, 224)
    assert network.images.n_channels == 3


def test_the_paper_s_scale_has_all_networks_and_kinds_and_asks_the_hub_only_if_told():
    trials = {kind: (names, n) for kind, names, n in classification.trials_of(PAPER)}
    kinds = ("new", "paper_rate", "pretrained", "pretrained_paper_rate")
    assert trials == {kind: ([*networks.NAMES], 5) for kind in kinds}
    told = classification.trials_of(PAPER | {"download": True})
    assert [kind for kind, _, _ in told] == ["checkpoint", *kinds]


@pytest.mark.parametrize("name", ["ViT", "ResNet-18"])
def test_checkpoints_of_a_folder_begin_with_its_weights_and_a_new_last_layer(name, tmp_path, monkeypatch):
    """Tiny networks with other classes, written as the hub has them."""
    written = TINY[name](10, (20, 20), seed=3)
    written.save_checkpoint(tmp_path)
    monkeypatch.setitem(classification._CHECKPOINTS, name, (type(written), str(tmp_path)))

    def pretrained():
        raise AssertionError("the weights of the pre-training are not needed")

    network = classification.network_of(name, "checkpoint", {"side": 20}, pretrained, 4)
    given, found = networks.body_of(written), networks.body_of(network)
    assert set(given) == set(found)
    for key, value in given.items():
        np.testing.assert_array_equal(found[key], value, err_msg=key)
    assert network(torch.ones(2, 20, 20)).shape == (2, len(systems.CLASSES))


@pytest.mark.parametrize("name", networks.NAMES)
def test_checkpoints_that_are_not_here_fail_before_anything_is_trained(name, monkeypatch, tmp_path):
    network, _ = classification._CHECKPOINTS[name]
    monkeypatch.setitem(classification._CHECKPOINTS, name, (network, str(tmp_path / "nothing")))
    with pytest.raises(OSError, match="it is not on this machine"):
        classification.network_of(name, "checkpoint", {"side": 20}, dict, 4)


def test_full_networks_have_rates_of_their_own_and_few_checkpoints():
    laptop = classification.SETTINGS["laptop"]
    assert networks.rate_of("ViT", PAPER) == PAPER["rates"]["ViT"] < networks.rate_of("ViT", laptop)
    assert networks.tuning("ours", 10, networks.rate_of("ViT", PAPER)).rate == PAPER["rates"]["ViT"]
    assert networks.tuning("paper", 10, networks.rate_of("ViT", PAPER)).rate == 2e-5
    assert networks.checkpoint_seconds(laptop) == 0.0 < networks.checkpoint_seconds(PAPER)
    with pytest.raises(ValueError, match="networks 'large': allowed are 'small' and 'full'"):
        networks.made("ViT", 20, 4, 1, {"networks": "large"})


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setattr(networks, "FULL", TINY)
    monkeypatch.setattr(systems, "BOUNDARIES", {"skewed": systems.BOUNDARIES["skewed"]})


@pytest.mark.parametrize("name", networks.NAMES)
def test_pretrained_networks_begin_with_their_body(tiny, name):
    body = networks.body_of(networks.made(name, 20, 32, 1, SETTINGS))
    part = {f"body.{key}": value for key, value in body.items()} | {"loss": np.zeros(2), "seconds": 1.0}
    pretrained = classification.network_of(name, "pretrained", SETTINGS, lambda: part, 2)
    new = classification.network_of(name, "new", SETTINGS, lambda: part, 2)
    for key, value in body.items():
        np.testing.assert_array_equal(networks.body_of(pretrained)[key], value)
    assert any((networks.body_of(new)[key] != value).any() for key, value in body.items())


def test_the_whole_path_runs_in_pieces_and_in_files_below_the_limit(tiny, tmp_path, monkeypatch):
    def computed(run):
        return classification.compute(SETTINGS, run)

    def run(folder):
        key = Key(tmp_path / folder, "vit/classification", {"smoke": {}, "paper": SETTINGS})
        return Run(key, "paper", "cpu", resumable=True)

    whole = computed(run("uninterrupted"))
    n_test = int(systems.counts_of(SETTINGS["share"])[2].sum())
    for kind, names, n in SETTINGS["trials"]:
        for name in names:
            confusion = whole[f"skewed_{name}_{kind}_confusion"]
            assert confusion.shape == (n, 4, 4)
            assert (confusion.sum(axis=(1, 2)) == n_test).all()
            assert np.isfinite(whole[f"skewed_{name}_{kind}_loss"]).all() or kind == "paper_rate"
    assert whole["skewed_ViT_contrast"].shape == (1, 2)
    files = [path.stat().st_size for path in (tmp_path / "uninterrupted").rglob("*") if path.is_file()]
    assert max(files) <= 12 * 2**20

    # Each command ends with the first part that it computes.
    class Stopped(Exception):
        pass

    part, parts = Run.part, len(list((tmp_path / "uninterrupted").rglob("*.npz")))

    def stopping(self, key, function, *args, **options):
        computes = []

        def noted(*given, **more):
            computes.append(key)
            return function(*given, **more)

        found = part(self, key, noted, *args, **options)
        if computes:
            raise Stopped
        return found

    monkeypatch.setattr(Run, "part", stopping)
    for _ in range(parts):
        with pytest.raises(Stopped):
            computed(run("pieces"))
    resumed = computed(run("pieces"))
    assert set(resumed) == set(whole)
    for key, values in whole.items():
        if not key.endswith("seconds"):
            np.testing.assert_array_equal(resumed[key], values, err_msg=key)
