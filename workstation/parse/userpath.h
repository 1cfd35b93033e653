/*
 * userpath: whose file it is, by where it lies.  The first guess: homes elsewhere are found
 * in passwd, once all of the archive is read.
 */
#ifndef EXHIBIT_PARSE_USERPATH_H
#define EXHIBIT_PARSE_USERPATH_H

#include "lib/base/bytes.h"

/**
 * userpath_inside(path):
 * ${path} as it is inside its container: without /proc/PID/root in front.
 */
struct bytes userpath_inside(struct bytes path);

/**
 * userpath_user(path):
 * "root" for what is below /root, X for what is below /home/X and for spool files named
 * after a user (/var/spool/cron/crontabs/X, /var/spool/cron/X); {NULL, 0} for others.
 */
struct bytes userpath_user(struct bytes path);

#endif
