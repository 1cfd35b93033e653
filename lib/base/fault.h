/*
 * fault: the last word of a program that has a fault of its own.
 *
 * No core is ever written (it would hold evidence and keys), so that nothing is lost by
 * catching what the kernel would end us for, and a documented exit code is won.
 */
#ifndef EXHIBIT_BASE_FAULT_H
#define EXHIBIT_BASE_FAULT_H

/**
 * fault_catch(text, code):
 * From now on SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGABRT write ${text}, a static string,
 * to descriptor 2 and end the process with exit code ${code}.  Children inherit it.
 */
void fault_catch(const char *text, int code);

/**
 * fault_end():
 * End as after a fault.  Not abort(3): in a sandbox the signal cannot be sent, and musl
 * then ends the process by another that cannot be caught.  Without fault_catch it is abort(3).
 */
_Noreturn void fault_end(void);

/**
 * fault_over(code):
 * Return ${code}, with which main is about to end.  An exit(3) without it was a library's
 * (libarchive without memory, with a code that means something else here) and becomes
 * fault_end.
 */
int fault_over(int code);

#endif
