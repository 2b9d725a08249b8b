"""Networks: one architecture per file. They know no data and no training."""
