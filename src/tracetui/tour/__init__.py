"""The tour of an incident: pages to show to a room, one idea a page."""
