# Sourced by run and features: a cluster with one node and a registry in its
# lab, kubectl for it, and how to wait. `here` is this directory; the arguments
# are the script's.
# Nothing leaves the clusters of tests.
export TROUPE_UPLINK=none
. "$here/lab_registry.sh"
. "$here/../kubectl/clients.sh"

while [ $# -gt 0 ]; do
  case $1 in
  --troupe) troupe=$2 ;;
  *) echo "usage: $0 --troupe FILE" >&2 && exit 2 ;;
  esac
  shift 2
done
[ "$(id -u)" = 0 ] || { echo "skipped: only root can run nodes" && exit 77; }

work=$(mktemp -d /tmp/troupe-pod.XXXXXX)
export TROUPE_DIR=$work HOME=$work/home
mkdir -p "$HOME"

step() { echo "== $*"; }

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# wait_until SECONDS COMMAND...: until it succeeds; fails past the deadline.
wait_until() {
  deadline=$(($(date +%s) + $1))
  shift
  until "$@"; do
    [ "$(date +%s)" -lt "$deadline" ] || { echo "no '$*' in time" && return 1; }
    read -r -t 0.1 <> <(:) || :
  done
}

# stop_load: ends what checks.sh started.
stop_load() {
  date +%s%3N >"$work/stopped"
  for each in ${load:-}; do
    # With what it runs just now, and before it runs something else.
    kill -STOP "$each" 2>/dev/null || :
    pkill -P "$each" || :
    kill "$each" 2>/dev/null || :
    kill -CONT "$each" 2>/dev/null || :
    wait "$each" 2>/dev/null || :
  done
  load=
}

explain() {
  code=$?
  stop_load
  if [ $code != 0 ]; then
    k get events -A -o custom-columns=R:.reason,M:.message 2>&1 | tail -20 || :
    k get pods -A -o wide 2>&1 || :
    tail -n 15 "$work"/default/log/*.log 2>&1 || :
  fi
  "$troupe" down --timeout 10s >/dev/null 2>&1 || :
  stop_registry
  if pgrep -af "$work"; then
    echo "FAILED: a process is left" >&2
    code=1
  fi
  rm -rf "$work"
  exit $code
}
trap explain EXIT

k() { "$client" --kubeconfig "$work/default/kubeconfig" "$@"; }

pod_field() { k get pod "$1" -o "jsonpath={$2}" 2>/dev/null; }

field_is() { [ "$(pod_field "$1" "$2")" = "$3" ]; }

field_above() { [ "$(pod_field "$1" "$2")" -gt "$3" ] 2>/dev/null; }

is_gone() { ! k get pod "$1" >/dev/null 2>&1; }

agent_process() {
  "$troupe" status --output json |
    jq -r '.processes[] | select(.name == "n1") | .pid // empty'
}

# push LAYOUT NAME...: an image's layout into the registry, for each name.
push() {
  layout=$1
  shift
  in_registry "$here/../../../deploy/examples/images/push_image" "$layout" \
    "127.0.0.1:$registry_port" "$@"
}

# start_cluster [troupe up's options]...: sets client, old_client and lab, and
# the layouts nginx and busybox, which the registry has by several names.
start_cluster() {
  images=$here/../../../deploy/examples/images
  client=$(find_client machine) || client=$(find_client 1.20)
  old_client=$(find_client 1.20) || old_client=
  lab=$work/default/run/netns
  "$troupe" up --port 0 --nodes 1 --registry-mirror "docker.io=$registry" "$@"
  start_registry "$lab" "$work/registry"
  nginx=$("$images/make_nginx" "$work/images")
  busybox=$("$images/make_busybox" "$work/images")
  push "$nginx" library/nginx:1.14.2 library/nginx:1.19.4 library/nginx:latest
  push "$busybox" library/busybox:latest
  wait_until 30 k wait --for=condition=Ready node/n1 --timeout=30s
}
