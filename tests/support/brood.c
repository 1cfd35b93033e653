#include "tests/support/brood.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fields 3, 4 and 22 of /proc/PID/stat: numbers of processes begin anew, times do not. */
#define BORN " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu"

pid_t brood_reader(pid_t nursery)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	unsigned long long youngest = 0;
	pid_t found = 0;

	while ((e = readdir(d)) != NULL) {
		char path[300], line[512] = "", state;
		int pid = atoi(e->d_name), ppid;
		unsigned long long born;
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		if (pid <= 0 || (f = fopen(path, "r")) == NULL)
			continue;
		if (fgets(line, sizeof(line), f) != NULL &&
		    sscanf(strrchr(line, ')') + 1, BORN, &state, &ppid, &born) == 3 &&
		    ppid == nursery && state != 'Z' &&
		    (born > youngest || (born == youngest && pid > found))) {
			youngest = born;
			found = pid;
		}
		fclose(f);
	}
	closedir(d);
	return found;
}
