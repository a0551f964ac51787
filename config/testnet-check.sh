#!/usr/bin/env bash
# The testnet of docker-compose.yml, twice: as it is, and with one of Bob's relays stopped before he comes back.
# Needs docker with docker-compose or its plugin. Prints every exit code; the last line is the total.
set -uo pipefail
cd "$(dirname "$0")/.."

if docker compose version >/dev/null 2>&1; then compose=(docker compose); else compose=(docker-compose); fi
passed=0 failed=0
project=

count() {
  echo "testnet: $1: exit $2"
  if [ "$2" -eq 0 ]; then passed=$((passed + 1)); return; fi
  failed=$((failed + 1))
  in_project ps
  in_project logs --no-color --tail 30
}
in_project() { "${compose[@]}" -f docker-compose.yml -p "$project" "$@"; }
forget() { in_project down --volumes --timeout 5 --remove-orphans >/dev/null 2>&1; }
trap '[ -z "$project" ] || forget' EXIT

# waits for the health of a service, at most this many seconds
healthy() {
  local id deadline=$((SECONDS + $2))
  id=$(in_project ps -q "$1")
  until [ "$(docker inspect -f '{{.State.Health.Status}}' "$id")" = healthy ]; do
    [ "$(docker inspect -f '{{.State.Running}}' "$id")" = true ] && [ $SECONDS -lt $deadline ] || return 1
    sleep 1
  done
}

# a relay container that Bob's registration names, bootstrap excepted: it is how the others are found
relay_of_bob() {
  in_project exec -T alice node -e "
    const { readFileSync } = require('node:fs')
    const { relays } = JSON.parse(readFileSync('/handover/registration.json', 'utf8'))
    const names = ['relay-1', 'relay-2', 'relay-3', 'relay-4']
    const held = names.find(name => relays.some(({ id, role }) => role === 'active' && readFileSync('/handover/' + name, 'utf8').includes(id)))
    console.log(held ?? '')" </dev/null | tr -d '\r\n'
}

as_it_is() { in_project up --build --exit-code-from bob </dev/null; }

one_stopped() {
  in_project up -d --build alice </dev/null || return
  healthy alice 180 || { in_project logs --tail 30 alice bob-registers; return 1; }
  local relay
  relay=$(relay_of_bob)
  [ -n "$relay" ] || { echo 'testnet: no relay of the registration is among relay-1 to relay-4'; return 1; }
  in_project stop --timeout 15 "$relay" || return
  echo "testnet: stopped $relay, which holds mail for Bob"
  in_project up --no-deps --exit-code-from bob bob </dev/null
}

project=mailbox-testnet-$$
as_it_is
count 'docker compose up --build --exit-code-from bob' $?
forget

project=mailbox-testnet-$$-stopped
one_stopped
count 'the same with one relay stopped before Bob starts' $?
forget

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
