"""What the program my_state_app runs: methods of an object in C++, at once and later."""

import puff
from puff import global_state

state = global_state()


def hello_world() -> None:
    print(state.hello("Hello from Python!"))
    print(puff.wrap_async(lambda ret: state.hello_later(ret, "hello async")))
    try:
        puff.wrap_async(lambda ret: state.hello_later(ret, ""))
    except ValueError as refused:
        print("refused:", refused)
