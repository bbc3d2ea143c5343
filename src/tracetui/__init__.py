"""tracetui: the terminal debugger for AI-agent incidents."""

__version__ = "0.1.0"
