# Sourced by run: a registry as one more machine on a cluster's LAN.

registry_address=10.89.0.200
registry_port=5000
registry=http://$registry_address:$registry_port

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

stop_registry() {
  for process in "${registry_process:-}" "${registry_holder:-}"; do
    [ -z "$process" ] || kill "$process" 2>/dev/null || :
  done
  wait 2>/dev/null || :
}
