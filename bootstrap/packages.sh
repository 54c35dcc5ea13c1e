# Sourced by bootstrap/quickstart, bootstrap/test and ./dev: Debian packages.

build_packages="g++ cmake ninja-build ccache mold pkg-config git
  libcaf-dev libmsgpack-cxx-dev libspdlog-dev libsimdjson-dev libboost-dev
  libboost-system-dev libssl-dev libyaml-cpp-dev libzstd-dev zlib1g-dev
  libcli11-dev nlohmann-json3-dev libcurl4-openssl-dev libnats-dev
  libarchive-dev libseccomp-dev libnftables-dev catch2"
run_packages="nats-server jq curl"
image_packages="umoci busybox-static"
test_packages="clang-format iproute2 procps docker-registry skopeo
  nftables qemu-system-x86 cpio"

# need_packages NAME...: installs what is missing, and says so.
need_packages() {
  missing=""
  for package in "$@"; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || :)
    [ "$state" = installed ] || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    echo "Debian packages are missing and only root can install them:" >&2
    echo "  apt-get install --no-install-recommends$missing" >&2
    exit 1
  fi
  echo "== Installing Debian packages:$missing"
  apt_options="-q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3"
  # shellcheck disable=SC2086
  apt-get $apt_options update >/dev/null
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get $apt_options install -y \
    --no-install-recommends $missing >/dev/null
}

# need_kubectl: a kubectl on the PATH, Debian's if there is none.
need_kubectl() {
  command -v kubectl >/dev/null 2>&1 || need_packages kubernetes-client
}

# unpack_package NAME DIR: without installing it.
unpack_package() {
  mkdir -p "$2"
  (
    cd "$2"
    apt-get -q -o Acquire::Retries=3 download "$1" 2>/dev/null ||
      { apt-get -q update >/dev/null &&
        apt-get -q -o Acquire::Retries=3 download "$1"; }
    dpkg -x "$1"_*.deb .
    rm -f "$1"_*.deb
  )
}

# unpack_kubectl_1_20 DIR: Debian's kubectl beside any other, for the package
# cannot be installed where another one owns /usr/bin/kubectl.
unpack_kubectl_1_20() {
  [ -x "$1/usr/bin/kubectl" ] && return 0
  echo "== Unpacking Debian's kubernetes-client"
  unpack_package kubernetes-client "$1"
}

# unpack_guest_kernel DIR: Debian's kernel, to run tests on in tests/guest.
unpack_guest_kernel() {
  [ -d "$1/boot" ] && return 0
  meta=linux-image-cloud-amd64
  apt-cache show "$meta" >/dev/null 2>&1 || apt-get -q update >/dev/null
  name=$(apt-cache depends "$meta" | sed -n 's/.*Depends: //p' | head -n 1)
  echo "== Unpacking Debian's $name"
  unpack_package "$name" "$1"
}
