#!/bin/sh
# End to end on both set-ups at once, a platform and a browser each: a person's steps leave most of a processor idle.
set -u
folder=$(mktemp -d)
chmod 755 "$folder"
trap 'rm -rf "$folder"' EXIT
# Those that start platforms of their own go with the shorter half.
apart="resilience or meters_down"
$PYTEST tests/e2e -k "rabbitmq or $apart" --basetemp="$folder/rabbitmq" >"$folder/rabbitmq.log" 2>&1 &
other=$!
$PYTEST tests/e2e -k "not (rabbitmq or $apart)" --basetemp="$folder/postgres"
first=$?
wait "$other"
second=$?
cat "$folder/rabbitmq.log"
[ "$first" = 0 ] && [ "$second" = 0 ]
