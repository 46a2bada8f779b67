"""`kit data convert`: what people have -> what a model and method need.

Exit code 0: all of it, 1: written, but with losses or findings, 2: nothing written.
"""

import argparse
from pathlib import Path

from kit.data.check import as_text, report_parts, rules_for
from kit.data.reading_options import add_reading_arguments
from kit_contract.dataset_limits import DISTILLATION_PROMPTS
from model_catalog import catalog
from model_catalog.selection import method_name
from training_data.checking.files import check_dataset
from training_data.checking.model_rules import METHODS, ModelRules
from training_data.conversion.file_conversion import convert_dataset
from training_data.conversion.record_conversion import UNLABELLED, Target
from training_data.conversion.record_formats import UNLABELLED_TEXT
from training_data.conversion.training_signals import USES
from training_data.sources.shapes import SHAPES

CONTINUED_PRE_TRAINING = "CONTINUED_PRE_TRAINING"
NO_CONTINUED_PRE_TRAINING = (
    "no base model on Bedrock takes continued pre-training today (Titan Text, the last one, has ended): these records"
    " are for SageMaker or for later, and were not checked; see docs/which-method.md"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="JSON, CSV, TSV, Parquet, .xlsx; gzip or not")
    parser.add_argument("--model", required=True, metavar="ID", help="customization id or inference id")
    parser.add_argument(
        "--method",
        default="FINE_TUNING",
        type=method_name,
        choices=(*METHODS, CONTINUED_PRE_TRAINING),
        metavar="METHOD",
        help=f"{', '.join(METHODS)} (default: FINE_TUNING) or {CONTINUED_PRE_TRAINING}",
    )
    parser.add_argument("--output", required=True, type=Path, metavar="FILE", help="the dataset, JSON lines")
    parser.add_argument("--report", type=Path, metavar="FILE", help="every dropped and changed record, JSON lines")
    parser.add_argument("--from", dest="shape", choices=list(SHAPES), help="the source's shape, if not to be detected")
    add_reading_arguments(parser)
    parser.add_argument("--use", action="append", default=[], choices=USES, help="train on what says that it is not to")
    parser.add_argument("--system", metavar="TEXT", help="system prompt for records without one")
    parser.add_argument("--unlabelled", choices=UNLABELLED, default="refuse", help="what plain texts become")
    parser.add_argument("--force", action="store_true", help="replace an existing output")


def run(options: argparse.Namespace) -> int:
    catalog.find(options.model)
    rules = None if options.method == CONTINUED_PRE_TRAINING else rules_for(options.model, options.method)
    target = Target(
        record_format=rules.limits.record_format if rules else UNLABELLED_TEXT,
        system=options.system,
        unlabelled=options.unlabelled,
        shape=options.shape,
        columns=options.columns,
        header=options.header,
        encoding=options.encoding,
        uses=tuple(options.use),
        single_turn=_is_single_turn(rules),
    )
    report = convert_dataset(
        options.file, target, output=options.output, report_file=options.report, force=options.force
    )
    print("\n".join(report.table()))
    if (report.dropped or report.changed) and not options.report:
        print("--report FILE writes every dropped and changed record with its original")
    print(f"{options.output}: {target.record_format} for {options.model}")
    return 0 if _passes(options.output, rules) and not report.dropped else 1


def _is_single_turn(rules: ModelRules | None) -> bool:
    """Llama's distillation: https://docs.aws.amazon.com/bedrock/latest/userguide/distillation-data-prep-option-1.html"""
    return bool(rules and rules.limits.record_format == DISTILLATION_PROMPTS and rules.base_model.startswith("meta."))


def _passes(output: Path, rules: ModelRules | None) -> bool:
    if rules is None:
        print(NO_CONTINUED_PRE_TRAINING)
        return True
    report = check_dataset(output, rules)
    print(as_text(report_parts(report, output, None)))
    return report.passes
