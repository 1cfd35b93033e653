# Read by build.mk when SANITIZE=1: both programs, the unit tests and the fuzz targets under
# AddressSanitizer and UndefinedBehaviorSanitizer (docs/decisions/0027-sanitizers.md).
#
# Their runtime knows no musl, so this is glibc and the libraries of Debian (the list
# packages.sanitize); yyjson alone, which Debian 12 has not, is the pinned one.
CC      := clang
CFLAGS  := -std=c11 -O1 -g -w -fno-omit-frame-pointer -fno-common \
           -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
LDFLAGS :=
YYJSON  := $(BUILD)/yyjson
LIBS    := $(YYJSON)/yyjson.o -larchive -lzstd -lz -lcrypto -lsqlite3 -llzma -lext2fs -lcom_err -lbsd
CHECK   := -lcheck -lsubunit
# What the runtime needs, maps of terabytes and threads of its own, the sandbox refuses.
CPPFLAGS += -I$(YYJSON) -include bsd/string.h -DSANDBOX_NONE=1 -DSANITIZE=1
# It is made of what libcrypto does not export.
FEW      :=
LEFT_OUT := lib/hash/provider.c tests/lib/hash/test_provider.c tests/lib/hash/test_spare.c \
            tests/collector/host/test_sandbox.c tests/collector/volatile/test_src_process_memory.c \
            tests/collector/test_recorder_memory.c tests/workstation/cmd/test_confine.c

# Not instrumented: that takes minutes, and its own project fuzzes it.
$(YYJSON)/yyjson.o: | $(DEPS)/complete
	$(call say,CC,$@)mkdir -p $(YYJSON) && tar -xf "$$(ls "$$(scripts/build-deps.sh --sources)"/yyjson_*.tar.* | head -n 1)" \
		-C $(YYJSON) --wildcards --strip-components=2 '*/src/yyjson.[ch]' && \
		$(CC) -O1 -c -o $@ $(YYJSON)/yyjson.c
$(BUILD)/build_id.h: | $(YYJSON)/yyjson.o
