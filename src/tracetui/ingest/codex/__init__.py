"""Codex rollouts: their items, the thread that they are replayed into, and the files that a thread is spread over."""
