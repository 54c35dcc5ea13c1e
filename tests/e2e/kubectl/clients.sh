# Sourced by run: which kubectl a client's name stands for.

# minor_of KUBECTL: 20 for v1.20.2.
minor_of() {
  "$1" version --client -o json |
    sed -n 's/.*"minor": *"\([0-9]*\).*/\1/p' | head -n 1
}

skip() {
  echo "skipped: $1"
  exit 77
}

# find_client NAME: the path of its kubectl, on stdout; exits 77, with the
# reason on stderr, if there is none.
find_client() {
  on_path=$(command -v kubectl || :)
  case $1 in
  1.20)
    for path in "${TROUPE_KUBECTL_1_20:-}" \
      "$here/../../../build/kubectl-1.20/usr/bin/kubectl" "$on_path"; do
      if [ -x "$path" ] && [ "$(minor_of "$path")" = 20 ]; then
        echo "$path"
        return
      fi
    done
    skip "no kubectl 1.20; ./bootstrap/test unpacks one" >&2
    ;;
  machine | curl)
    [ -n "$on_path" ] || skip "no kubectl on the PATH" >&2
    if [ "$1" = machine ] && [ "$(minor_of "$on_path")" = 20 ]; then
      skip "the machine's kubectl is 1.20, which has a test of its own" >&2
    fi
    # The Google Cloud CLI's kubectl chooses among those beside it, and after a
    # while spends 5 s on the choice: take the one it is itself.
    path=$(readlink -f "$on_path").1.$(minor_of "$on_path")
    if [ -x "$path" ]; then echo "$path"; else echo "$on_path"; fi
    ;;
  *)
    path=$(readlink -f "${on_path:-/nonexistent}").$1
    [ -x "$path" ] || skip "no kubectl.$1 beside the machine's kubectl" >&2
    echo "$path"
    ;;
  esac
}
