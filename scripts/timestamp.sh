#!/bin/sh
# Sends the time stamp request of a receipt to an authority and puts its answer into the bag.
# To be run where there is a network; only a hash and a random number leave the house.
#
#   timestamp.sh BAG URL [OPTION...]     options go to `exhibit receipt`: --tsa-ca root.pem
#
# EXHIBIT names the program, otherwise it is found by its name.
set -eu
[ $# -ge 2 ] || { echo "usage: timestamp.sh BAG URL [OPTION...]" >&2; exit 2; }
bag=$1
url=$2
shift 2
query=$bag/tagmanifest-sha256.txt.tsq
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
[ -f "$query" ] || "${EXHIBIT:-exhibit}" receipt "$bag" --tsa-request
curl --silent --show-error --fail --max-time 60 --proto '=http,https' --max-filesize 1000000 \
	--header 'Content-Type: application/timestamp-query' \
	--header 'Accept: application/timestamp-reply' \
	--data-binary "@$query" --output "$scratch/answer" "$url"
"${EXHIBIT:-exhibit}" receipt "$bag" --tsa-response "$scratch/answer" "$@"
echo "stamped: $bag/tagmanifest-sha256.txt.tsr"
