# `make` builds, `make demo` shows, `make test` checks. Everything else is CMake (CMakePresets.json).
PYTHON ?= python3
CACHE := $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/isogloss
DEMO_MODEL := $(CACHE)/models/gemma-3-270m-q4_k_m.gguf

.PHONY: build setup demo-model demo test sanitize fuzz format tidy clean

build: setup
	@cmake --preset release --log-level=WARNING
	@cmake --build --preset release

setup:
	@tools/setup/packages.sh
	@$(PYTHON) tools/setup/prepare.py

demo-model: setup
	@test -e "$(DEMO_MODEL)" || $(PYTHON) tools/setup/demo_model.py

demo: build demo-model
	@build/bin/isogloss demo --output demo-results

test: build demo-model
	@ctest --preset release

sanitize: setup demo-model
	@cmake --preset sanitize --log-level=WARNING
	@cmake --build --preset sanitize
	@ctest --preset sanitize

fuzz: setup
	@tools/fuzz.sh

format:
	@git ls-files '*.h' '*.cpp' | xargs clang-format -i

tidy: build
	@tools/tidy.sh

clean:
	@cmake -E rm -rf build build-sanitize build-fuzz demo-results
