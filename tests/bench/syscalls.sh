#!/usr/bin/env bash
# Counts the system calls that Puff makes per request under load: syscalls.sh [--seconds N]. Needs
# strace, and may trace. Rates seen meanwhile mean nothing.
exec "$(dirname "${BASH_SOURCE[0]}")/run.sh" syscalls "$@"
