"""Code of a function that a section names: a Python file or a folder, and where it begins."""

from pathlib import Path


def default_handler(code: Path | None) -> str:
    """`module.function` of a file, or of lambda_function.py in a folder; both names are those of AWS's templates."""
    module = code.stem if code and code.is_file() else "lambda_function"
    return f"{module}.lambda_handler"


def code_files(code: Path) -> dict[str, bytes]:
    """Path in the zip -> content, without what Python and Git leave in the folder."""
    if code.is_file():
        return {code.name: _content(code)}
    found = {path.relative_to(code).as_posix(): path for path in code.rglob("*") if path.is_file()}
    hidden = (".", "__pycache__")
    return {
        name: _content(path)
        for name, path in sorted(found.items())
        if not any(part.startswith(hidden) for part in name.split("/"))
    }


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    return content.replace(b"\r\n", b"\n") if path.suffix == ".py" else content  # Git may check out either
