"""Questions that only a service at work answers: a port takes connections while its owner hangs."""

from __future__ import annotations

import http.client

from ml_platform.engine.ports import LOOPBACK

_PATIENCE_SECONDS = 5.0


def answers_http(port: int, path: str) -> bool:
    """Whether a GET of this path gets any answer but an error of the server.

    Args:
        port: on loopback.
        path: one that costs the server little.
    """
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def answers_grpc(port: int) -> bool:
    """Whether a gRPC server on this loopback port shakes hands, which its own threads do."""
    import grpc

    with grpc.insecure_channel(f"{LOOPBACK}:{port}") as channel:
        try:
            grpc.channel_ready_future(channel).result(timeout=_PATIENCE_SECONDS)
        except grpc.FutureTimeoutError:
            return False
    return True
