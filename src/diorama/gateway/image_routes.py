"""`GET /v1/images/{image}`: as a worker, the image that the viewer of its session gave."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from diorama.gateway.body import Documents
from diorama.gateway.images import Images


def image_routes(images: Images, documents: Documents) -> APIRouter:
    """Return the route."""
    router = APIRouter(prefix="/v1/images", tags=["images"])

    @router.get(
        "/{image}",
        summary="As a worker: fetch an image that a viewer gave to one's session, once",
        **documents.route(answers={200: None}, problems=(401, 404, 503)),
    )
    async def get(request: Request, image: str) -> Response:
        shown = request.headers.get("authorization", "")
        length, pieces = await images.opened(image, shown)
        headers = {
            "Cache-Control": "no-store",
            "Content-Length": str(length),
            "Content-Security-Policy": "default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        }
        return StreamingResponse(pieces, headers=headers, media_type="application/octet-stream")

    return router
