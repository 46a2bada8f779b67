"""Converts a file to a dataset on disk, as a whole or not at all, with a report of what was dropped or changed."""

from contextlib import ExitStack
from pathlib import Path

from training_data.atomic_output import atomic, refuse_output
from training_data.conversion.record_conversion import Target, convert_file
from training_data.conversion.record_formats import to_line
from training_data.conversion.report import ConversionReport
from training_data.sources.files import SourceError


def convert_dataset(
    file: Path, target: Target, *, output: Path, report_file: Path | None = None, force: bool = False
) -> ConversionReport:
    """Write `output` and, if given, `report_file` (JSON lines).

    Raises SourceError if the file cannot be read to its end or gives no record, OutputError if an output cannot be
    written; no file is written then.
    """
    outputs = [path for path in (output, report_file) if path]
    for path in outputs:
        refuse_output(path, [file, *(other for other in outputs if other is not path)], force=force)
    with ExitStack() as stack:
        stream = stack.enter_context(atomic(output))
        report = ConversionReport(stack.enter_context(atomic(report_file)) if report_file else None)
        for item in convert_file(file, target):
            if isinstance(item, SourceError):
                if item.ends:
                    raise item
                report.add_dropped(file.name, item)
            else:
                report.add_converted(file.name, item)
                stream.writelines(to_line(record) for record in item.records)
        if not report.written:
            raise SourceError(file, 0, "\n".join(["gives no record at all; correct it", *report.table()]))
    return report
