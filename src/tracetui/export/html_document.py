"""What every exported HTML file shares: one door for text, and a frame that can load and run nothing."""

from __future__ import annotations

import base64
import hashlib
import html
from importlib import resources

from tracetui.text import visible


def shown(text: str) -> str:
    """Text as HTML text: made visible first, then escaped."""
    return html.escape(visible(text), quote=True)


def element(tag: str, text: str, name: str = "") -> str:
    """An element that holds text and nothing else."""
    return f'<{tag} class="{name}">{shown(text)}</{tag}>' if name else f"<{tag}>{shown(text)}</{tag}>"


def document(title: str, style_sheet: str, body: str) -> str:
    """A whole file: `body` is HTML already, `style_sheet` a file of this package. The policy allows that sheet alone."""
    style = (resources.files(__package__) / style_sheet).read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{shown(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
