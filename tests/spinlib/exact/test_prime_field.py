"""Prime fields against Python's integers and against direct sums."""

from itertools import islice

import numpy as np
import pytest

from spinlib.exact import prime_field


@pytest.mark.parametrize("order", [2, 12, 96, 2**14 * 45])
def test_fields_hold_roots_of_unity(order):
    fields = list(islice(prime_field.fields(order), 3))
    assert len({prime for prime, _ in fields}) == 3
    for prime, root in fields:
        assert prime < prime_field.PRIMES_BELOW
        assert prime % order == 1
        assert all(prime % k for k in range(2, 46341))
        powers = [pow(root, order // k, prime) for k in range(1, order + 1) if order % k == 0]
        assert powers[0] == 1
        assert 1 not in powers[1:]


def test_primes_run_out():
    with pytest.raises(ArithmeticError, match="too few primes"):
        list(prime_field.fields(2**27))


def test_powers():
    ((prime, root),) = islice(prime_field.fields(64), 1)
    assert prime_field.powers(root, 32, prime).tolist() == [pow(root, k, prime) for k in range(32)]
    base = np.array([0, 1, 2, prime - 1, prime + 5, 2**32 - 1], dtype=np.uint64)
    for exponent in (0, 1, 2, 37):
        expected = [pow(int(b), exponent, prime) for b in base]
        assert prime_field.power(base, exponent, prime).tolist() == expected


def test_transform_is_the_sum_and_its_own_inverse():
    ((prime, root),) = islice(prime_field.fields(32), 1)
    values = np.random.default_rng(3).integers(0, prime, 32, dtype=np.uint64)
    transformed = prime_field.transform(values, root, prime)
    direct = [sum(int(v) * pow(root, j * k, prime) for j, v in enumerate(values)) % prime for k in range(32)]
    assert transformed.tolist() == direct
    back = prime_field.transform(transformed, pow(root, -1, prime), prime)
    assert (back * pow(32, -1, prime) % prime).tolist() == values.tolist()
