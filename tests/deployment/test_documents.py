"""The documents folder is read as the deploy uploads it."""

import os
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3

from bedrock_constructs.custom_resources.bucket_objects import BucketObjects
from deployment.documents import read_documents_folder
from kit_contract.documents import is_left_out


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("text", encoding="utf-8")


@pytest.mark.parametrize(
    "name", [".DS_Store", ".git", "._a.md", ".a.md.swp", "Thumbs.db", "thumbs.DB", "a.md~", "~$a.docx", "__MACOSX"]
)
def test_hidden_and_backup_files_are_left_out(name: str) -> None:
    assert is_left_out(name)


@pytest.mark.parametrize("name", ["a.md", "a.b.md", "a~b.md", "Thumbs.db.md", "$a.docx", "git"])
def test_documents_are_not_left_out(name: str) -> None:
    assert not is_left_out(name)


def test_the_folder_is_read_as_the_construct_stages_it(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    kept = ("a.md", "a.md.metadata.json", "sub/b.md", "sub/deep/c~d.md", "Thumbs.db.md")
    put(folder, *kept, ".DS_Store", "sub/.git/config", "sub/x.md~", "Thumbs.db", "sub/~$b.docx", "__MACOSX/a.md")
    (folder / "linked.md").symlink_to("sub/b.md")
    (folder / "linked").symlink_to(folder / "sub" / "deep")
    stack = cdk.Stack(cdk.App(outdir=str(tmp_path / "out")), "Test")
    bucket = s3.Bucket(stack, "Bucket")

    BucketObjects(stack, "Objects", source=folder, destination=bucket, prefix="", delete_on_removal=False)

    (staged,) = (path for path in (tmp_path / "out").glob("asset.*") if (path / "a.md").exists())
    uploaded = {path.relative_to(staged).as_posix() for path in staged.rglob("*") if path.is_file()}
    found = read_documents_folder(folder)
    assert uploaded == set(found.files) == {*kept, "linked.md", "linked/c~d.md"}
    assert not any(path.is_symlink() for path in staged.rglob("*"))
    assert set(found.documents) == uploaded - {"a.md.metadata.json"}
    left_out = [".DS_Store", "Thumbs.db", "__MACOSX", "sub/.git", "sub/x.md~", "sub/~$b.docx"]
    assert found.left_out == left_out


def test_a_changed_target_of_a_link_is_uploaded_again(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    put(folder, "a.md")
    (folder / "b.md").symlink_to("a.md")

    def content_hash(number: int) -> str:
        stack = cdk.Stack(cdk.App(outdir=str(tmp_path / f"out{number}")), "Test")
        bucket = s3.Bucket(stack, "Bucket")
        objects = BucketObjects(stack, "O", source=folder, destination=bucket, prefix="", delete_on_removal=False)
        return objects.content_hash

    before = content_hash(1)
    (folder / "a.md").write_text("other", encoding="utf-8")
    assert content_hash(2) != before


def test_the_construct_refuses_a_link_that_leaves_the_folder(tmp_path: Path) -> None:
    put(tmp_path, "secret.md", "documents/a.md")
    (tmp_path / "documents" / "b.md").symlink_to(tmp_path / "secret.md")
    stack = cdk.Stack(cdk.App(outdir=str(tmp_path / "out")), "Test")
    bucket = s3.Bucket(stack, "Bucket")

    with pytest.raises(RuntimeError, match="external symbolic link"):
        BucketObjects(stack, "O", source=tmp_path / "documents", destination=bucket, prefix="", delete_on_removal=False)


def test_links_that_leave_loop_or_lead_nowhere_are_told_apart(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    put(folder, "a.md", "sub/b.md")
    put(tmp_path, "secret.md")
    (folder / "hop.md").symlink_to("sub/out.md")
    (folder / "sub" / "out.md").symlink_to(tmp_path / "secret.md")
    (folder / "sub" / "loop").symlink_to("..")
    (folder / "broken.md").symlink_to("nothing.md")
    os.mkfifo(folder / "pipe.md")

    found = read_documents_folder(folder)

    assert sorted(found.outside) == ["hop.md", "sub/out.md"]
    assert sorted(found.unusable) == ["broken.md", "pipe.md", "sub/loop"]
    assert sorted(found.files) == ["a.md", "sub/b.md"]


def test_the_folder_itself_may_be_a_link_and_may_be_missing(tmp_path: Path) -> None:
    put(tmp_path, "real/a.md")
    (tmp_path / "documents").symlink_to("real")

    assert list(read_documents_folder(tmp_path / "documents").files) == ["a.md"]
    assert read_documents_folder(tmp_path / "nothing").files == {}
