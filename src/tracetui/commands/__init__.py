"""The subcommands, one module each, and what they share: opening traces, JSON documents, plain text."""
