#!/bin/sh
# In the place of electron-builder's own, which an upgrade runs as well: with RPM after the new version has put
# everything in its place, and the app would be without its name on the PATH.
case "$1" in
remove | purge | 0) ;;
*) exit 0 ;;
esac
app=mooring-desktop
if command -v update-alternatives >/dev/null 2>&1; then
  update-alternatives --remove "$app" "/opt/Mooring/$app" || true
else
  rm -f "/usr/bin/$app"
fi
profile="/etc/apparmor.d/$app"
if [ -f "$profile" ]; then
  # Not in the image of another machine that is being made.
  if command -v apparmor_parser >/dev/null 2>&1 && ! { [ -x /usr/bin/ischroot ] && ischroot; }; then
    apparmor_parser --remove "$profile" || true
  fi
  rm -f "$profile"
fi
