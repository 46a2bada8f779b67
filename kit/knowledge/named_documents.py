"""The documents that `kit knowledge put` names: files, folders, and objects of S3 with what is below a prefix.

The id of a file is its path below the current folder, or below the parent of what is named: the same path is the same
document wherever the command runs. The id of an object is its URI.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from deployment.checks.document_metadata import TYPED, metadata_faults
from deployment.documents import DocumentsFolder, read_documents_folder
from kit.knowledge.put_documents import (
    CONTENT_BYTES,
    PutDocument,
    inline_request,
    payload_bytes,
    stored_document,
    too_large,
)
from kit_contract.documents import METADATA_SUFFIX
from kit_contract.errors import InputError

S3 = "s3://"


def named_documents(
    paths: Sequence[str], *, kind: str, attributes: Mapping[str, Any], s3: Callable[[], Any]
) -> list[PutDocument]:
    """`kind`: of the data source. `attributes`: of all of the documents, before those of their own.

    Raises InputError with all faults, and botocore's errors.
    """
    found: dict[str, PutDocument] = {}
    faults: list[str] = []
    for path in paths:
        made = _objects(path, kind, attributes, s3) if path.startswith(S3) else _files(Path(path), kind, attributes)
        try:
            for make in made:
                _add(make, found, faults)
        except InputError as error:
            faults.append(str(error))
    if faults:
        raise InputError("\n".join(faults))
    return list(found.values())


def _add(make: Callable[[], PutDocument], found: dict[str, PutDocument], faults: list[str]) -> None:
    try:
        document = make()
        if document.id in found and found[document.id] != document:
            raise InputError(
                f"{document.id}: is the id of two different documents, and one would replace the other; put them "
                "from the folder that holds both, with paths below it"
            )
        found[document.id] = document
    except InputError as error:
        faults.append(str(error))


def _files(path: Path, kind: str, attributes: Mapping[str, Any]) -> Iterator[Callable[[], PutDocument]]:
    if kind == "S3":
        raise InputError(
            f"{path}: a data source of the kind S3 takes objects only; upload it and name s3://BUCKET/KEY, or better: "
            "upload it below the source's prefix and run kit knowledge sync"
        )
    if not path.exists():
        raise InputError(f"{path}: does not exist; name a file, a folder or s3://BUCKET/KEY")
    if not (path.is_dir() or path.is_file()):
        raise InputError(f"{path}: is neither a file nor a folder")
    files = _folder(path) if path.is_dir() else DocumentsFolder(_with_metadata(path))
    if faults := list(metadata_faults(files)):
        raise InputError("\n".join(faults))
    root = path if path.is_dir() else path.parent
    for name, file in files.documents.items():
        sidecar = files.files.get(f"{name}{METADATA_SUFFIX}")
        yield partial(_inline, _id(root / name, path), file, sidecar, attributes)


def _folder(path: Path) -> DocumentsFolder:
    files = read_documents_folder(path)
    if files.outside or files.unusable:
        names = ", ".join([*files.outside, *files.unusable])
        raise InputError(f"{path}: links that leave the folder, or what can't be read: {names}; remove them")
    if not files.documents:
        raise InputError(f"{path}: the folder has no documents")
    return files


def _with_metadata(path: Path) -> dict[str, Path]:
    sidecar = path.with_name(f"{path.name}{METADATA_SUFFIX}")
    return {path.name: path, **({sidecar.name: sidecar} if sidecar.is_file() else {})}


def _id(file: Path, named: Path) -> str:
    absolute, here = file.absolute(), Path.cwd()
    root = here if absolute.is_relative_to(here) else named.absolute().parent
    return absolute.relative_to(root).as_posix()


def _inline(name: str, file: Path, sidecar: Path | None, attributes: Mapping[str, Any]) -> PutDocument:
    request = partial(_request, name, file, sidecar, attributes)
    changed = max(one.stat().st_mtime for one in (file, sidecar) if one)
    size = payload_bytes(name, request())
    return PutDocument(name, size, datetime.fromtimestamp(changed, UTC), str(file.resolve()), request)


def _request(name: str, file: Path, sidecar: Path | None, attributes: Mapping[str, Any]) -> dict[str, Any]:
    own = _own_attributes(sidecar) if sidecar else {}
    if (size := file.stat().st_size) > CONTENT_BYTES:
        raise InputError(too_large(name, size))
    return inline_request(name, file.read_bytes(), {**attributes, **own})


def _own_attributes(sidecar: Path) -> dict[str, Any]:
    given = json.loads(sidecar.read_text(encoding="utf-8-sig"))["metadataAttributes"]
    return {key: _plain(value) for key, value in given.items()}


def _plain(entry: Any) -> Any:
    """The value of {"value": {"type": "STRING", "stringValue": ...}}."""
    return entry["value"][TYPED[entry["value"]["type"]]] if isinstance(entry, dict) else entry


def _objects(
    uri: str, kind: str, attributes: Mapping[str, Any], s3: Callable[[], Any]
) -> Iterator[Callable[[], PutDocument]]:
    """Those at or below the URI. Needs s3:ListBucket."""
    bucket, _, key = uri.removeprefix(S3).partition("/")
    pages = s3().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key)
    listed = {item["Key"]: item["LastModified"] for page in pages for item in page.get("Contents", [])}
    documents = [name for name in listed if not name.endswith((METADATA_SUFFIX, "/"))]
    chosen = [name for name in documents if name == key or key.endswith("/") or not key]
    if not chosen:
        raise InputError(f"{uri}: there is no such object; name an object, or a prefix with a slash at its end")
    for name in chosen:
        sidecar = f"{name}{METADATA_SUFFIX}"
        changed = max(listed[one] for one in (name, sidecar) if one in listed)
        place = f"{S3}{bucket}/{sidecar}" if sidecar in listed else None
        found = f"{S3}{bucket}/{name}"
        yield partial(stored_document, found, kind=kind, changed=changed, attributes=attributes, sidecar=place)
