import pytest

LOOPS = """
	vpxorq	%zmm0, %zmm0, %zmm0
.LBB0_1:
	movq	%rax, %rbx
	vpaddq	%zmm1, %zmm2, %zmm3
	vpxorq	(%rdi), %zmm3, %zmm3
	je	.LBB0_3
	vpsllq	$1, %zmm1, %zmm2
	vpsllq	$2, %zmm1, %zmm2
	vpsllq	$3, %ymm1, %ymm2
.LBB0_3:
	vmovdqu64	%zmm3, (%rdi)
	decq	%rax
	jne	.LBB0_1
	vmovups	%ymm0, (%rax)
	vzeroupper
	jmp	.LBB0_9
"""


@pytest.fixture
def assembly(load):
    return load("assembly")


def test_the_loop_is_counted_with_its_branches_and_nothing_else(assembly):
    assert assembly.busiest_loop(LOOPS) == (6, 512)


def test_the_innermost_loop_is_meant(assembly):
    nested = f".LBB0_8:\n\tvpaddq %zmm1, %zmm1, %zmm1{LOOPS}\tjne\t.LBB0_8\n"
    assert assembly.busiest_loop(nested) == (6, 512)


def test_arm_registers_count_too(assembly):
    text = "LBB1_2:\n\teor\tv0.16b, v1.16b, v2.16b\n\tadd\tv3.2d, v1.2d, v2.2d\n\tcbnz\tx8, LBB1_2\n"
    assert assembly.busiest_loop(text) == (2, 128)


def test_without_a_loop_there_is_nothing_to_count(assembly):
    with pytest.raises(ValueError, match="no loop"):
        assembly.busiest_loop("\tvpaddq\t%zmm1, %zmm2, %zmm3\n\tretq\n")
