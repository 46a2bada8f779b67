"""The lines of `kit data stats` that say what `kit data convert` would make of the file: it may drop records."""

from collections.abc import Iterator
from pathlib import Path

from kit_contract.counted import counted
from training_data.conversion.record_conversion import Target, convert_file
from training_data.conversion.report import ConversionReport
from training_data.sources.files import SourceError
from training_data.sources.reading import Reading


def would_convert_lines(file: Path, record_format: str, reading: Reading) -> list[str]:
    """It reads the file once more."""
    target = Target(record_format, columns=dict(reading.columns), header=reading.header, encoding=reading.encoding)
    report = ConversionReport()
    for item in convert_file(file, target):
        if isinstance(item, SourceError):
            report.add_dropped(file.name, item)
        else:
            report.add_converted(file.name, item)
    return list(_lines(report, record_format))


def _lines(report: ConversionReport, record_format: str) -> Iterator[str]:
    head = f"kit data convert, to {record_format}, would write {counted(report.written, 'record')}"
    if not report.dropped and not report.changed:
        yield f"{head}, dropping and changing none"
        return
    yield f"{head}, drop {report.dropped:,} and change {report.changed:,} (the figures above and below count all):"
    _, _, *reasons = report.table()
    yield from reasons
