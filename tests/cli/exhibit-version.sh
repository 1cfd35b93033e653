"$EXHIBIT" version
