"""Words of 64 bits: vectors of them, random ones, and rows of spins as bits."""
