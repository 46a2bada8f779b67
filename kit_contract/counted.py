"""How many there are, in words."""


def counted(number: float, noun: str, plural: str = "") -> str:
    """Such as "1 document", "0 documents" and "2,000 queries". `plural`: where it has more than an s at its end."""
    return f"{number:,.0f} {noun if round(number) == 1 else plural or f'{noun}s'}"
