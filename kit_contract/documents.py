"""Which files of a folder are uploaded: one rule for the construct, the checks and what counts documents."""

from fnmatch import fnmatchcase

# In the syntax of .gitignore: hidden files and folders, and what editors and operating systems leave behind.
LEFT_OUT = (".*", "Thumbs.db", "desktop.ini", "__MACOSX", "*~", "~$*")
METADATA_SUFFIX = ".metadata.json"


def is_left_out(name: str) -> bool:
    """Whether a file or folder with this name is not uploaded, with everything in it."""
    return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in LEFT_OUT)
