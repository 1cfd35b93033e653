#!/bin/sh
# What would be taken, in what order, why and how much; nothing is made.
set -e
mkdir -p tree/etc tree/var/log tree/tmp tree/home/alice
printf 'alice:x:1000:1000::/home/alice:/bin/bash\n' >tree/etc/passwd
printf 'w\n' >tree/home/alice/.bash_history
head -c 5000 /dev/zero >tree/var/log/syslog
mkfifo tree/tmp/fifo
"$EXHIBIT_COLLECT" --plan --root tree
"$EXHIBIT_COLLECT" -n --verbose --profile logs --root tree >verbose
grep -q '/var/log/syslog' verbose || echo "--verbose does not name the objects"
[ "$(echo *)" = "tree verbose" ] || echo "something was made: $(echo *)"
