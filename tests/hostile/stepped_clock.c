/* The clock of a host that somebody sets while we run, for clock-steps.sh: linked in front of
 * clock_gettime(2) in a copy of exhibit-collect (-Wl,--wrap). Every hundredth reading of
 * CLOCK_REALTIME is a step to another time, before 1970 and beyond 32 bits among them. The
 * other clocks cannot be set, and are as they are. */
#include <stddef.h>
#include <time.h>

int __real_clock_gettime(clockid_t id, struct timespec *out);
int __wrap_clock_gettime(clockid_t id, struct timespec *out);

int __wrap_clock_gettime(clockid_t id, struct timespec *out)
{
	static const time_t steps[] = {
		0, -3600, 86400 * 365, -2000000000, 3600, 7000000000, -86400, 1,
	};
	static unsigned readings;
	int status = __real_clock_gettime(id, out);

	if (id == CLOCK_REALTIME)
		out->tv_sec += steps[readings++ / 100 % (sizeof(steps) / sizeof(steps[0]))];
	return status;
}
