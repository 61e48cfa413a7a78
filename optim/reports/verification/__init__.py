"""How far every optimizer was from outside truth when it was last compared, and what that says."""
