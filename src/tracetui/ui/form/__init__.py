"""The form on the screen: what it edits (`desk`), its fields, its rows, and how they are painted."""
