"""Keys of texts that are equal where the texts are the same but for upper case, blanks and punctuation. Pure."""

import hashlib
import re
from collections.abc import Iterable

NO_WORD = re.compile(r"[\W_]+")


def normalized_text_key(texts: Iterable[str]) -> bytes:
    return digest("\0".join(NO_WORD.sub(" ", text.casefold()).strip() for text in texts))


def digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=12).digest()
