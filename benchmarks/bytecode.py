"""make setup && .venv/bin/python -m benchmarks.bytecode [runs]: what .pyc files would save a cold start.

Imports each handler in fresh processes, from its unzipped code with and without bytecode. Runs alternate, and none
writes bytecode, as Lambda's /var/task is read-only. boto3 has bytecode in both, as in the Lambda runtime.
"""

import compileall
import os
import py_compile
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from bedrock_constructs.lambda_functions.code_zip import zip_bytes, zip_files

HANDLERS = (
    "custom_resources.handler",
    "customization.handlers.check_data",
    "customization.handlers.promote",
    "customization.handlers.record_metrics",
    "customization.handlers.start_run",
    "inference_api.authorizer",
    "inference_api.handler",
    "knowledge_base_ingestion.handler",
    "provisioned_throughput_controller.handler",
)
TIMED_IMPORT = """
import sys, time
sys.path.insert(0, sys.argv[1])
started = time.process_time()
__import__(sys.argv[2])
print(time.process_time() - started)
"""


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 41
    print(f"Python {sys.version.split()[0]}; median processor time of the import in {runs} fresh processes")
    with tempfile.TemporaryDirectory() as scratch:
        for handler in HANDLERS:
            sources, compiled = _folders(Path(scratch) / handler, handler)
            pairs = [(_import_seconds(sources, handler), _import_seconds(compiled, handler)) for _ in range(runs)]
            without, with_bytecode = (1000 * statistics.median(run[side] for run in pairs) for side in (0, 1))
            print(
                f"{handler:<42} without {without:6.1f} ms, with {with_bytecode:6.1f} ms, "
                f"saves {without - with_bytecode:5.1f} ms"
            )


def _folders(scratch: Path, handler: str) -> tuple[Path, Path]:
    """The code without and with bytecode."""
    sources, compiled = scratch / "sources", scratch / "compiled"
    archive = scratch / "code.zip"
    scratch.mkdir()
    archive.write_bytes(zip_bytes(zip_files(handler)))
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(sources)
    shutil.copytree(sources, compiled)
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(compiled, quiet=1, invalidation_mode=mode)
    return sources, compiled


def _import_seconds(folder: Path, handler: str) -> float:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "AWS_DEFAULT_REGION": "us-east-1"}
    command = [sys.executable, "-c", TIMED_IMPORT, str(folder), handler]
    finished = subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return float(finished.stdout)


if __name__ == "__main__":
    main()
