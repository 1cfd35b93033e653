#include "workstation/parse/starts.h"

#include <string.h>

#include "workstation/parse/line.h"

/* Modules of Linux-PAM 1.6, systemd, and what distributions add, without pam_ and .so.  Those
 * that run a program are left out on purpose: exec, script, python. */
static const char usual[] =
	" access allow_root cap cap_audit cgfs chauthtok ck_connector cracklib debug deny echo env "
	"faildelay faillock filter fprintd fscrypt ftp gdm gnome_keyring group issue keyinit krb5 "
	"kwallet kwallet5 lastlog lastlog2 ldap limits listfile localuser loginuid mail mkhomedir "
	"mktemp motd namespace nologin oddjob_mkhomedir permit pwhistory pwquality rhosts rootok "
	"securetty selinux sepermit shells sss stress succeed_if systemd systemd_home "
	"systemd_home_fallback systemd_loadkey tally tally2 time timestamp tty_audit u2f umask "
	"unix unix2 "
	"userdb usertype warn wheel winbind wtmpdb xauth ecryptfs google_authenticator setquota "
	"elogind "
	"apparmor rundir gnupg ssh_agent_auth passwdqc unix_acct unix_auth unix_passwd "
	"unix_session "
	"console canonicalize_user ";

static bool is_usual(struct bytes module)
{
	char word[40];
	size_t n = module.len;

	if (!scan_begins(module, "pam_") || !scan_ends(module, ".so") || n < 8 ||
	    n - 7 + 3 > sizeof(word))
		return false;
	word[0] = ' ';
	memcpy(word + 1, (const char *)module.p + 4, n - 7);
	word[n - 6] = ' ';
	word[n - 5] = '\0';
	return memchr(word + 1, '\0', n - 6) == NULL && strchr(word + 1, ' ') == &word[n - 6] &&
	       strstr(usual, word) != NULL;
}

/* A control is a word, or brackets with blanks in them. */
static void control(struct scan *s)
{
	line_blanks(s);
	if (line_char(s, '[')) {
		line_until(s, "]");
		line_char(s, ']');
		return;
	}
	line_word(s);
}

bool starts_pam(const char *text, size_t n, bool service, struct starts_line *out)
{
	struct scan s = scan_begin(text, n);
	struct bytes type;

	line_blanks(&s);
	if (line_ended(&s) || *s.p == '#' || *s.p == '@')
		return false;
	if (service)
		line_word(&s);
	type = line_word(&s);
	control(&s);
	out->when = (struct bytes){ type.p, (size_t)(s.p - (const char *)type.p) };
	if (scan_ends(out->when, " include") || scan_ends(out->when, " substack") ||
	    scan_ends(out->when, "\tinclude") || scan_ends(out->when, "\tsubstack"))
		return false;
	out->name = line_word(&s);
	out->command = line_trim(line_rest(&s));
	return out->name.len > 0 && !is_usual(out->name);
}

static bool is_program_key(struct bytes key)
{
	return scan_is(key, "RUN") || scan_is(key, "RUN{program}") ||
	       scan_is(key, "RUN{builtin}") || scan_is(key, "PROGRAM") ||
	       scan_is(key, "IMPORT{program}");
}

bool starts_udev(const char *text, size_t n, size_t *at, struct starts_line *out)
{
	struct scan s = scan_begin(text + *at, n - *at);
	bool found = false;

	line_blanks(&s);
	if (*at == 0 && !line_ended(&s) && *s.p == '#')
		s.p = s.end;
	while (!line_ended(&s) && !found) {
		struct bytes key, value;

		line_blanks(&s);
		key = line_until(&s, "+-:=!, \t\"");
		line_until(&s, "\",");
		if (!line_char(&s, '"')) {
			line_char(&s, ',');
			continue;
		}
		value = line_until(&s, "\"");
		line_until(&s, ",");
		line_char(&s, ',');
		found = is_program_key(key);
		*out = (struct starts_line){ .name = key, .command = value };
	}
	*at = n - (size_t)(s.end - s.p);
	return found;
}

bool starts_modprobe(const char *text, size_t n, struct starts_line *out)
{
	struct scan s = scan_begin(text, n);

	out->when = line_word(&s);
	if (!scan_is(out->when, "install") && !scan_is(out->when, "remove"))
		return false;
	out->name = line_word(&s);
	out->command = line_trim(line_rest(&s));
	return out->command.len > 0;
}

static bool hex_number(const char *p, unsigned digits, uint64_t *out)
{
	*out = 0;
	for (unsigned i = 0; i < digits; i++) {
		if (line_hex(p[i]) < 0)
			return false;
		*out = *out << 4 | (unsigned)line_hex(p[i]);
	}
	return true;
}

bool starts_at(struct bytes name, uint64_t *number, uint64_t *minutes)
{
	const char *p = name.p;

	if (name.len != 14 ||
	    ((p[0] < 'a' || p[0] > 'z') && (p[0] < 'A' || p[0] > 'Z') && p[0] != '='))
		return false;
	return hex_number(p + 1, 5, number) && hex_number(p + 6, 8, minutes);
}
