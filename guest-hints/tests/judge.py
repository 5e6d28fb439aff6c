"""Judges hint sets by what workloads/patterns knows of itself."""
import struct
import subprocess
from collections import defaultdict, namedtuple

from hint_reader import sections

Page = namedtuple("Page", "frame during later")
HUGE = 4
JUDGED_CLASSES = {1, 3, HUGE}
HUGE_FRAMES = 512


def level(pages, huge):
    """Shares the accesses to each huge page among its frames: who sees one bit for all of them can put them in no order."""
    spans = defaultdict(list)
    for frame in pages.keys() & huge:
        spans[frame // HUGE_FRAMES].append(pages[frame])
    for span in spans.values():
        during, later = (sum(getattr(page, when) for page in span) / len(span) for when in ("during", "later"))
        pages.update((page.frame, Page(page.frame, during, later)) for page in span)


def share_of_later(pages, frames):
    return sum(pages[frame].later for frame in frames) / sum(page.later for page in pages.values())


def judge(data, show, truth):
    """Recall, precision, coverage10, ideal, hindsight and other, as bench tells them, of a hint set and what `ask truth`
    said."""
    subprocess.run([show, "show", "-"], input=data, stdout=subprocess.DEVNULL, check=True)
    pages = {page.frame: page for page in map(Page._make, struct.iter_unpack("<III", truth))}
    sets = [(cls, frames) for cls, _, frames in sections(data) if cls in JUDGED_CLASSES]
    hinted = [frame for _, frames in sets for frame in sorted(frames)]
    in_order = [frame for frame in hinted if frame in pages]
    needed = {page.frame for page in pages.values() if page.during and page.later}
    not_needed = {page.frame for page in pages.values() if not page.during and not page.later}
    right, wrong = len(needed.intersection(in_order)), len(not_needed.intersection(in_order))
    level(pages, set().union(*(frames for cls, frames in sets if cls == HUGE)))
    tenth = len(in_order) // 10
    hottest = sorted(pages, key=lambda frame: -pages[frame].during)[:tenth]
    hottest_later = sorted(pages, key=lambda frame: -pages[frame].later)[:tenth]
    return [right / len(needed), right / max(1, right + wrong),
            *(share_of_later(pages, frames) for frames in (in_order[:tenth], hottest, hottest_later)),
            len(hinted) - len(in_order)]
