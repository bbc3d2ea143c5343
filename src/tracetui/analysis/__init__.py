"""Deterministic forensics over a session. Imports the model and the standard library, never a reader or a screen."""
