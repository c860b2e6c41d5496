"""Charts (altair), drawn without a network."""
