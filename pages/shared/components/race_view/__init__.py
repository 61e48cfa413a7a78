"""The race view: surface, contour map, curves and leader board as one component with one clock; its browser side is beside."""
