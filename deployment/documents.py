"""The documents folder of a knowledge base, as a deploy uploads it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kit_contract.documents import METADATA_SUFFIX, is_left_out


@dataclass
class DocumentsFolder:
    """Names are relative to the folder, with slashes. `files`: what is uploaded. `left_out`: hidden and backup files.

    `outside`: links that leave the folder, with their targets. `unusable`: what cannot be read, broken links, devices.
    """

    files: dict[str, Path] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    outside: dict[str, Path] = field(default_factory=dict)
    unusable: list[str] = field(default_factory=list)

    @property
    def documents(self) -> dict[str, Path]:
        """The files that Bedrock counts as documents: without the metadata files beside them."""
        return {name: path for name, path in self.files.items() if not name.endswith(METADATA_SUFFIX)}


def read_documents_folder(folder: Path) -> DocumentsFolder:
    """Empty if there is no `folder`. The folder itself may be a link: it is named in deployment.toml."""
    found = DocumentsFolder()
    if folder.is_dir():
        _read(folder, "", folder.resolve(), found)
    return found


def _read(folder: Path, prefix: str, root: Path, found: DocumentsFolder) -> None:
    for entry in _entries(folder):
        name, path = prefix + entry.name, folder / entry.name
        if is_left_out(entry.name):
            found.left_out.append(name)
            continue
        target = Path(os.path.realpath(path))
        if entry.is_symlink() and not target.is_relative_to(root):
            found.outside[name] = target
        elif not os.access(path, os.R_OK):
            found.unusable.append(name)
        elif path.is_file():
            found.files[name] = path
        elif path.is_dir() and not (entry.is_symlink() and _is_within(folder, target)):
            _read(path, f"{name}/", root, found)
        else:
            found.unusable.append(name)


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        yield from sorted(entries, key=lambda entry: entry.name)


def _is_within(folder: Path, target: Path) -> bool:
    """A link to a folder that holds the link would never end."""
    return folder.resolve().is_relative_to(target)
