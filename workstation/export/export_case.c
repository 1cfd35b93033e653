#include <string.h>

#include "lib/base/fd.h"
#include "workstation/export/export_form.h"
#include "workstation/export/subject.h"
#include "workstation/export/uuid.h"

/*
 * CASE 1.3 over UCO 1.3 (caseontology.org, unifiedcyberontology.org) as JSON-LD: one graph with,
 * for each host, the machine, its acquisition by whom, with what and when, the archive with its
 * provenance record, the files and addresses of observations, and the observations as
 * annotations of these, or of the archive where there are none.
 */
#define TEXT_MAX ((size_t)64 << 20) /* bytes of one node */

static const char context[] =
	"{\"@context\":{\"kb\":\"http://example.org/kb/\","
	"\"case-investigation\":\"https://ontology.caseontology.org/case/investigation/\","
	"\"uco-action\":\"https://ontology.unifiedcyberontology.org/uco/action/\","
	"\"uco-core\":\"https://ontology.unifiedcyberontology.org/uco/core/\","
	"\"uco-identity\":\"https://ontology.unifiedcyberontology.org/uco/identity/\","
	"\"uco-observable\":\"https://ontology.unifiedcyberontology.org/uco/observable/\","
	"\"uco-tool\":\"https://ontology.unifiedcyberontology.org/uco/tool/\","
	"\"uco-types\":\"https://ontology.unifiedcyberontology.org/uco/types/\","
	"\"uco-vocabulary\":\"https://ontology.unifiedcyberontology.org/uco/vocabulary/\","
	"\"xsd\":\"http://www.w3.org/2001/XMLSchema#\"},\n\"@graph\":[";

struct graph {
	struct export *x;
	struct buf name;    /* what an identifier is made of */
	struct buf session; /* of the host at hand */
	struct buf address; /* at hand, in its usual form, between blanks */
	struct buf told;    /* addresses that were taken, between blanks */
	struct buf refs;    /* of the observation at hand */
	bool first;         /* nothing is in the graph yet */
};

/* A node of its host: what it is, and which of these. */
struct node {
	const char *what;
	struct bytes of, more;
};

/* There is one of this on a host. */
static struct node only(const char *what)
{
	return (struct node){ .what = what };
}

static struct node of_file(const char *what, struct case_query *q)
{
	return (struct node){ what, case_query_text(q, SUBJECT_PATH),
			      case_query_text(q, SUBJECT_HASH) };
}

/* "kb:WHAT-UUID": the same name, the same node. */
static void put_id(struct graph *g, struct buf *b, struct node n)
{
	buf_clear(&g->name);
	buf_printf(&g->name, "%s:{", n.what);
	export_member(&g->name, "session", (struct bytes){ g->session.p, g->session.len });
	export_member(&g->name, "of", n.of);
	export_member(&g->name, "more", n.more);
	buf_putc(&g->name, '}');
	buf_printf(b, "\"kb:%s-", n.what);
	uuid_put(b, UUID_OURS, &g->name);
	buf_putc(b, '"');
}

static void begin(struct graph *g, struct node n, const char *type)
{
	struct buf *b = &g->x->out;

	buf_puts(b, g->first ? "\n{\"@id\":" : ",\n{\"@id\":");
	g->first = false;
	g->x->rows++;
	put_id(g, b, n);
	buf_printf(b, ",\"@type\":\"%s\"", type);
}

static void put_ref(struct graph *g, const char *key, const char *what)
{
	buf_printf(&g->x->out, ",\"%s\":{\"@id\":", key);
	put_id(g, &g->x->out, only(what));
	buf_putc(&g->x->out, '}');
}

/* Left out if it is not known. */
static void put_text(struct graph *g, const char *key, struct bytes text)
{
	if (text.len > 0)
		export_member(&g->x->out, key, text);
}

static void put_time(struct graph *g, const char *key, int64_t ns)
{
	struct buf *b = &g->x->out;

	if (ns == CASE_NULL)
		return;
	buf_printf(b, ",\"%s\":{\"@type\":\"xsd:dateTime\",\"@value\":\"", key);
	export_time(b, ns, "Z");
	buf_puts(b, "\"}");
}

static void begin_facets(struct graph *g, struct node n, const char *type)
{
	buf_puts(&g->x->out, ",\"uco-core:hasFacet\":[{\"@id\":");
	put_id(g, &g->x->out, n);
	buf_printf(&g->x->out, ",\"@type\":\"uco-observable:%s\"", type);
}

static void next_facet(struct graph *g, struct node n, const char *type)
{
	buf_puts(&g->x->out, "},{\"@id\":");
	put_id(g, &g->x->out, n);
	buf_printf(&g->x->out, ",\"@type\":\"uco-observable:%s\"", type);
}

static void put_hash(struct graph *g, struct node n, struct bytes hex)
{
	struct buf *b = &g->x->out;

	if (hex.len == 0)
		return;
	buf_puts(b, ",\"uco-observable:hash\":[{\"@id\":");
	put_id(g, b, n);
	buf_puts(b, ",\"@type\":\"uco-types:Hash\",\"uco-types:hashMethod\":{\"@type\":"
		    "\"uco-vocabulary:HashNameVocab\",\"@value\":\"SHA256\"},"
		    "\"uco-types:hashValue\":{\"@type\":\"xsd:hexBinary\",\"@value\":");
	export_json(b, hex);
	buf_puts(b, "}}]");
}

/* ------------------------------------------------------------------- host */

/* Columns of the hosts. */
enum {
	HOST_ID,
	SESSION,
	NAME,
	ARCHIVE,
	ARCHIVE_SHA256,
	ARCHIVE_BYTES,
	BEGIN,
	END,
	OS,
	KERNEL,
	TOOL_VERSION,
	CASE_NAME,
	EXHIBIT,
	VERDICT,
	EXAMINER
};

static const char hosts[] =
	"SELECT h.id, COALESCE(h.session, ''), h.name, h.archive, lower(hex(h.sha256)),"
	" h.archive_bytes, h.begin, h.\"end\", h.os, h.kernel, h.tool_version, h.case_name,"
	" h.exhibit, h.verdict, (SELECT value FROM session s WHERE s.host = h.id"
	" AND s.name = 'examiner-name' ORDER BY s.id LIMIT 1) FROM host h ORDER BY h.id";

static void put_machine(struct graph *g, struct case_query *q)
{
	begin(g, only("device"), "uco-observable:Device");
	put_text(g, "uco-core:name", case_query_text(q, NAME));
	begin_facets(g, only("computer-facet"), "ComputerSpecificationFacet");
	put_text(g, "uco-observable:hostname", case_query_text(q, NAME));
	next_facet(g, only("system-facet"), "OperatingSystemFacet");
	put_text(g, "uco-core:name", case_query_text(q, OS));
	put_text(g, "uco-observable:version", case_query_text(q, KERNEL));
	buf_puts(&g->x->out, "}]}");
}

static void put_archive(struct graph *g, struct case_query *q)
{
	begin(g, only("archive"), "uco-observable:File");
	begin_facets(g, only("archive-facet"), "FileFacet");
	put_text(g, "uco-observable:fileName", export_base(case_query_text(q, ARCHIVE)));
	export_number(&g->x->out, "uco-observable:sizeInBytes", case_query_int(q, ARCHIVE_BYTES));
	next_facet(g, only("archive-content"), "ContentDataFacet");
	put_hash(g, only("archive-hash"), case_query_text(q, ARCHIVE_SHA256));
	buf_puts(&g->x->out, "}]}");
	begin(g, only("provenance"), "case-investigation:ProvenanceRecord");
	put_text(g, "case-investigation:exhibitNumber", case_query_text(q, EXHIBIT));
	put_text(g, "uco-core:description", case_query_text(q, VERDICT));
	put_time(g, "uco-core:objectCreatedTime", case_query_int(q, END));
	put_ref(g, "uco-core:object", "archive");
	buf_putc(&g->x->out, '}');
}

static void put_acquisition(struct graph *g, struct case_query *q)
{
	struct buf *b = &g->x->out;

	begin(g, only("tool"), "uco-tool:Tool");
	export_member(b, "uco-core:name", (struct bytes){ "exhibit-collect", 15 });
	put_text(g, "uco-tool:version", case_query_text(q, TOOL_VERSION));
	buf_putc(b, '}');
	begin(g, only("examiner"), "uco-identity:Identity");
	put_text(g, "uco-core:name", case_query_text(q, EXAMINER));
	buf_putc(b, '}');
	begin(g, only("acquisition"), "case-investigation:InvestigativeAction");
	export_member(b, "uco-core:name", (struct bytes){ "acquisition", 11 });
	put_time(g, "uco-action:startTime", case_query_int(q, BEGIN));
	put_time(g, "uco-action:endTime", case_query_int(q, END));
	put_ref(g, "uco-action:performer", "examiner");
	put_ref(g, "uco-action:instrument", "tool");
	put_ref(g, "uco-action:object", "device");
	buf_puts(b, ",\"uco-action:result\":[{\"@id\":");
	put_id(g, b, only("archive"));
	buf_puts(b, "},{\"@id\":");
	put_id(g, b, only("provenance"));
	buf_puts(b, "}]}");
	begin(g, only("investigation"), "case-investigation:Investigation");
	put_text(g, "uco-core:name", case_query_text(q, CASE_NAME));
	put_ref(g, "uco-core:object", "acquisition");
	buf_putc(b, '}');
}

/* ----------------------------------------------- what observations are about */

static void put_file(struct graph *g, struct case_query *q)
{
	static const struct {
		const char *key;
		int at;
	} times[] = {
		{ "uco-observable:modifiedTime", SUBJECT_MTIME },
		{ "uco-observable:accessedTime", SUBJECT_ATIME },
		{ "uco-observable:metadataChangeTime", SUBJECT_CTIME },
		{ "uco-observable:observableCreatedTime", SUBJECT_BTIME },
	};
	struct bytes path = case_query_text(q, SUBJECT_PATH);
	int64_t size = case_query_int(q, SUBJECT_SIZE);

	begin(g, of_file("file", q), "uco-observable:File");
	begin_facets(g, of_file("file-facet", q), "FileFacet");
	put_text(g, "uco-observable:filePath", path);
	put_text(g, "uco-observable:fileName", export_base(path));
	export_number(&g->x->out, "uco-observable:sizeInBytes", size);
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		put_time(g, times[i].key, case_query_int(q, times[i].at));
	next_facet(g, of_file("content-facet", q), "ContentDataFacet");
	put_hash(g, of_file("hash", q), case_query_text(q, SUBJECT_HASH));
	buf_puts(&g->x->out, "}]}");
}

static void put_address(struct graph *g, struct node n, bool v6)
{
	begin(g, n, v6 ? "uco-observable:IPv6Address" : "uco-observable:IPv4Address");
	n.what = "address-facet";
	begin_facets(g, n, v6 ? "IPv6AddressFacet" : "IPv4AddressFacet");
	export_member(&g->x->out, "uco-observable:addressValue", n.of);
	buf_puts(&g->x->out, "}]}");
}

static void add_ref(struct graph *g, struct node n)
{
	buf_puts(&g->refs, g->refs.len > 0 ? ",{\"@id\":" : "{\"@id\":");
	put_id(g, &g->refs, n);
	buf_putc(&g->refs, '}');
}

/* Nodes of a host, references of an observation. */
static int take_files(struct graph *g, struct subject_of of)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	int r = subject_files(&q, g->x->db, of, g->x->e);

	while (r == 0 && (r = case_query_step(q, g->x->e)) > 0) {
		if (of.observation == CASE_NULL)
			put_file(g, q);
		else
			add_ref(g, of_file("file", q));
		r = export_flush(g->x, false);
	}
	return r;
}

/* An address in its usual form; false: it is none, or was taken already in another form. */
static bool take_address(struct graph *g, struct bytes text, bool *v6)
{
	buf_clear(&g->address);
	buf_putc(&g->address, ' ');
	if (!subject_address(&g->address, text, v6))
		return false;
	buf_putc(&g->address, ' ');
	if (g->told.len > 0 && memmem(g->told.p, g->told.len, g->address.p, g->address.len) != NULL)
		return false;
	export_append(&g->told, &g->address);
	return true;
}

static int take_addresses(struct graph *g, struct subject_of of)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	int r = subject_addresses(&q, g->x->db, of, g->x->e);

	buf_clear(&g->told);
	while (r == 0 && (r = case_query_step(q, g->x->e)) > 0) {
		struct node n = only("address");
		bool v6;

		if (take_address(g, case_query_text(q, 0), &v6)) {
			n.of = (struct bytes){ g->address.p + 1, g->address.len - 2 };
			if (of.observation == CASE_NULL)
				put_address(g, n, v6);
			else
				add_ref(g, n);
		}
		r = export_flush(g->x, false);
	}
	return r;
}

static int take_subjects(struct graph *g, struct subject_of of)
{
	return take_files(g, of) == 0 ? take_addresses(g, of) : -1;
}

/* Columns of the observations. */
enum { OBSERVATION, RULE, SUBJECT, TEXT };

static int put_observation(struct graph *g, struct case_query *q)
{
	buf_clear(&g->refs);
	if (take_subjects(g, (struct subject_of){ case_query_int(q, OBSERVATION), CASE_NULL }) != 0)
		return -1;
	if (g->refs.len == 0)
		add_ref(g, only("archive"));
	begin(g,
	      (struct node){ "observation", case_query_text(q, RULE), case_query_text(q, SUBJECT) },
	      "uco-core:Annotation");
	put_text(g, "uco-core:name", case_query_text(q, SUBJECT));
	put_text(g, "uco-core:statement", case_query_text(q, TEXT));
	put_text(g, "uco-core:tag", case_query_text(q, RULE));
	buf_puts(&g->x->out, ",\"uco-core:object\":[");
	export_append(&g->x->out, &g->refs);
	buf_puts(&g->x->out, "]}");
	return export_flush(g->x, false);
}

static int put_observations(struct graph *g, int64_t host)
{
	static const char sql[] = "SELECT id, rule, subject, COALESCE(text, subject)"
				  " FROM observation WHERE host = ? ORDER BY id";
	struct case_query *q CLEANUP(case_query_close) = NULL;
	int r = case_query_open(&q, g->x->db, sql, g->x->e);

	if (r == 0)
		case_query_bind(q, 1, host);
	while (r == 0 && (r = case_query_step(q, g->x->e)) > 0)
		r = put_observation(g, q);
	return r;
}

static int put_host(struct graph *g, struct case_query *q)
{
	struct bytes session = case_query_text(q, SESSION);
	int64_t host = case_query_int(q, HOST_ID);

	buf_clear(&g->session);
	buf_add(&g->session, session.p, session.len);
	put_machine(g, q);
	put_archive(g, q);
	put_acquisition(g, q);
	return take_subjects(g, (struct subject_of){ CASE_NULL, host }) == 0
		       ? put_observations(g, host)
		       : -1;
}

int export_case(struct export *x)
{
	struct graph g = { .x = x, .first = true };
	struct buf *bufs[] = { &g.name, &g.session, &g.address, &g.told, &g.refs };
	struct case_query *q CLEANUP(case_query_close) = NULL;
	int r = subject_find(x->db, x->e);

	for (size_t i = 0; i < sizeof(bufs) / sizeof(bufs[0]); i++)
		buf_init(bufs[i], TEXT_MAX);
	buf_puts(&x->out, context);
	if (r == 0)
		r = case_query_open(&q, x->db, hosts, x->e);
	while (r == 0 && (r = case_query_step(q, x->e)) > 0)
		r = put_host(&g, q);
	buf_puts(&x->out, "\n]}\n");
	for (size_t i = 0; i < sizeof(bufs) / sizeof(bufs[0]); i++)
		buf_release(bufs[i]);
	return r;
}
