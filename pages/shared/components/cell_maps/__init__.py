"""Maps of cells that show under the pointer what each cell is, and tell Python which one was clicked."""
