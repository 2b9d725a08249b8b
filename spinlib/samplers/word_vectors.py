"""Eight 64-bit words side by side in numba kernels: numba's own loops do not vectorise the packed-bit sweep.

A kernel written with these functions and with + ^ & | ~ << >> serves both kinds of word: its argument `like` is
either a uint64 (one word at a time) or a `Vector` (eight). The results are the same bit by bit. A vector is
LLVM's generic <8 x i64>, which LLVM splits into whatever registers the host has; no instruction set is named.

numba's disk cache does not notice an edit of this file: delete the __pycache__ of the kernels after one.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import extending, types
from numba.core import cgutils
from numba.extending import lower_builtin, models, overload, register_model, type_callable

WIDTH = 8  # words of a vector

# numba's annotation of it leaves the typing context among the arguments of a call.
intrinsic: Any = extending.intrinsic

_WORD = ir.IntType(64)
_VECTOR = ir.VectorType(_WORD, WIDTH)
_ALL_BITS = ir.IntType(64 * WIDTH)
_INDEX = ir.IntType(32)


class Vector(types.Type):
    """numba type of eight uint64; it lives inside kernels only."""

    def __init__(self) -> None:
        super().__init__(name=f"Vector({WIDTH} x uint64)")


_vector = Vector()


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, data_model_manager: Any, numba_type: Any) -> None:
        super().__init__(data_model_manager, numba_type, _VECTOR)


def aligned(words: np.ndarray) -> np.ndarray:
    """A copy of words, uint64, that begins at a cache line, so that no vector of theirs needs two."""
    memory = np.empty(words.size + WIDTH, np.uint64)
    start = -memory.ctypes.data // 8 % WIDTH
    copy = memory[start : start + words.size].reshape(words.shape)
    copy[...] = words
    return copy


def widest(word):
    """Eight copies of a word; one where numba is told not to compile (NUMBA_DISABLE_JIT)."""
    return word


def width(like):
    """Words that are handled at once: 1 or 8."""
    return 1


def splat(word, like):
    """A word, or eight copies of it."""
    return word


def load(words, row, column, like):
    """words[row, column], or the eight words from there on. row: all indices but the last. Bounds are not checked."""
    return words[row][column]


def store(words, row, column, value):
    """The inverse of `load`."""
    words[row][column] = value


def prefetch(words, row, column):
    """Have words[row, column] and those in the same cache line brought here while the program goes on."""


def any_bit(value):
    """Whether any bit is set."""
    return value != np.uint64(0)


def set_words(value):
    """A bit for each word, the first one's lowest: whether any bit of it is set. uint64."""
    return np.uint64(value != np.uint64(0))


def lowest_bit(word):
    """Number of the lowest set bit of one word that is not zero, uint64."""
    return np.uint64((int(word) & -int(word)).bit_length() - 1)


# numba wants the signatures of an overload and of what it returns to be equal, annotations included: none here.
@overload(widest)
def _widest(word):
    return lambda word: _splat_vector(word)


@overload(width)
def _width(like):
    words = WIDTH if like == _vector else 1
    return lambda like: words


@overload(splat)
def _splat(word, like):
    return (lambda word, like: _splat_vector(word)) if like == _vector else splat


# A row that a tuple stands for is not taken out of its array first: numba counts references to what that would make.
@overload(load)
def _load(words, row, column, like):
    if like == _vector:
        return lambda words, row, column, like: _load_vector(words, row, column)
    if isinstance(row, types.BaseTuple):
        return lambda words, row, column, like: words[row + (column,)]  # noqa: RUF005
    return lambda words, row, column, like: words[row, column]


@overload(store)
def _store(words, row, column, value):
    if value == _vector:
        return lambda words, row, column, value: _store_vector(words, row, column, value)

    def into_tuple(words, row, column, value):
        words[row + (column,)] = value  # noqa: RUF005

    def into_row(words, row, column, value):
        words[row, column] = value

    return into_tuple if isinstance(row, types.BaseTuple) else into_row


@overload(prefetch)
def _prefetch(words, row, column):
    return lambda words, row, column: _prefetch_line(words, row, column)


@overload(any_bit)
def _any_bit(value):
    return (lambda value: _any_bit_vector(value)) if value == _vector else any_bit


@overload(set_words)
def _set_words(value):
    return (lambda value: _set_words_vector(value)) if value == _vector else set_words


@overload(lowest_bit)
def _lowest_bit(word):
    return lambda word: _trailing_zeros(word)


def _broadcast(builder: Any, word: Any) -> Any:
    first = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), word, ir.Constant(_INDEX, 0))
    everywhere = ir.Constant(ir.VectorType(_INDEX, WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(first, ir.Constant(_VECTOR, ir.Undefined), everywhere)


def _pointer(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    row: Any = signature.args[1]
    is_tuple = isinstance(row, types.BaseTuple)
    numbers = [*(cgutils.unpack_tuple(builder, arguments[1]) if is_tuple else arguments[1:2]), arguments[2]]
    kinds = [*(row if is_tuple else (row,)), signature.args[2]]
    indices = [context.cast(builder, number, kind, types.intp) for number, kind in zip(numbers, kinds, strict=True)]
    item = cgutils.get_item_pointer(context, builder, signature.args[0], array, indices, wraparound=False)
    return builder.bitcast(item, _VECTOR.as_pointer())


@intrinsic
def _splat_vector(typing_context: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _broadcast(builder, arguments[0])

    return _vector(types.uint64), generate


@intrinsic
def _load_vector(typing_context: Any, words: Any, row: Any, column: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_pointer(context, builder, signature, arguments), align=8)

    return _vector(words, row, column), generate


@intrinsic
def _store_vector(typing_context: Any, words: Any, row: Any, column: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[3], _pointer(context, builder, signature, arguments), align=8)
        return context.get_dummy_value()

    return types.void(words, row, column, value), generate


@intrinsic
def _prefetch_line(typing_context: Any, words: Any, row: Any, column: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        item = builder.bitcast(_pointer(context, builder, signature, arguments), ir.IntType(8).as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [item.type, _INDEX, _INDEX, _INDEX])
        # To be read, to be kept near, data.
        settings = [ir.Constant(_INDEX, number) for number in (0, 3, 1)]
        builder.call(builder.module.declare_intrinsic("llvm.prefetch", [item.type], kind), [item, *settings])
        return context.get_dummy_value()

    return types.void(words, row, column), generate


@intrinsic
def _any_bit_vector(typing_context: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        bits = builder.bitcast(arguments[0], _ALL_BITS)
        return builder.icmp_unsigned("!=", bits, ir.Constant(_ALL_BITS, 0))

    return types.boolean(value), generate


@intrinsic
def _set_words_vector(typing_context: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        is_set = builder.icmp_unsigned("!=", arguments[0], ir.Constant(_VECTOR, None))
        return builder.zext(builder.bitcast(is_set, ir.IntType(WIDTH)), _WORD)

    return types.uint64(value), generate


@intrinsic
def _trailing_zeros(typing_context: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), generate


def _give_operator(operation: Callable, instruction: str) -> None:
    """Let `operation` act on two vectors as LLVM's `instruction`."""

    def result(left: Any, right: Any) -> Any:
        return _vector if left == _vector and right == _vector else None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return getattr(builder, instruction)(*arguments)

    type_callable(operation)(lambda context: result)
    lower_builtin(operation, _vector, _vector)(generate)


def _give_shift(operation: Callable, instruction: str) -> None:
    """Let `operation` shift every word of a vector by one integer as LLVM's `instruction`."""

    def result(value: Any, count: Any) -> Any:
        return _vector if value == _vector and isinstance(count, types.Integer) else None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        count = context.cast(builder, arguments[1], signature.args[1], types.uint64)
        return getattr(builder, instruction)(arguments[0], _broadcast(builder, count))

    type_callable(operation)(lambda context: result)
    lower_builtin(operation, _vector, types.Integer)(generate)


@type_callable(operator.invert)
def _type_of_invert(context: Any) -> Callable:
    def result(value: Any) -> Any:
        return _vector if value == _vector else None

    return result


@lower_builtin(operator.invert, _vector)
def _invert(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    return builder.not_(arguments[0])


_give_operator(operator.xor, "xor")
_give_operator(operator.ixor, "xor")
_give_operator(operator.and_, "and_")
_give_operator(operator.or_, "or_")
_give_operator(operator.ior, "or_")
_give_operator(operator.add, "add")
_give_shift(operator.lshift, "shl")
_give_shift(operator.rshift, "lshr")
