#!/bin/sh
# End to end in three parts at once, a platform and a browser each: a person's steps leave most of a processor idle.
set -u
folder=$(mktemp -d)
chmod 755 "$folder"
trap 'rm -rf "$folder"' EXIT
# Every page looked at, and platforms that are stopped.
apart="look or resilience or meters_down"

part() {
    $PYTEST tests/e2e -k "$2" --basetemp="$folder/$1" >"$folder/$1.log" 2>&1
}
part rabbitmq "rabbitmq" &
rabbitmq=$!
part apart "not rabbitmq and ($apart)" &
apart_too=$!
part stories "not rabbitmq and not ($apart)"
ended=$?
wait "$rabbitmq" || ended=1
wait "$apart_too" || ended=1
cat "$folder"/*.log
exit "$ended"
