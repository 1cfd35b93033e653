/*
 * ext4_io: the io manager through which libext2fs reads, of ours: pread(2) on a descriptor
 * that is open already, and nothing else.  Internal to collector/raw.
 */
#ifndef EXHIBIT_RAW_EXT4_IO_H
#define EXHIBIT_RAW_EXT4_IO_H

#include <ext2fs/ext2fs.h>
#include <stdint.h>

#include "collector/raw/ext4.h"

/**
 * ext4_io_manager(fd, watch):
 * The manager to give to ext2fs_open2; the channel that it opens next reads ${fd} and asks
 * ${watch}.  Both must outlive that channel.  One at a time: the library passes nothing but
 * a name.
 */
io_manager ext4_io_manager(int fd, struct ext4_watch *watch);

/**
 * ext4_io_read(fd, watch, offset, data, n):
 * Read exactly ${n} bytes.  Return 0, EXT2_ET_SHORT_READ (the errno is in the watch; EIO: the
 * device ends before), or EXT2_ET_CANCEL_REQUESTED when the watch said no.
 */
errcode_t ext4_io_read(int fd, struct ext4_watch *watch, uint64_t offset, void *data, size_t n);

#endif
