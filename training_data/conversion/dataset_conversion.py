"""Converts a file to a dataset on disk, as a whole or not at all, with a report of what was dropped or changed."""

from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from training_data.atomic_output import atomic, refuse_output
from training_data.conversion.conversion import Target, convert_file
from training_data.conversion.line_conversion import convert_ranges
from training_data.conversion.record_formats import to_line
from training_data.conversion.report import ConversionReport
from training_data.sources.files import ConversionError, file_state, is_packed, opened, require_unchanged


def convert_dataset(
    file: Path,
    target: Target,
    *,
    output: Path,
    report_file: Path | None = None,
    force: bool = False,
    processes: int | None = None,
) -> ConversionReport:
    """Write `output` (and `report_file`, JSON lines); `processes` is how many may work, all processors if None.

    Raises ConversionError when the file cannot be read to its end or holds nothing to convert, OutputError when the
    output cannot be written; neither file is there then.
    """
    outputs = [path for path in (output, report_file) if path]
    for path in outputs:
        refuse_output(path, [file, *(other for other in outputs if other is not path)], force=force)
    with ExitStack() as stack:
        stream = stack.enter_context(atomic(output))
        report = ConversionReport(stack.enter_context(atomic(report_file)) if report_file else None)
        before = file_state(file)
        with opened(file) as (source, kind):
            in_ranges, start = kind == "lines" and not is_packed(source), source.tell()
        if in_ranges:
            convert_ranges(file, target, start, stream, report, processes)
            require_unchanged(file, before)
        else:
            _convert_all(file, target, stream, report)
        if not report.converted and not report.dropped:
            raise ConversionError(file, 0, "is empty; put records into it")
        if not report.written:
            raise ConversionError(file, 0, "\n".join(["gives no record at all; mend it", *report.table()]))
    return report


def _convert_all(file: Path, target: Target, stream: BinaryIO, report: ConversionReport) -> None:
    for item in convert_file(file, target):
        if isinstance(item, ConversionError):
            if item.ends:
                raise item
            report.add_dropped(file.name, item)
        else:
            report.add_converted(file.name, item)
            stream.writelines(to_line(record) for record in item.records)
