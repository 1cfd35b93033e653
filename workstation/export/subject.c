#include "workstation/export/subject.h"

#include <arpa/inet.h>
#include <string.h>

#define HERE(table) \
	"JOIN " table " t ON t.object = v.object AND t.pos IS v.pos AND t.line IS v.line"

int subject_find(struct case_db *db, struct err *e)
{
	static const char sql[] =
		"CREATE TEMP TABLE subject_address AS"
		" SELECT id AS observation, host, subject AS address FROM observation UNION"
		" SELECT v.observation, v.host, COALESCE(t.address, t.origin) FROM evidence "
		"v " HERE(
			"login") " UNION"
				 " SELECT v.observation, v.host, t.address FROM evidence v " HERE(
					 "web") " UNION"
						" SELECT v.observation, v.host, t.remote FROM "
						"evidence v " HERE(
							"socket") " WHERE t.protocol <> 'unix';"
								  "DELETE FROM subject_address "
								  "WHERE address IS NULL;"
								  "CREATE INDEX "
								  "temp.subject_address_of ON "
								  "subject_address (observation);"
								  "CREATE TEMP TABLE subject_file "
								  "AS SELECT s.observation, "
								  "s.host, s.object FROM"
								  " (SELECT observation, host, "
								  "object FROM evidence WHERE pos "
								  "IS NULL AND line IS NULL"
								  " UNION SELECT n.id, n.host, "
								  "p.id FROM observation n"
								  " JOIN object p ON p.host = "
								  "n.host AND p.path = n.subject) s"
								  " JOIN object o ON o.id = "
								  "s.object"
								  " WHERE o.type = 'file' AND "
								  "o.sha256 IS NOT NULL AND "
								  "o.result IS NOT 'partial'"
								  " AND o.path GLOB '/*' AND "
								  "o.path NOT GLOB '/proc/*' AND "
								  "o.path NOT GLOB '/sys/*';"
								  "CREATE INDEX "
								  "temp.subject_file_of ON "
								  "subject_file (observation)";

	return case_exec(db, sql, e);
}

static int open_for(struct case_query **q, struct case_db *db, const char *const sql[2],
		    struct subject_of of, struct err *e)
{
	bool one = of.observation != CASE_NULL;

	if (case_query_open(q, db, sql[one], e) != 0)
		return -1;
	case_query_bind(*q, 1, one ? of.observation : of.host);
	return 0;
}

#define ADDRESSES "SELECT DISTINCT address FROM subject_address WHERE "

int subject_addresses(struct case_query **q, struct case_db *db, struct subject_of of,
		      struct err *e)
{
	static const char *const sql[] = {
		ADDRESSES "?1 IS NULL OR host = ?1 ORDER BY 1",
		ADDRESSES "observation = ?1 ORDER BY 1",
	};

	return open_for(q, db, sql, of, e);
}

#define FILES                                                                                \
	"SELECT min(o.id), o.path, lower(hex(o.sha256)), o.size, o.mtime, o.atime, o.ctime," \
	" o.btime FROM subject_file s JOIN object o ON o.id = s.object WHERE "
#define IN_ORDER                     \
	" GROUP BY o.path, o.sha256" \
	" ORDER BY rtrim(o.path, replace(o.path, '/', '')), o.path, o.sha256"

int subject_files(struct case_query **q, struct case_db *db, struct subject_of of, struct err *e)
{
	static const char *const sql[] = {
		FILES "(?1 IS NULL OR s.host = ?1)" IN_ORDER,
		FILES "s.observation = ?1" IN_ORDER,
	};

	return open_for(q, db, sql, of, e);
}

static bool is_nobody(const struct in6_addr *a, bool v6)
{
	if (v6)
		return IN6_IS_ADDR_UNSPECIFIED(a) || IN6_IS_ADDR_LOOPBACK(a);
	return a->s6_addr[12] == 0 || a->s6_addr[12] == 127;
}

bool subject_address(struct buf *out, struct bytes text, bool *v6)
{
	char typed[INET6_ADDRSTRLEN], shown[INET6_ADDRSTRLEN];
	struct in6_addr a = { 0 };

	if (text.len == 0 || text.len >= sizeof(typed))
		return false;
	memcpy(typed, text.p, text.len);
	typed[text.len] = '\0';
	*v6 = inet_pton(AF_INET6, typed, &a) == 1;
	if (!*v6 && inet_pton(AF_INET, typed, a.s6_addr + 12) != 1)
		return false;
	if (*v6 && IN6_IS_ADDR_V4MAPPED(&a))
		*v6 = false;
	if (is_nobody(&a, *v6) ||
	    inet_ntop(*v6 ? AF_INET6 : AF_INET, *v6 ? a.s6_addr : a.s6_addr + 12, shown,
		      sizeof(shown)) == NULL)
		return false;
	buf_puts(out, shown);
	return true;
}
