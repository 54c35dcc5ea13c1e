# Sourced into every step of a transcript: the words steps are made of.

step_seconds=60

kubectl() { timeout -k 5 "$step_seconds" "$E2E_KUBECTL" "$@"; }

# within SECONDS COMMAND...: repeats COMMAND until it succeeds; shows only its
# last output. Fails with the command's code when the time is up.
within() {
  within_end=$(($(date +%s) + $1))
  shift
  while :; do
    if "$@" >within.out 2>within.err; then break; fi
    within_code=$?
    if [ "$(date +%s)" -ge "$within_end" ]; then
      cat within.out
      cat within.err >&2
      return "$within_code"
    fi
  done
  cat within.out
  cat within.err >&2
}

# background NAME ARGUMENTS...: kubectl that goes on after the step, its output
# in NAME.out and NAME.err.
background() {
  background_name=$1
  shift
  : >"$background_name.out" # for `await`, which may come first
  timeout -k 5 300 "$E2E_KUBECTL" "$@" >"$background_name.out" \
    2>"$background_name.err" &
  echo $! >"$E2E_WORK/running/$background_name"
}

# await NAME PATTERN: waits until NAME.out has a line that matches PATTERN, an
# extended regular expression.
await() {
  rm -f lines
  mkfifo lines
  timeout 30 tail -n +1 -f "$1.out" >lines &
  await_code=0
  grep -E -q -e "$2" <lines || await_code=1
  kill $! 2>/dev/null || :
  if [ "$await_code" != 0 ]; then
    echo "no line of $1.out matches $2:"
    cat "$1.out" "$1.err"
  fi >&2
  return "$await_code"
}

# repeat_until_line NAME PATTERN COMMAND...: repeats COMMAND, which must change
# something each time, until NAME.out has a line that matches PATTERN. For a
# watch that shows nothing when it begins: what comes before is not seen.
repeat_until_line() {
  line_name=$1 line_pattern=$2 line_end=$(($(date +%s) + 30))
  shift 2
  while "$@" >repeated.out; do
    grep -E -q -e "$line_pattern" "$line_name.out" && break
    [ "$(date +%s)" -lt "$line_end" ] || return
  done
  cat repeated.out
}

# finish NAME: ends what `background NAME` began and shows its output.
finish() {
  kill "$(cat "$E2E_WORK/running/$1")"
  rm "$E2E_WORK/running/$1"
  cat "$1.out"
  cat "$1.err" >&2
}

# furnished NAMESPACE: waits until it has what every namespace gets.
furnished() {
  within 20 kubectl get -n "$1" serviceaccount/default \
    configmap/kube-root-ca.crt -o name >/dev/null
}

# as_account FILE ARGUMENTS...: kubectl with the token in FILE and nothing else.
as_account() {
  account_token=$(cat "$1")
  shift
  account_server=$(kubectl config view --minify \
    -o 'jsonpath={.clusters[0].cluster.server}')
  kubectl config view --minify --raw \
    -o 'jsonpath={.clusters[0].cluster.certificate-authority-data}' |
    base64 -d >account.ca
  kubectl --kubeconfig /dev/null --server "$account_server" \
    --certificate-authority account.ca --token "$account_token" "$@"
}

# gone ARGUMENTS...: waits until `get ARGUMENTS...` finds nothing.
gone() {
  gone_end=$(($(date +%s) + 20))
  while kubectl get "$@" >/dev/null 2>gone.err; do
    [ "$(date +%s)" -lt "$gone_end" ] || return
  done
  grep -o 'not found$' gone.err
}

# troupe VERB ARGUMENTS...: about the cluster of this test.
troupe() {
  troupe_verb=$1
  shift
  "$E2E_TROUPE" "$troupe_verb" --name "$E2E_CLUSTER" --dir "$E2E_CLUSTERS" "$@"
}

server_pid() {
  troupe status --output json |
    jq -r '.processes[] | select(.kind == "server").pid'
}

# revision ARGUMENTS...: the resourceVersion of one object.
revision() { kubectl get "$@" -o 'jsonpath={.metadata.resourceVersion}'; }

. "$E2E_HERE/../client/api.sh"
