"""One valley, one minimum: quadratic bowls, where theory is exact."""

import numpy as np

from optim.problems.build import from_formula

elongated_bowl = from_formula(
    "elongated_bowl",
    "x**2/20 + y**2",
    title="Elongated bowl (the book's)",
    family="Bowls",
    domain=((-10.0, 10.0), (-10.0, 10.0)),
    view=((-10.0, 10.0), (-5.0, 5.0)),
    minima=((0.0, 0.0),),
    starts=((-7.0, 2.0), (-9.0, 4.0), (6.0, -3.0)),
    levels=tuple(np.logspace(-3, 1.5, 24)),
    log_z=True,
    tags=("convex", "quadratic", "axis-aligned"),
    teaches="The y direction is 20 times steeper than x. One learning rate cannot suit both: plain SGD zigzags across the "
    "valley in y while it crawls along x. Momentum averages the zigzag out; AdaGrad, RMSProp and Adam give each coordinate "
    "its own scale, which works because the valley lies along an axis.",
    reference="Saito, Deep Learning from Scratch, chapter 6 (2016)",
)

sphere = from_formula(
    "sphere",
    "x**2 + y**2",
    title="Sphere",
    family="Bowls",
    domain=((-5.12, 5.12), (-5.12, 5.12)),
    minima=((0.0, 0.0),),
    starts=((-4.0, 3.0), (4.0, 1.0)),
    levels=tuple(np.logspace(-3, 1.7, 20)),
    log_z=True,
    tags=("convex", "quadratic", "axis-aligned"),
    teaches="The same curvature in every direction: SGD walks straight in and needs a single step at lr = 1/2. Whatever wiggles "
    "here does so by its own dynamics: momentum overshoots, Adam circles in steps of about its learning rate.",
    reference="folklore",
)

rotated_ellipse = from_formula(
    "rotated_ellipse",
    "((x + y)**2 + 100*(x - y)**2)/4",
    title="Rotated ellipse",
    family="Bowls",
    domain=((-5.0, 5.0), (-5.0, 5.0)),
    minima=((0.0, 0.0),),
    starts=((-4.0, -3.0), (4.5, 1.5), (-4.5, 3.5)),
    levels=tuple(np.logspace(-2, 3.2, 24)),
    log_z=True,
    tags=("convex", "quadratic", "rotated"),
    teaches="A valley 100 times steeper across than along, turned by 45 degrees. Both coordinates now see the same curvature, so "
    "scaling them one by one no longer helps AdaGrad, RMSProp and Adam; momentum keeps its edge.",
    reference="after the BBOB suite's f10 (Hansen et al., 2009)",
)
