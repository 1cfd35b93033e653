#include "tests/support/order.h"

uint64_t order_le64(const void *at)
{
	const unsigned char *p = at;
	uint64_t v = 0;

	for (unsigned i = 8; i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

void order_put_le32(void *at, uint32_t v)
{
	unsigned char *p = at;

	for (unsigned i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}
