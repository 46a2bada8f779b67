"""Images and videos beside a dataset on this machine: checked, named by their content, ready to be uploaded."""

import hashlib
import os
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path

from kit_contract.dataset_collection import BUCKET_PLACEHOLDER, media_key, media_prefix
from kit_contract.dataset_limits import DatasetLimits
from training_data.media.formats import HEAD_BYTES, IMAGE, media_fault, media_format
from training_data.media.references import Reference


class LocalMedia:
    """Puts what records name into `folder`, and says there where it will be in the training bucket.

    `sources` are the S3 prefixes that records may name, too: what lies there is copied at the deploy. `count` and
    `remote` say afterwards how many local files there are, and whether a record names an object in S3.
    """

    def __init__(self, folder: Path, customization: str, limits: DatasetLimits, sources: Sequence[str]) -> None:
        self.folder, self._customization, self._limits = folder, customization, limits
        self._sources = tuple(sources)
        self._placed: dict[tuple[str, Path, object], tuple[str, str]] = {}
        self.digests: set[str] = set()
        self.remote = False
        self.discard()  # what a process of the same id left, if it died

    @property
    def count(self) -> int:
        return len(self.digests)

    def discard(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def rewrite(self, file: Path, references: Sequence[Reference]) -> list[str]:
        """A fault for each reference, empty where the record now names the place in the bucket."""
        return [self._rewrite(file, reference) for reference in references]

    def _rewrite(self, file: Path, reference: Reference) -> str:
        if reference.place.startswith("s3://"):
            self.remote = self.remote or bool(self._sources)
            return _remote_fault(reference.place, self._sources)
        path = file.parent / reference.place
        key = (reference.kind, path, reference.said_format)
        if key not in self._placed:
            self._placed[key] = self._place(path, reference)
        name, fault = self._placed[key]
        if not fault:
            uri = f"s3://{BUCKET_PLACEHOLDER}/{media_prefix(self._customization)}{name}"
            reference.move_to(uri, name.rpartition(".")[2])
        return fault

    def _place(self, path: Path, reference: Reference) -> tuple[str, str]:
        """(name in the folder, "") or ("", fault)."""
        if fault := local_fault(path, reference.kind, self._limits, reference.said_format):
            return "", f"{reference.place}: {fault}"
        with path.open("rb") as content:
            found = media_format(content.read(HEAD_BYTES))
            content.seek(0)
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        name = media_key(self._customization, digest, found).rpartition("/")[2]
        self.digests.add(digest)
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.folder / name).exists():
            _link(path, self.folder / name)
        return name, ""


def local_fault(path: Path, kind: str, limits: DatasetLimits, said: object) -> str:
    """Why Bedrock does not take the file, or why it cannot be read."""
    formats = limits.image_formats if kind == IMAGE else limits.video_formats
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            return "is no file; name a file"
        with path.open("rb") as content:
            return media_fault(kind, content.read(HEAD_BYTES), found.st_size, formats, said)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return f"cannot be read: {reason}; correct the path, which is relative to the dataset's folder"


def _remote_fault(uri: str, sources: Sequence[str]) -> str:
    if not sources:  # it may be in the training bucket, whose name synth does not know: the workflow checks that
        return ""
    if any(uri == source or (source.endswith("/") and uri.startswith(source)) for source in sources):
        return ""
    folder = uri[: uri.rfind("/") + 1]
    return f'{uri}: is not in media, got {list(sources)}; add "{folder}" to media of the customization'


def _link(path: Path, target: Path) -> None:
    """A second name of the same file where the disk allows that."""
    try:
        os.link(path.resolve(), target)
    except OSError:
        shutil.copyfile(path, target)
