import numpy as np
import pytest

from spinlib.samplers import random
from spinlib.samplers.random import keyed_generator, keyed_streams, streams, thresholds

GOLDEN = 0x9E3779B97F4A7C15


def test_xoshiro256_plus_plus_reference_outputs():
    # The first outputs of the authors' C code from the state 1, 2, 3, 4.
    state = np.array([1, 2, 3, 4], dtype=np.uint64)
    expected = [41943041, 58720359, 3588806011781223, 3591011842654386, 9228616714210784205, 9973669472204895162]
    assert [int(random.next_uint64(state)) for _ in expected] == expected


def test_splitmix64_reference_outputs():
    # SplitMix64 seeded with 1234567 advances its counter before the first output.
    key = np.uint64((1234567 + GOLDEN) % 2**64)
    expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
    assert [int(random.scramble(key, k)) for k in range(4)] == expected


def test_tuple_and_row_states_agree():
    row = streams(5, "a", 0, 1)[0]
    state = random.load(row)
    for _ in range(3):
        bits, state = random.advance(state)
        assert bits == random.next_uint64(row)
    random.store(row, state)
    number = random.next_float(row)
    bits, _ = random.advance(state)
    assert number == (int(bits) >> 11) / 2**53


def test_a_stream_depends_on_each_part_of_its_key():
    keys = [(0, "a", 0, 0), (1, "a", 0, 0), (0, "b", 0, 0), (0, "a", 1, 0), (0, "a", 0, 1), (2**70, "a", 0, 0)]
    states = [streams(seed, method, i, [block]).tobytes() for seed, method, i, block in keys]
    assert len(set(states)) == len(keys)


def test_a_stream_does_not_depend_on_its_company():
    assert np.array_equal(streams(3, "wolff", 2, 5)[[4, 1]], streams(3, "wolff", 2, [4, 1]))
    assert streams(3, "wolff", 2, 0).shape == (0, 4)


def test_keyed_streams_depend_on_every_bit_of_the_key_and_on_the_seed():
    key = bytes(range(32))
    keys = [key, *(key[:k] + bytes([key[k] ^ 1]) + key[k + 1 :] for k in range(32))]
    states = np.concatenate([keyed_streams(seed, keys) for seed in (0, 1, 2**31, 2**200)])
    assert states.shape == (4 * 33, 4)
    assert len(np.unique(states[:, 0])) == len(states)
    assert np.array_equal(keyed_streams(0, keys)[5:6], keyed_streams(0, keys[5:6]))
    assert keyed_streams(0, []).shape == (0, 4)
    # Half of the bits differ between any two.
    bits = np.unpackbits(states.view(np.uint8), axis=1).astype(int)
    shares = (bits[:, None] != bits).mean(-1)[np.triu_indices(len(bits), k=1)]
    assert 0.3 < shares.min() < shares.max() < 0.7
    with pytest.raises(ValueError, match="seed -1"):
        keyed_streams(-1, keys)


def test_keyed_generators_depend_on_their_key():
    torch = pytest.importorskip("torch")
    first, again, other, seeded = (
        torch.rand(8, generator=keyed_generator(seed, key))
        for seed, key in ((0, bytes(32)), (0, bytes(32)), (0, bytes(31) + b"1"), (1, bytes(32)))
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert not torch.equal(first, seeded)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [((-1, "a", 0, 1), ValueError), ((0.5, "a", 0, 1), TypeError), ((0, "a", 0, [-2]), ValueError)],
)
def test_keys_that_are_no_whole_numbers(arguments, error):
    with pytest.raises(error, match=r"-1|0\.5|-2"):
        streams(*arguments)


@pytest.mark.parametrize("n", [1, 2, 3, 100, 2**31])
def test_choose_is_the_product_of_bits_and_n(n):
    for bits in (0, 1, 2**32 - 1, 2**63 + 12345, 2**64 - 1):
        choice, rest = random.choose(np.uint64(bits), n)
        assert (int(choice), int(rest)) == divmod(bits * n, 2**64)


def test_thresholds_compare_as_53_bit_floats():
    probabilities = np.array([0.0, 2.0**-60, 2.0**-53, 0.1, np.exp(-8 / 2.269), 1 - 2.0**-53, 1.0])
    for probability, threshold in zip(probabilities, thresholds(probabilities), strict=True):
        near = [int(threshold) + step for step in (-1, 0, 1)]
        for number in (0, 1, 2**53 - 1, *(k for k in near if 0 <= k < 2**53)):
            uniform = random.to_float(np.uint64(number << 11))
            assert (number < int(threshold)) == (uniform < probability)


def test_torch_generator_depends_on_its_key():
    torch = pytest.importorskip("torch")
    first, again, other = (random.torch_generator(1, "convolution", 0, block) for block in (0, 0, 1))
    numbers = torch.rand(5, generator=first)
    assert torch.equal(numbers, torch.rand(5, generator=again))
    assert not torch.equal(numbers, torch.rand(5, generator=other))
