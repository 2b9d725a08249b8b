"""Claims of the papers, the verdicts on them, and the scorecard."""
