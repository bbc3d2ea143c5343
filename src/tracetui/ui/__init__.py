"""The Textual app. The only package that imports textual or rich; one client of the headless core among others."""
