//! Requests that change something must come from our own pages: every browser says where a POST comes from.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::Response;

use super::problem;
use crate::state::AppState;

/// Turns away what another site sent.
pub async fn check(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let public_url = state.config.public_url.as_deref();
    if reads || is_own(request.headers(), request.uri(), public_url) {
        return next.run(request).await;
    }
    problem::page(
        StatusCode::FORBIDDEN,
        "This request did not come from a page of SwitchDesk, so nothing was done. Programs send an Origin header.",
        "请求并非来自 SwitchDesk 页面，未做任何更改。",
    )
}

/// `Sec-Fetch-Site`, which only browsers on TLS or localhost send, or else `Origin`. Neither: not a browser of ours.
fn is_own(headers: &HeaderMap, uri: &Uri, public_url: Option<&str>) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else { return false };
    if public_url.is_some_and(|url| url.eq_ignore_ascii_case(origin)) {
        return true;
    }
    // HTTP/2 has the authority in the address, HTTP/1.1 in a header.
    let host = uri.authority().map(|authority| authority.as_str()).or_else(|| text(header::HOST.as_str()));
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    authority.zip(host).is_some_and(|(authority, host)| authority.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_our_own_pages_may_change_things() {
        for (site, origin, public_url, is_ours) in [
            (None, None, None, false),
            (None, Some("http://desk.example:8080"), None, true),
            (None, Some("https://DESK.example:8080"), None, true),
            (None, Some("http://desk.example:8081"), None, false),
            (None, Some("http://desk.example:8080.evil.example"), None, false),
            (None, Some("null"), None, false),
            (None, Some("https://public.example"), None, false),
            (None, Some("https://public.example"), Some("https://public.example"), true),
            (Some("same-origin"), None, None, true),
            (Some("none"), None, None, true),
            (Some("same-site"), None, None, false),
            (Some("cross-site"), Some("http://desk.example:8080"), None, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, "desk.example:8080".parse().unwrap());
            if let Some(site) = site {
                headers.insert("sec-fetch-site", site.parse().unwrap());
            }
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            let found = is_own(&headers, &Uri::from_static("/sign-in"), public_url);
            assert_eq!(found, is_ours, "{site:?} {origin:?} {public_url:?}");
        }
    }
}
