#!/bin/bash
# Generates Sources/TonoModels/ONNX/onnx.pb.swift from ONNX' public schema. Only needed when the
# schema gains something that Tonoscope reads; the result is committed.
#
#   Scripts/onnx-schema.sh [PLUGIN]
#
# Needs protoc (Debian: protobuf-compiler) and Python with pip. PLUGIN is a protoc-gen-swift; without
# it one is built from swift-protobuf, which takes some minutes.
set -euo pipefail
cd "$(dirname "$0")/.."

schema_version=1.21.0
plugin_version=1.39.0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -m pip download --quiet --no-deps --only-binary :all: --dest "$work" "onnx==$schema_version"
(cd "$work" && python3 -m zipfile -e onnx-*.whl wheel && mv wheel/onnx/onnx.proto .)

plugin=${1:-}
if [[ -z $plugin ]]; then
  git clone --quiet --depth 1 --branch "$plugin_version" \
    https://github.com/apple/swift-protobuf "$work/swift-protobuf"
  swift build -c release --package-path "$work/swift-protobuf" --product protoc-gen-swift
  plugin=$work/swift-protobuf/.build/release/protoc-gen-swift
fi

protoc --proto_path="$work" --plugin=protoc-gen-swift="$plugin" \
  --swift_out=Sources/TonoModels/ONNX onnx.proto
