"""Answers photos over HTTP with FastAPI: several requests at once share one pipeline.

    pip install "edgebreed[cpu,serve]" fastapi
    python examples/api_server.py --port 8000      # --model my.onnx: another than the model that ships
    curl --data-binary @photo.jpg http://127.0.0.1:8000/predict

`GET /docs` is a page to try it on, whose scripts come from the internet; `GET /healthz` names the model and
its engine. There is no login: the server listens on 127.0.0.1, and for other machines belongs behind a
reverse proxy that has one.
"""

import argparse
import asyncio
import os
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from edgebreed import EdgebreedError, ImageError, ModelFileError, Pipeline
from edgebreed.edge.image_limits import ImageLimits
from edgebreed.edge.verify import verify
from edgebreed.live.connections import ConnectionTable, connection_limit
from edgebreed.live.http_protocol import Deadlines, protocol_factory

MAX_BYTES = 10_000_000
MAX_MEGAPIXELS = 24
MAX_REQUESTS = 40  # photos at once; one more is answered 503
UPLOAD_S = 30.0  # how long a client may take to send a request, before its connection is dropped
SHUTDOWN_S = 5  # how long the server waits for unfinished requests when it is stopped
PHOTO = {"requestBody": {"content": {"image/*": {"schema": {"type": "string", "format": "binary"}}}}}
"""What `/docs` is told of a body that FastAPI does not parse."""


async def read_photo(request: Request) -> bytes:
    """The body of a request.

    Raises:
        HTTPException: 413, as soon as more bytes came than a photo may have; 400 if the client has gone.
    """
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > MAX_BYTES:
                raise HTTPException(413, f"a photo may have {MAX_BYTES // 1_000_000} MB: send a smaller one")
    except ClientDisconnect:  # else every one is a traceback in the log
        raise HTTPException(400, "the upload broke off") from None
    return bytes(body)


def create_app(pipeline: Pipeline) -> FastAPI:
    """The application that answers with a pipeline."""
    app = FastAPI(title="edgebreed")
    turns = threading.Semaphore(os.cpu_count() or 1)  # decoded photos take memory
    places = asyncio.Semaphore(MAX_REQUESTS)  # and so do those that are still coming

    async def uploaded(request: Request) -> AsyncIterator[bytes]:
        """The photo of a request, which has a place until it is answered."""
        if places.locked():
            raise HTTPException(503, f"{MAX_REQUESTS} photos are being answered: send it again later")
        async with places:
            yield await read_photo(request)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        """The model, and the engine that runs it."""
        return {"model": pipeline.manifest.name, "engine": pipeline.engine.name}

    @app.post("/predict", openapi_extra=PHOTO)
    def predict(photo: Annotated[bytes, Depends(uploaded)]) -> dict[str, Any]:
        """The answer to a photo; FastAPI calls this in one of several threads."""
        with turns:
            return pipeline.process(photo, source="photo").to_dict()

    @app.exception_handler(ImageError)
    async def refuse(_: Request, error: ImageError) -> JSONResponse:
        """What does not decode, or has too many pixels, is the client's fault."""
        return JSONResponse({"detail": str(error)}, 422)

    return app


def open_verified(model: Path | None) -> Pipeline:
    """Opens a model, the one that ships for None, and proves that it answers as where it was exported.

    Raises:
        EdgebreedError: it does not open, or answers otherwise.
    """
    pipeline = Pipeline.open(model, limits=ImageLimits(MAX_MEGAPIXELS, remedy="send a smaller one"))
    if not verify(pipeline.engine, pipeline.manifest).passed:
        raise ModelFileError(f"{pipeline.manifest.name} answers wrongly here: see `edgebreed verify`")
    return pipeline


def serve(app: FastAPI, host: str, port: int) -> None:
    """Serves until it is stopped; a connection without a request ends in time or gives way to a newer one."""
    limit = connection_limit()
    connections = ConnectionTable(limit, limit)  # a reverse proxy is a single client
    protocol: Any = protocol_factory(connections, None, Deadlines(request_s=UPLOAD_S))
    uvicorn.run(app, host=host, port=port, http=protocol, timeout_graceful_shutdown=SHUTDOWN_S)


def main() -> None:
    """Serves until it is stopped."""
    parser = argparse.ArgumentParser(description="Answer photos over HTTP.")
    parser.add_argument("--model", type=Path, help="model file; the one that ships if left out")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one")
    asked = parser.parse_args()
    try:
        pipeline = open_verified(asked.model)
    except EdgebreedError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    serve(create_app(pipeline), asked.host, asked.port)


if __name__ == "__main__":
    main()
