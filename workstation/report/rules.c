#include "workstation/report/rules.h"

#include <string.h>

#include "lib/base/buf.h"
#include "workstation/case/case_query.h"

/* ------------------------------------------------------------- pieces of SQL */

/* The last component of a path. */
#define BASE(x) "substr(" x ", length(rtrim(" x ", replace(" x ", '/', ''))) + 1)"
#define SHELLS "('sh', 'bash', 'dash', 'ash', 'zsh', 'ksh', 'fish', 'tcsh', 'csh', 'busybox')"
/* A package of the host owns the path; /bin and /usr/bin are the same place on most hosts. */
#define PACKAGED(host_, path_)                                                                \
	"EXISTS (SELECT 1 FROM package_file z WHERE z.host = " host_ " AND z.path IN (" path_ \
	", '/usr' || " path_ ", substr(" path_ ", 5)))"
/* None does, as far as lists of files are there: what tells of all packages must be whole. */
#define UNPACKAGED(host_, path_)                                                          \
	"(EXISTS (SELECT 1 FROM package_file z WHERE z.host = " host_ ")"                 \
	" AND " host_ " NOT IN (SELECT host FROM x_package_part WHERE what = 'database')" \
	" AND NOT " PACKAGED(host_, path_) ")"
/* What else there may be of lists that are not whole in the archive; empty: they are. */
#define LACKS(host_, what_, says)                                              \
	" || COALESCE((SELECT '" says "the archive lacks all or part of ' || " \
	"group_concat(text, ' and ') FROM x_package_part WHERE host = " host_  \
	" AND what IN (" what_ ")), '')"
#define IF_UNPACKAGED(host_) \
	LACKS(host_, "'list', 'beside', 'unlisted'", "; a package may own it all the same: ")
#define IN_TEMP(x) "(" x " GLOB '/tmp/*' OR " x " GLOB '/var/tmp/*' OR " x " GLOB '/dev/shm/*')"
/* A command whose first word, or what it gives to a shell or an interpreter, lies there. */
#define RUNS(x, dir)                                                                           \
	x " GLOB '" dir "*' OR " x " GLOB '*sh " dir "*' OR " x " GLOB '*perl " dir "*' OR " x \
	  " GLOB '*python* " dir "*' OR " x " GLOB '*php " dir "*' OR " x " GLOB '*[;&|] " dir \
	  "*' OR " x " GLOB '*[;&|]" dir "*' OR " x " GLOB '*cd " dir "*[;&]*./*' OR " x       \
	  " GLOB '*exec " dir "*' OR " x " GLOB '*nohup " dir "*' OR " x " GLOB '*source " dir \
	  "*' OR " x " GLOB '*=" dir "*'"
#define RUNS_IN_TEMP(x) \
	"(" RUNS(x, "/tmp/") " OR " RUNS(x, "/var/tmp/") " OR " RUNS(x, "/dev/shm/") ")"
#define IS_PROGRAM(x)                                                                   \
	"(" x " GLOB '/bin/*' OR " x " GLOB '/sbin/*' OR " x " GLOB '/usr/bin/*' OR " x \
	" GLOB '/usr/sbin/*' OR " x " GLOB '/usr/lib*/security/*' OR " x                \
	" GLOB '/lib*/security/*')"
#define IS_SYSTEM(x)                                                                     \
	"(" x " GLOB '/bin/*' OR " x " GLOB '/sbin/*' OR " x " GLOB '/lib*' OR " x       \
	" GLOB '/usr/bin/*' OR " x " GLOB '/usr/sbin/*' OR " x " GLOB '/usr/lib*' OR " x \
	" GLOB '/boot/*')"
/* Folders of programs that say who is logged in and what runs, or that let somebody in. */
#define IS_TELLTALE(x)                                                                           \
	"(" FOLDER(x) " IN ('/bin/', '/sbin/', '/usr/bin/', '/usr/sbin/') AND " BASE(            \
		x) " IN ('login', 'su', 'sudo', 'sshd', 'passwd', 'ps', 'ls', 'netstat', 'ss', " \
		   "'lsof')"                                                                     \
		   " OR " x " GLOB '/lib*/security/pam_*.so' OR " x                              \
		   " GLOB '/usr/lib*/security/pam_*.so' OR " x " GLOB '/lib*/libc.so.6' OR " x   \
		   " GLOB '/usr/lib*/libc.so.6' OR " x " GLOB '/lib*/libc-2.*.so' OR " x         \
		   " GLOB '/usr/lib*/libc-2.*.so' OR " x " GLOB '/lib*/ld-musl-*')"
/* What is run or loaded by others, whatever its mode. */
#define IS_STRONG(x)                                                                          \
	"(" IS_PROGRAM(x) " OR " x " GLOB '*.so' OR " x " GLOB '*.so.[0-9]*' OR " x           \
			  " GLOB '*.ko' OR " x " GLOB '*.ko.*' OR " x " GLOB '/boot/*' OR " x \
			  " GLOB '/lib/systemd/*' OR " x " GLOB '/usr/lib/systemd/*' OR " x   \
			  " GLOB '/lib/udev/*' OR " x " GLOB '/usr/lib/udev/*' OR " x         \
			  " GLOB '/usr/libexec/*' OR " x " GLOB '/usr/lib/openssh/*' OR " x   \
			  " GLOB '/usr/lib/ssh/*')"
/* What an administrator or a run of the package may change.  The database calls configuration what
 * somebody wrote there: of that the folder of configuration alone counts. */
#define EXCUSED(v)                                                             \
	"(COALESCE(" v ".attr, '') IN ('d', 'g') OR (" v ".attr IS 'c' AND " v \
	".path GLOB '/etc/*' "                                                 \
	"AND " v ".path NOT GLOB '*/../*'))"
/* Execute, set-user and set-group bits. */
#define IS_EXECUTABLE(mode) "(COALESCE(" mode ", 0) & 3145) <> 0"
/* A changed file that stands for itself, however many others changed: 0 before 1 before 2; what
 * only data holds is 3. */
#define CHANGED_RANK(x, mode)                                  \
	"CASE WHEN " IS_TELLTALE(x) " THEN 0 WHEN " IS_STRONG( \
		x) " THEN 1"                                   \
		   " WHEN " IS_EXECUTABLE(mode) " THEN 2 ELSE 3 END"
/* Where the system looks for programs, libraries and settings: what an administrator unpacks goes
 * below /usr/local, /usr/src, /usr/share or elsewhere. */
#define IS_SEARCHED(x)                                                               \
	"(" IS_SYSTEM(                                                               \
		x) " OR " x " GLOB '/etc/*' OR (" x " GLOB '/usr/*' AND " x          \
		   " NOT GLOB '/usr/local/*' AND " x " NOT GLOB '/usr/src/*' AND " x \
		   " NOT GLOB '/usr/share/*') OR " FOLDER(                           \
			   x) " IN ('/usr/local/bin/', '/usr/local/sbin/', '/usr/local/lib/'))"
#define MANY "12" /* files of one package, or of one unpacking, that are listed together */
/* The folder of a path, with its slash; and the one just below a place that many use. */
#define FOLDER(x) "rtrim(" x ", replace(" x ", '/', ''))"
#define TREE(x)                                                                            \
	"CASE WHEN " x " GLOB '*/.*' THEN " x " ELSE COALESCE((SELECT substr(" x           \
	", 1, length(p) + instr(substr(" x ", length(p) + 1), '/')) FROM (SELECT '/tmp/' " \
	"AS p UNION ALL SELECT '/var/tmp/' UNION ALL SELECT '/dev/shm/' UNION ALL SELECT " \
	"'/usr/local/' UNION ALL SELECT '/usr/lib/' UNION ALL SELECT '/usr/share/' UNION " \
	"ALL SELECT '/opt/') WHERE substr(" x ", 1, length(p)) = p), " x ") END"
/* A failed attempt; what garbage in btmp calls itself counts for nothing.  An address or a name
 * of a host has no byte that would be escaped. */
#define FAILED_LOGIN(l)                                                                     \
	"(" l ".kind = 'failed' OR (" l ".kind = 'invalid' AND " l ".source = 'log')) AND " \
	"instr(COALESCE(" l ".origin, ''), '\\') = 0"
#define UTC(x) "strftime('%Y-%m-%d %H:%M:%SZ', " x " / 1000000000, 'unixepoch')"
#define OBJECT_ALL "id, host, path, type, mode, uid, gid, size, mtime, ctime, btime, container"
#define OBJECT_QUOTE(o)                                                          \
	"printf('mode %o, user %s, group %s, %s bytes, changed %s, made %s', " o \
	".mode & 4095, " o ".uid, " o ".gid, " o ".size, COALESCE(" UTC(         \
		o ".mtime") ", 'unknown'), COALESCE(" UTC(o ".btime") ", 'unknown'))"
#define LOGIN_QUOTE                                                          \
	"TRIM(printf('%s: %s %s %s %s %s', l.source, l.kind, l.user, l.tty," \
	" COALESCE(l.origin, l.address), COALESCE(l.detail, ''))) || " RULES_CLOCKS("l.time_from")
#define SOCKET_QUOTE(s)                                                                      \
	"printf('%s %s %s:%d %s:%d inode %d', " s ".protocol, COALESCE(" s ".state, ''), " s \
	".local, " s ".local_port, " s ".remote, " s ".remote_port, " s ".ino)"
/* A process that is not the collector, which is where the responder put it, nor its child. */
#define NOT_OURS                                                                            \
	"NOT EXISTS (SELECT 1 FROM session s WHERE s.host = p.host AND s.name = 'pid'"      \
	" AND CAST(s.value AS INTEGER) > 1 AND CAST(s.value AS INTEGER) IN (p.pid, p.ppid," \
	" (SELECT q.ppid FROM process q WHERE q.host = p.host AND q.pid = p.ppid)))"
#define PROCESS_RULE(where, says)                                                                 \
	"SELECT p.host, printf('process %d %s', p.pid, p.name), printf('Process %d (%s) " says    \
	": %s',"                                                                                  \
	" p.pid, p.name, p.exe), p.start, p.object, NULL, NULL, printf('exe %s (%s)  %s', p.exe," \
	" p.exe_kind, p.cmdline) FROM process p WHERE " where " ORDER BY p.host, p.pid"
/* Variables in the environment of a process that say the same as a startup file may. */
#define HISTORY_SETTING(kind, says)                                                            \
	"SELECT host, printf('process %d %s', pid, name), printf('Process %d (%s) " says       \
	" %s', pid, name, word), start, object, NULL, NULL, word FROM (SELECT p.*,"            \
	" history_setting(p.environ, '" kind "') AS word FROM process p WHERE p.environ LIKE " \
	"'%HIST%' OR p.environ LIKE '%PROMPT%') WHERE word IS NOT NULL ORDER BY 1, 2"
#define DISAGREEMENT(where)                                                                      \
	"SELECT host, COALESCE(subject, view), printf('Lists of the kernel disagree about %s "   \
	"(%s)',"                                                                                 \
	" COALESCE(subject, 'a count'), view), NULL, object, pos, line, text FROM disagreement " \
	"WHERE " where " ORDER BY host, 2, id"

/* -------------------------------------------------------------------- tables */

static const struct rule rules[] = {
#define RULE(id, question, weight, title, why, innocent, more, needs, sql) \
	{ id, QUESTION_##question, weight, title, why, innocent, more, needs, sql },
#include "workstation/report/rules.def"
#undef RULE
};

static const struct {
	const char *kind, *name, *sql;
} views[] = {
#define VIEW(name, sql) { "VIEW", #name, sql },
#define TABLE(name, sql) { "TABLE", #name, sql },
#include "workstation/report/view.def"
#undef VIEW
#undef TABLE
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *word, *title;
} questions[] = {
	[QUESTION_ENTRY] = { "entry", "Entry point" },
	[QUESTION_ORIGIN] = { "origin", "Origin of the attack" },
	[QUESTION_TOUCHED] = { "touched", "Files touched" },
	[QUESTION_ACCESS] = { "access", "Level of access" },
	[QUESTION_TRAIL] = { "trail", "Trail" },
};

const struct rule *rules_at(size_t i)
{
	return i < COUNT(rules) ? &rules[i] : NULL;
}

const struct rule *rules_find(const char *id)
{
	for (size_t i = 0; i < COUNT(rules); i++) {
		if (strcmp(rules[i].id, id) == 0)
			return &rules[i];
	}
	return NULL;
}

const char *rules_question_word(enum question q)
{
	return questions[q].word;
}

const char *rules_question_title(enum question q)
{
	return questions[q].title;
}

int rules_views(struct case_db *db, struct err *e)
{
	struct buf b;
	int r = 0;

	buf_init(&b, 65536);
	for (size_t i = 0; r == 0 && i < COUNT(views); i++) {
		buf_clear(&b);
		buf_printf(&b, "CREATE TEMP %s IF NOT EXISTS %s AS %s", views[i].kind,
			   views[i].name, views[i].sql);
		r = case_exec(db, buf_cstr(&b), e);
	}
	buf_release(&b);
	return r;
}

/* The tables among them are as old as the case was when they were made. */
static int forget_views(struct case_db *db, struct err *e)
{
	struct buf b;
	int r = 0;

	buf_init(&b, 4096);
	for (size_t i = 0; r == 0 && i < COUNT(views); i++) {
		buf_clear(&b);
		buf_printf(&b, "DROP %s IF EXISTS temp.%s", views[i].kind, views[i].name);
		r = case_exec(db, buf_cstr(&b), e);
	}
	buf_release(&b);
	return r;
}

int rules_aside(struct case_db *db, struct err *e)
{
	static const char *const tables[] = { "observation", "evidence", "rule_count" };
	struct buf b;
	/* What forbids to change a case forbids tables beside it too; the file stays read-only. */
	int r = case_exec(db, "PRAGMA query_only = OFF", e);

	buf_init(&b, 4096);
	for (size_t i = 0; r == 0 && i < COUNT(tables); i++) {
		buf_clear(&b);
		buf_printf(&b, "CREATE TEMP TABLE %s AS SELECT * FROM main.%s LIMIT 0", tables[i],
			   tables[i]);
		r = case_exec(db, buf_cstr(&b), e);
	}
	buf_release(&b);
	return r;
}

/* ----------------------------------------------------------------- a run */

/* Columns of a rule's answer. */
enum { HOST, SUBJECT, TEXT, TIME, OBJECT, POS, LINE, QUOTE };

struct run {
	struct case_query *observation, *evidence, *pieces, *count;
	int64_t last; /* number of the last observation, and of evidence */
	int64_t last_evidence;
	/* Of the rule that is asked: */
	const struct rule *rule;
	int64_t host, observations, rows; /* of this host so far */
	int64_t here;                     /* evidence of this observation so far */
	struct buf subject;
};

static int put(struct case_query *q, struct err *e)
{
	int r = case_query_step(q, e);

	case_query_reset(q);
	return r < 0 ? -1 : 0;
}

static struct bytes word(const char *s)
{
	return (struct bytes){ s, strlen(s) };
}

/* How many pieces of evidence the observation that ends has. */
static int end_observation(struct run *run, struct err *e)
{
	if (run->here == 0 || run->observations > RULES_OBSERVATIONS)
		return 0;
	case_query_bind(run->pieces, 1, run->here);
	case_query_bind(run->pieces, 2, run->last);
	return put(run->pieces, e);
}

static int end_host(struct run *run, struct err *e)
{
	if (end_observation(run, e) != 0)
		return -1;
	run->here = 0;
	if (run->host == CASE_NULL)
		return 0;
	case_query_bind(run->count, 1, run->host);
	case_query_bind_text(run->count, 2, word(run->rule->id));
	case_query_bind(run->count, 3, run->observations);
	case_query_bind(run->count, 4, run->rows);
	return put(run->count, e);
}

static int begin_observation(struct run *run, struct case_query *q, struct err *e)
{
	struct case_query *to = run->observation;
	struct bytes subject = case_query_text(q, SUBJECT);

	if (end_observation(run, e) != 0)
		return -1;
	buf_clear(&run->subject);
	buf_add(&run->subject, subject.p, subject.len);
	run->here = 0;
	if (run->subject.failed)
		return err_set(e, 0, "rule %s: a subject is too long", run->rule->id);
	if (++run->observations > RULES_OBSERVATIONS)
		return 0;
	case_query_bind(to, 1, ++run->last);
	case_query_bind(to, 2, run->host);
	case_query_bind_text(to, 3, word(run->rule->id));
	case_query_bind_text(to, 4, word(questions[run->rule->question].word));
	case_query_bind(to, 5, run->rule->weight);
	case_query_bind_text(to, 6, subject);
	case_query_bind_text(to, 7, case_query_text(q, TEXT));
	case_query_bind(to, 8, case_query_int(q, TIME));
	return put(to, e);
}

static int add_evidence(struct run *run, struct case_query *q, struct err *e)
{
	struct case_query *to = run->evidence;

	run->rows++;
	if (++run->here > RULES_EVIDENCE || run->observations > RULES_OBSERVATIONS)
		return 0;
	case_query_bind(to, 1, ++run->last_evidence);
	case_query_bind(to, 2, run->host);
	for (int i = OBJECT; i <= LINE; i++)
		case_query_bind(to, 3 + i - OBJECT, case_query_int(q, i));
	case_query_bind(to, 6, run->last);
	case_query_bind_text(to, 7, case_query_text(q, QUOTE));
	return put(to, e);
}

static bool same_subject(const struct run *run, struct bytes subject)
{
	return run->here > 0 && subject.len == run->subject.len &&
	       (subject.len == 0 || memcmp(subject.p, run->subject.p, subject.len) == 0);
}

static int take_row(struct run *run, struct case_query *q, struct err *e)
{
	int64_t host = case_query_int(q, HOST);

	if (host != run->host) {
		if (end_host(run, e) != 0)
			return -1;
		run->host = host;
		run->observations = run->rows = 0;
	}
	if (!same_subject(run, case_query_text(q, SUBJECT)) && begin_observation(run, q, e) != 0)
		return -1;
	return add_evidence(run, q, e);
}

static int ask(struct run *run, struct case_db *db, const struct rule *rule, struct err *e)
{
	struct case_query *q = NULL;
	int r = case_query_open(&q, db, rule->sql, e);

	run->rule = rule;
	run->host = CASE_NULL;
	run->here = run->observations = run->rows = 0;
	while (r == 0 && (r = case_query_step(q, e)) > 0)
		r = take_row(run, q, e);
	if (r == 0)
		r = end_host(run, e);
	case_query_close(&q);
	return r;
}

/* The next word group of ${needs}, as a list of SQL: "'jobs','processes'"; false at the end. */
static bool take_need(struct buf *list, const char **needs)
{
	const char *at = *needs;

	buf_clear(list);
	at += strspn(at, " ");
	if (*at == '\0')
		return false;
	buf_putc(list, '\'');
	for (; *at != '\0' && *at != ' '; at++)
		if (*at == '|')
			buf_puts(list, "','");
		else
			buf_putc(list, *at);
	buf_putc(list, '\'');
	*needs = at;
	return true;
}

void rules_lacks(struct buf *sql, const struct rule *rule)
{
	const char *needs = rule->needs, *between = "";
	struct buf list;

	buf_init(&list, 1024);
	while (take_need(&list, &needs)) {
		buf_printf(sql,
			   "%sSELECT host, label, i.rowid AS i FROM x_input i WHERE input IN (%s) "
			   "AND NOT"
			   " EXISTS (SELECT 1 FROM x_input p WHERE p.host = i.host AND p.input IN"
			   " (%s) AND p.present) AND host NOT IN (SELECT host FROM rule_count WHERE"
			   " rule = '%s')",
			   between, buf_cstr(&list), buf_cstr(&list), rule->id);
		between = " UNION ALL ";
	}
	buf_release(&list);
}

/* A host that a rule was asked about and that has nothing of it gets its 0; one in whose archive is
 * nothing to ask gets no row. */
static int count_none(struct case_db *db, struct err *e)
{
	struct buf b;
	int r = 0;

	buf_init(&b, 65536);
	for (size_t i = 0; r == 0 && i < COUNT(rules); i++) {
		buf_clear(&b);
		buf_printf(&b,
			   "INSERT INTO rule_count (host, rule, observations, pieces) SELECT id,"
			   " '%s', 0, 0 FROM host WHERE id NOT IN (SELECT host FROM rule_count"
			   " WHERE rule = '%s') AND id NOT IN (SELECT host FROM (",
			   rules[i].id, rules[i].id);
		rules_lacks(&b, &rules[i]);
		buf_puts(&b, "))");
		r = case_exec(db, buf_cstr(&b), e);
	}
	buf_release(&b);
	return r;
}

int rules_run(struct case_db *db, struct err *e)
{
	struct run run = { 0 };
	int r;

	buf_init(&run.subject, 1u << 20);
	r = case_exec(db, "DELETE FROM evidence; DELETE FROM observation; DELETE FROM rule_count",
		      e);
	if (r == 0)
		r = forget_views(db, e);
	if (r == 0)
		r = rules_views(db, e);
	if (r == 0)
		r = case_query_open(&run.observation, db,
				    "INSERT INTO observation (id, host, rule,"
				    " question, weight, subject, text, time)"
				    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
				    e);
	if (r == 0)
		r = case_query_open(&run.evidence, db,
				    "INSERT INTO evidence (id, host, object, pos,"
				    " line, observation, quote) VALUES (?, ?, ?, ?, ?, ?, ?)",
				    e);
	if (r == 0)
		r = case_query_open(&run.pieces, db,
				    "UPDATE observation SET pieces = ? WHERE id = ?", e);
	if (r == 0)
		r = case_query_open(&run.count, db,
				    "INSERT INTO rule_count (host, rule,"
				    " observations, pieces) VALUES (?, ?, ?, ?)",
				    e);
	for (size_t i = 0; r == 0 && i < COUNT(rules); i++)
		r = ask(&run, db, &rules[i], e);
	case_query_close(&run.observation);
	case_query_close(&run.evidence);
	case_query_close(&run.pieces);
	case_query_close(&run.count);
	buf_release(&run.subject);
	return r == 0 ? count_none(db, e) : -1;
}
