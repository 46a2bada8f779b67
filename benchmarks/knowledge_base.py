"""make setup && .venv/bin/python -m benchmarks.knowledge_base [documents]: a large knowledge base on the embedded AWS.

Puts documents into S3, ingests them, changes one in a hundred and ingests again, lists the statuses of all, and asks
for facts that one document each holds. Prints seconds, memory of the emulator, and how many find their document.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kit_contract.model_arns import FOUNDATION_MODEL
from kit_contract.partitions import partition_of
from local_aws import emulator, processes
from local_aws.session import embedded_session

PROJECT = Path(__file__).resolve().parent.parent
REGION, BUCKET, QUESTIONS = "us-east-1", "many-documents", 100
ARN = f"arn:{partition_of(REGION)}"
MODEL = f"{ARN}:bedrock:{REGION}::{FOUNDATION_MODEL}/amazon.titan-embed-text-v2:0"
TRUST = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, '
    '"Action": "sts:AssumeRole"}]}'
)
READ = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], '
    '"Resource": "*"}]}'
)
PARTS = ("boiler", "pump", "grinder", "valve", "sensor", "hose", "brew group", "display", "drip tray", "steam wand")
FAULTS = ("leaks", "rattles", "overheats", "jams", "blinks", "stays cold", "smells burnt", "loses pressure")
PLACES = ("Odense", "Aarhus", "Kolding", "Esbjerg", "Randers", "Horsens", "Vejle", "Viborg", "Herning", "Silkeborg")


def document(number: int, edition: int = 0) -> str:
    """Three paragraphs, some 900 characters, of which one sentence is this document's own."""
    chance = random.Random(number)
    part, fault, place = chance.choice(PARTS), chance.choice(FAULTS), chance.choice(PLACES)
    filler = " ".join(
        f"The {chance.choice(PARTS)} of it was checked and {chance.choice(FAULTS)} no more." for _ in range(14)
    )
    return (
        f"# Service report {number}\n\nMachine HD-{number:06} of the customer {name_of(number)} in {place}: the {part} "
        f"{fault}. Edition {edition}.\n\n{filler}\n"
    )


def name_of(number: int) -> str:
    """A name of three syllables and a number, for 20,000 customers and more."""
    syllables = ("ka", "lo", "mi", "ne", "ru", "so", "ta", "vi", "ze", "pa", "du", "fe", "gi", "ho", "ja")
    chance = random.Random(-number)
    return "".join(chance.choice(syllables) for _ in range(4)).capitalize() + f" {number}"


@contextmanager
def running() -> Iterator[tuple[Any, int]]:
    """A function that makes clients, and the emulator's process id."""
    with tempfile.TemporaryDirectory(dir=PROJECT / ".local") as folder:
        started = emulator.start(Path(folder), time_scale=0.01)
        session = embedded_session(REGION)
        try:
            pid = min(processes.launchers(Path(folder)))
            yield lambda service: session.client(service, endpoint_url=started.endpoint_url), pid
        finally:
            emulator.stop(Path(folder))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with running() as (clients, pid):
        agent, s3, runtime = (clients(name) for name in ("bedrock-agent", "s3", "bedrock-agent-runtime"))
        knowledge_base, source = made(clients)
        timed(f"{count:,} objects put", lambda: put(s3, range(count), 0))
        report(timed("first ingestion", lambda: ingest(agent, knowledge_base, source)))
        timed("every 100th object put again", lambda: put(s3, range(0, count, 100), 1))
        report(timed("second ingestion", lambda: ingest(agent, knowledge_base, source)))
        listed = timed("statuses listed", lambda: statuses(agent, knowledge_base, source))
        print(f"  {listed}")
        ask(runtime, knowledge_base, count)
        print(f"memory of the emulator: {memory(pid):,} MB")


def made(clients: Any) -> tuple[str, str]:
    """The ids of a knowledge base and its data source."""
    iam, agent = clients("iam"), clients("bedrock-agent")
    role = iam.create_role(RoleName="knowledge", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    iam.put_role_policy(RoleName="knowledge", PolicyName="read", PolicyDocument=READ)
    clients("s3").create_bucket(Bucket=BUCKET)
    time.sleep(1)  # until the role is in effect
    embedding = {"embeddingModelArn": MODEL}
    knowledge_base = agent.create_knowledge_base(
        name="many",
        roleArn=role,
        knowledgeBaseConfiguration={"type": "VECTOR", "vectorKnowledgeBaseConfiguration": embedding},
    )["knowledgeBase"]["knowledgeBaseId"]
    source = agent.create_data_source(
        knowledgeBaseId=knowledge_base,
        name="documents",
        dataSourceConfiguration={"type": "S3", "s3Configuration": {"bucketArn": f"{ARN}:s3:::{BUCKET}"}},
    )["dataSource"]["dataSourceId"]
    return str(knowledge_base), str(source)


def put(s3: Any, numbers: range, edition: int) -> None:
    def one(number: int) -> None:
        s3.put_object(Bucket=BUCKET, Key=f"{number // 1000}/{number}.md", Body=document(number, edition).encode())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, numbers))


def ingest(agent: Any, knowledge_base: str, source: str) -> dict[str, Any]:
    job = agent.start_ingestion_job(knowledgeBaseId=knowledge_base, dataSourceId=source)["ingestionJob"]
    while job["status"] in ("STARTING", "IN_PROGRESS"):
        time.sleep(0.2)
        job = agent.get_ingestion_job(
            knowledgeBaseId=knowledge_base, dataSourceId=source, ingestionJobId=job["ingestionJobId"]
        )["ingestionJob"]
    return dict(job)


def report(job: dict[str, Any]) -> None:
    numbers = {name.removeprefix("numberOf"): value for name, value in job["statistics"].items() if value}
    print(f"  {job['status']}: {numbers} {job.get('failureReasons', [])[:2] or ''}")


def statuses(agent: Any, knowledge_base: str, source: str) -> dict[str, int]:
    pages = agent.get_paginator("list_knowledge_base_documents").paginate(
        knowledgeBaseId=knowledge_base, dataSourceId=source, PaginationConfig={"PageSize": 1000}
    )
    found: dict[str, int] = {}
    for detail in (item for page in pages for item in page["documentDetails"]):
        found[detail["status"]] = found.get(detail["status"], 0) + 1
    return found


def ask(runtime: Any, knowledge_base: str, count: int) -> None:
    """Semantic and hybrid, five passages: seconds of one question after the other, and how many find their document."""
    for kind in ("SEMANTIC", "HYBRID"):
        seconds, right = [], 0
        for number in random.Random(1).sample(range(count), min(QUESTIONS if kind == "SEMANTIC" else 10, count)):
            begun = time.perf_counter()
            answer = runtime.retrieve(
                knowledgeBaseId=knowledge_base,
                retrievalQuery={"text": f"What is wrong with the machine of {name_of(number)}?"},
                retrievalConfiguration={"vectorSearchConfiguration": {"overrideSearchType": kind}},
            )
            seconds.append(time.perf_counter() - begun)
            uris = [item["location"]["s3Location"]["uri"] for item in answer["retrievalResults"]]
            right += any(uri.endswith(f"/{number}.md") for uri in uris)
        ordered = sorted(seconds)
        worst = ordered[int(len(ordered) * 0.95)]
        print(
            f"{kind.lower()}: {right} of {len(seconds)} questions find their document; median "
            f"{statistics.median(seconds):.2f} s, 95 % below {worst:.2f} s"
        )


def timed(what: str, call: Any) -> Any:
    begun = time.perf_counter()
    found = call()
    print(f"{what}: {time.perf_counter() - begun:.1f} s", flush=True)
    return found


def memory(pid: int) -> int:
    """Resident, in MB; Linux only."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) // 1024


if __name__ == "__main__":
    main()
