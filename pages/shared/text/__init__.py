"""Text on screen: languages, translation, Markdown."""
