"""`kit data split`: training and validation set. Exit code 0: both pass the checks, 1: findings, 2: nothing written."""

import argparse
from pathlib import Path

from kit.data.check import as_text, report_parts, rules_for
from kit_contract.counted import counted
from model_catalog import catalog
from model_catalog.selection import method_name
from training_data.atomic_output import refuse_output
from training_data.checking.files import check_dataset
from training_data.checking.model_rules import METHODS
from training_data.splitting import split_dataset


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="JSON lines in the base model's record format")
    parser.add_argument("--model", required=True, metavar="ID", help="customization id or inference id")
    parser.add_argument("--method", default="FINE_TUNING", type=method_name, choices=METHODS)
    parser.add_argument("--share", type=_share, default=0.1, metavar="SHARE", help="of validation records (0.1)")
    parser.add_argument("--seed", type=int, default=0, help="the same seed, the same split (0)")
    parser.add_argument("--training", required=True, type=Path, metavar="FILE")
    parser.add_argument("--validation", required=True, type=Path, metavar="FILE")
    parser.add_argument("--force", action="store_true", help="replace existing outputs")


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError(f"must be a number above 0 and below 1, such as 0.1, got {text!r}")
    return share


def run(options: argparse.Namespace) -> int:
    rules = rules_for(options.model, options.method)
    if rules.limits.max_validation_records == 0:
        raise catalog.CatalogError(f"{options.model} takes no validation set; train on all records")
    for output, other in ((options.training, options.validation), (options.validation, options.training)):
        refuse_output(output, [options.file, other], force=options.force)
    split = split_dataset(
        options.file,
        training=options.training,
        validation=options.validation,
        share=options.share,
        seed=options.seed,
        most=rules.limits.max_validation_records,
    )
    report = check_dataset(options.training, rules, validation=options.validation)
    print(f"training {split.training:,}, validation {counted(split.validation, 'record')}, seed {options.seed}")
    print(f"duplicates: {split.duplicates}, each on the side of the record that it repeats")
    if split.same_prompts:
        print(f"prompts of training records in {counted(split.same_prompts, 'validation record')}, with another answer")
    print(as_text(report_parts(report, options.training, options.validation)))
    return 0 if report.passes else 1
