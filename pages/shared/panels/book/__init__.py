"""The Book page, section by section: the notebook's way through chapter 6, with everything in it to play with."""
