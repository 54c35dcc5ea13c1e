# Shell library of the image makers; sourced, not run.

# The programs of busybox a container in a test is asked to run.
applets="sh ash cat ls tar sleep echo env id hostname ps kill mkdir rm cp mv ln \
chmod chown touch head tail grep sed awk wc sort date dd df mount umount stat \
test true false printf seq sync tee timeout uname vi wget nc nslookup ping ip \
which whoami xargs yes find readlink"

die() {
  echo "$0: $*" >&2
  exit 1
}

# put_busybox ROOT: the static busybox with links for its programs.
put_busybox() {
  local root="$1" busybox applet
  busybox="$(command -v busybox)" || die "busybox is missing"
  ! ldd "$busybox" >/dev/null 2>&1 || die "$busybox is not static"
  mkdir -p "$root/bin"
  cp "$busybox" "$root/bin/busybox"
  for applet in $applets; do
    [ -e "$root/bin/$applet" ] || ln -s busybox "$root/bin/$applet"
  done
}

# put_libraries ROOT PROGRAM: the libraries the host's loader finds for it.
put_libraries() {
  local root="$1" program="$2" library
  for library in $(ldd "$program" | grep -o '/[^ ]*'); do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
  done
}

# put_accounts ROOT [NAME:UID]...: passwd and group with root, nobody and more.
put_accounts() {
  local root="$1" each
  shift
  mkdir -p "$root/etc" "$root/root"
  echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
  echo 'root:x:0:' >"$root/etc/group"
  for each in nobody:65534 "$@"; do
    echo "${each%:*}:x:${each#*:}:${each#*:}::/:/bin/sh" >>"$root/etc/passwd"
    echo "${each%:*}:x:${each#*:}:" >>"$root/etc/group"
  done
}

# put_directories ROOT: what a container's mounts and programs expect.
put_directories() {
  mkdir -p "$1/dev" "$1/proc" "$1/sys" "$1/run" "$1/var" "$1/tmp"
  chmod 1777 "$1/tmp"
  [ -e "$1/var/run" ] || ln -s ../run "$1/var/run"
}

# seal LAYOUT ROOT [umoci config options]...: ROOT as the one layer of the image
# `latest` in a new OCI layout, which gets its name when it is complete.
seal() {
  local layout="$1" root="$2" draft="$1.draft"
  shift 2
  rm -rf "$draft"
  umoci init --layout "$draft"
  umoci new --image "$draft:latest"
  umoci insert --image "$draft:latest" "$root" /
  umoci config --image "$draft:latest" --os linux --architecture amd64 \
    --config.env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    "$@"
  umoci gc --layout "$draft"
  rm -rf "$layout"
  mv "$draft" "$layout"
}
