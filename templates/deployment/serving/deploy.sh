#!/bin/sh
# One host: a version comes into service beside the one that runs, which then answers what it has and goes.
#
#   deploy.sh up VERSION IMAGE    VERSION serves; what ran before it is kept, stopped
#   deploy.sh back [VERSION]      what ran before VERSION, or before what runs, serves again
#   deploy.sh status              what there is, the newest first
#
# Uses docker alone, here or where DOCKER_HOST says. A run that was killed is completed by the next one,
# and no request is lost meanwhile. From the environment:
#
#   SERVICE            the service's name: its containers are SERVICE-v7, its volume SERVICE-handover
#   LISTEN             where it listens: 127.0.0.1:8080
#   KEEP               how many versions stay on the host: 3
#   PATIENCE_SECONDS   how long a version may take to come up: 180
#   DRAIN_SECONDS      how long one that goes may answer what it has: 20
#   MLOPS_ENV, PREDICTION_LOG   for the service itself
#   PREDICTIONS        the host's folder, or the volume, for a PREDICTION_LOG that is a folder
#   SERVICE_ENV        a file of NAME=value for the service, as docker's --env-file: keys of an object store
#
# Exits with 0 when it is done, 1 when the version did not come up and what ran before goes on serving,
# 2 for what makes no sense, 3 when docker does not answer, 4 when another program holds the port.
set -eu

SERVICE=${SERVICE-}
LISTEN=${LISTEN:-127.0.0.1:8080}
KEEP=${KEEP:-3}
PATIENCE_SECONDS=${PATIENCE_SECONDS:-180}
DRAIN_SECONDS=${DRAIN_SECONDS:-20}
PAUSE_SECONDS=${PAUSE_SECONDS:-1}
# One that answered once may still fall over its first requests.
SETTLE_SECONDS=${SETTLE_SECONDS:-2}

main() {
  case ${1-} in
    up) [ $# -eq 3 ] || usage ;;
    back) [ $# -le 2 ] || usage ;;
    status) [ $# -eq 1 ] || usage ;;
    *) usage ;;
  esac
  name_like "$SERVICE" || fail 2 "SERVICE is '$SERVICE': set it to the service's name, churn-staging"
  [ $# -lt 2 ] || [ -z "$2" ] || number "$2" || fail 2 "'$2' is no version: write a whole number"
  for value in "$KEEP" "$PATIENCE_SECONDS" "$DRAIN_SECONDS"; do
    number "$value" || fail 2 "KEEP, PATIENCE_SECONDS and DRAIN_SECONDS are whole numbers from 1, not '$value'"
  done
  command -v docker >/dev/null || fail 3 "docker is not installed here, or not on PATH"
  "$@"
}

usage() {
  printf '%s\n' 'usage: deploy.sh up VERSION IMAGE | back [VERSION] | status' >&2
  exit 2
}

# Bring VERSION into service.
up() {
  version=$1 image=$2 new=$SERVICE-v$1
  case $image in -* | *[[:space:]]* | '') fail 2 "'$image' is no image" ;; esac
  look
  others=$(all_but "$new" "$running")
  if among "$new" "$running"; then
    say "version $version runs already"
  else
    fetch "$image"
    [ -z "$(field "$new" name)" ] || docker rm "$new" >/dev/null
    create "$new" "$version" "$image" "${serving:-$(last "$version")}"
    look
  fi
  # One that cannot hand the port over has to go first.
  first=''
  for each in $others; do
    hands_over "$new" && hands_over "$each" || first="$first $each"
  done
  [ -z "$first" ] || say "$first cannot hand the port over: nothing serves until version $version does"
  stop "$first"
  docker start "$new" >/dev/null
  come_up "$new" || give_up "$new" "$others" "$first"
  stop "$others"
  say "version $version serves at $LISTEN"
  tidy "$new"
}

# Bring back what ran before VERSION, or before what runs.
back() {
  asked=${1-}
  look
  bad=${newest_running:-$(newest "$asked")}
  [ -n "$bad" ] || { say "nothing is in service"; return; }
  bad_version=$(field "$bad" version)
  if done_already; then
    say "version $bad_version is in service: nothing to take back"
    # A run that was killed may have left the other one running.
    if answers "$bad"; then stop "$(all_but "$bad" "$running")"; fi
    return
  fi
  before=$(field "$bad" before)
  if [ -z "$before" ]; then
    stop "$bad"
    docker rm "$bad" >/dev/null
    say "before version $bad_version there was nothing: nothing is in service"
    return
  fi
  good=$SERVICE-v$before
  if [ -z "$(field "$good" name)" ]; then
    image=$(field "$bad" before_image)
    [ -n "$image" ] || fail 2 "the container of version $before is gone: deploy.sh up $before IMAGE"
    fetch "$image"
    # Before itself: there is nothing further back.
    create "$good" "$before" "$image" "$good"
    look
  fi
  others=$(all_but "$good" "$running") first=''
  hands_over "$good" && hands_over "$bad" || first=$others
  stop "$first"
  docker start "$good" >/dev/null
  come_up "$good" || give_up "$good" "$others" "$first"
  stop "$others"
  say "version $before is in service again"
}

# Say whether what `back` is asked for has happened: another version runs, or this one came back.
done_already() {
  [ -n "$newest_running" ] || return 1
  if [ -n "$asked" ]; then [ "$bad_version" != "$asked" ]; else went_back "$bad"; fi
}

# Show what there is: `serves` answers, `silent` runs and does not.
status() {
  look
  printf '%-10s %-8s %-8s %-30s %s\n' VERSION STATE BEFORE CONTAINER IMAGE
  for each in $names; do
    state=stopped
    if among "$each" "$running"; then
      state=silent
      if answers "$each"; then state=serves; fi
    fi
    before=$(field "$each" before)
    printf '%-10s %-8s %-8s %-30s %s\n' "$(field "$each" version)" "$state" "${before:--}" "$each" "$(field "$each" image)"
  done
}

# Look at what docker has of the service. Sets rows, all as docker tells it; names and running, the newest
# first; newest_running; and serving, the newest that answers, else the newest that runs.
look() {
  ids=$(docker ps --all --quiet --no-trunc --filter="label=mlops.service=$SERVICE") ||
    fail 3 "docker does not answer: does it run, and is DOCKER_HOST right?"
  rows='' names='' running='' newest_running='' serving=''
  # shellcheck disable=SC2086  # one word for each container
  [ -z "$ids" ] || rows=$(docker inspect --type=container --format="$ROW" $ids)
  while read -r name state _; do
    name=${name#/}
    [ -n "$name" ] || continue
    names="$names $name"
    case $state in running | restarting | paused) running="$running $name" ;; esac
  done <<ROWS
$rows
ROWS
  for each in $running; do
    newest_running=${newest_running:-$each}
    if [ -z "$serving" ] && answers "$each"; then serving=$each; fi
  done
  serving=${serving:-$newest_running}
}

ROW='{{.Name}} {{.State.Status}} {{.Config.Image}} version={{index .Config.Labels "mlops.version"}} before={{index .Config.Labels "mlops.before"}} before_image={{index .Config.Labels "mlops.before_image"}} handover={{index .Config.Labels "mlops.handover"}}'

# Print one thing of a container: its name, image, version, before, before_image or handover.
field() {
  while read -r name _ image version before before_image handover; do
    [ "${name#/}" = "$1" ] || continue
    case $2 in
      name) say "$1" ;;
      image) say "$image" ;;
      version) say "${version#version=}" ;;
      before) say "${before#before=}" ;;
      before_image) say "${before_image#before_image=}" ;;
      handover) say "${handover#handover=}" ;;
    esac
    return
  done <<ROWS
$rows
ROWS
}

# Print the newest container, or that of a version.
newest() {
  for each in $names; do
    if [ -z "$1" ] || [ "$(field "$each" version)" = "$1" ]; then
      say "$each"
      return
    fi
  done
}

# Print the container that ran last, though nothing runs now: a run was killed, or somebody stopped it.
last() {
  for each in $names; do
    if [ "$(field "$each" version)" = "$1" ]; then
      each=$SERVICE-v$(field "$each" before)
    fi
    [ -z "$(field "$each" name)" ] || say "$each"
    return
  done
}

# Say whether a container is there because a newer one was taken back.
went_back() {
  for each in $names; do
    [ "$(field "$each" before)" != "$(field "$1" version)" ] || return 0
    [ "$each" != "$1" ] || return 1
  done
  return 1
}

# Make the container NAME of VERSION from IMAGE, after the container that runs before it.
create() {
  before=$(field "$4" version) before_image=$(field "$4" image)
  [ "$4" != "$1" ] || before=$2 before_image=$3
  set -- --name="$1" --label=mlops.service="$SERVICE" --label=mlops.version="$2" \
    --label=mlops.before="$before" --label=mlops.before_image="$before_image" \
    --restart=unless-stopped --log-driver=local \
    --network=host --volume="$SERVICE-handover:/run/handover" --env=HANDOVER=/run/handover \
    --env=LISTEN="$LISTEN" --env=DRAIN_SECONDS="$DRAIN_SECONDS" \
    --read-only --tmpfs=/tmp --cap-drop=ALL --security-opt=no-new-privileges "$3"
  [ -z "${MLOPS_ENV-}" ] || set -- --env=MLOPS_ENV="$MLOPS_ENV" "$@"
  [ -z "${PREDICTION_LOG-}" ] || set -- --env=PREDICTION_LOG="$PREDICTION_LOG" "$@"
  [ -z "${PREDICTIONS-}" ] || set -- --volume="$PREDICTIONS:$PREDICTION_LOG" "$@"
  [ -z "${SERVICE_ENV-}" ] || set -- --env-file="$SERVICE_ENV" "$@"
  docker create "$@" >/dev/null
}

# Have an image here before anything changes.
fetch() {
  docker image inspect "$1" >/dev/null 2>&1 || docker pull --quiet "$1" >/dev/null ||
    fail 1 "the image $1 is neither here nor where it could be pulled from: make image makes it"
}

# Wait until a container answers, and go on only if it still does a moment later; 1 if it does not.
come_up() {
  end=$(($(date +%s) + PATIENCE_SECONDS))
  restarts=$(docker inspect --type=container --format='{{.RestartCount}}' "$1")
  until answers "$1"; do
    alive "$1" || return 1
    [ "$(date +%s)" -lt "$end" ] || return 1
    sleep "$PAUSE_SECONDS"
  done
  sleep "$SETTLE_SECONDS"
  alive "$1" && answers "$1"
}

# Say whether a container runs, and did not fall over since come_up began.
alive() {
  [ "$(docker inspect --type=container --format='{{.State.Status}} {{.RestartCount}}' "$1")" = "running $restarts" ]
}

# Ask one process, by its own socket: another one that shares its port cannot answer for it.
answers() {
  docker exec "$1" python /srv/probe.py >/dev/null 2>&1 </dev/null
}

hands_over() {
  [ -n "$(field "$1" handover)" ]
}

# Stop the container NAME, which did not come up, and fail. OTHERS ran beside it; FIRST of them were stopped
# for it, and start again, as does what ran before it when nothing else is there.
give_up() {
  bad=$1 others=$2 first=$3 code=1 told=''
  [ "$(docker inspect --type=container --format='{{.State.ExitCode}}' "$bad")" != 4 ] || code=4
  stop "$bad"
  if [ -z "$others" ]; then first=$(field "$SERVICE-v$(field "$bad" before)" name); fi
  for each in $first; do
    if docker start "$each" >/dev/null && come_up "$each"; then told="version $(field "$each" version) runs again"; fi
  done
  for each in $others; do
    if answers "$each"; then told=${told:-version $(field "$each" version) goes on}; fi
  done
  printf 'deploy.sh: version %s did not come up, and %s. It says:\n' "$(field "$bad" version)" "${told:-nothing runs}" >&2
  docker logs --tail 20 "$bad" >&2
  exit "$code"
}

# Stop containers: each answers what it has first.
stop() {
  for each in $1; do
    docker stop -t "$((DRAIN_SECONDS + 5))" "$each" >/dev/null
  done
}

# Keep the container NAME, what ran before it, and the newest others; remove the rest with their images.
tidy() {
  look
  left=$((KEEP - 2)) before=$SERVICE-v$(field "$1" before)
  for each in $names; do
    if [ "$each" = "$1" ] || [ "$each" = "$before" ] || among "$each" "$running"; then continue; fi
    left=$((left - 1))
    [ "$left" -lt 0 ] || continue
    docker rm "$each" >/dev/null || continue
    # Another container may still use it.
    docker image rm "$(field "$each" image)" >/dev/null 2>&1 || true
  done
}

# Print words without one of them.
all_but() {
  for word in $2; do
    [ "$word" = "$1" ] || printf '%s ' "$word"
  done
}

among() {
  case " $2 " in *" $1 "*) return 0 ;; *) return 1 ;; esac
}

name_like() {
  case $1 in '' | [!a-z0-9]* | *[!a-z0-9_.-]*) return 1 ;; *) return 0 ;; esac
}

number() {
  case $1 in '' | 0* | *[!0-9]*) return 1 ;; *) return 0 ;; esac
}

say() {
  printf '%s\n' "$*"
}

# fail CODE WORDS
fail() {
  code=$1
  shift
  printf 'deploy.sh: %s\n' "$*" >&2
  exit "$code"
}

main "$@"
