"""Stock clients of what one run of `make up` left."""

import openai

from tests.end_to_end.deployed import Deployed


def client_of(deployed: Deployed) -> openai.OpenAI:
    return openai.OpenAI(base_url=deployed.outputs["api_url"], api_key=deployed.outputs["api_key"], max_retries=0)
