/*
 * genl: numbers that questions by generic netlink need, read from lists.
 *
 * A part of the kernel that speaks generic netlink has a name and a number of its own at
 * each boot.  Asked for one name, the kernel would load a module of that name if it has
 * none; so the list of all is asked for, and the name is looked up in that.
 * linux/genetlink.h, linux/rtnetlink.h.
 */
#ifndef EXHIBIT_VOLATILE_GENL_H
#define EXHIBIT_VOLATILE_GENL_H

#include <stddef.h>
#include <stdint.h>

/**
 * genl_family(list, n, name):
 * Number of the family called ${name} in ${n} bytes of the answer to CTRL_CMD_GETFAMILY; 0 if
 * it is not there.
 */
uint16_t genl_family(const void *list, size_t n, const char *name);

/**
 * genl_links(list, n, kind, out, max):
 * Index numbers of the interfaces of that kind ("wireguard"; NULL: of all) in ${n} bytes of the
 * answer to RTM_GETLINK, at most ${max}.  Return how many.
 */
size_t genl_links(const void *list, size_t n, const char *kind, uint32_t *out, size_t max);

/* The beginning of a question, into a body of NETLINK_BODY_MAX bytes; its length. */
size_t genl_question(void *body, uint8_t command, uint8_t version);

#endif
