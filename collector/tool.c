#include "collector/tool.h"

#include <fcntl.h>

#include "build_id.h"
#include "lib/base/fd.h"

#define PIECE 65536u

static void hash_exe(struct tool *t)
{
	int fd CLEANUP(fd_close) = open("/proc/self/exe", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct digest *d = fd >= 0 ? digest_new() : NULL;
	uint8_t hash[DIGEST_LEN];
	char piece[PIECE];
	ssize_t n = -1;

	if (d == NULL)
		return;
	while ((n = fd_read_full(fd, piece, sizeof(piece))) > 0)
		digest_add(d, piece, (size_t)n);
	if (n == 0) {
		digest_peek(d, hash);
		digest_hex(t->exe_sha256, hash);
	}
	digest_free(d);
}

void tool_read(struct tool *t)
{
	*t = (struct tool){
		.name = "exhibit-collect",
		.version = EXHIBIT_VERSION,
		.commit = EXHIBIT_COMMIT,
		.source_sha256 = EXHIBIT_SOURCE_SHA256,
		.compiler = EXHIBIT_COMPILER,
		.libraries = EXHIBIT_LIBS,
	};
	hash_exe(t);
}

void tool_version(const struct tool *t, struct buf *out)
{
	buf_printf(out, "%s %s\ncommit %s\nsource sha256 %s\nexecutable sha256 %s\ncompiler %s\n"
			"libraries %s\n",
		   t->name, t->version, t->commit, t->source_sha256,
		   t->exe_sha256[0] != '\0' ? t->exe_sha256 : "-", t->compiler, t->libraries);
}
