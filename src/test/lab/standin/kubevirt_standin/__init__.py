"""A stand-in for KubeVirt, for a lab where KubeVirt's own images cannot be had. Not KubeVirt.

It keeps what Hotfoot can see of KubeVirt 1.9: API types, labels, paths, process tree, libvirt flags, phases,
status fields, events and quirks. What it leaves out or does otherwise is listed in README.md beside this package.
"""
