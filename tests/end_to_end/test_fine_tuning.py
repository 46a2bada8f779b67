"""A stock openai client at the deployed API of fine-tuning: the content of the deploy is not trained again."""

import openai
import pytest

from tests.end_to_end.deployed import Deployed

pytestmark = pytest.mark.end_to_end


def test_a_job_of_the_deployed_content_is_the_run_of_the_deploy(deployed: Deployed) -> None:
    s3, bucket = deployed.client("s3"), deployed.outputs["training_bucket"]
    (key,) = [
        item["Key"]
        for item in s3.list_objects_v2(Bucket=bucket, Prefix="data/support/")["Contents"]
        if item["Key"].count("/") == 2
    ]
    content: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    url, key = deployed.outputs["api_url"], deployed.outputs["api_key"]

    with openai.OpenAI(base_url=url, api_key=key, max_retries=0) as client:
        file = client.files.create(file=("größer.jsonl", content), purpose="fine-tune")
        kept = client.files.content(file.id).read()
        job = client.fine_tuning.jobs.create(model="support-bot", training_file=file.id)
        events = [event.message for event in client.fine_tuning.jobs.list_events(job.id)]
        checkpoints = list(client.fine_tuning.jobs.checkpoints.list(job.id))
        listed = [file.filename for file in client.files.list()]
        client.files.delete(file.id)

    assert (kept, listed) == (content, ["größer.jsonl"])
    assert (job.status, job.fine_tuned_model) == ("succeeded", "support-bot")
    assert events[0] == "The job has succeeded"
    assert checkpoints[0].metrics.train_loss
    assert len(deployed.client("bedrock").list_model_customization_jobs()["modelCustomizationJobSummaries"]) == 1
