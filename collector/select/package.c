#include "collector/select/package.h"

#include <string.h>

static const char *const directories[] = {
	"/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/", "/libx32/",
	"/usr/bin/", "/usr/sbin/", "/usr/lib/", "/usr/lib32/", "/usr/lib64/", "/usr/libx32/",
	"/usr/libexec/", "/usr/games/",
};

bool package_owns(struct bytes path)
{
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		size_t n = strlen(directories[i]);

		if (path.len > n && memcmp(path.p, directories[i], n) == 0)
			return true;
	}
	return false;
}
