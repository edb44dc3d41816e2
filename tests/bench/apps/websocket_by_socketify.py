"""WebSockets in socketify's own manner, on the publishing of uWebSockets in C++. Usage:
python websocket_by_socketify.py PORT echo|broadcast"""

import sys

from socketify import App

ROOM = "room"


def main(port, how):
    app = App()
    app.get("/", lambda response, request: response.end(b"plain"))
    if how == "echo":
        app.ws("/", {"message": lambda socket, message, kind: socket.send(message, kind)})
    else:
        app.ws(
            "/",
            {
                "open": lambda socket: socket.subscribe(ROOM),
                "message": lambda socket, message, kind: app.publish(ROOM, message, kind),
            },
        )
    app.listen(int(port), lambda config: None)
    app.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
