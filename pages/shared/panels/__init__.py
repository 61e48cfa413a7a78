"""What the pages show, a room for each kind of page."""
