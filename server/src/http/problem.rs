//! Answers in words where no page can be rendered.

use std::any::Any;

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

/// A plain page that says what is wrong, in both languages, because nobody knows yet which one is wanted.
pub fn page(status: StatusCode, english: &str, chinese: &str) -> Response {
    let body = format!(
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>SwitchDesk</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><main><h1>SwitchDesk</h1><p>{english}</p>\
         <p lang=\"zh-CN\">{chinese}</p><p><a href=\"/\">SwitchDesk</a></p></main></html>"
    );
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
}

/// The database is away, and something was to be stored.
pub fn database_unavailable() -> Response {
    page(
        StatusCode::SERVICE_UNAVAILABLE,
        "The database cannot be reached; nothing was changed. Try again in a moment.",
        "无法连接数据库，未做任何更改。请稍后重试。",
    )
}

/// A reference that finds the cause in the log.
pub fn reference() -> String {
    format!("{:08x}", rand::random::<u32>())
}

/// A mistake of ours: logged here, and shown as a reference alone.
pub fn internal(cause: &dyn std::fmt::Display) -> Response {
    let reference = reference();
    tracing::error!(%reference, %cause, "internal error");
    internal_page(&reference)
}

/// A handler panicked.
pub fn of_panic(panic: Box<dyn Any + Send>) -> Response<Body> {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no words");
    internal(&format_args!("panic: {words}"))
}

fn internal_page(reference: &str) -> Response {
    page(
        StatusCode::INTERNAL_SERVER_ERROR,
        &format!(
            "Something went wrong in SwitchDesk. The log has the cause under the reference {reference}."
        ),
        &format!("SwitchDesk 内部出错。日志编号：{reference}。"),
    )
}
