"""What the collector is asked for: datasets in S3, and images and videos that records name."""

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deployment.sections.training import Customization
from kit_contract.dataset_collection import BUCKET_PLACEHOLDER, DatasetCollection, sources_prefix
from kit_contract.dataset_limits import DatasetLimits
from training_data.media.local import LocalMedia


def local_files(dataset: Sequence[str | Path]) -> list[Path]:
    return [file for file in dataset if isinstance(file, Path)]


def collection_of_objects(name: str, item: Customization, limits: DatasetLimits) -> DatasetCollection:
    """All of it lies in S3; the stack knows the bucket."""
    return DatasetCollection(
        customization=name,
        bucket=BUCKET_PLACEHOLDER,
        base_model=item.base_model,
        method=item.method,
        limits=limits,
        dataset=_objects(item.dataset),
        validation_dataset=_objects(item.validation_dataset),
        media=tuple(item.media),
        owner=item.dataset_bucket_owner or "",
        reading=_reading(item),
    )


def collection_of_files(
    name: str, item: Customization, limits: DatasetLimits, file: str, validation_file: str, media: LocalMedia
) -> DatasetCollection | None:
    """None without images and videos: the files are the dataset then. With them, the bucket's name must go into it."""
    if not media.count and not media.remote:
        return None
    uploaded = f"s3://{BUCKET_PLACEHOLDER}/{sources_prefix(name)}"
    return DatasetCollection(
        customization=name,
        bucket=BUCKET_PLACEHOLDER,
        base_model=item.base_model,
        method=item.method,
        limits=limits,
        dataset=(f"{uploaded}{file}",),
        validation_dataset=(f"{uploaded}{validation_file}",) if validation_file else (),
        media=tuple(item.media),
        owner=item.dataset_bucket_owner or "",
    )


def named_by_content(media: LocalMedia, place: Path) -> Path | None:
    """The folder of the media under a name that tells their content, so that others stay as they are."""
    if not media.count:
        return None
    digest = hashlib.sha256("".join(sorted(media.digests)).encode()).hexdigest()
    folder = place.with_name(f"{place.name}-{digest[:16]}")
    if folder.exists():
        shutil.rmtree(media.folder)
    else:
        media.folder.replace(folder)
    return folder


def _objects(dataset: Sequence[str | Path]) -> tuple[str, ...]:
    return tuple(uri for uri in dataset if isinstance(uri, str))


def _reading(item: Customization) -> dict[str, Any]:
    """Fields of a Target that are not the default."""
    given = {
        "system": item.system,
        "unlabelled": item.unlabelled if item.unlabelled != "refuse" else None,
        "columns": item.columns,
        "header": None if item.header else False,
        "encoding": item.encoding,
        "uses": list(item.use),
    }
    return {name: value for name, value in given.items() if value not in (None, {}, [])}
