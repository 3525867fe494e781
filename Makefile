# `make` builds, `make demo` shows, `make test` checks. Everything else is CMake (CMakePresets.json).
PYTHON ?= python3
CACHE := $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/isogloss
DEMO_MODEL := $(CACHE)/models/gemma-3-270m-q4_k_m.gguf

.PHONY: build wheel setup setup-tests dev demo-model demo test test-wheel sanitize fuzz format tidy clean

build: setup
	@$(PYTHON) tools/setup/build.py release build 3

# With tests, and with warnings as errors: what contributors and CI build. It goes on where `make`
# stopped, and leaves `make` nothing to do.
dev: setup-tests
	@$(PYTHON) tools/setup/build.py dev build 8

setup:
	@tools/setup/packages.sh
	@$(PYTHON) tools/setup/prepare.py

setup-tests:
	@tools/setup/packages.sh test
	@$(PYTHON) tools/setup/prepare.py test

demo-model:
	@test -e "$(DEMO_MODEL)" || { tools/setup/packages.sh && $(PYTHON) tools/setup/demo_model.py; }

demo: build demo-model
	@build/bin/isogloss demo --output demo-results

# dist/ then holds the Python wheel, for other machines too.
wheel:
	@tools/setup/packages.sh
	@tools/setup/wheel.sh $(PYTHON) dist

# The wheel in an environment of its own; the library is compiled once more for it, for any x86-64.
test-wheel: demo-model
	@tools/setup/packages.sh
	@tests/python/run.sh $(CURDIR) $(PYTHON) build/python-test

test: dev demo-model
	@ctest --preset dev

sanitize: setup-tests demo-model
	@$(PYTHON) tools/setup/build.py sanitize build-sanitize 20
	@ctest --preset sanitize

# SECONDS for each parser: make fuzz SECONDS=3600
fuzz: setup
	@SECONDS_EACH=$(or $(SECONDS),60) tools/fuzz.sh

format:
	@git ls-files '*.h' '*.cpp' | xargs clang-format -i

tidy: dev
	@tools/tidy.sh

clean:
	@cmake -E rm -rf build build-sanitize build-fuzz build-wheel demo-results
