"""Reading traces: a source of bytes, a format that recognises them, a session built from them, an account of it all."""
