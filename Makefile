# The two commands of the README are `make demo` and `make test`; `make help` lists the rest.

.DEFAULT_GOAL := help
.PHONY: help packages build test demo figures docs install bench-peers format lint

SWIFT_FILES := Package.swift Sources Examples Tests Benchmarks/Package.swift Benchmarks/Sources Fuzzing/Package.swift Fuzzing/Sources

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

packages: ## install the Debian packages that are missing
	@Scripts/install-packages.sh

build: packages ## build the tonoscope command (release)
	swift build -c release --product tonoscope

# Tests reach internal declarations, so every module is built another way than for the product:
# in a folder of its own, or each target would rebuild what the other had built.
test: packages ## build and run all tests (release)
	swift test -c release -Xswiftc -enable-testing --scratch-path .build-tests

demo: build ## pictures and sounds of neurons of both towers
	Scripts/demo.sh

figures: build ## remake the figures in figures/
	Scripts/figures.sh

bench-peers: packages ## measure Tonoscope beside PyTorch, TensorFlow and JAX
	Benchmarks/peers/bench.py

PREFIX ?= /usr/local

ROOMS := Tonoscope $(filter-out TonoscopeCommand Tonoscope,$(notdir $(wildcard Sources/Tono*)))

docs: packages ## make the reference of all modules in .build-docs/site
	mkdir -p .build-docs/site
	swift package --scratch-path .build-docs --allow-writing-to-directory .build-docs/site \
	  generate-documentation --enable-experimental-combined-documentation \
	  $(addprefix --target ,$(ROOMS)) --output-path .build-docs/site --transform-for-static-hosting

install: build ## install the command, its manual, completions and seeds below PREFIX (/usr/local)
	Scripts/install.sh "$(DESTDIR)$(PREFIX)"

format: ## format the Swift sources in place
	swift format --in-place --parallel --recursive $(SWIFT_FILES)

lint: ## check format and documentation comments of the Swift sources
	swift format lint --strict --parallel --recursive $(SWIFT_FILES)
