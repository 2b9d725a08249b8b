"""Words of 64 bits: vectors of words, random words, and rows of spins as bits."""
