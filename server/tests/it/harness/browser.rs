//! A browser: cookies, an origin, an address.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

const HOST: &str = "desk.example:8080";

pub struct Browser {
    router: axum::Router,
    cookies: Mutex<BTreeMap<String, String>>,
    /// From where it connects.
    pub peer: SocketAddr,
    /// Sent with every request.
    pub headers: Vec<(&'static str, String)>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The answer of a server function.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect()
    }
}

impl Browser {
    pub(super) fn new(router: axum::Router) -> Self {
        Self {
            router,
            cookies: Mutex::default(),
            peer: SocketAddr::from(([127, 0, 0, 1], 50_000)),
            headers: vec![("origin", format!("http://{HOST}"))],
        }
    }

    /// Another window of the same browser, with the cookies of now.
    pub fn twin(&self) -> Self {
        Self {
            router: self.router.clone(),
            cookies: Mutex::new(self.cookies.lock().unwrap().clone()),
            peer: self.peer,
            headers: self.headers.clone(),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, "text/html", "", "").await
    }

    /// A plain form, as a browser without scripts sends it.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let mut body = String::new();
        for (name, value) in form {
            let separator = if body.is_empty() { "" } else { "&" };
            body.push_str(&format!("{separator}{name}={}", server::http::redirect::encoded(value)));
        }
        self.send(Method::POST, path, "text/html", "application/x-www-form-urlencoded", &body).await
    }

    /// A server function, as the WASM calls it: JSON where the body is JSON, else a form.
    pub async fn call(&self, path: &str, body: &str) -> Answer {
        let is_json = body.starts_with('{');
        let kind = if is_json { "application/json" } else { "application/x-www-form-urlencoded" };
        self.send(Method::POST, path, "application/json", kind, body).await
    }

    pub async fn sign_in(&self, name: &str, password: &str) -> Answer {
        self.post("/sign-in", &[("name", name), ("password", password)]).await
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.into(), value.into());
    }

    async fn send(&self, method: Method, path: &str, accept: &str, kind: &str, body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, HOST);
        request = request.header(header::ACCEPT, accept);
        if !kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, kind).header(header::CONTENT_LENGTH, body.len());
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let cookies: Vec<String> =
            self.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        self.keep(&parts.headers);
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    fn keep(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies.lock().unwrap();
        for cookie in headers.get_all(header::SET_COOKIE) {
            let mut parts = cookie.to_str().unwrap().split(';');
            let (name, value) = parts.next().unwrap().split_once('=').unwrap();
            if parts.any(|part| part.trim().eq_ignore_ascii_case("max-age=0")) {
                cookies.remove(name);
            } else {
                cookies.insert(name.into(), value.into());
            }
        }
    }
}
