"""What a visitor sets: the fields, their state, presets, and the codec of links."""
