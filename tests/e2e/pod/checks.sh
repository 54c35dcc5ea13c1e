# Sourced after common.sh: what must hold whatever is killed, and the load that
# shows whether it does. Pods here have one container each.

# The cluster's groups in a hierarchy that counts processes.
groups_of_cluster() {
  uid=$(jq -r .uid "$work/default/cluster.json")
  for each in . unified pids; do
    [ ! -d "/sys/fs/cgroup/$each/troupe/$uid" ] ||
      { echo "/sys/fs/cgroup/$each/troupe/$uid" && return; }
  done
}

# live: "UID NODE CONTAINER" for each container in which a process runs.
live() {
  grep -rl . --include=cgroup.procs "$(groups_of_cluster)" 2>/dev/null |
    sed -n 's|.*/\([^/]*\)/kubepods/.*pod\([^/]*\)/\([^/]*\)/.*|\2 \1 \3|p' |
    sort -u
}

# twice: the pods of which more than one container runs, anywhere.
twice() { live | cut -d ' ' -f 1 | uniq -d; }

# processes_of UID: of all containers of that pod, on this machine.
processes_of() {
  find /sys/fs/cgroup -path "*$1*/cgroup.procs" -exec cat {} + 2>/dev/null |
    sort -u
}

# watch_for_twice: until stop_load, what `twice` finds is noted.
watch_for_twice() {
  : >"$work/twice"
  while :; do
    twice >>"$work/twice"
    pause
  done &
  load="${load:-} $!"
}

# known: the pods that the API says run, as `live` names them.
known() {
  k get pods -A -o jsonpath='{range .items[?(@.status.phase=="Running")]}{.metadata.uid} {.spec.nodeName} {.status.containerStatuses[0].containerID}{"\n"}{end}' |
    sed 's|troupe://||' | sort
}

# agrees: what runs is what the API says, and nothing is on its way.
agrees() {
  [ "$(live)" = "$(known)" ] && [ -z "$(k get pods -A -o \
    jsonpath='{.items[*].metadata.deletionTimestamp}')" ]
}

# identity SELECTOR: changes when anything happened to a pod or its processes.
identity() {
  k get pods -l "$1" -o jsonpath='{range .items[*]}{.metadata.name} {.metadata.uid} {.spec.nodeName} {.status.podIP} {.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].state.running.startedAt}{"\n"}{end}' |
    sort
  for each in $(k get pods -l "$1" -o jsonpath='{.items[*].metadata.uid}'); do
    first_of "$each"
  done | sort
}

# first_of UID: the process that is its container's first.
first_of() {
  for process in $(processes_of "$1"); do
    ! grep -q '^NSpid:.*[[:space:]]1$' "/proc/$process/status" 2>/dev/null ||
      echo "$process"
  done
}

pause() { read -r -t 0.2 <> <(:) || :; }

process() {
  "$troupe" status --output json |
    jq -r ".processes[] | select(.name == \"$1\") | .pid // empty"
}

# api PATH [curl's options]...: as the administrator; prints the code alone.
api() {
  path=$1
  shift
  endpoint=${endpoint:-$("$troupe" status --output json | jq -r .endpoint)}
  curl -s -o "${body:-/dev/null}" -w '%{http_code}' --max-time 20 \
    --cacert "$work/default/pki/ca.crt" --cert "$work/default/pki/admin.crt" \
    --key "$work/default/pki/admin.key" -H 'Content-Type: application/json' \
    "$@" "$endpoint$path"
}

# note NAME VALUE: into a file that is whole whenever its writer is killed.
note() { echo "$2" >"$work/$1.new" && mv "$work/$1.new" "$work/$1"; }

# write_on: ConfigMaps one after another, each noted once it is acknowledged, and
# their number in one of them.
write_on() {
  k create configmap last --from-literal=number=0
  : >"$work/acknowledged"
  echo 0 >"$work/last"
  (
    number=0
    while :; do
      number=$((number + 1))
      [ "$(api /api/v1/namespaces/default/configmaps -d \
        '{"metadata": {"name": "written-'$number'"}}')" != 201 ] ||
        echo "written-$number" >>"$work/acknowledged"
      [ "$(api /api/v1/namespaces/default/configmaps/last -X PATCH \
        -H 'Content-Type: application/merge-patch+json' \
        -d '{"data": {"number": "'$number'"}}')" != 200 ] ||
        note last $number
    done
  ) &
  load="${load:-} $!"
}

# nothing_lost: after stop_load: every acknowledged write is there, once.
nothing_lost() {
  k get configmaps -o name | sed -n 's|configmap/\(written-.*\)|\1|p' | sort \
    >"$work/there"
  sort "$work/acknowledged" | comm -23 - "$work/there" >"$work/lost"
  [ ! -s "$work/lost" ] || fail "lost: $(tr '\n' ' ' <"$work/lost")"
  [ "$(k get configmap last -o jsonpath={.data.number})" -ge \
    "$(cat "$work/last")" ] || fail "an older value is back"
  echo "$(wc -l <"$work/acknowledged") acknowledged writes are there"
}

# ask_on NAME URL [COMMAND]...: requests, one after another, by a command such as
# nsenter; the times in ms at which one was answered go to the file NAME, those of
# the others to NAME.failed, with curl's code.
ask_on() {
  asked=$1 url=$2
  shift 2
  date +%s%3N >"$work/$asked"
  while :; do
    if "$@" curl -sf -o /dev/null --max-time 3 "$url"; then
      date +%s%3N >>"$work/$asked"
    else
      echo "$(date +%s%3N) $?" >>"$work/$asked.failed"
    fi
    read -r -t 0.05 <> <(:) || :
  done &
  load="${load:-} $!"
}

# longest_gap NAME: in ms, between two answers, until stop_load.
longest_gap() {
  cat "$work/$1" "$work/stopped" |
    awk 'NR > 1 && $1 - last > gap { gap = $1 - last } { last = $1 }
         END { print gap + 0 }'
}

# watch_on: from now on follows the ConfigMaps and resumes where the stream ended:
# what came goes to the file `watched`, a line "TYPE NAME VERSION" each.
watch_on() {
  : >"$work/watched"
  list=/api/v1/namespaces/default/configmaps
  [ "$(body=$work/list api "$list?limit=1")" = 200 ] || fail "no list"
  version=$(jq -r .metadata.resourceVersion "$work/list")
  (
    while :; do
      body=- api "$list?watch=1&resourceVersion=$version" -N --max-time 600 |
        jq --unbuffered -r 'select(.type? != null) | [.type,
          .object.metadata.name // .object.message,
          .object.metadata.resourceVersion // "none"] | join(" ")' \
          >>"$work/watched" 2>/dev/null || :
      last=$(tail -n 1 "$work/watched")
      version=${last:+${last##* }}
      version=${version:-$(jq -r .metadata.resourceVersion "$work/list")}
      pause
    done
  ) &
  load="${load:-} $!"
}

# nothing_missed: after stop_load: every acknowledged creation that is older than
# the newest one watched was seen once, and versions only grew.
nothing_missed() {
  ! grep -v -E '^(ADDED|MODIFIED) ' "$work/watched" ||
    fail "a watch ended in another way"
  awk '$3 <= last { exit 1 } { last = $3 }' "$work/watched" ||
    fail "a watch went back"
  awk '$1 == "ADDED" { print $2 }' "$work/watched" >"$work/added"
  [ -z "$(sort "$work/added" | uniq -d)" ] || fail "seen twice"
  newest=$(tail -n 1 "$work/added")
  sed "/^$newest\$/q" "$work/acknowledged" | sort |
    comm -23 - <(sort "$work/added") >"$work/missed"
  [ ! -s "$work/missed" ] || fail "missed: $(tr '\n' ' ' <"$work/missed")"
  echo "$(wc -l <"$work/added") of them were watched"
}

# nothing_left: takes the cluster down and looks for what is still there.
nothing_left() {
  shims=$(pgrep -f '^troupe-shim ' | sort)
  of_cluster=$(for each in $shims; do
    ! ls -l "/proc/$each/fd" 2>/dev/null | grep -q " $work/" || echo "$each"
  done)
  groups=$(groups_of_cluster)
  "$troupe" down --timeout 30s
  [ ! -e "$work/default" ] || fail "the cluster's directory is left"
  ! grep "$work" /proc/self/mountinfo || fail "a mount is left"
  [ ! -e "$groups" ] || fail "a cgroup is left"
  for each in $of_cluster; do
    ! grep -q '^troupe-shim' "/proc/$each/cmdline" 2>/dev/null ||
      fail "a shim is left"
  done
}
