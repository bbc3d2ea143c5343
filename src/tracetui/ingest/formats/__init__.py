"""One module a format. Formats are independent of one another; what two need lies in `tracetui.ingest`."""
