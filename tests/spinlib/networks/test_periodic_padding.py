import pytest
import torch
from torch.nn.functional import pad

from spinlib.networks.periodic_padding import periodic_pad


def images(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64).requires_grad_()


@pytest.mark.parametrize(("before", "after"), [(0, 0), (0, 1), (1, 2), (3, 3)])
def test_values_and_gradients_are_torchs_own(before, after):
    ours, theirs = images(2, 3, 5, 4), images(2, 3, 5, 4)
    padded = periodic_pad(ours, before, after)
    expected = pad(theirs, (before, after) * 2, mode="circular")
    assert torch.equal(padded, expected)
    weights = torch.randn(padded.shape, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    (padded * weights).sum().backward()
    (expected * weights).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_second_sides_may_be_a_whole_period():
    assert torch.equal(periodic_pad(images(1, 1, 2, 2), 2, 2)[0, 0], images(1, 1, 2, 2)[0, 0].repeat(3, 3))


@pytest.mark.parametrize(("shape", "before"), [((1, 1, 2, 2), 3), ((1, 1, 2, 2), -1), ((2, 2, 2), 1)])
def test_impossible_continuations_are_refused(shape, before):
    with pytest.raises(ValueError, match="cannot be continued"):
        periodic_pad(images(*shape), before, 1)
