"""How many tokens a text has, by estimate: one place for checks, statistics and costs. Pure.

Bedrock publishes no tokenizer for the models that it trains. Two figures, for two questions:
- What will it be billed, is it likely to fit? UTF-8 bytes, not characters, so that other scripts count for more.
  Published averages of a multilingual tokenizer are 4 to 5 bytes a token for European languages and 3 to 4 for
  Chinese and Japanese: https://huggingface.co/CohereLabs/multilingual-22-12 (characters per token). 4 gives rather
  too many tokens.
- What does Bedrock refuse? "Character quota per sample in dataset: token quota x 6 (estimated)", in
  https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-prepare.html.
"""

from collections.abc import Iterable

BYTES_PER_TOKEN = 4
REFUSED_CHARACTERS_PER_TOKEN = 6


def estimated_tokens(texts: Iterable[str]) -> int:
    """Of one record; a token that is begun counts."""
    return -(-sum(map(_utf_8_bytes, texts)) // BYTES_PER_TOKEN)


def _utf_8_bytes(text: str) -> int:
    """Its size, also where it holds half characters, which no file can."""
    return len(text) if text.isascii() else len(text.encode(errors="surrogatepass"))
