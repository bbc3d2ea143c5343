"""Widgets that paint only what is visible."""
