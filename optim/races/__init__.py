"""A race: what it asks for, how it is run, how each run ended, and its result."""
