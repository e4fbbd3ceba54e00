#!/bin/sh
# Debian passes a word, RPM how many versions stay. An upgrade keeps what administrators decided.
case "$1" in
remove | 0) ;;
*) exit 0 ;;
esac
# What changed since is kept, and the package goes all the same.
/opt/Mooring/resources/cli/mooring uninstall || true
