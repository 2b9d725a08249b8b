"""One colour's update of 32 Ising spins per word on a GPU, with exact acceptance probabilities, in Triton.

words[c, k] holds the sites of colour c of block k: site (i, j) has colour (i + j) mod 2 and stands in row i and
column j // 2. Each of a word's 32 bits is another configuration, or another strip of one configuration
(`spinlib.samplers.multispin.gpu`). Neighbours across a boundary are looked up on the other side.

`spinlib.samplers.multispin.cpu_kernel` describes how a word is updated: a bit adder counts unlike neighbours, and with
p = 0.c1 c2 c3 ... in binary and fair bits s1, s2, ... the digit c_k of the first k with s_k = 1 is 1 with probability
p. Here the planes s_k come four at a time. A program draws more of them while any of its sites is undecided; p is cut
off after `DIGITS` digits. Metropolis leaves a site out where s_1 ... s_8 are all 0.

Random words come from Philox4x32 with `ROUNDS` rounds (J. Salmon, M. Moraes, R. Dror and D. Shaw, SC11, 16 (2011)).
The key belongs to the block; the counter is (word, number of the four planes, half-sweep as two words). So there is no
state, and the samples do not depend on how words are distributed over programs.
"""

from __future__ import annotations

try:
    import triton
    import triton.language as tl
except ImportError as error:
    raise ImportError(
        "packed spins on a GPU need triton, which CUDA builds of torch bring along on Linux (else: pip install triton)"
    ) from error

DIGITS = tl.constexpr(64)
# Metropolis leaves a site out if all bits of so many times four planes are 0.
PROPOSAL_GROUPS = tl.constexpr(2)
ROUNDS = tl.constexpr(10)


@triton.jit
def _philox(key, c0, c1, c2, c3):
    """Four random words, int32, from a key, int64, and a counter: c1 a number of 31 bits, the others uint32."""
    # A 64-bit product is one instruction; separate upper and lower halves would take two.
    k0 = key.to(tl.uint32)
    k1 = (key >> 32).to(tl.uint32)
    for _ in tl.static_range(ROUNDS):
        even = c0.to(tl.uint64) * 0xD2511F53
        odd = c2.to(tl.uint64) * 0xCD9E8D57
        c0 = (odd >> 32).to(tl.uint32) ^ c1 ^ k0
        c1 = odd.to(tl.uint32)
        c2 = (even >> 32).to(tl.uint32) ^ c3 ^ k1
        c3 = even.to(tl.uint32)
        k0 = tl.add(k0, 0x9E3779B9, sanitize_overflow=False)
        k1 = tl.add(k1, 0xBB67AE85, sanitize_overflow=False)
    # Signed words have a complement in the interpreter too.
    return c0.to(tl.int32), c1.to(tl.int32), c2.to(tl.int32), c3.to(tl.int32)


@triton.jit
def _four_digits(digits, group):
    """Digits 4 group to 4 group + 3, for an even and then for an odd number of unlike neighbours."""
    even = digits + 4 * group
    odd = even + DIGITS
    return (
        (tl.load(even), tl.load(even + 1), tl.load(even + 2), tl.load(even + 3)),
        (tl.load(odd), tl.load(odd + 1), tl.load(odd + 2), tl.load(odd + 3)),
    )


@triton.jit
def _four_planes(accepted, counter, group, digits, odd):
    """`accepted` after four planes that precede those seen so far; the bits that they decide; the first plane."""
    key, word, low, high = counter
    s0, s1, s2, s3 = _philox(key, word, group, low, high)
    even_digits, odd_digits = digits
    # From the last digit to the first, so that the first k with s_k = 1 has the last word.
    accepted = (s3 & ((odd & odd_digits[3]) | (~odd & even_digits[3]))) | (~s3 & accepted)
    accepted = (s2 & ((odd & odd_digits[2]) | (~odd & even_digits[2]))) | (~s2 & accepted)
    accepted = (s1 & ((odd & odd_digits[1]) | (~odd & even_digits[1]))) | (~s1 & accepted)
    accepted = (s0 & ((odd & odd_digits[0]) | (~odd & even_digits[0]))) | (~s0 & accepted)
    return accepted, s0 | s1 | s2 | s3, s0


@triton.jit
def _blocks(n_blocks, n_parts, BLOCKS: tl.constexpr):
    """A program's blocks, int32 [BLOCKS, 1], and whether they exist; missing ones are replaced by the last."""
    block = tl.program_id(0) // n_parts * BLOCKS + tl.arange(0, BLOCKS)[:, None]
    return tl.minimum(block, n_blocks - 1), block < n_blocks


@triton.jit
def _words(start, exists, N_WORDS: tl.constexpr, WORDS: tl.constexpr):
    """The numbers of WORDS words from `start` on, int32 [1, WORDS], and whether they exist, [BLOCKS, WORDS]."""
    word = start + tl.arange(0, WORDS)[None, :]
    inside = exists & (word < N_WORDS)
    if N_WORDS % WORDS != 0:
        word = tl.minimum(word, N_WORDS - 1)
    return word, inside


@triton.jit
def _colors(words, block, n_blocks, N_WORDS: tl.constexpr, COLOR: tl.constexpr):
    """Where the blocks' sites of this colour and those of the other one begin."""
    sites = words + (COLOR * n_blocks + block).to(tl.int64) * N_WORDS
    return sites, words + ((1 - COLOR) * n_blocks + block).to(tl.int64) * N_WORDS


@triton.jit
def _unlike(
    sites,
    others,
    word,
    COLOR: tl.constexpr,
    N_ROWS: tl.constexpr,
    N_COLUMNS: tl.constexpr,
    UPPER: tl.constexpr,
    LOWER: tl.constexpr,
    SIDE: tl.constexpr,
    IN_STRIPS: tl.constexpr,
):
    """The words of sites and where they differ from the neighbours above, below, and twice in their row."""
    N_WORDS: tl.constexpr = N_ROWS * N_COLUMNS
    row = word // N_COLUMNS
    column = word % N_COLUMNS
    at_top = row == 0
    at_bottom = row == N_ROWS - 1
    up = tl.load(others + tl.where(at_top, word + (N_WORDS - N_COLUMNS), word - N_COLUMNS))
    down = tl.load(others + tl.where(at_bottom, word - (N_WORDS - N_COLUMNS), word + N_COLUMNS))
    if IN_STRIPS:
        up = tl.where(at_top, (up << 1) | ((up >> 31) & 1), up)
        down = tl.where(at_bottom, ((down >> 1) & 0x7FFFFFFF) | (down << 31), down)
    up ^= tl.where(at_top, UPPER, 0)
    down ^= tl.where(at_bottom, LOWER, 0)
    # One of the two neighbours in the row has the site's own column number; the other one is on this side.
    near = tl.load(others + word)
    side = (row + COLOR) % 2 * 2 - 1
    wraps = (column + side < 0) | (column + side == N_COLUMNS)
    far = tl.load(others + word + tl.where(wraps, side - side * N_COLUMNS, side))
    far ^= tl.where(wraps, SIDE, 0)
    site = tl.load(sites + word)
    return site, site ^ up, site ^ down, site ^ near, site ^ far


@triton.jit(do_not_specialize=["sweep"])
def update(
    words,
    keys,
    digits,
    clock,
    sweep,
    n_blocks,
    n_parts,
    COLOR: tl.constexpr,
    N_ROWS: tl.constexpr,
    N_COLUMNS: tl.constexpr,
    UPPER: tl.constexpr,
    LOWER: tl.constexpr,
    SIDE: tl.constexpr,
    IN_STRIPS: tl.constexpr,
    HEAT_BATH: tl.constexpr,
    GROUPS: tl.constexpr,
    BLOCKS: tl.constexpr,
    WORDS: tl.constexpr,
):
    """Attempt to flip every site of one colour, in sweep number `clock` + `sweep`.

    words: int32 (2, n_blocks, N_ROWS, N_COLUMNS), see above. keys: int64 (n_blocks,). digits: int32 (n_blocks, 2,
    DIGITS), the binary digits of the flip probabilities for an even (0) and an odd number of unlike neighbours, a bit
    per configuration. clock: int64 (1,). UPPER, LOWER, SIDE: the bits that change sign across these boundaries.
    IN_STRIPS: the bits are strips that follow each other. HEAT_BATH: Metropolis if false. GROUPS: the planes drawn
    at once, in fours, at least PROPOSAL_GROUPS; the result is the same for any number of them.

    A program updates BLOCKS blocks by WORDS words at a time; `n_parts` programs share BLOCKS blocks.
    """
    N_WORDS: tl.constexpr = N_ROWS * N_COLUMNS
    block, exists = _blocks(n_blocks, n_parts, BLOCKS)
    sites, others = _colors(words, block, n_blocks, N_WORDS, COLOR)
    digits += 2 * DIGITS * block
    key = tl.load(keys + block)
    step = 2 * (tl.load(clock) + sweep) + COLOR
    low = step.to(tl.uint32)
    high = (step >> 32).to(tl.uint32)
    first_digits = ()
    for group in tl.static_range(GROUPS):
        first_digits += (_four_digits(digits, group),)  # type: ignore[assignment]

    start = tl.program_id(0) % n_parts * WORDS
    while start < N_WORDS:
        word, inside = _words(start, exists, N_WORDS, WORDS)
        site, up, down, near, far = _unlike(
            sites, others, word, COLOR, N_ROWS, N_COLUMNS, UPPER, LOWER, SIDE, IN_STRIPS
        )
        vertical = up | down
        both_vertical = up & down
        level = near | far
        both_level = near & far
        two_or_more = both_vertical | both_level | (vertical & level)
        odd = up ^ down ^ near ^ far
        if HEAT_BATH:
            # p(4 - n) = 1 - p(n) for n unlike neighbours, and p(2) = 1/2.
            three_or_more = (both_vertical & level) | (both_level & vertical)
            special = two_or_more & ~three_or_more
        else:
            special = two_or_more

        counter = (key, word.to(tl.uint32), low, high)
        none = tl.zeros_like(site)
        accepted = none
        random = none
        proposed = none
        later = none
        for group in tl.static_range(GROUPS - 1, -1, -1):
            accepted, spoken, random = _four_planes(accepted, counter, group, first_digits[group], odd)
            if group < PROPOSAL_GROUPS:
                proposed |= spoken
            else:
                later |= spoken
        left = tl.where(inside, ~(proposed | later | special), 0)
        next_group = GROUPS
        while (tl.max((left != 0).to(tl.int32)) != 0) & (next_group < DIGITS // 4):
            more, spoken, _ = _four_planes(none, counter, next_group, _four_digits(digits, next_group), odd)
            accepted |= left & more
            left &= ~spoken
            next_group += 1

        if HEAT_BATH:
            flip = (special & random) | (~special & (three_or_more ^ accepted))
        else:
            flip = (special & proposed) | (~special & accepted)
        tl.store(sites + word, site ^ flip, inside)
        start += n_parts * WORDS


@triton.jit
def _ones(words, inside):
    """How many of the words [BLOCKS, WORDS] have each bit set, int32 [BLOCKS, 32]."""
    return tl.sum((tl.where(inside, words, 0)[:, :, None] >> tl.arange(0, 32)[None, None, :]) & 1, 1)


@triton.jit
def count(
    words,
    counts,
    n_blocks,
    n_parts,
    N_ROWS: tl.constexpr,
    N_COLUMNS: tl.constexpr,
    UPPER: tl.constexpr,
    LOWER: tl.constexpr,
    SIDE: tl.constexpr,
    IN_STRIPS: tl.constexpr,
    BLOCKS: tl.constexpr,
    WORDS: tl.constexpr,
):
    """Add to counts, int64 (3, n_blocks, 32), for each bit the set sites of colours 0 and 1 and the unlike bonds.

    The other arguments are those of `update`.
    """
    N_WORDS: tl.constexpr = N_ROWS * N_COLUMNS
    block, exists = _blocks(n_blocks, n_parts, BLOCKS)
    sites, others = _colors(words, block, n_blocks, N_WORDS, 0)
    first = tl.zeros([BLOCKS, 32], tl.int32)
    second = first
    unlike = first
    start = tl.program_id(0) % n_parts * WORDS
    while start < N_WORDS:
        word, inside = _words(start, exists, N_WORDS, WORDS)
        # Every bond joins a site of colour 0 with one of colour 1.
        site, up, down, near, far = _unlike(sites, others, word, 0, N_ROWS, N_COLUMNS, UPPER, LOWER, SIDE, IN_STRIPS)
        first += _ones(site, inside)
        second += _ones(site ^ near, inside)
        unlike += _ones(up, inside) + _ones(down, inside) + _ones(near, inside) + _ones(far, inside)
        start += n_parts * WORDS
    # Where a block does not exist, zeros are added to the last one.
    to = counts + block * 32 + tl.arange(0, 32)[None, :]
    tl.atomic_add(to, first.to(tl.int64))
    tl.atomic_add(to + n_blocks * 32, second.to(tl.int64))
    tl.atomic_add(to + 2 * n_blocks * 32, unlike.to(tl.int64))


INTERPRETED = not isinstance(update, triton.JITFunction)
