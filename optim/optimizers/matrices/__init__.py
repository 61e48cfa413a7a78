"""Update rules that move matrices, the weights between two layers, as matrices, and the other coordinates as Adam does."""
