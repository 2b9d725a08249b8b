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
from numba import types
from numba.core import cgutils
from numba.extending import lower_builtin, models, register_model, type_callable

WIDTH = 8  # words of a vector

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
    """A copy of words, uint64, that begins at a cache line, so that no vector lies across two lines."""
    memory = np.empty(words.size + WIDTH, np.uint64)
    start = -memory.ctypes.data // 8 % WIDTH
    copy = memory[start : start + words.size].reshape(words.shape)
    copy[...] = words
    return copy


def widest(word: Any) -> Any:
    """Eight copies of a word; one copy where numba is told not to compile (NUMBA_DISABLE_JIT)."""
    return word


def width(like: Any) -> Any:
    """The number of words that are handled at once: 1 or 8."""
    return 1


def splat(word: Any, like: Any) -> Any:
    """A word as the kernel handles it: itself, or eight copies of it."""
    return word


def load(words: Any, row: Any, column: Any, like: Any) -> Any:
    """words[row, column], or the eight words from there on. row: all indices but the last. Bounds are not checked."""
    return words[row][column]


def store(words: Any, row: Any, column: Any, value: Any) -> Any:
    """The inverse of `load`."""
    words[row][column] = value


def store_bytes(memory: Any, first: Any, word: Any) -> Any:
    """Write the eight bytes of a word, its lowest first, to memory[first : first + 8]; memory: int8 (n,)."""
    memory[first : first + 8] = np.array([word], "<u8").view(np.int8)


def select(bits: Any, first: Any, second: Any) -> Any:
    """The bits of `first` where those of `bits` are 1, else those of `second`."""
    return (bits & first) | (~bits & second)


def add_bits(first: Any, second: Any, third: Any) -> Any:
    """Sum of three bits, for each bit of the words: its digit of weight 1, and the carry of weight 2."""
    unlike = first ^ second
    return unlike ^ third, (first & second) | (unlike & third)


def prefetch(words: Any, row: Any, column: Any) -> Any:
    """Load the cache line of words[row, column] in the background."""


def any_bit(value: Any) -> Any:
    """Whether any bit is set."""
    return value != np.uint64(0)


def set_words(value: Any) -> Any:
    """A bit for each word, the first one's lowest: whether any bit of it is set. uint64."""
    return np.uint64(value != np.uint64(0))


def lowest_bit(word: Any) -> Any:
    """Number of the lowest set bit of one word that is not zero, uint64."""
    return np.uint64((int(word) & -int(word)).bit_length() - 1)


def _kind(like: Any) -> Any:
    """The numba type that is handled at once, for a `like` of this type."""
    return _vector if like == _vector else types.uint64


def _implement(function: Callable, result: Callable, generate: Callable) -> None:
    """Let compiled code call `function`, whose result has the type result(*types), as the instructions of `generate`.

    An overload would do the same, but would be compiled for each combination of types.
    """
    type_callable(function)(lambda context: result)
    lower_builtin(function, types.VarArg(types.Any))(generate)


def _broadcast(builder: Any, word: Any) -> Any:
    first = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), word, ir.Constant(_INDEX, 0))
    everywhere = ir.Constant(ir.VectorType(_INDEX, WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(first, ir.Constant(_VECTOR, ir.Undefined), everywhere)


def _pointer(context: Any, builder: Any, signature: Any, arguments: Any, kind: Any) -> Any:
    """The address of words[row, column], as a pointer to the LLVM type `kind`."""
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    row: Any = signature.args[1]
    is_tuple = isinstance(row, types.BaseTuple)
    numbers = [*(cgutils.unpack_tuple(builder, arguments[1]) if is_tuple else arguments[1:2]), arguments[2]]
    kinds = [*(row if is_tuple else (row,)), signature.args[2]]
    indices = [context.cast(builder, number, kind, types.intp) for number, kind in zip(numbers, kinds, strict=True)]
    item = cgutils.get_item_pointer(context, builder, signature.args[0], array, indices, wraparound=False)
    return builder.bitcast(item, kind.as_pointer())


def _generate_widest(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    return _broadcast(builder, arguments[0])


def _generate_width(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    return context.get_constant(types.intp, WIDTH if signature.args[0] == _vector else 1)


def _generate_splat(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    word = context.cast(builder, arguments[0], signature.args[0], types.uint64)
    return _broadcast(builder, word) if signature.return_type == _vector else word


def _generate_load(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    kind = _VECTOR if signature.return_type == _vector else _WORD
    return builder.load(_pointer(context, builder, signature, arguments, kind), align=8)


def _generate_store(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    value, kind = arguments[3], signature.args[3]
    if kind != _vector:
        value = context.cast(builder, value, kind, types.uint64)
    builder.store(value, _pointer(context, builder, signature, arguments, value.type), align=8)
    return context.get_dummy_value()


def _generate_store_bytes(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    index = [context.cast(builder, arguments[1], signature.args[1], types.intp)]
    item = cgutils.get_item_pointer(context, builder, signature.args[0], array, index, wraparound=False)
    builder.store(arguments[2], builder.bitcast(item, _WORD.as_pointer()), align=1)
    return context.get_dummy_value()


def _generate_select(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    bits, first, second = arguments
    return builder.xor(builder.and_(builder.xor(first, second), bits), second)


def _generate_add_bits(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    first, second, third = arguments
    unlike = builder.xor(first, second)
    carry = builder.or_(builder.and_(first, second), builder.and_(unlike, third))
    return context.make_tuple(builder, signature.return_type, [builder.xor(unlike, third), carry])


def _generate_prefetch(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    item = _pointer(context, builder, signature, arguments, ir.IntType(8))
    kind = ir.FunctionType(ir.VoidType(), [item.type, _INDEX, _INDEX, _INDEX])
    # To be read, to be kept near, data.
    settings = [ir.Constant(_INDEX, number) for number in (0, 3, 1)]
    builder.call(builder.module.declare_intrinsic("llvm.prefetch", [item.type], kind), [item, *settings])
    return context.get_dummy_value()


def _generate_any_bit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    bits = arguments[0]
    if signature.args[0] == _vector:
        bits = builder.bitcast(bits, _ALL_BITS)
    return builder.icmp_unsigned("!=", bits, ir.Constant(bits.type, 0))


def _generate_set_words(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    is_set = builder.icmp_unsigned("!=", arguments[0], ir.Constant(arguments[0].type, None))
    if signature.args[0] == _vector:
        is_set = builder.bitcast(is_set, ir.IntType(WIDTH))
    return builder.zext(is_set, _WORD)


def _generate_lowest_bit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))


_implement(widest, lambda word: _vector, _generate_widest)
_implement(width, lambda like: types.intp, _generate_width)
_implement(splat, lambda word, like: _kind(like), _generate_splat)
_implement(load, lambda words, row, column, like: _kind(like), _generate_load)
_implement(store, lambda words, row, column, value: types.void, _generate_store)
_implement(store_bytes, lambda memory, first, word: types.void, _generate_store_bytes)
_implement(select, lambda bits, first, second: _kind(bits), _generate_select)
_implement(add_bits, lambda first, second, third: types.UniTuple(_kind(first), 2), _generate_add_bits)
_implement(prefetch, lambda words, row, column: types.void, _generate_prefetch)
_implement(any_bit, lambda value: types.boolean, _generate_any_bit)
_implement(set_words, lambda value: types.uint64, _generate_set_words)
_implement(lowest_bit, lambda word: types.uint64, _generate_lowest_bit)


def _implement_operator(operation: Callable, instruction: str) -> None:
    """Let `operation` act on two vectors as LLVM's `instruction`."""

    def result(left: Any, right: Any) -> Any:
        return _vector if left == _vector and right == _vector else None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return getattr(builder, instruction)(*arguments)

    type_callable(operation)(lambda context: result)
    lower_builtin(operation, _vector, _vector)(generate)


def _implement_shift(operation: Callable, instruction: str) -> None:
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


_implement_operator(operator.xor, "xor")
_implement_operator(operator.ixor, "xor")
_implement_operator(operator.and_, "and_")
_implement_operator(operator.or_, "or_")
_implement_operator(operator.ior, "or_")
_implement_operator(operator.add, "add")
_implement_shift(operator.lshift, "shl")
_implement_shift(operator.rshift, "lshr")
