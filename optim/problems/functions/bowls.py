"""One minimum, curving up from it all around: bowls, most of them quadratic, where theory is exact."""

import numpy as np

from optim.i18n.message import message
from optim.problems.from_formula import from_formula

elongated_bowl = from_formula(
    "elongated_bowl",
    "x**2/20 + y**2",
    title="Elongated bowl (the book's)",
    family="Bowls: how large a learning rate may be",
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
    reference=message("Saito, Deep Learning from Scratch, chapter 6 (2016)"),
)

sphere = from_formula(
    "sphere",
    "x**2 + y**2",
    title="Sphere",
    family="Bowls: how large a learning rate may be",
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
    family="Bowls: how large a learning rate may be",
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

booth = from_formula(
    "booth",
    "(x + 2*y - 7)**2 + (2*x + y - 5)**2",
    title="Booth",
    family="Bowls: how large a learning rate may be",
    domain=((-10.0, 10.0), (-10.0, 10.0)),
    minima=((1.0, 3.0),),
    starts=((-8.0, 8.0), (-6.0, -7.0), (8.0, -8.0)),
    levels=tuple(np.logspace(-1, 3.4, 22)),
    log_z=True,
    tags=("convex", "quadratic", "rotated"),
    teaches="A mild slanted bowl, 9 times steeper across than along, whose minimum is not the origin. Whatever pulls "
    "towards zero, such as weight decay, ends beside the minimum here and looks right on bowls centred at zero.",
    reference="Jamil & Yang, A literature survey of benchmark functions for global optimization problems (2013)",
)

matyas = from_formula(
    "matyas",
    "0.26*(x**2 + y**2) - 0.48*x*y",
    title="Matyas",
    family="Bowls: how large a learning rate may be",
    domain=((-10.0, 10.0), (-10.0, 10.0)),
    minima=((0.0, 0.0),),
    starts=((-9.0, 5.0), (8.0, 9.0), (-2.0, 9.0)),
    levels=tuple(np.logspace(-3, 2, 22)),
    log_z=True,
    tags=("convex", "quadratic", "rotated"),
    teaches="A shallow diagonal valley, 25 times steeper across than along. On its floor the slope is tiny while the minimum is "
    "still far, so a small gradient does not mean nearly done: from (8, 9) it is below 1 at a distance of 12.",
    reference="Jamil & Yang, A literature survey of benchmark functions for global optimization problems (2013)",
)

quartic_bowl = from_formula(
    "quartic_bowl",
    "(x**4 + y**4)/4",
    title="Quartic bowl (flat minimum)",
    family="Bowls: how large a learning rate may be",
    domain=((-3.0, 3.0), (-3.0, 3.0)),
    minima=((0.0, 0.0),),
    starts=((-2.5, 1.5), (2.0, 2.5)),
    levels=tuple(np.logspace(-6, 1.6, 24)),
    log_z=True,
    tags=("convex", "degenerate"),
    teaches="The curvature vanishes at the minimum, so the rules for quadratic bowls fail: plain SGD slows down to "
    "|x| = 1/sqrt(2 lr t), and Newton's method gains only a third of the way per step. Methods that rescale "
    "the gradient look fast until they hover at the size of their own steps.",
    reference="folklore",
)

noisy_quadratic = from_formula(
    "noisy_quadratic",
    "(x**2 + 25*y**2)/2",
    title="Noisy quadratic",
    family="Bowls: how large a learning rate may be",
    domain=((-5.0, 5.0), (-2.0, 2.0)),
    minima=((0.0, 0.0),),
    starts=((-4.0, 1.5), (4.0, 0.5)),
    levels=tuple(np.logspace(-2, 2, 22)),
    log_z=True,
    tags=("stochastic", "convex", "quadratic"),
    teaches="Turn on gradient noise: the loss falls to a floor and stays there. At a fixed lr, more momentum raises the floor; "
    "at a fixed lr/(1 - momentum) the floor hardly moves. Only a smaller or decaying lr, or an average of the points, "
    "gets below it.",
    reference="after Zhang et al., Which algorithmic choices matter at which batch sizes? (2019)",
)
