"""A process that checks one range of a dataset file: the range comes in on stdin, the report goes out on stdout."""

import pickle
import sys

from training_data.checking.dataset_file import DatasetFileError, FileRange, check_range


def main() -> None:
    part: FileRange = pickle.load(sys.stdin.buffer)
    answer: object
    try:
        answer = check_range(part)
    except DatasetFileError as error:
        answer = error
    pickle.dump(answer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
