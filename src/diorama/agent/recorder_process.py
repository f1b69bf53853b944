"""`python -m diorama.agent.recorder_process`: keeps one live session as a video.

A process of its own, behind all others in the queue for the processor. It looks at the world's
frame memory as often as it comes to it, copies the newest picture out, and encodes that in its own
time: who is slow misses pictures here, and nobody else can tell.
"""

import sys

from diorama.agent.own_process import die_with, give_way


def main(arguments: list[str]) -> int:
    """Record until the session ends, and return the exit status."""
    give_way()  # before anything is imported that takes a while

    import msgspec

    from diorama.agent.recorder_link import RecorderSettings
    from diorama.agent.recording_loop import record

    settings = msgspec.json.decode(arguments[0], type=RecorderSettings)
    return record(settings) if die_with(settings.parent) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
