#!/bin/sh
# mmdebstrap calls this with the root directory before any package is unpacked.
set -eu
cp -a "${0%/*}/overlay/." "$1/"
