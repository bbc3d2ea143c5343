"""The first page, painted with the standard library alone while the app is still being loaded."""
