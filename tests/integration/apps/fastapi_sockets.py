"""FastAPI's own way with WebSockets, below a mount."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect, WebSocketException, status
from notes import note

app = FastAPI()


@app.websocket("/items/{number}")
async def items(socket: WebSocket, number: int, name: str):
    if number == 0:
        raise WebSocketException(code=status.WS_1008_POLICY_VIOLATION)
    await socket.accept(subprotocol="tea" if "tea" in socket.scope["subprotocols"] else None)
    try:
        while True:
            await socket.send_json({"number": number, "said": await socket.receive_json()})
    except WebSocketDisconnect as gone:
        note(name, f"gone {gone.code}")


@app.get("/items/{number}")
async def item(number: int):
    return {"number": number}
