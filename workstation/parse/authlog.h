/*
 * authlog: what a message of sshd, sudo, su, login, cron and their like says about who came
 * in, who failed, and what was run.  One table of patterns (authlog.def); what fits none is
 * a line of a log and nothing else.
 *
 * A name can be chosen by the one who fails to log in, and may look like the rest of the
 * line: "from ADDRESS port N" is taken where it stands last.
 */
#ifndef EXHIBIT_PARSE_AUTHLOG_H
#define EXHIBIT_PARSE_AUTHLOG_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/bytes.h"

enum authlog_kind {
	AUTHLOG_LOGIN,
	AUTHLOG_FAILED,
	AUTHLOG_INVALID,	/* a name that is no account */
	AUTHLOG_LOGOUT,
	AUTHLOG_COMMAND
};

/* Empty where the message does not say it. */
struct authlog {
	enum authlog_kind kind;
	struct bytes user;	/* who came in, failed, or ran it */
	struct bytes by;	/* who asked for it: of su; or as whom it ran: of sudo */
	struct bytes address;
	struct bytes port;
	struct bytes tty;
	struct bytes method;	/* password, publickey, ... */
	struct bytes key;	/* "RSA SHA256:..." as written */
	struct bytes folder;	/* where it ran */
	struct bytes command;
};

/**
 * authlog_parse(program, text, out):
 * False: the message of ${program} fits no pattern.
 */
bool authlog_parse(struct bytes program, struct bytes text, struct authlog *out);

#endif
