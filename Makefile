# SPDX-License-Identifier: Apache-2.0
# The door. The work is done by meson and ninja, set up here on first use.
#
#   make         a release build: build/tocsin
#   make demo    packages, build, a demonstration country's four weeks; serves its last morning
#                on 127.0.0.1 until Ctrl-C (PORT=8069)
#   make demo-smoke   the same, looked at with a browser; pictures in build/screenshots, and with
#                PICTURES=docs/pictures those of the README anew
#   make check   packages, all tests
#   make check-long   the same at load scale; takes longer
#   make interop packages, the program against software of others; ten minutes at most
#   make bench   measurements; figures of one run each
#   make fuzz    30 seconds of fuzzing per target (SECONDS=n for more)
#   make deps    only installs the packages

SECONDS = 30
PORT = 8069
.DEFAULT_GOAL = build

.PHONY: build demo demo-smoke check check-long interop bench fuzz deps clean
build:
	@./tools/packages.sh run
	@[ -f build/build.ninja ] || log=$$(meson setup build --buildtype=release 2>&1) || \
		{ echo "$$log" | tail -n 20; exit 1; }
	@ninja -C build --quiet tocsin

deps:
	./tools/packages.sh check

demo: build
	@python3 tools/demo.py build/tocsin --port $(PORT)

# Debian's python3: selenium is a package of its.
demo-smoke: build
	@./tools/packages.sh check
	@/usr/bin/python3 tools/demo_smoke.py build/tocsin $(if $(PICTURES),--pictures $(PICTURES))

check:
	@./tools/packages.sh check
	@./tools/check.sh

check-long:
	@./tools/packages.sh check
	@TOCSIN_LONG=1 ./tools/check.sh

interop: build
	@./tools/interop.sh

bench: build
	@./tools/bench.sh

fuzz:
	@./tools/packages.sh check
	@./tools/fuzz.sh $(SECONDS)

clean:
	rm -rf build build-san build-clang build-fuzz build-interop
