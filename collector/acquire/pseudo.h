/*
 * pseudo: files of the kernel that must not be read.
 *
 * Some files of proc, sysfs and their kin act when they are read, take what others
 * wait for, wait themselves, or never end.  The list is data; a file without
 * a read bit is never read, whatever root may do.
 */
#ifndef EXHIBIT_ACQUIRE_PSEUDO_H
#define EXHIBIT_ACQUIRE_PSEUDO_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/item/item.h"

/**
 * pseudo_denied(fstype, below, mode):
 * May a regular file of a kernel file system of type ${fstype} not be read?  ${below} is
 * its path from the root of that file system, without the first slash.  An unknown type
 * is judged by its read bits alone.
 */
bool pseudo_denied(const char *fstype, struct bytes below, uint32_t mode);

#endif
