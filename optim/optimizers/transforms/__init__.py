"""What goes around a rule: gradient modifiers, schedules and their composition."""
