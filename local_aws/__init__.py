"""The embedded AWS: starts an emulator and adds what it lacks. For your machine and the tests, never deployed."""
