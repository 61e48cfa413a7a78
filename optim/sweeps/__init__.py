"""Many races at once: grids, how they are run and reduced, scores, and tuning."""
