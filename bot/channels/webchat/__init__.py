"""The web chat: a page, a web socket, and plain posts where there is none."""
