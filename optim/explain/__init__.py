"""An update rule written out as lines of plain text: from each come its LaTeX, the same with numbers, and its value."""
