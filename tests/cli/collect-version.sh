#!/bin/sh
# Says what it was built from, so that a court can ask for the same program.
"$EXHIBIT_COLLECT" --version
