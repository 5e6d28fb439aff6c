# The nodes' images. Importing and unpacking takes long, so it is done once for all labs: into a containerd store in the
# cache, of which each node gets a copy made of hard links. (Images' files are never written to: containers write elsewhere.)
# Sourced after names.sh.

# Brings the store up to date with $cache/images/*.tar: imports those that are new or changed; starts anew when one is gone.
update_image_store() {
  local archives=("$cache"/images/*.tar) archive imported changed=()
  [ -e "${archives[0]}" ] || fail "no images in $cache/images: run src/test/lab/images.sh first"
  for imported in "$image_store"/imported/*; do
    [ -e "$cache/images/${imported##*/}" ] || rm -rf "$image_store"
  done
  mkdir -p "$image_store/imported"
  for archive in "${archives[@]}"; do
    [ "$(stat -c '%s %Y' "$archive")" = "$(cat "$image_store/imported/${archive##*/}" 2>/dev/null)" ] || changed+=("$archive")
  done
  [ ${#changed[@]} -gt 0 ] || return 0
  say "  importing ${#changed[@]} images (about $((1 + $(du -cm "${changed[@]}" | tail -1 | cut -f1) / 80)) s)"
  unshare --mount "$here/cluster/import-images" "$bin" "$image_store" "${changed[@]}" || fail "importing images failed"
}

copy_image_store() { # copy_image_store DIRECTORY
  local database
  cp -al "$image_store/containerd/." "$1" 2>/dev/null || cp -a "$image_store/containerd/." "$1" # links need one file system
  # Unlike all else these are changed in place.
  for database in io.containerd.metadata.v1.bolt/meta.db io.containerd.snapshotter.v1.overlayfs/metadata.db; do
    cp --remove-destination "$image_store/containerd/$database" "$1/$database"
  done
}
