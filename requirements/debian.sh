#!/bin/sh
# Usage: debian.sh WHAT PACKAGE...
# Installs the named Debian packages that are missing; without the right to do so, names them and stops.
what=$1
shift
missing=
for package in "$@"; do
    dpkg-query --show --showformat='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Debian packages:$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -qq -y --no-install-recommends $missing >/dev/null && exit 0
    echo "$what: apt-get could not install:$missing" >&2
    exit 1
fi
echo "$what needs Debian packages that are missing:$missing" >&2
echo "Install them and repeat:  sudo apt-get install$missing" >&2
exit 1
