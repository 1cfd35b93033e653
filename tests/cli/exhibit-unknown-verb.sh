"$EXHIBIT" frobnicate
