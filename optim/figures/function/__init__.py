"""Figures of a function alone: landscape, map, surface and thumbnail."""
