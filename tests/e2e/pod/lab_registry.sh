# Sourced by run: a registry as one more machine on a cluster's LAN.

registry_address=10.89.0.200
registry_port=5000
registry=http://$registry_address:$registry_port
private_registry=$registry_address:5443

# start_registry LAB WORK: docker-registry in a network namespace of its own,
# with a cable to the bridge of the lab whose pinned namespaces are in LAB.
start_registry() {
  lab=$1 registry_work=$2
  mkdir -p "$registry_work"
  cat >"$registry_work/registry.yml" <<END
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: $registry_work/data}}
http: {addr: ":$registry_port"}
END
  # The namespace lives as long as this process of its own.
  unshare --net sleep infinity &
  registry_holder=$!
  until [ "$(readlink /proc/$registry_holder/ns/net)" != \
    "$(readlink /proc/$$/ns/net)" ]; do :; done
  nsenter --net="$lab/lan" ip link add registry type veth \
    peer name eth0 netns "$registry_holder"
  nsenter --net="$lab/lan" ip link set registry master br0 up
  in_registry ip link set lo up
  in_registry ip address add "$registry_address/16" dev eth0
  in_registry ip link set eth0 up
  # Not by the function: what is stopped must be the registry itself.
  nsenter --net="/proc/$registry_holder/ns/net" \
    docker-registry serve "$registry_work/registry.yml" \
    >"$registry_work/log" 2>&1 &
  registry_process=$!
  wait_until 20 in_registry curl -sf "http://127.0.0.1:$registry_port/v2/" \
    >/dev/null
}

in_registry() { nsenter --net="/proc/$registry_holder/ns/net" "$@"; }

# make_authority DIRECTORY: ca.crt there, and a certificate for the registry.
make_authority() {
  registry_tls=$1
  mkdir -p "$registry_tls"
  (
    cd "$registry_tls"
    key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    echo "subjectAltName=IP:$registry_address" >names
    # shellcheck disable=SC2086
    openssl req -x509 $key -keyout ca.key -out ca.crt -subj /CN=ca -days 2
    # shellcheck disable=SC2086
    openssl req $key -keyout own.key -out own.csr -subj /CN=registry
    openssl x509 -req -in own.csr -CA ca.crt -CAkey ca.key -CAcreateserial \
      -extfile names -days 2 -out own.crt
  ) 2>/dev/null
}

# start_private_registry: the same images over https, for ann by "secret".
start_private_registry() {
  echo 'ann:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a' \
    >"$registry_work/accounts"
  cat >"$registry_work/private.yml" <<END
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: $registry_work/data}}
http:
  addr: ":${private_registry#*:}"
  tls: {certificate: $registry_tls/own.crt, key: $registry_tls/own.key}
auth: {htpasswd: {realm: test, path: $registry_work/accounts}}
END
  nsenter --net="/proc/$registry_holder/ns/net" \
    docker-registry serve "$registry_work/private.yml" \
    >"$registry_work/private.log" 2>&1 &
  private_process=$!
  wait_until 20 in_registry curl -s --cacert "$registry_tls/ca.crt" \
    "https://$private_registry/v2/" >/dev/null
}

stop_registry() {
  for process in "${private_process:-}" "${registry_process:-}" \
    "${registry_holder:-}"; do
    [ -z "$process" ] || kill "$process" 2>/dev/null || :
  done
  wait 2>/dev/null || :
}
