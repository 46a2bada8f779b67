"""Lets records pass that are plainly good, as one regular expression over the bytes of many lines. Pure.

A record in canonical form is a regular language: fixed keys in a fixed order around JSON strings. What the expression
matches, checks.explain_line would find nothing wrong with (a differential test holds them together); what it does not
match is not refused, but explained. So a usual file is read at the speed of `re` and never parsed. Every repetition is
possessive: a match takes time in proportion to the bytes, whatever they are.
"""

import re
from functools import cache

from training_data.checking.conversation_records import SCHEMA_VERSION
from training_data.checking.dataset_rules import CONVERSE, DISTILLATION_PROMPTS, PROMPT_COMPLETION, DatasetRules

WS = rb"[ \t\r]*+"
HEX = rb"[0-9a-fA-F]"
ENDING_IN_COLON = (b"user", b"bot", b"assistant", b"system", b"thought")
IN_ANGLES = (b"image", b"video", b"unk")


def accepting_pattern(rules: DatasetRules) -> re.Pattern[bytes] | None:
    """Matches as many whole good lines as there are; None for a format whose records are all explained."""
    return _pattern(rules.record_format, bool(rules.reserved_words), rules.max_system_blocks == 1)


@cache
def _pattern(record_format: str, reserved_words: bool, one_system_block: bool) -> re.Pattern[bytes] | None:
    text = _string(reserved_words)
    if record_format == PROMPT_COMPLETION:
        record = _join(b"{", b'"prompt"', b":", text, b",", b'"completion"', b":", text, b"}")
    elif record_format == CONVERSE:
        record = _converse(text, one_system_block)
    elif record_format == DISTILLATION_PROMPTS:
        record = _prompts(text)
    else:
        return None
    return re.compile(b"(?:" + WS + record + WS + rb"\n)*+")


def _converse(text: bytes, one_system_block: bool) -> bytes:
    blocks = _list(_join(b"{", b'"text"', b":", text, b"}"))
    block = _join(rb"\[", b"{", b'"text"', b":", text, b"}", rb"\]")
    turns = _join(_message(b"user", blocks), b",", _message(b"assistant", blocks))
    return _conversation(block if one_system_block else blocks, _list(turns))


def _prompts(text: bytes) -> bytes:
    block = _join(rb"\[", b"{", b'"text"', b":", text, b"}", rb"\]")
    answer = b"(?:" + _join(b",", _message(b"assistant", block)) + b")?+"
    return _conversation(block, _join(rb"\[", _message(b"user", block), answer, rb"\]"))


def _conversation(system: bytes, messages: bytes) -> bytes:
    """The order of keys that the guide shows, and that nearly everybody writes."""
    version = _join(b'"schemaVersion"', b":", b'"' + SCHEMA_VERSION.encode() + b'"')
    rest = b"(?:" + _join(b'"system"', b":", system, b",") + WS + b")?+" + _join(b'"messages"', b":", messages)
    return _join(b"{", version, b",", rest, b"}")


def _message(role: bytes, content: bytes) -> bytes:
    return _join(b"{", b'"role"', b":", b'"' + role + b'"', b",", b'"content"', b":", content, b"}")


def _list(item: bytes) -> bytes:
    """One or more objects; a comma stands between two of them only."""
    return _join(rb"\[", b"(?:" + item + WS + b"(?:," + WS + rb"(?=\{)|(?=\]))" + b")++", rb"\]")


def _join(*tokens: bytes) -> bytes:
    return WS.join(tokens)


def _string(reserved_words: bool) -> bytes:
    """A JSON string that is not blank, whole in UTF-16, without reserved words in any letter case.

    The first character must not be able to be white space; escapes that could spell a reserved word do not match.
    UTF-8 is not checked here.
    """
    blank_start = rb'(?![ \xc2\xe2]|\xe1\x9a|\xe3\x80|\\(?!["\\/]|u(?!00[0-9aA]|16|20|30[0-3])))'
    # As a class of what is allowed, not of what is not, `re` takes half the time.
    plain = rb"[\x20\x21\x23-\x39\x3b\x3d-\x5a\x5d-\xff]++" if reserved_words else rb"[\x20\x21\x23-\x5b\x5d-\xff]++"
    pair = rb"u[dD][89abAB]" + HEX + rb"{2}\\u[dD][c-fC-F]" + HEX + rb"{2}"
    escape = rb'\\(?:["\\/bfnrt]|u(?!00[2-7]|[dD][89a-fA-F])' + HEX + rb"{4}|" + pair + rb")"
    alternatives = [plain, escape, *(_specials() if reserved_words else [])]
    return b'"' + blank_start + b"(?:" + b"|".join(alternatives) + b')++"'


def _specials() -> list[bytes]:
    words = b"".join(b"(?<!" + _any_case(word) + b":)" for word in ENDING_IN_COLON)
    angles = b"|".join(_any_case(word) for word in IN_ANGLES)
    return [b":" + words, b"<(?!(?:" + angles + b")>)", rb"\[(?!" + _any_case(b"eos") + rb"\])"]


def _any_case(word: bytes) -> bytes:
    return b"".join(b"[%c%c]" % (letter, letter ^ 0x20) for letter in word)
