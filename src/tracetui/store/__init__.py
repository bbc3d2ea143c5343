"""Incidents on disk. Files are the truth; nothing that was shown as saved is ever lost."""
