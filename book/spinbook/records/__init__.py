"""Results of expensive runs: how they are computed, stored, compared, and where they come from."""
