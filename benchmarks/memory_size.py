"""make setup && .venv/bin/python -m benchmarks.memory_size [rounds]: what the memory size of the API's function costs.

Lambda gives 1,769 MB one virtual CPU, and other sizes their share of it:
https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
So processor time as measured here, on a CPU that is not Lambda's, takes 1,769/MB times as long there. A cold start has
more CPU than its share on AWS, which AWS does not promise. `image`: a request with 4 MB in base64, which API Gateway's
limit of 10 MB and Lambda's of 6 MB let through. `price`: of a million requests that wait 3 s for Bedrock.
"""

import base64
import statistics
import sys

from benchmarks import inference_api
from benchmarks.api_styles import AUTHORIZER, OURS
from benchmarks.inference_api import measured

FULL_CPU_MB = 1_769
SIZES = (128, 256, 512, 1_024, 1_769)
BEDROCK_SECONDS = 3.0
USD_PER_GB_SECOND = 1.33334e-05  # on Arm, us-east-1; model_catalog/prices.json, 2026-09-06
IMAGE = base64.b64encode(b"\x89PNG" + bytes(4_000_000)).decode()
LARGE = [
    {
        "role": "user",
        "content": [
            {"type": "text", "text": "What is this?"},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{IMAGE}"}},
        ],
    }
]


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    inference_api.ALIASES.write_text(inference_api.aliases(), encoding="utf-8")
    inference_api.KNOWLEDGE_BASES.write_text("{}", encoding="utf-8")
    inference_api.Bedrock.streamed = inference_api.stream_bytes()
    server = inference_api.stub()
    url = f"https://localhost:{server.server_port}"

    def median(style: str, index: int, messages: object = inference_api.MESSAGES, *, bytecode: bool = True) -> float:
        measured(style, url, messages)  # compiles the modules
        return statistics.median(measured(style, url, messages, bytecode=bytecode)[index] for _ in range(rounds))

    cold = median(AUTHORIZER, 1, bytecode=False) + median(OURS, 1, bytecode=False)  # as shipped
    warm, image = median(OURS, 2) / 1e3, median(OURS, 2, LARGE) / 1e3
    server.shutdown()
    print(f"{'MB':>6}{'cold ms':>10}{'warm ms':>10}{'image ms':>10}{'price USD':>11}")
    for size in SIZES:
        slower = FULL_CPU_MB / size
        price = (BEDROCK_SECONDS + warm * slower / 1e3) * size / 1_024 * USD_PER_GB_SECOND * 1e6
        print(f"{size:6}{cold * slower:10.0f}{warm * slower:10.2f}{image * slower:10.0f}{price:11.2f}")


if __name__ == "__main__":
    main()
