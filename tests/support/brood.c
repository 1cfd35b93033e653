#include "tests/support/brood.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

pid_t brood_reader(pid_t nursery)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	pid_t found = 0;

	while ((e = readdir(d)) != NULL) {
		char path[300], line[512] = "", state;
		int pid = atoi(e->d_name), ppid;
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		if (pid <= 0 || (f = fopen(path, "r")) == NULL)
			continue;
		if (fgets(line, sizeof(line), f) != NULL &&
		    sscanf(strrchr(line, ')') + 1, " %c %d", &state, &ppid) == 2 &&
		    ppid == nursery && state != 'Z' && pid > found)
			found = pid;
		fclose(f);
	}
	closedir(d);
	return found;
}
