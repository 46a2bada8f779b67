"""What the first bytes of an image or a video say it is, and which ones Bedrock takes. Pure.

Sizes: Nova user guide, "Preparing data for fine-tuning understanding models", read in November 2026: images up to 10
MB, videos up to 50 MB and 90 seconds. The length of a video is not read.
"""

from collections.abc import Collection

IMAGE, VIDEO = "image", "video"
MAX_BYTES = {IMAGE: 10 * 1024 * 1024, VIDEO: 50 * 1024 * 1024}
HEAD_BYTES = 64
SUFFIXES = ("png", "jpg", "jpeg", "gif", "webp", "mov", "mkv", "mp4", "webm")
_OLD_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
# One container under two names: what is in it decides, and that is not read.
_SAME = ({"mov", "mp4"}, {"mkv", "webm"})


def media_format(head: bytes) -> str:
    """One of Bedrock's names, empty for content of another kind."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return "mov" if head[8:12] == b"qt  " else "mp4"
    if head[4:8] in _OLD_QUICKTIME:
        return "mov"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm" if b"webm" in head[:HEAD_BYTES] else "mkv"
    return ""


def media_fault(kind: str, head: bytes, size: int, formats: Collection[str], said: object) -> str:
    """Why Bedrock does not take it, empty where it does. `said` is the format that the record names, None if none."""
    found, allowed = media_format(head), ", ".join(formats)
    if not formats:
        return f"is {'an image' if kind == IMAGE else 'a video'}, which this base model does not take; take it out"
    if size > MAX_BYTES[kind]:
        return f"may have {MAX_BYTES[kind]:,} bytes, got {size:,}; make it smaller"
    if not size:
        return "is empty; save it again"
    if not found or not _takes(found, formats):
        return f"must be one of {allowed} by its first bytes, got {found or 'none of them'}; convert it"
    if said is not None and not _takes(found, [str(said)]):
        return f"is {found} by its first bytes, but the record says {said}; correct format"
    return ""


def _takes(found: str, formats: Collection[str]) -> bool:
    return found in formats or any(found in same and same & set(formats) for same in _SAME)
