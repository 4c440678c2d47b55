# keywarden's front door. Rules live in meson.build; what each target does, in scripts/.
#
#   make demo       installs what is missing, builds, shows what the program does on examples
#   make test       installs what tests need, builds with sanitizers, runs all fast tests
PREFIX ?= /usr/local
DESTDIR ?=
export PREFIX DESTDIR
MAKEFLAGS += --no-print-directory

.PHONY: all demo test bench test-long soak fuzz lint install clean help

all: # build the program to build/keywarden
	@scripts/deps --check build
	@scripts/build release

demo: # install, build, audit, scan, collect and study examples, write build/demo*.html
	@scripts/deps build
	@scripts/build release
	@scripts/demo

test: # all fast tests
	@scripts/deps build test
	@scripts/test

test-long: # property, oracle and differential tests on the seed of the day (or SEED=n)
	@scripts/deps build test
	@scripts/test-long

soak: # hours of the same and of fuzzing (HOURS=4)
	@scripts/deps build test
	@scripts/soak

fuzz: # every fuzz target for a minute (SECONDS_EACH=n)
	@scripts/deps build test
	@scripts/fuzz

lint: # compilers' analyzers, linters, formatter, spelling
	@scripts/deps build test lint
	@scripts/lint

bench: # speed and memory beside their ceilings and peers
	@scripts/deps build bench
	@scripts/build release
	@scripts/bench

install: all # to $(DESTDIR)$(PREFIX)
	@scripts/install

clean: # remove build/
	rm -rf build

help: # this list
	@sed -n 's/^\([a-z-]*\):[^#]*# \(.*\)/  make \1\t\2/p' Makefile | expand -t 20
