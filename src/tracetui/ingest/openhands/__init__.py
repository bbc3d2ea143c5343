"""OpenHands: the events of its two generations as steps."""
