"$EXHIBIT" verify ./absent.tar
