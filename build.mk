# One makefile for everything, not recursive. Output goes to $(BUILD) alone.
#
# A source file is found by lying in lib/, collector/ or workstation/; a unit
# test by being named tests/**/test_*.c; a scenario test by lying in
# tests/{cli,interop,hostile,kernel,long}/. Nothing is listed here by name.

export LC_ALL := C
MAKEFLAGS += --no-builtin-rules --no-builtin-variables
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all

# make ARCH=s390x builds for that line of scripts/targets, into a folder of its own; without it,
# for this machine.  An ARCH of the environment is not meant for us.
ifneq ($(origin ARCH),command line)
ARCH := $(EXHIBIT_ARCH)
endif
export EXHIBIT_ARCH := $(ARCH)
BUILD  ?= build$(if $(ARCH),/$(ARCH))
WERROR ?= 1
V      ?= 0
EXTRA_CFLAGS ?=
export BUILD WERROR EXTRA_CFLAGS

ifeq ($(V),0)
Q := @
say = @printf '  %-7s %s\n' $(1) $(2);
else
Q :=
say =
endif

# ---- dependencies -----------------------------------------------------------

# make 4.3 does not export to the shell of this function.
DEPS := $(shell EXHIBIT_ARCH='$(ARCH)' scripts/build-deps.sh --print)
ifeq ($(DEPS),)
ifeq ($(filter help clean,$(MAKECMDGOALS)),)
$(error the dependencies have no place to go: see the message above)
endif
endif
# By bare name, found first: a path would become part of what is compiled.
export PATH := $(DEPS)/bin:$(PATH)
export EXHIBIT_DEPS := $(DEPS)
TOOLS := $(shell EXHIBIT_ARCH='$(ARCH)' scripts/build-deps.sh --tools)
# What runs a program of another machine: an emulator, or nothing where this kernel can.
RUN := $(if $(filter-out i386,$(if $(TOOLS),$(ARCH))),$(shell awk '$$1 == "$(ARCH)" { print $$7 }' scripts/targets))
# Where this checkout lies must not show in what it builds.
export EXHIBIT_MAP := $(CURDIR)=/exhibit

# ---- flags ------------------------------------------------------------------

CC      := cc-musl
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
           -Wpointer-arith -Wcast-qual -Wwrite-strings -Wformat=2 -Wvla -Wundef \
           -Wno-psabi $(if $(filter 1,$(WERROR)),-Werror)
CPPFLAGS := -I. -I$(BUILD) -D_GNU_SOURCE
CFLAGS   := -std=c11 -O2 -g $(WARN) -fPIE -fstack-protector-strong -fno-common \
            -ffunction-sections -fdata-sections -fvisibility=hidden $(EXTRA_CFLAGS)
# A comma inside $(if) would end its branch; defined before its first use, because
# := looks at once.
comma    := ,
# --exclude-libs: otherwise a symbol of an archive can end up in the dynamic
# table and the start-up code of a static PIE stumbles over it on some machines.
LDFLAGS  := -Wl,--gc-sections -Wl,-z,relro,-z,now -Wl,-z,noexecstack \
            -Wl,--exclude-libs,ALL -Wl,--fatal-warnings \
            $(if $(shell $(TOOLS)ld --help | grep pack-relative-relocs),-Wl$(comma)-z$(comma)pack-relative-relocs)
LIBS     := -larchive -lzstd -lz -lyyjson -lcrypto -lext2fs -lsqlite3 -llzma
# exhibit-collect gets a provider of ours where libcrypto's table of built-in ones
# names the default and the base provider, which would bring in everything else
# (docs/decisions/0010-few-algorithms.md).
FEW      := -Wl,--defsym=ossl_default_provider_init=provider_init \
            -Wl,--defsym=ossl_base_provider_init=ossl_null_provider_init

CHECK    := -lcheck -lcompat
LEFT_OUT :=
ifeq ($(SANITIZE),1)
include scripts/sanitize.mk
endif

flags := $(DEPS) $(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(FEW) $(LIBS)

# ---- sources ----------------------------------------------------------------

find_c = $(filter-out $(LEFT_OUT),$(sort $(shell find $(wildcard $(1)) -name $(2) 2>/dev/null </dev/null)))
sources = $(if $(wildcard $(1)),$(call find_c,$(1),'*.c'))
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

LIB_SRC         := $(call sources,lib)
COLLECTOR_SRC   := $(call sources,collector)
WORKSTATION_SRC := $(call sources,workstation)
UNIT_SRC        := $(if $(wildcard tests),$(call find_c,tests,'test_*.c'))
SUPPORT_SRC     := $(call sources,tests/support)
HEADERS         := $(foreach dir,lib collector workstation tests,$(if $(wildcard $(dir)),$(call find_c,$(dir),'*.h')))
OWN_SRC         := $(LIB_SRC) $(COLLECTOR_SRC) $(WORKSTATION_SRC)

LIB_OBJ         := $(call objects,$(LIB_SRC))
COLLECTOR_OBJ   := $(call objects,$(COLLECTOR_SRC))
WORKSTATION_OBJ := $(call objects,$(WORKSTATION_SRC))
MAIN_OBJ        := $(BUILD)/obj/collector/main.o $(BUILD)/obj/workstation/main.o
UNIT_OBJ        := $(call objects,$(UNIT_SRC) $(SUPPORT_SRC) tests/unit_main.c)
ALL_OBJ         := $(LIB_OBJ) $(COLLECTOR_OBJ) $(WORKSTATION_OBJ) $(UNIT_OBJ)

COLLECT := $(BUILD)/exhibit-collect
EXHIBIT := $(BUILD)/exhibit
# What tests run: the programs, or a line of shell that has an emulator run them.
RUNS := $(if $(RUN),$(BUILD)/run/exhibit-collect $(BUILD)/run/exhibit)
PROGRAMS = EXHIBIT_COLLECT='$(abspath $(or $(firstword $(RUNS)),$(COLLECT)))' EXHIBIT='$(abspath $(or $(lastword $(RUNS)),$(EXHIBIT)))' EMULATOR='$(RUN)'

# ---- building ---------------------------------------------------------------

.PHONY: all collect
all: $(COLLECT) $(EXHIBIT)	## build both programs
collect: $(COLLECT)	## build exhibit-collect alone

$(DEPS)/complete:
	$(Q)scripts/build-deps.sh >/dev/null

# Rewritten only when it changes, so that a new flag, compiler or dependency
# rebuilds and a repeated `make` does not.
$(BUILD)/.flags: FORCE
	@mkdir -p $(@D); echo '$(flags)' | cmp -s - $@ || echo '$(flags)' >$@

$(BUILD)/build_id.h: FORCE | $(DEPS)/complete
	@mkdir -p $(@D); scripts/build-id.sh $@

$(BUILD)/obj/%.o: %.c $(BUILD)/.flags | $(DEPS)/complete $(BUILD)/build_id.h
	$(call say,CC,$<)mkdir -p $(@D) && $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Files whose text is put into the object, which -MMD does not see.
$(BUILD)/obj/lib/custody/readme.o: scripts/verify-by-hand.sh
$(BUILD)/obj/workstation/report/section_head.o: workstation/report/page.css workstation/report/page.js

# An archive, so that a program carries only the modules it calls.
$(BUILD)/lib.a: $(LIB_OBJ) $(BUILD)/.lib-list
	$(call say,AR,$@)rm -f $@ && $(TOOLS)ar rcsD $@ $(LIB_OBJ)

$(COLLECT).debug: $(COLLECTOR_OBJ) $(BUILD)/.collector-list
$(EXHIBIT).debug: $(WORKSTATION_OBJ) $(BUILD)/.workstation-list
$(COLLECT).debug: LDFLAGS += $(FEW)
$(COLLECT).debug $(EXHIBIT).debug: $(BUILD)/lib.a
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(BUILD)/lib.a $(LIBS)

$(COLLECT) $(EXHIBIT): %: %.debug
	$(call say,STRIP,$@)$(TOOLS)strip -o $@ $<

$(RUNS): $(BUILD)/run/%: $(BUILD)/%
	$(call say,RUN,$@)mkdir -p $(@D) && printf '#!/bin/sh\nexec %s "%s" "$$@"\n' '$(RUN)' '$(abspath $<)' >$@ && chmod 755 $@

# Two programs for tests and for whoever changes a library: one that names the system calls
# that its sandbox stopped, and one without sandbox, whose collections the usual one must equal.
# They differ in one object each; no option and no variable of the host makes the usual one so.
.PHONY: traps
traps: $(COLLECT).traps $(COLLECT).open $(BUILD)/stopped	## build exhibit-collect that names calls its sandbox stopped
$(BUILD)/syscalls.def: $(DEPS)/complete
	@mkdir -p $(@D); echo '#include <sys/syscall.h>' | $(CC) -E -dM - | \
		sed -n 's/^#define SYS_\([a-z0-9_]*\) .*/NAME(SYS_\1, "\1")/p' | sort >$@
$(BUILD)/obj/traps.o: collector/host/sandbox_trap.c $(BUILD)/syscalls.def $(BUILD)/.flags
	$(call say,CC,$@)$(CC) $(CPPFLAGS) $(CFLAGS) -DSANDBOX_TRAPS -MMD -MP -c -o $@ $<
$(BUILD)/obj/open.o: collector/host/sandbox.c $(BUILD)/.flags | $(DEPS)/complete
	$(call say,CC,$@)$(CC) $(CPPFLAGS) $(CFLAGS) -DSANDBOX_NONE=1 -MMD -MP -c -o $@ $<
$(COLLECT).traps: $(filter-out %/sandbox_trap.o,$(COLLECTOR_OBJ)) $(BUILD)/obj/traps.o
$(COLLECT).open: $(filter-out %/sandbox.o,$(COLLECTOR_OBJ)) $(BUILD)/obj/open.o
$(BUILD)/stopped: $(addprefix $(BUILD)/obj/,tests/hostile/stopped.o traps.o \
	collector/host/sandbox.o) $(BUILD)/lib.a
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^
$(COLLECT).traps $(COLLECT).open: LDFLAGS += $(FEW)
$(COLLECT).traps $(COLLECT).open: $(BUILD)/lib.a $(BUILD)/.collector-list
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(BUILD)/lib.a $(LIBS)

# For one test: a clock that is set while it runs. One object more than the usual one.
stepped := $(BUILD)/obj/tests/hostile/stepped_clock.o
$(COLLECT).stepped: LDFLAGS += $(FEW) -Wl,--wrap=clock_gettime
$(COLLECT).stepped: $(COLLECTOR_OBJ) $(stepped) $(BUILD)/lib.a $(BUILD)/.collector-list
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(BUILD)/lib.a $(LIBS)
check-hostile: $(COLLECT).stepped

# For others: the n-th allocation fails. One object more than the usual ones, too.
starve  := $(BUILD)/obj/tests/faults/starve.o
STARVED := $(COLLECT).starved $(EXHIBIT).starved
$(COLLECT).starved: LDFLAGS += $(FEW)
$(COLLECT).starved: $(COLLECTOR_OBJ) $(BUILD)/.collector-list
$(EXHIBIT).starved: $(WORKSTATION_OBJ) $(BUILD)/.workstation-list
$(STARVED): LDFLAGS += $(foreach call,malloc calloc realloc,-Wl,--wrap=$(call))
$(STARVED): $(starve) $(BUILD)/lib.a
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(BUILD)/lib.a $(LIBS)
.PHONY: starved
starved: $(STARVED)
check-hostile check-faults: starved

# The tests may call everything except the two main().
UNIT_LINK := $(UNIT_OBJ) $(filter-out $(MAIN_OBJ),$(COLLECTOR_OBJ) $(WORKSTATION_OBJ)) $(LIB_OBJ)
$(BUILD)/unit: $(UNIT_LINK) $(BUILD)/.unit-list
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(CHECK) $(LIBS)

# Each is linked with what it calls.
ifeq ($(SANITIZE),1)
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/%,$(call find_c,tests/fuzz,'fuzz_*.c'))
.PHONY: fuzzers
fuzzers: $(FUZZERS)
$(BUILD)/fuzz.a: $(filter-out $(MAIN_OBJ),$(COLLECTOR_OBJ) $(WORKSTATION_OBJ)) $(LIB_OBJ)
	$(call say,AR,$@)rm -f $@ && ar rcsD $@ $^
$(FUZZERS): $(BUILD)/%: $(BUILD)/obj/tests/fuzz/%.o $(BUILD)/fuzz.a
	$(call say,LINK,$@)$(CC) $(CFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)
-include $(patsubst $(BUILD)/%,$(BUILD)/obj/tests/fuzz/%.d,$(FUZZERS))
endif

# Programs under which tests run ours: a file with main() each, and what they share.  They know
# the registers of this machine alone.
LAUNCH := $(if $(TOOLS),,$(BUILD)/launch/faulty $(BUILD)/launch/older)
$(LAUNCH): $(BUILD)/launch/%: $(BUILD)/obj/tests/launch/%.o $(BUILD)/obj/tests/launch/tracer.o
	$(call say,LINK,$@)mkdir -p $(@D) && $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

# Generated from the file names, so that no test can be forgotten.
$(BUILD)/suites.def: $(BUILD)/.unit-list
	@sed -n 's:^tests/\(.*\)test_\([a-z0-9_]*\)\.c$$:SUITE(\2, "\1\2"):p' $< >$@
$(BUILD)/obj/tests/unit_main.o: $(BUILD)/suites.def

# A file that was added or removed has to relink, though no object is newer.
list_of = $(if $(1),printf '%s\n' $(1) | sort,:)
define list_rule
$(BUILD)/.$(1)-list: FORCE
	@mkdir -p $$(@D); new=$$@.$$$$$$$$; $$(call list_of,$(2)) >$$$$new; cmp -s $$$$new $$@ && rm $$$$new || mv $$$$new $$@
endef
$(eval $(call list_rule,lib,$$(LIB_SRC)))
$(eval $(call list_rule,collector,$$(COLLECTOR_SRC)))
$(eval $(call list_rule,workstation,$$(WORKSTATION_SRC)))
$(eval $(call list_rule,unit,$$(UNIT_SRC) $$(SUPPORT_SRC)))

-include $(ALL_OBJ:.o=.d) $(BUILD)/obj/traps.d $(BUILD)/obj/open.d $(BUILD)/obj/tests/hostile/stopped.d

# What scenario tests need beside the programs, for run-checks.sh: two of them at once must not make it.
.PHONY: harness
harness: $(LAUNCH) $(RUNS)

# ---- checks -----------------------------------------------------------------

# Fastest first: the first answer of a broken tree should come at once.
CHECKS := source catalogue hazards layers headers scripts docker shellcheck symbols forbidden budget unit \
          interop hostile cli kernel fuzz cppcheck tidy repro validation

.PHONY: check
check:	## run every check, fastest first, and count them
	$(Q)scripts/run-checks.sh $(CHECKS)

.PHONY: check-source check-catalogue check-hazards check-layers check-headers check-scripts check-docker shellcheck \
	check-shellcheck check-symbols check-forbidden check-unit check-cli check-interop \
	check-hostile check-long check-kernel check-faults check-fuzz check-exchange check-readers check-cross cross check-budget check-cppcheck check-tidy check-repro \
	check-validation cppcheck tidy repro
check-source:	## grep lint for past mistakes
	$(Q)scripts/check-source.sh
check-catalogue:	## docs/CATALOGUE.md and docs/CASE.md say what the tables say
	$(Q)scripts/gen-catalogue.sh --check
	$(Q)scripts/gen-case.sh --check
check-hazards:	## every test that docs/HAZARDS.md names is there
	$(Q)scripts/check-hazards.sh
check-layers:	## who may include what
	$(Q)scripts/check-layers.sh
check-headers: $(BUILD)/build_id.h $(DEPS)/complete	## every header compiles alone and explains itself
	$(Q)CPPFLAGS='$(CPPFLAGS)' CFLAGS='$(CFLAGS)' scripts/check-headers.sh
check-scripts: $(DEPS)/complete	## each check proves that it can fail
	$(Q)tests/cli/run tests/scripts
check-docker:	## Dockerfile.build agrees with setup.sh and README
	$(Q)scripts/check-docker.sh
shellcheck check-shellcheck:	## shellcheck over every script
	$(Q)scripts/check-shell.sh
check-symbols: $(call objects,$(OWN_SRC))	## foo.c exports only foo_*
	$(Q)NM='$(TOOLS)nm' scripts/check-symbols.sh $(BUILD)/obj
check-forbidden: $(COLLECT)	## exhibit-collect cannot execute, load or be configured
	$(Q)TOOLS='$(TOOLS)' RUN='$(RUN)' scripts/check-forbidden.sh $(COLLECT)
# A busy machine is no failure, nor a slow emulator: the limits of tests are for hangs, not for speed.
# What scenario tests start to be looked at lives longer than these.
check-unit: $(BUILD)/unit	## unit tests; CK_RUN_SUITE=lib/hash picks some
	$(Q)cd $(BUILD) && CK_TIMEOUT_MULTIPLIER=$(if $(RUN),200,$(if $(SANITIZE),60,10)) EMULATOR='$(RUN)' SRCDIR='$(CURDIR)' $(RUN) ./unit
check-hostile: traps
check-cli check-interop check-hostile check-kernel: check-%: all $(LAUNCH) $(RUNS)	## scenario tests of tests/; T='glob' picks, KEEP=1 keeps
	$(Q)LAUNCH='$(if $(LAUNCH),$(abspath $(BUILD)/launch))' $(PROGRAMS) \
		TEST_TIMEOUT='$(or $(TEST_TIMEOUT),$(if $(RUN),1800,900))' tests/cli/run tests/$*
# What other tools read in our archives, of the scenario tests that are not too much to emulate.
check-readers: all $(RUNS)
	$(Q)$(PROGRAMS) TEST_TIMEOUT=1800 tests/cli/run tests/interop age logins tar-readers verify-by-hand
# The programs of another machine beside those of this one, which lie in build/.
check-exchange: all $(RUNS)
	$(Q)$(PROGRAMS) HOME_BUILD='$(CURDIR)/build' TEST_TIMEOUT=1800 tests/cli/run tests/cross
# Machines with 64 and with 32 bits, and one with the high byte first.
CROSS ?= aarch64 i386 s390x
cross:	## build for other machines: make cross CROSS="riscv64 s390x"; make ARCH=s390x for one
	$(Q)for arch in $(CROSS); do $(MAKE) ARCH=$$arch BUILD=build/$$arch all || exit 1; done
check-cross: all	## unit tests, command line, and archives that go to and fro, on other machines (minutes)
	$(Q)failed=0; for arch in $(CROSS); do echo "$$arch:"; EXHIBIT_ARCH=$$arch BUILD=build/$$arch \
		scripts/run-checks.sh symbols forbidden unit cli readers exchange || failed=1; done; exit $$failed
# Without a runtime, which there is none of for musl: the process ends at the place.
UBSAN := BUILD=$(BUILD)/ubsan WERROR=0 \
	EXTRA_CFLAGS='-fsanitize=undefined -fsanitize-undefined-trap-on-error'
ubsan:	## unit tests, and a collection of this machine, that end where behaviour is undefined (minutes)
	$(Q)$(MAKE) $(UBSAN) all check-unit
	$(Q)scripts/ubsan.sh $(BUILD)/ubsan
# With a runtime: its own build, of glibc and the libraries of Debian, without sandbox
# (scripts/sanitize.mk); the fuzz targets are part of it.
SANITIZED := $(MAKE) --no-print-directory SANITIZE=1 BUILD=$(BUILD)/asan
asan:	## unit tests, a collection of this machine and its case, the command line, under AddressSanitizer and UndefinedBehaviorSanitizer (minutes)
	$(Q)scripts/setup.sh sanitize
	$(Q)$(SANITIZED) all starved check-unit
	$(Q)scripts/sanitized.sh $(BUILD)/asan $(LESS)
fuzz:	## fuzz one parser: make fuzz T=bundle TIME=60
	$(Q)scripts/setup.sh sanitize
	$(Q)$(SANITIZED) $(BUILD)/asan/fuzz_$(or $(T),bundle)
	$(Q)tests/fuzz/run $(BUILD)/asan $(or $(TIME),60) $(or $(T),bundle)
fuzz-all:	## fuzz every parser for TIME seconds (300), one after the other
	$(Q)scripts/setup.sh sanitize
	$(Q)$(SANITIZED) fuzzers
	$(Q)tests/fuzz/run $(BUILD)/asan $(or $(TIME),300)
fuzz-corpus:	## make the corpora of all parsers, or of T, small again, with what runs have found
	$(Q)$(SANITIZED) fuzzers
	$(Q)tests/fuzz/merge $(BUILD)/asan $(T)
check-fuzz:	## the corpora of every parser, and some seconds more of each
	$(Q)$(SANITIZED) fuzzers
	$(Q)FUZZ_SEED=1 tests/fuzz/run $(BUILD)/asan $(or $(TIME),2)
# Every kernel that Debian offers, the oldest first.
KERNEL_SUITES ?= bullseye bookworm trixie trixie-backports forky sid
kernels: all	## tests/kernel on the kernels of many suites of Debian (minutes each)
	$(Q)$(PROGRAMS) scripts/kernels.sh $(KERNEL_SUITES)
check-faults: all $(LAUNCH)	## every system call of a run fails once, and for ever (minutes)
	$(Q)rm -rf $(BUILD)/faults && mkdir -p $(BUILD)/faults && cd $(BUILD)/faults && \
		export LAUNCH='$(abspath $(BUILD)/launch)' $(PROGRAMS) && \
		for what in $(or $(ON),tree read); do \
			'$(CURDIR)/tests/faults/run.py' --stride $(or $(STRIDE),1) $(if $(T),--only $(T)) $$what || exit 1; done
check-long: all $(BUILD)/unit	## what takes longer than check may: 4 GiB through age, ten million files; not part of check
	$(Q)cd $(BUILD) && AGE_LONG=1 CK_RUN_SUITE=lib/crypt/age_interop CK_TIMEOUT_MULTIPLIER=60 SRCDIR='$(CURDIR)' ./unit
	$(Q)$(PROGRAMS) TEST_TIMEOUT=7200 tests/cli/run tests/long
gdb: $(BUILD)/unit	## debug unit tests: make gdb CK_RUN_SUITE=lib/hash
	$(Q)cd $(BUILD) && SRCDIR='$(CURDIR)' CK_FORK=no CK_RUN_SUITE='$(CK_RUN_SUITE)' gdb ./unit
bless: all	## rewrite the expected output of tests/cli/
	$(Q)$(PROGRAMS) tests/cli/run --bless tests/cli
check-budget:	## length of functions and files
	$(Q)scripts/check-budget.sh
cppcheck check-cppcheck: $(BUILD)/build_id.h $(DEPS)/complete	## cppcheck without a finding
	$(Q)CPPFLAGS='$(CPPFLAGS)' scripts/check-cppcheck.sh
tidy check-tidy: $(BUILD)/build_id.h $(BUILD)/suites.def $(DEPS)/complete	## clang-tidy without a finding
	$(Q)CPPFLAGS='$(CPPFLAGS)' scripts/check-tidy.sh $(BUILD)/tidy
repro check-repro: all	## build twice in two folders and compare
	$(Q)scripts/repro.sh $(COLLECT) $(EXHIBIT)
check-validation:	## the tests that docs/VALIDATION.md names were run and passed
	$(Q)scripts/validation.sh --check

# ---- the rest ---------------------------------------------------------------

.PHONY: bless gdb kernels ubsan asan fuzz fuzz-all fuzz-corpus bench help clean FORCE
bench: all	## speed and memory against the usual tools
	$(Q)scripts/bench/run.sh
	$(Q)scripts/bench/live.sh
	$(Q)scripts/bench/case.sh
clean:	## remove build/, keep the dependencies
	$(Q)rm -rf $(BUILD)
help:	## this list
	@sed -n 's/^\([a-z][a-z -]*\):.*##[[:space:]]*\(.*\)/\1|\2/p' build.mk | \
		awk -F '|' '{ n = split($$1, t, " "); for (i = 1; i <= n; i++) printf "  %-18s %s\n", t[i], $$2 }'
	@echo 'V=1 shows commands; WERROR=0 keeps warnings; BUILD=folder; EXTRA_CFLAGS=...'
FORCE:
