# Prometheus' promtool, which the tests hold the chart's alerts to. Sourced by setup.

need_promtool() {
  [ -x "$cache/bin/promtool" ] || missing "promtool, out of the distribution's package prometheus" 1 fetch_promtool
}

# Out of the package, since installing that would start a Prometheus here.
fetch_promtool() {
  local work
  work=$(mktemp -d)
  (cd "$work" && apt-get -qq -o APT::Sandbox::User=root update && apt-get -qq -o APT::Sandbox::User=root download prometheus) || return
  dpkg-deb --extract "$work"/prometheus_*.deb "$work/root"
  mkdir -p "$cache/bin"
  install "$work/root/usr/bin/promtool" "$cache/bin/promtool"
  rm -rf "$work"
}
