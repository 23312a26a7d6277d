//! Pages and server functions, with what both find in their context: [`Apis`](app::api::Apis) and
//! [`Caller`](app::api::Caller).

use app::api::{ApiError, Caller};
use axum::Router;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse as _, Json, Response};
use axum::routing::{MethodFilter, any, on};
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{
    LeptosRoutes as _, ResponseOptions, file_and_error_handler_with_context, generate_route_list,
    handle_server_fns_with_context, render_route_with_context,
};

use super::security::content_security_policy;
use crate::state::AppState;

/// Every page, every server function, and for all else the files of the site or the page "not found".
pub fn routes(state: &AppState) -> Router<AppState> {
    let context = context(state);
    let pages = generate_route_list(app::App);
    let options = state.leptos_options.clone();
    let shell = move || app::shell(options.clone());
    let render = render_route_with_context::<AppState, _>(pages.clone(), context.clone(), shell);
    Router::new()
        .merge(server_functions(&context))
        .leptos_routes_with_handler(pages, render)
        .fallback(file_and_error_handler_with_context::<AppState, _>(context, app::shell))
}

fn server_functions(context: &(impl Fn() + Clone + Send + Sync + 'static)) -> Router<AppState> {
    let mut router = Router::new().route("/api/{*path}", any(unknown_function));
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        let context = context.clone();
        let call = move |request: Request<Body>| {
            let context = context.clone();
            async move {
                with_status(handle_server_fns_with_context(context, request).await.into_response()).await
            }
        };
        if let Ok(method) = MethodFilter::try_from(method) {
            router = router.route(path, on(method, call));
        }
    }
    router
}

/// The status of an error that came before the function itself, which [`app::api::respond`] has never seen: arguments that cannot
/// be read. The framework answers 500 to them, but the fault is not ours.
async fn with_status(response: Response) -> Response {
    /// An error is a few words.
    const LONGEST_ERROR: usize = 64 * 1024;
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LONGEST_ERROR).await else {
        return ApiError::Internal { reference: "long-error".into() }.status().into_response();
    };
    if let Ok(error) = serde_json::from_slice::<ApiError>(&body) {
        parts.status = error.status();
    }
    Response::from_parts(parts, Body::from(body))
}

async fn unknown_function() -> Response {
    let error = ApiError::NotFound;
    (error.status(), Json(error)).into_response()
}

/// Run for every page and every call of a server function, before it.
fn context(state: &AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    let apis = state.apis.clone();
    move || {
        provide_context(apis.clone());
        let caller = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Caller>().cloned());
        provide_context(caller.unwrap_or_default());
        // Pages have a nonce, which the inline scripts of the framework carry; the header must say the same.
        if let (Some(nonce), Some(options)) = (use_nonce(), use_context::<ResponseOptions>())
            && let Ok(policy) = HeaderValue::from_str(&content_security_policy(Some(&nonce)))
        {
            options.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}
