"""The embedded AWS: starts the emulator and adds what it lacks. A tool for people and tests, never deployed."""
