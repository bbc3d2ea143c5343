"""Numbers as people read them."""

from __future__ import annotations


def tokens(count: int) -> str:
    """847, 12.4k, 3.1M"""
    if count < 1000:
        return str(count)
    if count < 999_500:
        return f"{count / 1000:.1f}".removesuffix(".0") + "k" if count < 99_950 else f"{count / 1000:.0f}k"
    return f"{count / 1_000_000:.1f}M"


def duration(nanoseconds: int) -> str:
    """340 ms, 4.7 s, 3 m 20 s, 2 h 05 m"""
    seconds = abs(nanoseconds) / 1e9
    sign = "-" if nanoseconds < 0 else ""
    if seconds < 1:
        return f"{sign}{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{sign}{seconds:.1f} s"
    if seconds < 3600:
        return f"{sign}{int(seconds // 60)} m {int(seconds % 60):02} s"
    return f"{sign}{int(seconds // 3600)} h {int(seconds % 3600 // 60):02} m"


def cost(usd: float) -> str:
    """$0.0042, $0.02, $12.30"""
    return f"${usd:.4f}" if 0 < usd < 0.01 else f"${usd:,.2f}"


def plural(count: int, noun: str) -> str:
    """1 step, 2 steps; entry becomes entries"""
    if count == 1:
        return f"{count:,} {noun}"
    return f"{count:,} {noun[:-1]}ies" if noun.endswith("ry") else f"{count:,} {noun}s"


def size(count: int) -> str:
    """187 bytes, 12.4 kB, 2.1 MB"""
    if count < 1000:
        return plural(count, "byte")
    return f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
