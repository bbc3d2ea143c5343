"""Claude Code sessions: lines, the graph they form, the files they are spread over, and the session made of them."""
