"""One deploy: synthesized, looked at, agreed to, recorded, deployed, and what left the file after it."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from billed_resources.stack_removal import Waiting
from deployment.config import DeploymentConfig
from kit.cdk_cli import environment_arguments
from kit.concurrency import concurrency_notice
from kit.deleted_resources import generation_arguments
from kit.deploy.absent import UNDECIDED_OR_LEFT, Absent, Decision, settle
from kit.deploy.account import Account
from kit.deploy.assembly import content_of, stacks_in, templates_in
from kit.deploy.consent import agreed
from kit.deploy.difference import Difference, Question, difference
from kit.deploy.difference_report import as_table
from kit.deploy.effects.effect import Kind, digest_of
from kit.deploy.history import RECORD, History, Place
from kit.deploy.knowledge_base_changes import tell_knowledge_base_changes
from kit.deploy.put_documents_notice import put_documents_notice
from kit.deploy.record import BEGUN, DEPLOYED, FAILED, Record, commit_of, run_of_ci, write_record
from kit.deploy.synthesis import option, run_cli, synthesize
from kit.deploy.throughput_changes import Change
from kit.deploy.throughput_consent import look_at_throughput, may_deploy
from kit.deploy.training import report_training
from kit.hint import as_given
from kit.missing_documents import restoring_arguments
from kit.training_deploy import training_arguments
from kit.training_look import time_of_look
from kit.verify.preflight import as_lines, may_begin, preflight
from kit_contract.places import PROJECT

SKIP_PREFLIGHT = "--skip-preflight"
FAILED_PREFLIGHT = 1
NOT_LOOKED_FOR = "cdk deploy failed; stacks that are no longer in the file were not looked for"

SYNTHESIZED_AGAIN = (
    "nothing was deployed: another command has synthesized into {assembly} meanwhile, and it would be deployed in "
    "place of what was shown; deploy again, or give each deploy a folder of its own: -- --output FOLDER"
)


class Deploy:
    """`options` are those of `kit deploy`. `say` gets lines for people."""

    def __init__(
        self,
        options: argparse.Namespace,
        config: DeploymentConfig,
        path: Path,
        account: Account,
        say: Callable[[str], None],
    ) -> None:
        self._options, self._config, self._path = options, config, path
        self._account, self._say = account, say
        self._region = config.deployment.region

    def run(self) -> int:
        """The exit code. Raises KitError and botocore's errors."""
        given, throughput = self._options.accept, self._throughput()
        if not may_deploy(throughput, accepted=self._options.accept_throughput or Kind.BUY in given.kinds):
            return UNDECIDED_OR_LEFT
        tell_knowledge_base_changes(self._config, self._account.client, self._say)
        if self._config.built_knowledge_bases:
            put_documents_notice(self._config, self._account.session, self._account.client, self._say)
        if not self._options.skip_preflight and not self._preflight():
            return FAILED_PREFLIGHT
        history = History(RECORD, self._path, self._options.environment)
        here = Place(self._account.id, self._region, self._config.deployment.name)
        if notice := concurrency_notice(self._account.client("lambda").get_account_settings, self._region):
            print(f"warning: {notice}", file=sys.stderr)
        arguments = self._arguments()
        assembly, made = self._assembly()
        if not made and (code := synthesize(self._path, arguments, assembly)) != 0:
            print(NOT_LOOKED_FOR, file=sys.stderr)
            return code
        looked_at = content_of(assembly)
        absent = Absent(self._account.clients, history, here, Waiting(self._say))
        found = self._look(assembly, throughput, absent)
        self._say(as_table(found))
        if not agreed(found.effects, given, more=self._accepted_otherwise(), said=self._said):
            return UNDECIDED_OR_LEFT
        if content_of(assembly) != looked_at:  # while somebody was thinking
            print(SYNTHESIZED_AGAIN.format(assembly=assembly), file=sys.stderr)
            return UNDECIDED_OR_LEFT
        was_known = history.known
        history.add(here)
        return self._deploy(found, arguments, assembly, absent, was_known=was_known)

    def _deploy(
        self,
        found: Difference,
        arguments: Sequence[str],
        assembly: Path,
        absent: Absent,
        *,
        was_known: bool,
    ) -> int:
        record = self._record(found)
        self._write(record, BEGUN)  # before anything is paid for
        app = [] if option(arguments, "--app", "-a") else ["--app", str(assembly)]
        context = ["-c", f"config={self._path}"]
        present = stacks_in(assembly) or set()
        code = run_cli(["deploy", "--all", *app, *context, *arguments])
        code = 0 if not present else code  # the CLI calls an app without stacks a failure
        self._write(record, FAILED if code else DEPLOYED)
        if code != 0:
            print(NOT_LOOKED_FOR, file=sys.stderr)
            return code
        served = report_training(self._config, self._account.clients(self._region), self._said)
        decision = self._options.absent
        if decision is Decision.ASK and Kind.DELETE in self._options.accept.kinds:
            decision = Decision.REMOVE
        return settle(absent, present, decision, was_known=was_known) or served

    def _preflight(self) -> bool:
        results = preflight(self._config, self._region, self._account.client)
        for line in as_lines(results):
            self._say(line)
        if not may_begin(results):
            print(f"nothing was deployed: correct what does not hold, or add {SKIP_PREFLIGHT}", file=sys.stderr)
        return may_begin(results)

    def _throughput(self) -> list[Change]:
        return look_at_throughput(self._config, self._account.clients(self._region), datetime.now(UTC), self._say)

    def _arguments(self) -> list[str]:
        """Of cdk synth and cdk deploy."""

        def warn(line: str) -> None:
            print(line, file=sys.stderr)

        options, client = self._options, self._account.client
        look = time_of_look(self._config, client, datetime.now(UTC), self._say)
        return [
            *environment_arguments(options.environment),
            *restoring_arguments(self._config, client, warn),
            *generation_arguments(self._config, client, warn),
            *training_arguments(look, options.retrain, retry_failed=options.retry_failed),
            *options.cdk_arguments,
        ]

    def _assembly(self) -> tuple[Path, bool]:
        """Its folder, and whether it was made before."""
        app = option(self._options.cdk_arguments, "--app", "-a")
        if app and (PROJECT / app).is_dir():
            return PROJECT / app, True
        return PROJECT / (option(self._options.cdk_arguments, "--output", "-o") or "cdk.out"), False

    def _look(self, assembly: Path, throughput: Sequence[Change], absent: Absent) -> Difference:
        templates = templates_in(assembly)
        question = Question(
            self._config,
            templates,
            throughput,
            absent.find(templates),
            frozenset(self._options.retrain),
            retry=self._options.retry_failed,
        )
        return difference(question, lambda region: self._account.clients(region).cloudformation, self._account.client)

    def _accepted_otherwise(self) -> set[Kind]:
        """By the options that each accept one thing."""
        options = self._options
        return {Kind.BUY} if options.accept_throughput else set()

    def _record(self, found: Difference) -> Record:
        kinds = self._options.accept.kinds | self._accepted_otherwise()
        needed = [item for item in found.effects if item.kind is not Kind.LEAVE and not item.optional]
        numbers = {kind.value: sum(item.kind is kind for item in needed) for kind in Kind}
        agreed_to = {name: number for name, number in numbers.items() if number}
        given = ",".join(sorted(kind.value for kind in kinds)) or ("at the terminal" if agreed_to else "")
        return Record(
            by=self._account.arn,
            accepted=given,
            effects=agreed_to,
            digest=digest_of(found.effects),
            price=found.after,
            commit=commit_of(self._path.parent),
            run=run_of_ci(),
        )

    def _write(self, record: Record, state: str) -> None:
        """Raises botocore's errors where somebody agreed to something: without a record it is not done."""
        try:
            write_record(self._account.client("ssm"), self._config.deployment.name, record, state, datetime.now(UTC))
        except (BotoCoreError, ClientError) as error:
            if record.effects and state == BEGUN:
                raise
            print(f"warning: the record of this deploy was not written: {error}", file=sys.stderr)

    def _said(self, text: str) -> str:
        return as_given(text, self._options)
