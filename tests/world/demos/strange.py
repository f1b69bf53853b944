"""What no browser sends but a viewer's program could: events of any content."""

from hypothesis import strategies as st

from diorama.protocol.input import (
    Gamepad,
    InputEvent,
    KeyDown,
    KeyUp,
    PointerDown,
    PointerMove,
    PointerUp,
    Text,
    TouchEnd,
    TouchMove,
    TouchStart,
    Wheel,
)

numbers = st.floats() | st.sampled_from([0.0, 0.5, 1.0, -1e300, 1e300])
codes = st.sampled_from(["KeyW", "ShiftLeft", "Space", "ArrowLeft", "", "\0"]) | st.text(
    max_size=64
)
ids = st.integers(0, 2**31)

events: st.SearchStrategy[InputEvent] = st.one_of(
    st.builds(KeyDown, codes, codes, st.booleans()),
    st.builds(KeyUp, codes, codes),
    st.builds(PointerMove, numbers, numbers, numbers, numbers, st.integers(0, 0xFFFF)),
    st.builds(PointerDown, numbers, numbers, st.integers(0, 15)),
    st.builds(PointerUp, numbers, numbers, st.integers(0, 15)),
    st.builds(Wheel, numbers, numbers, numbers, numbers),
    st.builds(TouchStart, ids, numbers, numbers),
    st.builds(TouchMove, ids, numbers, numbers),
    st.builds(TouchEnd, ids),
    st.builds(
        Gamepad,
        st.integers(0, 7),
        st.lists(numbers, max_size=8).map(tuple),
        st.lists(numbers, max_size=32).map(tuple),
    ),
    st.builds(Text, st.text(min_size=1, max_size=4_000)),
)

messages = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["hour", "type", "text", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
