"""What the pages share: inputs and links, cached computations, panels."""
