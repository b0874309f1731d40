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
  # As a dependency, so that SwiftPM fetches it with all its parts.
  cat >"$work/Package.swift" <<END
// swift-tools-version: 6.1
import PackageDescription
let package = Package(
  name: "generator",
  dependencies: [
    .package(url: "https://github.com/apple/swift-protobuf", exact: "$plugin_version")
  ])
END
  swift package --package-path "$work" resolve
  swift build -c release --package-path "$work/.build/checkouts/swift-protobuf" \
    --scratch-path "$work/build" --product protoc-gen-swift
  plugin=$work/build/release/protoc-gen-swift
fi

protoc --proto_path="$work" --plugin=protoc-gen-swift="$plugin" \
  --swift_out=Sources/TonoModels/ONNX onnx.proto
