"""The version of the kit, by https://semver.org: docs/versions.md says what it promises."""

VERSION = "0.2.0.dev0"
