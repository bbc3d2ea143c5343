"""The app in a browser tab of this machine: a server on loopback, with a link that works once. Needs the extra `web`."""
