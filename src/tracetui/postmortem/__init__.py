"""The postmortem: its form as data, its document, and what the trace can fill in by itself."""
