"""`kit knowledge sync`: an ingestion job for each data source, followed to its end.

STARTING -> IN_PROGRESS -> COMPLETE | FAILED, or STOPPING -> STOPPED. A knowledge base has one running job at a time.
One that runs already, such as that of an upload, is waited for: it may have begun before the last change.
https://docs.aws.amazon.com/general/latest/gr/bedrock.html ("Concurrent ingestion jobs per knowledge base": 1)
"""

import argparse
import json
import sys
import time
import uuid
from typing import Any

from kit.knowledge.arguments import add_common_arguments
from kit.knowledge.deployed import Deployed, KnowledgeBase, connect
from kit.knowledge.described import Source, described
from kit.knowledge.job_words import as_record, counts, is_final, reasons
from kit.knowledge.put_target import is_called, targets_of
from kit.progress import Progress
from kit_contract.aws_errors import code_of, message_of
from kit_contract.errors import ExternalError, InputError

PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 15.0
BUSY = ("ConflictException", "ServiceQuotaExceededException")
NOT_INGESTED = "CUSTOM"  # its documents are put one by one


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("--source", metavar="NAME", help="only this data source (kit knowledge status has the names)")
    parser.add_argument("--no-wait", action="store_true", help="start the jobs and return")


def run(options: argparse.Namespace) -> int:
    """0 if each job is complete and no document failed."""
    deployed = connect(options.config, options.environment, local=options.local)
    chosen = [
        (knowledge_base, source)
        for knowledge_base in deployed.chosen(options.knowledge_base)
        for source in _sources(deployed, knowledge_base, options.source)
    ]
    if not chosen:
        _refuse_custom(deployed, options)
        raise InputError(f"there is no data source {options.source or 'to ingest'}; kit knowledge status lists them")
    jobs = []
    progress = Progress(len(chosen), sys.stderr)
    for knowledge_base, source in chosen:
        job = _ingest(deployed, knowledge_base, source, progress, wait=not options.no_wait)
        jobs.append(as_record(job) | {"knowledge_base": knowledge_base.name, "source": source.name})
    if options.json:
        print(json.dumps(jobs, indent=1, ensure_ascii=False))
    started = options.no_wait or all(job["status"] == "COMPLETE" and not job["failed"] for job in jobs)
    return 0 if started else 1


def _sources(deployed: Deployed, knowledge_base: KnowledgeBase, name: str | None) -> list[Source]:
    found = described(deployed, knowledge_base).sources
    return [source for source in found if source.kind != NOT_INGESTED and (name is None or is_called(source, name))]


def _refuse_custom(deployed: Deployed, options: argparse.Namespace) -> None:
    """Raise InputError if the source that is asked for is a custom one, or all are."""
    if targets_of(deployed, options.knowledge_base, options.source):
        raise InputError(
            f"{options.source or 'each data source'} is custom: no job reads it, and its documents are put: kit "
            "knowledge put"
        )


def _ingest(
    deployed: Deployed, knowledge_base: KnowledgeBase, source: Source, progress: Progress, *, wait: bool
) -> dict[str, Any]:
    progress.step(f"{knowledge_base.name}: {source.name}")
    job = _started(deployed, knowledge_base.id, source.id, progress, wait=wait)
    if not wait:
        progress.done(f"job {job['ingestionJobId']} has started")
        return job
    job = _followed(deployed, job, progress)
    for reason in reasons(job):
        progress.line(reason)
    progress.done(f"{job['status']}: {counts(job)}")
    return job


def _started(deployed: Deployed, knowledge_base: str, source: str, progress: Progress, *, wait: bool) -> dict[str, Any]:
    token = f"kit-knowledge-sync-{uuid.uuid4().hex}"  # 33 characters at least; a repeated call starts nothing new
    pause = PAUSE_SECONDS
    while True:
        try:
            answer: Any = deployed.agent.start_ingestion_job(
                knowledgeBaseId=knowledge_base, dataSourceId=source, clientToken=token
            )
            return dict(answer["ingestionJob"])
        except Exception as error:
            if code_of(error) not in BUSY:
                raise
            if not wait:
                raise ExternalError(
                    "no job was started: another one runs, and it may have begun before your last change "
                    f"({message_of(error)}); leave out --no-wait to wait for its end"
                ) from None
        progress.bar(0.0, "another ingestion job runs; waiting for its end")
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def _followed(deployed: Deployed, job: dict[str, Any], progress: Progress) -> dict[str, Any]:
    pause = PAUSE_SECONDS
    while not is_final(job):
        progress.bar(0.0 if job["status"] == "STARTING" else 0.5, f"{job['status']}: {counts(job)}")
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        job = job_of(deployed, job["knowledgeBaseId"], job["dataSourceId"], job["ingestionJobId"])
    return job


def job_of(deployed: Deployed, knowledge_base: str, source: str, job: str) -> dict[str, Any]:
    answer: Any = deployed.agent.get_ingestion_job(
        knowledgeBaseId=knowledge_base, dataSourceId=source, ingestionJobId=job
    )
    return dict(answer["ingestionJob"])
