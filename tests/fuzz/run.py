"""Fuzzes targets under coverage guidance: python -m tests.fuzz.run [SECONDS] [TARGET ...]; what fails is kept.

Each target runs in a process of its own. A crash ends the run with its exit code and leaves the input, as
.local/fuzz/<target>/crash-<hash>, to be made a seed of the target once it is mended.
"""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / ".local" / "fuzz"
SLOWEST_INPUT_SECONDS, MOST_MEMORY_MB = 10, 1024


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--one"]:
        return _fuzz(arguments[1], arguments[2])
    seconds, *names = arguments or ["60"]
    from tests.fuzz.targets import TARGETS

    failed = [
        name
        for name in names or TARGETS
        if subprocess.call([sys.executable, "-m", __spec__.name, "--one", name, seconds])
    ]
    print(f"fuzz: {len(failed)} of {len(names or TARGETS)} targets failed{': ' if failed else ''}{', '.join(failed)}")
    return 1 if failed else 0


def _fuzz(name: str, seconds: str) -> int:
    import atheris

    with atheris.instrument_imports(include=["training_data"]):
        from tests.fuzz.targets import TARGETS
    target, folder = TARGETS[name], FOLDER / name
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    limits = [f"-max_total_time={seconds}", f"-timeout={SLOWEST_INPUT_SECONDS}", f"-rss_limit_mb={MOST_MEMORY_MB}"]
    atheris.Setup([name, str(corpus), f"-artifact_prefix={folder}/", *limits], target.run)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
