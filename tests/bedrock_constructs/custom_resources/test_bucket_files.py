"""Files that are assets of their own: no zip, and one read for each."""

import json
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template

from bedrock_constructs.custom_resources.bucket_files import BucketFiles


def test_each_file_is_an_asset_that_is_uploaded_as_it_is(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path / "out"))
    stack = cdk.Stack(app, "Test", env=cdk.Environment(account="111122223333", region="us-east-1"))
    files = {}
    for key in ("a.jsonl", "validation/b.jsonl"):
        file = tmp_path / key.replace("/", "-")
        file.write_text(key)
        files[key] = (file, f"{key}'s SHA-256")
    bucket = s3.Bucket(stack, "Bucket")
    BucketFiles(stack, "Files", files=files, destination=bucket, prefix="data/support/", granted_prefix="data/")

    (resource,) = Template.from_stack(stack).find_resources("Custom::BucketObjects").values()
    properties = json.dumps(resource["Properties"])
    app.synth()

    assets = json.loads((tmp_path / "out" / "Test.assets.json").read_text())["files"].values()
    uploaded = [item["source"] for item in assets if item["source"]["path"].endswith(".jsonl")]
    assert {item["packaging"] for item in uploaded} == {"file"}
    assert len(uploaded) == 2
    for key, (file, digest) in files.items():
        assert key in properties
        assert digest in properties
        assert f'\\"size\\": {file.stat().st_size}' in properties or f'size\\":{file.stat().st_size}' in properties
