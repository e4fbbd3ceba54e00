#!/bin/sh
# In the place of electron-builder's own, because it does one thing more, and that last: what administrators laid down for
# this computer is written. Debian passes "configure" and the version before, RPM how many versions there are.
app=mooring-desktop
home=/opt/Mooring

# The app's name on the PATH.
if command -v update-alternatives >/dev/null 2>&1; then
  # A link of an older version is not one of the alternatives.
  if [ -L "/usr/bin/$app" ] && [ "$(readlink "/usr/bin/$app")" != "/etc/alternatives/$app" ]; then
    rm -f "/usr/bin/$app"
  fi
  update-alternatives --install "/usr/bin/$app" "$app" "$home/$app" 100 || ln -sf "$home/$app" "/usr/bin/$app"
else
  ln -sf "$home/$app" "/usr/bin/$app"
fi

# Chromium's sandbox needs namespaces of the user's own, or a helper that belongs to root.
if [ -L /proc/self/ns/user ] && unshare --user true 2>/dev/null; then
  chmod 0755 "$home/chrome-sandbox" || true
else
  chmod 4755 "$home/chrome-sandbox" || true
fi

if command -v update-mime-database >/dev/null 2>&1; then update-mime-database /usr/share/mime || true; fi
if command -v update-desktop-database >/dev/null 2>&1; then
  update-desktop-database /usr/share/applications || true
fi

# Where AppArmor keeps programs from such namespaces, a profile lets this one have them. One that it cannot read is left out.
profile="$home/resources/apparmor-profile"
if command -v apparmor_status >/dev/null 2>&1 && apparmor_status --enabled >/dev/null 2>&1 &&
  apparmor_parser --skip-kernel-load --debug "$profile" >/dev/null 2>&1; then
  cp -f "$profile" "/etc/apparmor.d/$app"
  # Not in the image of another machine that is being made.
  if ! { [ -x /usr/bin/ischroot ] && ischroot; }; then
    apparmor_parser --replace --write-cache --skip-read-cache "/etc/apparmor.d/$app" || true
  fi
fi

# A refusal is the package manager's to tell: a computer that enforces nothing must not count as installed.
case "$1" in
configure | [0-9]*) exec "$home/resources/cli/mooring" install --from-installer package ;;
esac
