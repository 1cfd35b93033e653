#include "collector/volatile/memory_map.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 64u
#define RAM " : System RAM"

bool memory_map_add(struct memory_runs *list, struct memory_run run)
{
	if (list->count == list->room) {
		size_t room = list->room == 0 ? ROOM_FIRST : 2 * list->room;
		struct memory_run *p;

		room = room < list->max ? room : list->max;
		p = list->count >= room ? NULL : realloc(list->run, room * sizeof(*p));
		if (p == NULL) {
			list->full = true;
			return false;
		}
		list->run = p;
		list->room = room;
	}
	list->run[list->count++] = run;
	return true;
}

void memory_map_release(struct memory_runs *list)
{
	free(list->run);
	*list = (struct memory_runs){ .max = list->max };
}

/* By first byte; of two that begin together the longer one comes first. */
static int compare(const void *pa, const void *pb)
{
	const struct memory_run *a = pa, *b = pb;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	if (a->last != b->last)
		return a->last > b->last ? -1 : 1;
	return 0;
}

static void sort(struct memory_runs *list)
{
	if (list->count > 1)
		qsort(list->run, list->count, sizeof(list->run[0]), compare);
}

/* Runs that touch or overlap become one. */
static void merge(struct memory_runs *list)
{
	size_t kept = 0;

	sort(list);
	for (size_t i = 1; i < list->count; i++) {
		struct memory_run *to = &list->run[kept], *r = &list->run[i];

		if (to->last != UINT64_MAX && r->first > to->last + 1)
			list->run[++kept] = *r;
		else if (r->last > to->last)
			to->last = r->last;
	}
	if (list->count > 0)
		list->count = kept + 1;
}

/* ===== /proc/iomem ===== */

/* Hexadecimal digits at *at, up to end; they are passed.  False without any, or with too many. */
static bool take_hex(const char **at, const char *end, uint64_t *out)
{
	static const char digits[] = "0123456789abcdef";
	const char *begun = *at;

	*out = 0;
	while (*at < end && **at != '\0') {
		const char *d = strchr(digits, **at);

		if (d == NULL)
			break;
		*out = *out << 4 | (uint64_t)(d - digits);
		(*at)++;
	}
	return *at > begun && *at - begun <= 16;
}

static bool parse_line(const char *line, const char *end, struct memory_run *run)
{
	const size_t tail = sizeof(RAM) - 1;

	run->offset = 0;
	if (!take_hex(&line, end, &run->first) || line == end || *line++ != '-' ||
	    !take_hex(&line, end, &run->last))
		return false;
	return (size_t)(end - line) == tail && memcmp(line, RAM, tail) == 0 &&
	       run->first <= run->last;
}

enum memory_iomem memory_map_iomem(const char *text, size_t n, struct memory_runs *out)
{
	const char *end = text + n;
	bool hidden = false;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		struct memory_run run;

		stop = stop != NULL ? stop : end;
		if (parse_line(text, stop, &run)) {
			if (run.last == 0)
				hidden = true;
			else
				memory_map_add(out, run);
		}
		text = stop < end ? stop + 1 : end;
	}
	merge(out);
	if (out->count > 0)
		return MEMORY_IOMEM_TOLD;
	return hidden ? MEMORY_IOMEM_HIDDEN : MEMORY_IOMEM_NONE;
}

/* ===== /proc/kcore ===== */

static unsigned char byte_order(void)
{
	const uint16_t one = 1;
	unsigned char low;

	memcpy(&low, &one, 1);
	return low == 1 ? ELFDATA2LSB : ELFDATA2MSB;
}

/* What counts of the headers of either class. */
struct core {
	bool wide;			/* ELF64: of a kernel of 64 bits */
	uint64_t at;			/* of the first program header */
	size_t count, each;		/* headers, bytes of one */
};

static bool read_head(const void *head, size_t n, struct core *out)
{
	unsigned char ident[EI_NIDENT];
	Elf64_Ehdr h;
	Elf32_Ehdr s;

	if (n < sizeof(ident))
		return false;
	memcpy(ident, head, sizeof(ident));
	out->wide = ident[EI_CLASS] == ELFCLASS64;
	if (memcmp(ident, ELFMAG, SELFMAG) != 0 || ident[EI_DATA] != byte_order() ||
	    (!out->wide && ident[EI_CLASS] != ELFCLASS32) ||
	    n < (out->wide ? sizeof(h) : sizeof(s)))
		return false;
	if (out->wide) {
		memcpy(&h, head, sizeof(h));
		*out = (struct core){ true, h.e_phoff, h.e_phnum, sizeof(Elf64_Phdr) };
		return h.e_type == ET_CORE && h.e_phentsize == out->each;
	}
	memcpy(&s, head, sizeof(s));
	*out = (struct core){ false, s.e_phoff, s.e_phnum, sizeof(Elf32_Phdr) };
	return s.e_type == ET_CORE && s.e_phentsize == out->each;
}

static Elf64_Phdr read_part(const struct core *c, const char *at)
{
	Elf32_Phdr s;
	Elf64_Phdr p;

	if (c->wide) {
		memcpy(&p, at, sizeof(p));
		return p;
	}
	memcpy(&s, at, sizeof(s));
	return (Elf64_Phdr){ .p_type = s.p_type, .p_offset = s.p_offset, .p_memsz = s.p_memsz,
			     .p_paddr = s.p_paddr == UINT32_MAX ? UINT64_MAX : s.p_paddr };
}

/* Vmalloc space, modules and the like have no one physical address: all ones. */
static bool has_memory(const Elf64_Phdr *p)
{
	return p->p_type == PT_LOAD && p->p_memsz != 0 && p->p_paddr != UINT64_MAX &&
	       p->p_memsz - 1 <= UINT64_MAX - p->p_paddr &&
	       p->p_memsz - 1 <= (uint64_t)INT64_MAX && p->p_offset <= INT64_MAX - (p->p_memsz - 1);
}

int memory_map_kcore(const void *head, size_t n, struct memory_runs *out)
{
	unsigned at_zero = 0;
	struct core c;

	if (!read_head(head, n, &c) || c.at > n || c.count > (n - c.at) / c.each)
		return -1;
	for (size_t i = 0; i < c.count; i++) {
		Elf64_Phdr p = read_part(&c, (const char *)head + c.at + i * c.each);

		if (!has_memory(&p))
			continue;
		at_zero += p.p_paddr == 0;
		memory_map_add(out, (struct memory_run){ p.p_paddr, p.p_paddr + p.p_memsz - 1,
							 p.p_offset });
	}
	sort(out);
	return at_zero > 1 || out->count == 0 ? -1 : 0;
}

/* ===== both ===== */

/* The part of one range of memory that loads cover, each byte by the first that has it. */
static void join_one(struct memory_run ram, const struct memory_runs *load,
		     struct memory_runs *segment, struct memory_runs *missing)
{
	uint64_t at = ram.first;

	for (size_t i = 0; i < load->count && load->run[i].first <= ram.last; i++) {
		const struct memory_run *l = &load->run[i];
		uint64_t last = l->last < ram.last ? l->last : ram.last;

		if (l->last < at)
			continue;
		if (l->first > at) {
			memory_map_add(missing, (struct memory_run){ at, l->first - 1, 0 });
			at = l->first;
		}
		memory_map_add(segment,
			       (struct memory_run){ at, last, l->offset + (at - l->first) });
		if (last == ram.last)
			return;
		at = last + 1;
	}
	memory_map_add(missing, (struct memory_run){ at, ram.last, 0 });
}

void memory_map_join(const struct memory_runs *ram, const struct memory_runs *load,
		     struct memory_runs *segment, struct memory_runs *missing)
{
	for (size_t i = 0; i < ram->count; i++)
		join_one(ram->run[i], load, segment, missing);
}

uint64_t memory_map_bytes(const struct memory_runs *list)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < list->count; i++) {
		uint64_t n = list->run[i].last - list->run[i].first;

		if (n == UINT64_MAX || sum > UINT64_MAX - (n + 1))
			return UINT64_MAX;
		sum += n + 1;
	}
	return sum;
}
