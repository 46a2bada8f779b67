"""Faults of a documents folder: what S3, Bedrock or the upload would not take."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from deployment.checks.document_metadata import metadata_faults
from deployment.config import DeploymentConfig
from deployment.documents import DocumentsFolder, read_documents_folder
from kit_contract.documents import METADATA_SUFFIX

# https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-ds.html
TYPES = (".txt", ".md", ".html", ".doc", ".docx", ".csv", ".xls", ".xlsx", ".pdf")
DOCUMENT_BYTES = 50 * 1024 * 1024
# A deploy sends the folder as one zip to a function with 512 MB of storage and 15 minutes, which puts the files one by
# one. 180 ms for each is an estimate: docs/verification.md says how to measure it.
FOLDER_BYTES, FOLDER_FILES = 500_000_000, 5_000
ZIP_ENTRY_BYTES = 150  # and twice the name: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html; the kit's prefix is documents/
KEY_BYTES = 1024
PREFIX = "documents/"
NAMED = 10


def documents_faults(folder: Path) -> Iterator[str]:
    """All faults, each with the names of the files that have it."""
    found = read_documents_folder(folder)
    yield from _link_faults(found)
    yield from _name_faults(found)
    yield from _document_faults(found)
    yield from metadata_faults(found)
    yield from _total_faults(found, folder)


def documents_warnings(config: DeploymentConfig) -> Iterator[str]:
    """One line for each folder about files that are not uploaded."""
    for where, section in config.knowledge_base_sections.items():
        if section.documents and (names := read_documents_folder(section.documents).left_out):
            yield f"{where}.documents: hidden and backup files are not uploaded: {_listed(names)}"


def _link_faults(found: DocumentsFolder) -> Iterator[str]:
    if found.outside:
        links = [f"{name} -> {target}" for name, target in found.outside.items()]
        yield f"symbolic links leave the folder: {_listed(links)}; copy the files into the folder"
    if found.unusable:
        yield f"no files that can be read: {_listed(found.unusable)}; remove broken links, link loops and devices"


def _name_faults(found: DocumentsFolder) -> Iterator[str]:
    if strange := [name for name in found.files if not _is_plain(name)]:
        yield f"names with control characters, backslashes, a drive or no Unicode: {_listed(strange)}; rename them"
    if long := [name for name in found.files if len((PREFIX + name).encode(errors="replace")) > KEY_BYTES]:
        yield f"names longer than {KEY_BYTES:,} bytes with {PREFIX}, which S3 refuses: {_listed(long)}; shorten them"
    same = defaultdict(list)
    for name in found.files:
        same[unicodedata.normalize("NFC", name).casefold()].append(name)
    for names in same.values():
        if len(names) > 1:
            yield f"names that differ in case or Unicode form only: {_listed(names)}; keep one of them"


def _is_plain(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # bytes of the file system that are not UTF-8
        return False
    control = any(unicodedata.category(character) == "Cc" for character in name)
    return not control and "\\" not in name and ":" not in name.split("/")[0]


def _document_faults(found: DocumentsFolder) -> Iterator[str]:
    sizes = {name: path.stat().st_size for name, path in found.documents.items()}
    if unknown := [name for name in sizes if not name.lower().endswith(TYPES)]:
        yield f"Bedrock reads {' '.join(TYPES)}, got {_listed(unknown)}; convert or remove them"
    if empty := [name for name, size in sizes.items() if not size]:
        yield f"empty files, which Bedrock refuses: {_listed(empty)}; remove them"
    if large := [f"{name} ({size:,} bytes)" for name, size in sizes.items() if size > DOCUMENT_BYTES]:
        yield f"Bedrock reads files of up to 50 MB ({DOCUMENT_BYTES:,} bytes), got {_listed(large)}; split them"
    orphans = [name for name in found.files if name not in sizes and name.removesuffix(METADATA_SUFFIX) not in sizes]
    if orphans:
        yield f"metadata files without their document: {_listed(orphans)}; add the document or remove them"


def _total_faults(found: DocumentsFolder, folder: Path) -> Iterator[str]:
    paths = found.files.items()
    total = sum(path.stat().st_size + ZIP_ENTRY_BYTES + 2 * len(name.encode(errors="replace")) for name, path in paths)
    if total > FOLDER_BYTES or len(paths) > FOLDER_FILES:
        yield (
            f"{len(paths):,} files with {total:,} bytes; a deploy uploads up to {FOLDER_FILES:,} files with "
            f"{FOLDER_BYTES // 1_000_000} MB. Name a smaller folder, deploy, and upload the others yourself: "
            f"aws s3 sync {folder} s3://BUCKET/{PREFIX} (BUCKET is the stack output DocumentsBucket)"
        )


def _listed(names: Iterable[str]) -> str:
    """Escaped where they do not print."""
    shown = [name if name.isprintable() else ascii(name) for name in names]
    more = [f"and {len(shown) - NAMED} more"] if len(shown) > NAMED else []
    return ", ".join(chain(shown[:NAMED], more))
