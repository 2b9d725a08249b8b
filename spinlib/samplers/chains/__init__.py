"""What all methods share: chains from the first configuration to the Dataset, and what "auto" chooses."""
