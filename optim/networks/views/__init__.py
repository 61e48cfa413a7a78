"""Views of a training that is done: the plane of all paths and the loss on it, the inside of a network, what it decides where."""
