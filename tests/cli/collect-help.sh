#!/bin/sh
# The help is printed from the option rows and asks for no output.
"$EXHIBIT_COLLECT" --help
