/* exhibit custody sign: one side of a hand-over signs the line that tells of it. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "workstation/cmd/cmd_custody.h"
#include "workstation/cmd/commands.h"
#include "workstation/cmd/confine.h"
#include "workstation/custody/sign.h"

struct args {
	const char *record, *by, *by_id, *role, *key, *public_key, *signature;
	bool message;
	int fd;		/* of the record, to append to; -1: nothing is written */
};

#define FIELD(f) offsetof(struct args, f)

const struct option_row cmd_custody_sign_options[] = {
	{ "record", 'R', "FILE", OPTION_STRING, FIELD(record), CMD_CUSTODY_RECORD_HELP },
	{ "by", 0, "NAME", OPTION_STRING, FIELD(by), "who signs" },
	{ "by-id", 0, "ID", OPTION_STRING, FIELD(by_id), "badge or staff number" },
	{ "role", 0, "ROLE", OPTION_STRING, FIELD(role),
	  "as whom: released_by, received_by, by or witness of that line" },
	{ "key", 'k', "FILE", OPTION_STRING, FIELD(key),
	  "private key, PEM, not encrypted: RSA, ECDSA or Ed25519" },
	{ "message", 0, NULL, OPTION_FLAG, FIELD(message),
	  "print what is to be signed, for a key that is elsewhere, and write nothing" },
	{ "signature", 0, "FILE", OPTION_STRING, FIELD(signature),
	  "the signature that was made elsewhere, raw" },
	{ "public-key", 0, "FILE", OPTION_STRING, FIELD(public_key),
	  "the public key, or the certificate, that belongs to it, PEM" },
	{ 0 }
};

static int check_args(const struct args *a, struct err *e)
{
	static const char *const roles[] = { "released_by", "received_by", "by", "witness" };
	size_t i = 0;

	if (a->role == NULL)
		return err_set(e, 0, "--role is missing: as whom is the line signed?");
	while (i < sizeof(roles) / sizeof(roles[0]) && strcmp(roles[i], a->role) != 0)
		i++;
	if (i == sizeof(roles) / sizeof(roles[0]))
		return err_set(e, 0, "--role is released_by, received_by, by or witness");
	if (a->message)
		return 0;
	if (a->by == NULL)
		return err_set(e, 0, "--by is missing: who signs?");
	if ((a->key == NULL) == (a->signature == NULL) ||
	    (a->signature == NULL) != (a->public_key == NULL))
		return err_set(e, 0, "either --key, or --signature and --public-key");
	return 0;
}

/* The line of that number in a record that holds, in which somebody has that role. */
static const struct ledger_line *find_line(const struct ledger *l, const char *number,
					   const char *role, struct err *e)
{
	char *end;
	uint64_t n = strtoull(number, &end, 10);
	const struct ledger_line *line;

	if (l->check.worst != LEDGER_NOTE) {
		err_set(e, 0, "the record does not hold: exhibit custody check says why");
		return NULL;
	}
	if (*number < '1' || *number > '9' || *end != '\0' || n > l->check.count) {
		err_set(e, 0, "there is no line %.20s", number);
		return NULL;
	}
	line = &l->check.rows[n - 1].t.line;
	if (line->value[ledger_line_field(role)] != NULL)
		return line;
	err_set(e, 0, "line %" PRIu64 " names nobody as %s", n, role);
	return NULL;
}

static int read_signature(const char *path, struct buf *out, struct err *e)
{
	int fd CLEANUP(fd_close) = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char *to = buf_room(out, SIGN_FILE_MAX);
	ssize_t n = fd < 0 || to == NULL ? -1 : fd_read_full(fd, to, SIGN_FILE_MAX);

	if (n < 0)
		return err_set(e, errno, "reading the signature %.200s", path);
	out->len += (size_t)n;
	return 0;
}

/* Make or read the signature, and look whether it holds before it is written. */
static int get_signature(const struct args *a, const struct sign_key *k,
			 const struct buf *message, struct buf *sig, struct err *e)
{
	int r = a->key != NULL ? sign_make(k, message, sig, e) :
				 read_signature(a->signature, sig, e);

	if (r == 0 && !sign_holds(k, message, sig))
		r = err_set(e, 0, "the signature is not one of this line by this key");
	return r;
}

static int write_line(const struct args *a, const struct ledger_line *line,
		      const struct sign_key *k, const struct buf *sig, struct err *e)
{
	struct ledger_entry entry = { .event = LEDGER_EVENT_SIGNED };
	char number[24], hash[DIGEST_HEX_LEN];
	struct buf key, key64, sig64;
	struct ledger_added added;
	int r;

	buf_init(&key, SIGN_FILE_MAX);
	buf_init(&key64, SIGN_FILE_MAX * 2);
	buf_init(&sig64, SIGN_FILE_MAX * 2);
	sign_key_write(k, &key);
	text_base64(&key64, key.p, key.len);
	text_base64(&sig64, sig->p, sig->len);
	snprintf(number, sizeof(number), "%" PRIu64, line->n);
	entry.value[LEDGER_BY] = a->by;
	entry.value[LEDGER_BY_ID] = a->by_id;
	entry.value[LEDGER_ROLE] = a->role;
	entry.value[LEDGER_SIGNS] = number;
	entry.value[LEDGER_SIGNS_SHA256] = digest_hex(hash, line->sha256);
	entry.value[LEDGER_PUBLIC_KEY] = buf_cstr(&key64);
	entry.value[LEDGER_SIGNATURE] = buf_cstr(&sig64);
	r = ledger_add(a->fd, a->record, &entry, &added, e);
	buf_release(&key);
	buf_release(&key64);
	buf_release(&sig64);
	return r == 0 ? cmd_custody_written("signed", &added) : commands_fail(e, COMMANDS_FAILED);
}

/* Two sides are two people: one key cannot be both. */
static int check_roles(const struct args *a, const struct ledger *l,
		       const struct ledger_line *line, const struct sign_key *k, struct err *e)
{
	const char *other = sign_other_role(&l->check, l->check.count, line, a->role, k);

	return other == NULL ? 0 : err_set(e, 0, "this key has signed line %" PRIu64 " as %s: the "
					   "other side of it signs with its own", line->n, other);
}

static int sign(const struct args *a, const struct ledger *l, const struct ledger_line *line,
		struct buf *message)
{
	struct err e = { 0 };
	struct sign_key *k;
	struct buf sig;
	int r;

	if (a->message)
		return commands_print(STDOUT_FILENO, message) == 0 ? COMMANDS_OK : COMMANDS_FAILED;
	k = a->key != NULL ? sign_key_private(a->key, &e) : sign_key_public(a->public_key, &e);
	buf_init(&sig, 2 * SIGN_FILE_MAX);
	r = k != NULL && check_roles(a, l, line, k, &e) == 0 &&
	    get_signature(a, k, message, &sig, &e) == 0 ?
	    write_line(a, line, k, &sig, &e) : commands_fail(&e, COMMANDS_FAILED);
	buf_release(&sig);
	sign_key_free(k);
	return r;
}

/* The record is open for the line; what is read from here on is the record, as others wrote it,
 * and what was given. */
static void confine_to(const struct args *a)
{
	const char *const files[] = { a->record, a->key, a->public_key, a->signature };
	struct confine_paths paths = { .n = 0 };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		confine_allow(&paths, files[i]);
	confine_enter_paths(&paths);
}

static int sign_line(struct args *a, const char *number)
{
	const struct ledger_line *line = NULL;
	struct err e = { 0 };
	struct buf message;
	struct ledger l = { 0 };
	int r;

	if (check_args(a, &e) != 0)
		return commands_fail(&e, COMMANDS_USAGE);
	if (!a->message)
		a->fd = ledger_open(a->record, true, &e);
	confine_to(a);
	if (!e.set && ledger_load(&l, a->record, &e) == 0)
		line = find_line(&l, number, a->role, &e);
	buf_init(&message, 1024);
	if (line != NULL)
		sign_message(&message, line, a->role);
	r = line != NULL ? sign(a, &l, line, &message) : commands_fail(&e, COMMANDS_FAILED);
	buf_release(&message);
	ledger_unload(&l);
	return r;
}

int cmd_custody_sign(char *const argv[])
{
	static const size_t limits[2] = { 1, 1 };
	struct args args = { .record = CMD_CUSTODY_RECORD, .fd = -1 };
	struct option_list operands = { 0 };
	int r = COMMANDS_USAGE;

	if (commands_parse("custody sign", &args, argv, &operands, limits) == 0)
		r = sign_line(&args, operands.p[0]);
	fd_close(&args.fd);
	option_list_release(&operands);
	return r;
}
