#!/bin/sh
# End to end in two halves at once, a platform and a browser each.
set -u
folder=$(mktemp -d)
chmod 755 "$folder"
trap 'rm -rf "$folder"' EXIT
# With RabbitMQ goes what starts platforms of its own: both halves take about the same time.
second="rabbitmq or resilience or meters_down"

$PYTEST tests/e2e -k "$second" --basetemp="$folder/second" >"$folder/second.log" 2>&1 &
other=$!
$PYTEST tests/e2e -k "not ($second)" --basetemp="$folder/first"
ended=$?
wait "$other" || ended=1
cat "$folder/second.log"
exit "$ended"
