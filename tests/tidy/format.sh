#!/bin/sh
# Lists every source file that clang-format would change, and fails if any.
# Usage: format.sh <root> [--fix]
set -eu
cd "$1"
files=$(find messages runtime actors node bootstrap tests \
  \( -name '*.hpp' -o -name '*.cpp' \) | sort)
if [ "${2:-}" = --fix ]; then
  # shellcheck disable=SC2086
  exec clang-format -i $files
fi
# shellcheck disable=SC2086
clang-format --dry-run -Werror $files
echo "$files" | wc -l | sed 's/$/ files are formatted/'
