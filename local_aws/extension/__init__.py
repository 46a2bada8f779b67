"""What the emulator lacks, added from outside. Runs in the emulator's virtual environment, never in the kit's."""
