#!/usr/bin/env sh
# Installs every client that the tests drive, each into a folder of its own, by its own lockfile.
set -eu
cd "$(dirname "$0")"

for manifest in */package.json; do
  npm ci --prefix "${manifest%/package.json}" --ignore-scripts --no-audit --no-fund
done
