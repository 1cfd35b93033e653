#!/bin/sh
# The catalogue: profiles, categories in order of volatility, one line per row.
"$EXHIBIT_COLLECT" --list
