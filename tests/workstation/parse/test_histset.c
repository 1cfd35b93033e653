#include "workstation/parse/histset.h"

#include <check.h>
#include <string.h>

#include "workstation/parse/scan.h"

Suite *suite_histset(void);

static const struct {
	const char *line;
	enum histset_kind kind;
	const char *what;
} rows[] = {
	{ "HISTFILE=/dev/null", HISTSET_OFF, "HISTFILE=/dev/null" },
	{ "  export HISTFILE=\"/dev/null\" # quiet", HISTSET_OFF, "HISTFILE=\"/dev/null\"" },
	{ "export HISTFILE=", HISTSET_OFF, "HISTFILE=" },
	{ "unset HISTFILE", HISTSET_OFF, "unset HISTFILE" },
	{ "unset FOO HISTFILE; ls", HISTSET_OFF, "unset FOO HISTFILE" },
	{ "export HISTSIZE=0 HISTFILESIZE=0", HISTSET_OFF, "HISTSIZE=0" },
	{ "ls; HISTFILESIZE='0'", HISTSET_OFF, "HISTFILESIZE='0'" },
	{ "[ -n \"$PS1\" ] && set +o history", HISTSET_OFF, "set +o history" },
	{ "declare -x HISTIGNORE='*'", HISTSET_OFF, "HISTIGNORE='*'" },
	{ "SAVEHIST=0", HISTSET_OFF, "SAVEHIST=0" },
	{ "if true; then unset HISTFILE; fi", HISTSET_OFF, "unset HISTFILE" },
	{ "HISTSIZE=00", HISTSET_OFF, "HISTSIZE=00" },
	{ "HISTSIZE=-0", HISTSET_OFF, "HISTSIZE=-0" },
	{ "HISTIGNORE='*:*'", HISTSET_OFF, "HISTIGNORE='*:*'" },
	{ "HISTIGNORE='ls:?*'", HISTSET_OFF, "HISTIGNORE='ls:?*'" },
	{ "set +H +o history", HISTSET_OFF, "set +H +o history" },
	{ "set +Ho history; ls", HISTSET_OFF, "set +Ho history" },
	{ "shopt -uo history", HISTSET_OFF, "shopt -uo history" },
	{ "shopt -o -u history", HISTSET_OFF, "shopt -o -u history" },
	{ "PROMPT_COMMAND='history -c'", HISTSET_OFF, "PROMPT_COMMAND='history -c'" },
	{ "PROMPT_COMMAND=\"history -c; history -w\"", HISTSET_OFF,
	  "PROMPT_COMMAND=\"history -c; history -w\"" },
	{ "trap 'history -c' EXIT", HISTSET_OFF, "trap 'history -c'" },
	{ "HISTFILE=\"/dev\"/null", HISTSET_OFF, "HISTFILE=\"/dev\"/null" },
	{ "HISTFILE=/de\\v/nu'll'", HISTSET_OFF, "HISTFILE=/de\\v/nu'll'" },
	{ "HISTFILE=/root/.bash_hist/../../dev/null", HISTSET_OFF,
	  "HISTFILE=/root/.bash_hist/../../dev/null" },
	{ "HISTFILE=/root/.bash_hist/../../opt/h", HISTSET_MOVED,
	  "HISTFILE=/root/.bash_hist/../../opt/h" },
	{ "HISTFILE=/var/tmp/.bash_history", HISTSET_MOVED, "HISTFILE=/var/tmp/.bash_history" },
	{ "export HISTFILE=\"$HOME/.cache/x/.history\"", HISTSET_MOVED,
	  "HISTFILE=\"$HOME/.cache/x/.history\"" },
	{ "HISTFILE=$HOME/notes", HISTSET_MOVED, "HISTFILE=$HOME/notes" },
	{ "HISTSIZE=1000; HISTFILE=/opt/h", HISTSET_MOVED, "HISTFILE=/opt/h" },
	{ "HISTFILE=$HOME/.zsh_history", HISTSET_NONE, NULL },
	{ "HISTFILE=\"${ZDOTDIR:-$HOME}/.zsh_history\"", HISTSET_NONE, NULL },
	{ "HISTFILE=/home/a/.bash_history", HISTSET_NONE, NULL },
	{ "HISTFILE=~/.histfile", HISTSET_NONE, NULL },
	{ "HISTSIZE=1000", HISTSET_NONE, NULL },
	{ "HISTSIZE=", HISTSET_NONE, NULL },
	{ "HISTFILESIZE=2000 # unset HISTFILE", HISTSET_NONE, NULL },
	{ "# unset HISTFILE", HISTSET_NONE, NULL },
	{ "HISTCONTROL=ignoreboth", HISTSET_NONE, NULL },
	{ "HISTIGNORE='ls:cd'", HISTSET_NONE, NULL },
	/* bash keeps all of it */
	{ "HISTSIZE=\"\"", HISTSET_NONE, NULL },
	{ "HISTSIZE=0100", HISTSET_NONE, NULL },
	{ "HISTIGNORE='ls*:???:'", HISTSET_NONE, NULL },
	{ "PROMPT_COMMAND='history -a; history -c; history -r'", HISTSET_NONE, NULL },
	{ "shopt -u history; shopt -so history; shopt -uo vi", HISTSET_NONE, NULL },
	{ "set +H -o history", HISTSET_NONE, NULL },
	{ "set +o historyexpand", HISTSET_NONE, NULL },
	{ "trap 'rm x' EXIT", HISTSET_NONE, NULL },
	{ "set -o history", HISTSET_NONE, NULL },
	{ "echo 'unset HISTFILE'", HISTSET_NONE, NULL },
	{ "unset HISTFILE_OLD; MYHISTFILE=/dev/null", HISTSET_NONE, NULL },
	{ "unset", HISTSET_NONE, NULL },
	{ "set +o", HISTSET_NONE, NULL },
	{ "export ", HISTSET_NONE, NULL },
	{ "", HISTSET_NONE, NULL },
};

#define COUNT ((int)(sizeof(rows) / sizeof(rows[0])))

START_TEST(test_what_a_line_does_to_the_history)
{
	struct bytes what;

	ck_assert_msg(histset_line(rows[_i].line, strlen(rows[_i].line), &what) == rows[_i].kind,
		      "%s", rows[_i].line);
	if (rows[_i].what == NULL)
		ck_assert_ptr_null(what.p);
	else
		ck_assert_msg(scan_is(what, rows[_i].what), "%s: %.*s", rows[_i].line,
			      (int)what.len, (const char *)what.p);
}
END_TEST

Suite *suite_histset(void)
{
	Suite *s = suite_create("workstation/parse/histset");
	TCase *tc = tcase_create("histset");

	tcase_add_loop_test(tc, test_what_a_line_does_to_the_history, 0, COUNT);
	suite_add_tcase(s, tc);
	return s;
}
