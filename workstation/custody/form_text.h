/*
 * form_text: what a custody form says whatever the case is: its look, the limits of what it
 * proves, the declaration.  Plain HTML, made here, trusted.
 */
#ifndef EXHIBIT_CUSTODY_FORM_TEXT_H
#define EXHIBIT_CUSTODY_FORM_TEXT_H

/* Style sheet, without its element. */
extern const char form_text_style[];

/* What is proven, and what is not: the two lists. */
extern const char form_text_limits[];

/* The declaration in three parts: between them come the facts of the case. */
extern const char form_text_declaration[], form_text_method[], form_text_oath[];

#endif
