//! The files that the build made: scripts, WASM, styles.

use std::path::Path;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use tower_http::services::ServeDir;

/// `/pkg/`: each version lies in a folder named by its hash, so a browser may keep it for ever.
pub fn packages(site_root: &Path) -> Router {
    let files = ServeDir::new(site_root.join("pkg"))
        .precompressed_br()
        .precompressed_gzip()
        .append_index_html_on_directories(false);
    Router::new().fallback_service(files).layer(middleware::from_fn(keep_versions))
}

async fn keep_versions(request: Request, next: Next) -> Response {
    // Below the mount, `/<hash>/file` has two slashes; `/current` and files of a build without versions have one.
    let is_version = request.uri().path().matches('/').count() >= 2;
    let mut response = next.run(request).await;
    let is_found = matches!(response.status(), StatusCode::OK | StatusCode::NOT_MODIFIED);
    let keep = if is_version && is_found { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    if is_version {
        // Nobody asks whether it has changed.
        headers.remove(header::LAST_MODIFIED);
    }
    response
}
