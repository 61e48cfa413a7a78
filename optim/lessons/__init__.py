"""Lessons by theme, one object each, in the order in which they are best read, and the registry of them."""

from optim.core.registry import Registry, members
from optim.lessons import flat_places, not_settling, steep_valleys, update_rules
from optim.lessons.lesson import Lesson

LESSONS: Registry[Lesson] = Registry(
    [lesson for theme in (steep_valleys, flat_places, not_settling, update_rules) for lesson in members(vars(theme), Lesson)]
)
