"""The description of files and jobs: made from the code, and true of what the API answers and refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import jsonschema
import openai
import pytest

from bedrock_constructs.inference_api.description import description_file
from fine_tuning_api.openapi import OPERATIONS, document, text
from fine_tuning_api.routes import FILE, FILES, JOB, JOBS, ROUTES
from tests.fine_tuning_api.fake_aws import FakeAws
from tests.fine_tuning_api.histories import METRICS
from tests.synthesized import PROJECT

DESCRIBED = json.loads(description_file(fine_tuning=True))


def _fits(path: str, method: str, answer: Mapping[str, Any]) -> None:
    """Raises ValidationError."""
    responses = DESCRIBED["paths"][path][method]["responses"]
    (content,) = responses["200"]["content"].values()
    schema = {**content["schema"], "components": DESCRIBED["components"]}
    jsonschema.Draft202012Validator(schema).validate(answer)


def test_docs_have_the_description_that_the_code_makes() -> None:
    how = "run PYTHONPATH=lambda .venv/bin/python -m fine_tuning_api.openapi > docs/openapi-fine-tuning.json"
    assert (PROJECT / "docs" / "openapi-fine-tuning.json").read_text(encoding="utf-8") == text(), how


def test_every_route_is_described_and_only_where_it_is_allowed() -> None:
    assert set(OPERATIONS) == {(path, method) for path, methods in ROUTES.items() for method in methods}
    assert document()["paths"].keys() <= DESCRIBED["paths"].keys()
    assert not document()["paths"].keys() & json.loads(description_file())["paths"].keys()
    used = set(json.dumps(document()).split("#/components/schemas/")[1:])
    assert {name.partition('"')[0] for name in used} <= DESCRIBED["components"]["schemas"].keys()


def test_answers_are_as_described(aws: FakeAws, client: openai.OpenAI, file_id: str) -> None:
    job = client.fine_tuning.jobs.create(model="support", training_file=file_id)
    aws.put(f"runs/support/{job.id[-16:]}/metrics.json", METRICS)
    aws.status(job.id.removeprefix("ftjob-"), "FAILED", error="E", cause="why")
    found = client.fine_tuning.jobs.retrieve(job.id)

    _fits(JOBS, "post", job.to_dict())
    _fits(JOB, "get", found.to_dict())
    _fits(JOBS, "get", client.fine_tuning.jobs.list().to_dict())
    _fits(f"{JOB}/events", "get", client.fine_tuning.jobs.list_events(job.id).to_dict())
    _fits(f"{JOB}/checkpoints", "get", client.fine_tuning.jobs.checkpoints.list(job.id).to_dict())
    _fits(FILES, "get", client.files.list().to_dict())
    _fits(FILE, "get", client.files.retrieve(file_id).to_dict())
    with pytest.raises(jsonschema.ValidationError):
        _fits(JOB, "get", {**found.to_dict(), "status": "paused"})
