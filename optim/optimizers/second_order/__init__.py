"""Rules that use curvature, and the line searches they share."""
