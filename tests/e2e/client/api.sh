# Sourced into every step of a transcript: curl as the administrator or as
# anybody. Each prints the response's code and media type, then its body.

# The administrator's certificate and key, taken out of the kubeconfig once.
if [ ! -f "$E2E_WORK/client.key" ]; then
  for part in certificate-authority client-certificate client-key; do
    sed -n "s/^ *$part-data: *\"\{0,1\}\([A-Za-z0-9+\/=]*\).*/\1/p" \
      "$KUBECONFIG" | base64 -d >"$E2E_WORK/${part#client-}.part"
  done
  mv "$E2E_WORK/certificate-authority.part" "$E2E_WORK/client.ca"
  mv "$E2E_WORK/certificate.part" "$E2E_WORK/client.crt"
  mv "$E2E_WORK/key.part" "$E2E_WORK/client.key"
fi
api_server=$(sed -n 's/^ *server: *"\{0,1\}\([^" ]*\).*/\1/p' "$KUBECONFIG")

# anyone METHOD PATH [CURL ARGUMENTS...]: without credentials.
anyone() {
  api_method=$1 api_path=$2
  shift 2
  case $api_method in
  HEAD) set -- --head -o api.head "$@" ;;
  *) set -- -X "$api_method" -D api.headers -o api.body "$@" ;;
  esac
  : >api.body
  curl -sS --max-time 30 --cacert "$E2E_WORK/client.ca" -A troupe-e2e \
    --globoff -w '%{http_code} %{content_type}\n' "$@" "$api_server$api_path" ||
    return
  cat api.body
}

# api METHOD PATH [CURL ARGUMENTS...]: as the administrator.
api() {
  api_method=$1 api_path=$2
  shift 2
  anyone "$api_method" "$api_path" --cert "$E2E_WORK/client.crt" \
    --key "$E2E_WORK/client.key" "$@"
}

# post PATH JSON [CURL ARGUMENTS...]
post() {
  post_path=$1 post_body=$2
  shift 2
  api POST "$post_path" -H 'Content-Type: application/json' \
    --data-binary "$post_body" "$@"
}

# api_furnished NAMESPACE: waits until it has what every namespace gets.
api_furnished() {
  furnished_end=$(($(date +%s) + 20))
  for furnished_path in serviceaccounts/default configmaps/kube-root-ca.crt; do
    until api GET "/api/v1/namespaces/$1/$furnished_path" |
      grep -q '^200 '; do
      [ "$(date +%s)" -lt "$furnished_end" ] || return
    done
  done
}

# body COMMAND...: what `api` shows, without its first line.
body() { "$@" | tail -n +2; }

# header NAME: of the last response.
header() {
  tr -d '\r' <api.headers | sed -n "s/^$1: *//Ip"
}

# stream PATH: the events of a watch that ends by itself, as they came.
stream() { body api GET "$1"; }
