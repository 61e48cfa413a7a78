"""Networks: the registry's optimizers on the weights of a real network, the same batches for every entry."""
