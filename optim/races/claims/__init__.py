"""Why runs ended as they did: every causal clause as a claim, with the check of the run's numbers that it needs."""
