/*
 * src_view_module: loaded modules by every list that the kernel has of them.
 *
 * Apart from the row's function, so that a test can give it lists of its own.
 */
#ifndef EXHIBIT_VOLATILE_SRC_VIEW_MODULE_H
#define EXHIBIT_VOLATILE_SRC_VIEW_MODULE_H

#include "collector/volatile/source.h"

/**
 * view_module_compare(env, sys_fd):
 * Hold /proc/modules, and /proc/kallsyms, of env->proc_fd against the directory ${sys_fd}, which
 * is /sys/module (-1: there is none).  Returns as run of a source.
 */
int view_module_compare(struct source_env *env, int sys_fd);

#endif
