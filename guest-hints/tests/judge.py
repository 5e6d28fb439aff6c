"""Judges hint sets by what workloads/patterns knows of itself."""
import struct
import subprocess
from collections import namedtuple

from hint_reader import sections

Page = namedtuple("Page", "frame during later")
JUDGED_CLASSES = {1, 3, 4}


def accesses(pages, frames):
    return sum(pages[frame].later for frame in frames)


def judge(data, show, truth):
    """Recall, precision, coverage10, ideal and other, as bench tells them, of a hint set and what `ask truth` said."""
    subprocess.run([show, "show", "-"], input=data, stdout=subprocess.DEVNULL, check=True)
    pages = {page.frame: page for page in map(Page._make, struct.iter_unpack("<III", truth))}
    hinted = [frame for cls, _, frames in sections(data) if cls in JUDGED_CLASSES for frame in sorted(frames)]
    in_order = [frame for frame in hinted if frame in pages]
    needed = {page.frame for page in pages.values() if page.during and page.later}
    not_needed = {page.frame for page in pages.values() if not page.during and not page.later}
    right, wrong = len(needed.intersection(in_order)), len(not_needed.intersection(in_order))
    tenth = len(in_order) // 10
    hottest = sorted(pages, key=lambda frame: -pages[frame].later)[:tenth]
    total = accesses(pages, pages)
    return [right / len(needed), right / max(1, right + wrong), accesses(pages, in_order[:tenth]) / total,
            accesses(pages, hottest) / total, len(hinted) - len(in_order)]
