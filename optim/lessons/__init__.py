"""Lessons by theme, one object each, in the order in which they are best read, and the registry of them."""

from optim.lessons import flats, floors, rules, walls
from optim.lessons.lesson import Lesson
from optim.registry import Registry, members

LESSONS: Registry[Lesson] = Registry([lesson for theme in (walls, flats, floors, rules) for lesson in members(vars(theme), Lesson)])
