"""Rules that use values alone."""
