"""What everything else stands on: the types, the oracle, the engine that runs a rule, and the text of a rule's lines."""
