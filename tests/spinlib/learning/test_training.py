"""The loop for one or several networks: closed-form steps, fixed points, curves, validation, averages, resuming."""

import os
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from spinlib.files import read_npz, write_npz
from spinlib.learning import training, training_state
from spinlib.learning.training import (
    NotFiniteError,
    Objective,
    Optimizer,
    Plan,
    Shuffled,
    has_bfloat16,
    train,
)
from spinlib.networks.initialization import initialize
from spinlib.networks.weights import weights


class Point(nn.Module):
    """Parameters that are what they are."""

    def __init__(self, *values):
        super().__init__()
        self.x = nn.Parameter(torch.tensor(values, dtype=torch.float64))

    def list(self):
        return self.x.detach().tolist()


def generator(seed=1):
    return torch.Generator().manual_seed(seed)


def empty(n):
    """n batches of nothing, for losses that need no examples."""
    return lambda rng: [()] * n


def descend(optimizer, gradient, n_steps=1, start=(1.0,), **plan):
    """Where so many steps from `start` lead, for a loss of this constant gradient."""
    point = Point(*start)
    slope = torch.tensor(gradient, dtype=torch.float64)
    loss = Objective(lambda batch, rng: (slope * point.x).sum(), ("point",), optimizer)
    train({"point": point}, {"loss": loss}, empty(n_steps), Plan(1, **plan), generator())
    return point.list()


STEPS = [
    # Adam and AdamW: the first step is the rate, whatever the gradient; so is every step of a constant gradient.
    (Optimizer("adam", 0.1), 3.0, 4, 1.0 - 0.4),
    (Optimizer("adamw", 0.1, options={"weight_decay": 0.5}), 3.0, 1, 1.0 * (1 - 0.1 * 0.5) - 0.1),
    # RMSprop: rate g / sqrt((1 - alpha) g^2).
    (Optimizer("rmsprop", 0.01, options={"alpha": 0.75}), -3.0, 1, 1.0 + 0.01 / 0.25**0.5),
    # AdaDelta: rate g sqrt(eps) / sqrt((1 - rho) g^2 + eps).
    (Optimizer("adadelta", 1.0), 3.0, 1, 1.0 - 3.0 * 1e-3 / (0.1 * 9.0 + 1e-6) ** 0.5),
]


@pytest.mark.parametrize(("optimizer", "gradient", "n_steps", "expected"), STEPS)
def test_steps_in_closed_form(optimizer, gradient, n_steps, expected):
    assert descend(optimizer, [gradient], n_steps)[0] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("name", ["adam", "adamw", "rmsprop", "adadelta"])
def test_a_quadratic_loss_is_minimised(name):
    point, target = Point(4.0, -3.0), torch.tensor([1.0, 2.0], dtype=torch.float64)
    rate = {"adadelta": 1.0}.get(name, 0.05)
    how = Optimizer(name, rate, "cosine", options={"weight_decay": 0.0} if name == "adamw" else {})
    loss = Objective(lambda batch, rng: ((point.x - target) ** 2).sum(), ("point",), how)
    curves = train({"point": point}, {"loss": loss}, empty(10), Plan(300), generator())
    assert point.list() == pytest.approx([1.0, 2.0], abs=1e-3)
    assert curves.losses["loss"].shape == (300,)
    assert curves.losses["loss"][0] > 10
    assert curves.kept_epoch == 299


def test_gradients_are_clipped_to_their_norm():
    # AdamW's second moment forgets everything (beta2 = 0), so that a step shows the size of the gradient through eps.
    options = {"betas": (0.0, 0.0), "eps": 1e6, "weight_decay": 0.0}
    start, gradient = (0.0, 0.0), [30.0, 40.0]
    free = descend(Optimizer("adamw", 1e6, options=options), gradient, start=start)
    clipped = descend(Optimizer("adamw", 1e6, options=options, clip_gradient=5.0), gradient, start=start)
    short = descend(Optimizer("adamw", 1e6, options=options, clip_gradient=500.0), gradient, start=start)
    assert free == pytest.approx([-30.0, -40.0], rel=1e-3)
    assert clipped == pytest.approx([-3.0, -4.0], rel=1e-3)
    assert short == free


def test_weights_are_clipped_after_every_step():
    assert descend(Optimizer("adam", 0.1, clip_weights=0.25), [3.0, -3.0], 20, start=(0.0, 0.1)) == [-0.25, 0.25]
    point, seen = Point(0.0), []

    def loss(batch, rng):
        seen.append(point.list()[0])
        return -point.x.sum()

    how = Optimizer("adam", 0.1, clip_weights=0.15)
    train({"point": point}, {"loss": Objective(loss, ("point",), how)}, empty(4), Plan(1), generator())
    assert seen == pytest.approx([0.0, 0.1, 0.15, 0.15])


def test_rates_follow_warm_up_and_decay():
    optimizer = Optimizer("adam", 1.0, "cosine", warm_up=3)
    found = [optimizer.rate_at(epoch, 11) for epoch in range(11)]
    assert found[:4] == pytest.approx([0.25, 0.5, 0.75, 1.0])
    assert found[3:] == pytest.approx([0.5 + 0.5 * np.cos(np.pi * k / 8) for k in range(8)])
    point, seen = Point(0.0), []

    def loss(batch, rng):
        seen.append(point.list()[0])
        return point.x.sum()

    train({"point": point}, {"loss": Objective(loss, ("point",), optimizer)}, empty(1), Plan(11), generator())
    assert -np.diff(seen) == pytest.approx(found[:-1], rel=1e-6)


# Several networks.


def test_a_game_of_two_finds_its_fixed_point():
    """x minimises (x - y)^2 + x^2 and y minimises (y - x - 3)^2: y = x + 3 and x = y / 2, so x = 3 and y = 6."""
    one, two = Point(0.0), Point(0.0)
    objectives = {
        "one": Objective(
            lambda batch, rng: ((one.x - two.x) ** 2 + one.x**2).sum(), ("one",), Optimizer("adam", 0.05, "cosine")
        ),
        "two": Objective(
            lambda batch, rng: ((two.x - one.x - 3) ** 2).sum(), ("two",), Optimizer("rmsprop", 0.02, "cosine")
        ),
    }
    curves = train({"one": one, "two": two}, objectives, empty(10), Plan(200), generator())
    assert one.list() == pytest.approx([3.0], abs=0.01)
    assert two.list() == pytest.approx([6.0], abs=0.01)
    assert curves.losses["one"][-1] == pytest.approx(18.0, abs=0.1)
    assert curves.losses["two"][-1] == pytest.approx(0.0, abs=1e-3)


def test_an_objective_moves_its_own_networks_alone_and_sees_the_step_before_it():
    one, two, three, seen = Point(0.0), Point(0.0), Point(7.0), []

    def first(batch, rng):
        return (one.x + two.x + three.x).sum()

    def second(batch, rng):
        seen.append(one.list()[0])
        return (one.x + two.x + three.x).sum()

    objectives = {
        "first": Objective(first, ("one",), Optimizer("adam", 0.1)),
        "second": Objective(second, ("two",), Optimizer("adam", 0.01)),
    }
    train({"one": one, "two": two, "three": three}, objectives, empty(3), Plan(1), generator())
    assert one.list() == pytest.approx([-0.3])
    assert two.list() == pytest.approx([-0.03])
    assert three.list() == [7.0]
    assert seen == pytest.approx([-0.1, -0.2, -0.3])


def test_an_objective_of_two_networks_moves_both():
    encoder, decoder = Point(0.0), Point(1.0)
    both = Objective(lambda batch, rng: (encoder.x + decoder.x).sum(), ("encoder", "decoder"), Optimizer("adam", 0.1))
    train({"encoder": encoder, "decoder": decoder}, {"both": both}, empty(2), Plan(1), generator())
    assert encoder.list() + decoder.list() == pytest.approx([-0.2, 0.8])


def test_every_counts_steps_on_through_the_epochs():
    critic, maker, order = Point(0.0), Point(0.0), []

    def loss(name, point):
        def of(batch, rng):
            order.append(name)
            return point.x.sum()

        return of

    objectives = {
        "critic": Objective(loss("critic", critic), ("critic",), Optimizer("adam", 0.1)),
        "maker": Objective(loss("maker", maker), ("maker",), Optimizer("adam", 0.1), every=5),
    }
    curves = train({"critic": critic, "maker": maker}, objectives, empty(4), Plan(4), generator())
    assert order == (["critic"] * 5 + ["maker"]) * 3 + ["critic"]
    assert critic.list() + maker.list() == pytest.approx([-1.6, -0.3])
    # In the first epoch of four steps the maker was not due.
    np.testing.assert_array_equal(np.isnan(curves.losses["maker"]), [True, False, False, False])
    assert np.isfinite(curves.losses["critic"]).all()


def test_parts_of_a_loss_are_summed_and_have_curves_of_their_own():
    point = Point(2.0)
    loss = Objective(
        lambda batch, rng: {"data": (point.x - 1).square().sum(), "prior": 3 * point.x.sum()},
        ("point",),
        Optimizer("adam", 1e-12),
    )
    curves = train({"point": point}, {"bound": loss}, empty(2), Plan(3), generator())
    assert list(curves.losses) == ["bound", "bound/data", "bound/prior"]
    for name, value in (("bound/data", 1.0), ("bound/prior", 6.0), ("bound", 7.0)):
        np.testing.assert_allclose(curves.losses[name], value)


# Validation, early stopping, averages.


def scripted(values, point):
    """A validation that is values[k] in epoch k."""
    left = list(values)
    seen = []

    def validate():
        seen.append((point.list()[0], point.training, torch.is_grad_enabled()))
        return left.pop(0)

    return validate, seen


def test_the_best_weights_are_kept_and_training_stops_after_its_patience():
    point = Point(0.0)
    validate, seen = scripted([5.0, 3.0, 4.0, 2.0, 2.5, 2.5, 1.0], point)
    falling = Objective(lambda batch, rng: point.x.sum(), ("point",), Optimizer("adam", 0.1))
    curves = train({"point": point}, {"loss": falling}, empty(1), Plan(9, patience=2), generator(), validate=validate)
    np.testing.assert_array_equal(curves.validation, [5.0, 3.0, 4.0, 2.0, 2.5, 2.5])
    assert curves.kept_epoch == 3
    assert point.list() == pytest.approx([-0.4])
    assert [value for value, _, _ in seen] == pytest.approx([-0.1, -0.2, -0.3, -0.4, -0.5, -0.6])
    assert {(training, gradients) for _, training, gradients in seen} == {(False, False)}
    assert not point.training


def test_losses_below_zero_can_improve():
    """A bound or a free energy: -10.1 is better than -10 by 1 %."""
    for tolerance, n_epochs in ((0.02, 3), (0.005, 6)):
        point = Point(0.0)
        values = [-10.0, -10.1, -10.19, -10.3, -10.4, -10.5]
        validate, _ = scripted(values, point)
        falling = Objective(lambda batch, rng, point=point: point.x.sum(), ("point",))
        plan = Plan(6, patience=2, tolerance=tolerance)
        curves = train({"point": point}, {"loss": falling}, empty(1), plan, generator(), validate=validate)
        np.testing.assert_array_equal(curves.validation, values[:n_epochs])
        assert curves.kept_epoch == n_epochs - 1


def test_averaged_weights_in_closed_form():
    """Steps of -0.1 each: w_k = -0.1 k, and the average begins as w_1."""
    point, decay = Point(0.0), 0.9
    expected = -0.1
    for k in range(2, 13):
        expected = decay * expected + (1 - decay) * -0.1 * k
    falling = Objective(lambda batch, rng: point.x.sum(), ("point",), Optimizer("adam", 0.1))
    train({"point": point}, {"loss": falling}, empty(4), Plan(3, averaging=decay), generator())
    assert point.list() == pytest.approx([expected])
    assert abs(expected + 1.2) > 0.3


def test_averaged_weights_are_validated_and_training_goes_on_with_the_others():
    point, steps = Point(0.0), []
    validate, seen = scripted([3.0, 2.0, 1.0], point)

    def loss(batch, rng):
        steps.append(point.list()[0])
        return point.x.sum()

    falling = Objective(loss, ("point",), Optimizer("adam", 0.1))
    train({"point": point}, {"loss": falling}, empty(1), Plan(3, averaging=0.5), generator(), validate=validate)
    assert steps == pytest.approx([0.0, -0.1, -0.2])
    assert [value for value, _, _ in seen] == pytest.approx([-0.1, -0.15, -0.225])
    assert point.list() == pytest.approx([-0.225])


def test_statistics_of_batch_norm_are_averaged_and_counted():
    layer = nn.BatchNorm1d(1).double()
    data = torch.arange(8, dtype=torch.float64)[:, None]
    loss = Objective(lambda batch, rng: layer(batch[0]).sum(), ("layer",), Optimizer("adam", 1e-9))
    train({"layer": layer}, {"loss": loss}, Shuffled(data, batch=8), Plan(2, averaging=0.5), generator())
    # Running means: 0.35 after the first step, 0.665 after the second.
    assert float(layer.running_mean) == pytest.approx(0.5 * 0.35 + 0.5 * 0.665)
    assert int(layer.num_batches_tracked) == 2


# Randomness.


class Killed(Exception):
    pass


def noisy_training(seed, checkpoint=None, epochs=4, averaging=0.8, about="", n_losses=None):
    """Two networks with dropout, batch norm, noise from the generator, averages and a validation.

    n_losses: how often the second loss is computed before the training is killed.
    """
    rng = generator(7)
    encoder = initialize(nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 1)), rng)
    critic = initialize(nn.Linear(2, 1), rng)
    data = torch.randn((23, 3), generator=generator(8))
    known, computed = torch.randn((5, 3), generator=generator(9)), []

    def encoded(batch, rng):
        computed.append(len(batch[0]))
        if n_losses is not None and len(computed) > n_losses:
            raise Killed
        noise = torch.randn((len(batch[0]), 1), generator=rng)
        found = encoder(batch[0])
        return {"fit": (found - noise).square().mean(), "critic": critic(torch.cat([found, noise], 1)).mean()}

    def criticised(batch, rng):
        return critic(torch.rand((len(batch[0]), 2), generator=rng)).square().mean()

    objectives = {
        "critic": Objective(criticised, ("critic",), Optimizer("rmsprop", 0.01, clip_weights=0.5)),
        "encoder": Objective(encoded, ("encoder",), Optimizer("adamw", 0.02, "cosine", warm_up=1), every=2),
    }
    networks = {"encoder": encoder, "critic": critic}
    curves = train(
        networks,
        objectives,
        Shuffled(data, batch=5),
        Plan(epochs, averaging=averaging),
        generator(seed),
        validate=lambda: encoder(known).square().mean() + 1,
        checkpoint=checkpoint,
        about=about,
    )
    return networks, curves


def assert_same(one, other):
    for name in one[0]:
        for key, value in weights(one[0][name]).items():
            np.testing.assert_array_equal(value, weights(other[0][name])[key], err_msg=f"{name} {key}")
    assert list(one[1].losses) == list(other[1].losses)
    for name, values in one[1].losses.items():
        np.testing.assert_array_equal(values, other[1].losses[name])
    np.testing.assert_array_equal(one[1].validation, other[1].validation)
    assert one[1].kept_epoch == other[1].kept_epoch


def test_the_result_follows_from_the_arguments_alone():
    torch.manual_seed(1)
    first = noisy_training(seed=1)
    torch.manual_seed(2)
    assert_same(first, noisy_training(seed=1))
    other = noisy_training(seed=2)
    assert not np.array_equal(first[1].losses["encoder"], other[1].losses["encoder"])


def test_dropout_is_another_in_every_step_and_the_global_generator_is_left_alone():
    layer, seen = nn.Dropout(0.5), []
    point = Point(1.0)

    def loss(batch, rng):
        seen.append(layer(torch.ones(60)).tolist())
        return point.x.sum()

    state = torch.get_rng_state()
    train({"point": point}, {"loss": Objective(loss, ("point",))}, empty(2), Plan(3), generator())
    assert len({tuple(one) for one in seen}) == 6
    assert torch.equal(torch.get_rng_state(), state)


# Checkpoints.


@pytest.mark.parametrize("n_losses", [1, 3, 5, 8])
def test_a_killed_training_ends_with_the_bits_of_an_uninterrupted_one(tmp_path, n_losses):
    whole = noisy_training(seed=1)
    file = tmp_path / "runs" / "training.npz"
    with pytest.raises(Killed):
        noisy_training(seed=1, checkpoint=file, n_losses=n_losses)
    # Other weights and another generator than at the first time: all that matters stands in the file.
    assert_same(noisy_training(seed=1, checkpoint=file), whole)
    assert_same(noisy_training(seed=5, checkpoint=file), whole)
    assert [path.name for path in file.parent.iterdir()] == ["training.npz"]


KILLED = """
import sys, time
sys.path.insert(0, {folder!r})
from test_training import noisy_training
import spinlib.learning.training_state as state
write = state.write_npz
def slow(*arguments, **options):
    write(*arguments, **options)
    print("written", flush=True)
    time.sleep(0.3)
state.write_npz = slow
noisy_training(seed=1, checkpoint={file!r})
"""


def test_a_process_that_is_killed_resumes(tmp_path):
    file = tmp_path / "training.npz"
    script = KILLED.format(folder=os.path.dirname(__file__), file=str(file))
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    for _ in range(2):
        assert process.stdout.readline() == "written\n"
    time.sleep(0.1)
    process.kill()
    assert process.wait(60) == -9
    with np.load(file, allow_pickle=False) as arrays:
        assert 2 <= int(arrays["epoch"]) <= 3
    assert_same(noisy_training(seed=3, checkpoint=file), noisy_training(seed=1))


@pytest.mark.parametrize("n_losses", [3, 8])
def test_a_large_state_in_several_files_resumes_too(tmp_path, monkeypatch, n_losses):
    monkeypatch.setattr(training_state, "_LARGEST", 10_000)
    file = tmp_path / "training.npz"
    with pytest.raises(Killed):
        noisy_training(seed=1, checkpoint=file, n_losses=n_losses)
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(sizes) > 1
    assert max(sizes) <= 10_000
    assert_same(noisy_training(seed=5, checkpoint=file), noisy_training(seed=1))
    next(tmp_path.glob("*.piece")).unlink()
    with pytest.raises(ValueError, match="is damaged"):
        noisy_training(seed=1, checkpoint=file)


def test_seconds_are_those_of_all_pieces_and_of_epochs_that_count(tmp_path, monkeypatch):
    now, point = [100.0], Point(1.0)
    monkeypatch.setattr(training, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def in_pieces(last):
        def loss(batch, rng):
            now[0] += 1.0
            if now[0] > last:
                raise Killed
            return point.x.sum()

        plan, how = Plan(4), {"loss": Objective(loss, ("point",))}
        return train({"point": point}, how, empty(2), plan, generator(), checkpoint=tmp_path / "training.npz")

    with pytest.raises(Killed):
        in_pieces(last=105.0)  # two epochs, and half of the third, which is done again
    assert now == [106.0]
    now[0] = 500.0
    assert in_pieces(last=1000.0).seconds == 8.0
    assert now == [504.0]


def test_checkpoints_are_as_far_apart_as_asked_for(tmp_path, monkeypatch):
    now, point, epochs = [100.0], Point(1.0), []
    monkeypatch.setattr(training, "time", SimpleNamespace(monotonic=lambda: now[0]))
    write = training_state.TrainingState.write

    def watched(state, *arguments):
        write(state, *arguments)
        epochs.append(state.epoch)

    def loss(batch, rng):
        now[0] += 1.0
        return point.x.sum()

    monkeypatch.setattr(training_state.TrainingState, "write", watched)
    for pause, expected in ((0.0, [1, 2, 3, 4, 5, 6, 7]), (3.0, [3, 6]), (100.0, [])):
        epochs.clear()
        how, file = {"loss": Objective(loss, ("point",))}, tmp_path / f"{pause}.npz"
        train({"point": point}, how, empty(1), Plan(7), generator(), checkpoint=file, checkpoint_seconds=pause)
        assert epochs == expected


def test_a_checkpoint_of_an_older_version_is_refused(tmp_path):
    file = tmp_path / "training.npz"
    noisy_training(seed=1, checkpoint=file)
    arrays = read_npz(file)
    del arrays["seconds"]
    write_npz(file, arrays)
    with pytest.raises(ValueError, match="another version of spinlib: it lacks seconds"):
        noisy_training(seed=1, checkpoint=file)


def test_a_checkpoint_of_another_training_is_refused(tmp_path):
    file = tmp_path / "training.npz"
    noisy_training(seed=1, checkpoint=file)
    for change in ({"epochs": 5}, {"averaging": 0.7}, {"about": "other examples"}):
        with pytest.raises(ValueError, match="belongs to another network, schedule or set of examples"):
            noisy_training(seed=1, checkpoint=file, **change)


def test_a_damaged_checkpoint_is_refused(tmp_path):
    file = tmp_path / "training.npz"
    noisy_training(seed=1, checkpoint=file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="is damaged"):
        noisy_training(seed=1, checkpoint=file)


# Losses that are not finite.


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_loss_that_is_not_finite_stops_and_says_where(tmp_path, bad):
    good, other, n_steps = Point(0.0), Point(0.0), 0
    file = tmp_path / "training.npz"

    def broken(batch, rng):
        nonlocal n_steps
        n_steps += 1
        return {"data": other.x.sum(), "prior": other.x.sum() + (bad if n_steps == 9 else 0.0)}

    objectives = {
        "good": Objective(lambda batch, rng: good.x.sum(), ("good",), Optimizer("adam", 0.1)),
        "broken": Objective(broken, ("other",), Optimizer("adam", 0.1)),
    }
    message = r"the 'broken/prior' loss of epoch 2 is -?(nan|inf) in step 0: .* weights of epoch 1 again"
    with pytest.raises(NotFiniteError, match=message) as caught:
        train({"good": good, "other": other}, objectives, empty(4), Plan(5), generator(), checkpoint=file)
    assert (caught.value.loss, caught.value.epoch, caught.value.step) == ("broken/prior", 2, 0)
    assert caught.value.curves.losses["good"].shape == (2,)
    assert caught.value.curves.kept_epoch == 1
    # The step of the good objective is taken back as well: both are what they were at the end of epoch 1.
    assert good.list() + other.list() == pytest.approx([-0.8, -0.8])
    with np.load(file) as kept:
        assert int(kept["epoch"]) == 2
        np.testing.assert_allclose(kept["weight/good/x"], [-0.8])


def test_the_last_good_averages_are_kept():
    point, n_steps = Point(0.0), 0

    def broken(batch, rng):
        nonlocal n_steps
        n_steps += 1
        return point.x.sum() * (np.nan if n_steps == 4 else 1.0)

    objective = Objective(broken, ("point",), Optimizer("adam", 0.1))
    with pytest.raises(NotFiniteError):
        train({"point": point}, {"loss": objective}, empty(2), Plan(5, averaging=0.5), generator())
    assert point.list() == pytest.approx([-0.15])


def test_a_first_epoch_that_fails_leaves_the_first_weights():
    point = Point(4.0)
    objective = Objective(lambda batch, rng: point.x.sum() * np.nan, ("point",))
    with pytest.raises(NotFiniteError, match="the weights of the start again"):
        train({"point": point}, {"loss": objective}, empty(2), Plan(5), generator())
    assert point.list() == [4.0]


def test_a_validation_that_is_not_finite_stops_too():
    point = Point(0.0)
    validate, _ = scripted([3.0, 2.0, np.nan], point)
    falling = Objective(lambda batch, rng: point.x.sum(), ("point",), Optimizer("adam", 0.1))
    with pytest.raises(NotFiniteError, match="the 'validation' loss of epoch 2 is nan in step 4"):
        train({"point": point}, {"loss": falling}, empty(5), Plan(9), generator(), validate=validate)
    assert point.list() == pytest.approx([-1.0])


# bfloat16.


def test_bfloat16_is_used_where_it_is_asked_for():
    seen = {}
    for asked in (False, True):
        line = initialize(nn.Linear(4, 4), generator())

        def loss(batch, rng, line=line, asked=asked):
            seen[asked] = line(batch[0]).dtype
            return line(batch[0]).float().square().mean()

        batches = Shuffled(torch.ones(3, 4), batch=3)
        train({"line": line}, {"loss": Objective(loss, ("line",))}, batches, Plan(1, bfloat16=asked), generator())
        assert line.weight.dtype == torch.float32
    assert seen == {False: torch.float32, True: torch.bfloat16}


@pytest.mark.skipif(not has_bfloat16(torch.device("cpu")), reason="the processor has no bfloat16")
def test_bfloat16_is_the_default_of_none_where_the_processor_has_it():
    line, seen = initialize(nn.Linear(4, 4), generator()), []

    def loss(batch, rng):
        seen.append(line(batch[0]).dtype)
        return line(batch[0]).float().square().mean()

    batches = Shuffled(torch.ones(3, 4), batch=3)
    train({"line": line}, {"loss": Objective(loss, ("line",))}, batches, Plan(1, bfloat16=None), generator())
    assert seen == [torch.bfloat16]


# Bad input.


def test_bad_input_is_refused():
    point = Point(0.0)
    fine = Objective(lambda batch, rng: point.x.sum(), ("point",))
    with pytest.raises(ValueError, match="network 'line' of objective 'loss': allowed are point"):
        train({"point": point}, {"loss": Objective(fine.loss, ("line",))}, empty(1), Plan(1), generator())
    none = Objective(fine.loss, ("none",))
    with pytest.raises(ValueError, match="no parameters to train"):
        train({"point": point, "none": nn.ReLU()}, {"loss": none}, empty(1), Plan(1), generator())
    with pytest.raises(ValueError, match="at least one"):
        train({"point": point}, {}, empty(1), Plan(1), generator())
    with pytest.raises(ValueError, match="a validation has to be watched"):
        train({"point": point}, {"one": fine, "two": fine}, empty(1), Plan(1, patience=3), generator())
    with pytest.raises(ValueError, match="none in epoch 0"):
        train({"point": point}, {"loss": fine}, empty(0), Plan(1), generator())
    with pytest.raises(ValueError, match=r"lengths \[3, 4\]"):
        Shuffled(torch.zeros(3), torch.zeros(4), batch=2)
    with pytest.raises(ValueError, match="batch 0"):
        Shuffled(torch.zeros(3), batch=0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Optimizer("sgd"), "optimizer 'sgd': allowed are 'adadelta', 'adam', 'adamw', 'rmsprop'"),
        (lambda: Optimizer(decay="step"), "decay 'step'"),
        (lambda: Optimizer(rate=0.0), r"rate 0\.0"),
        (lambda: Optimizer(rate=float("nan")), "rate nan"),
        (lambda: Optimizer(clip_gradient=-1.0), r"clip_gradient -1\.0"),
        (lambda: Optimizer(clip_weights=0.0), r"clip_weights 0\.0"),
        (lambda: Optimizer(warm_up=-1), "warm_up -1"),
        (lambda: Plan(0), "epochs 0"),
        (lambda: Plan(1, patience=0), "patience 0"),
        (lambda: Plan(1, tolerance=1.0), r"tolerance 1\.0"),
        (lambda: Plan(1, averaging=1.0), r"averaging 1\.0"),
        (lambda: Objective(None, ()), r"networks \(\)"),
        (lambda: Objective(None, "point"), "networks 'point'"),
        (lambda: Objective(None, ("point",), every=0), "every 0"),
    ],
)
def test_settings_are_checked(make, message):
    with pytest.raises(ValueError, match=message):
        make()
