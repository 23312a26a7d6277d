//! One POST of a record, with the recorded headers in their order.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::{Cdr, Settings};

/// How long an answer may take. mod_json_cdr waits for ever unless `timeout` is set; a poster that hangs is of no use here.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Posts records to one address.
#[derive(Clone)]
pub struct Postbox {
    client: Client<HttpConnector, Full<Bytes>>,
    url: String,
    authorization: Option<String>,
}

impl fmt::Debug for Postbox {
    /// Without the credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postbox").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Postbox {
    /// A postbox with a connection per request, as curl opens one for each record.
    pub fn new(settings: &Settings) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .http1_title_case_headers(true)
            .build(HttpConnector::new());
        let authorization = settings
            .credentials
            .as_ref()
            .map(|credentials| format!("Basic {}", STANDARD.encode(credentials)));
        Self { client, url: settings.url.clone(), authorization }
    }

    /// Posts a record once; whether it was taken, which is any status of 2xx.
    pub async fn post(&self, cdr: &Cdr) -> bool {
        let Some(request) = self.request(cdr) else { return false };
        match tokio::time::timeout(ANSWER_WITHIN, self.client.request(request)).await {
            Ok(Ok(response)) => response.status().is_success(),
            Ok(Err(_)) | Err(_) => false,
        }
    }

    /// `None` if the address is none.
    fn request(&self, cdr: &Cdr) -> Option<Request<Full<Bytes>>> {
        let mark = if self.url.contains('?') { '&' } else { '?' };
        let uri: hyper::Uri = format!("{}{mark}uuid={}", self.url, cdr.uuid).parse().ok()?;
        let host = uri.authority()?.as_str().to_owned();
        let mut request = Request::builder().method(Method::POST).uri(uri).header("Host", host);
        if let Some(authorization) = &self.authorization {
            request = request.header("Authorization", authorization);
        }
        request
            .header("User-Agent", "freeswitch-json/1.0")
            .header("Accept", "*/*")
            .header("Content-Type", "application/json")
            .header("Content-Length", cdr.body.len())
            .body(Full::new(Bytes::from(cdr.body.clone())))
            .ok()
    }
}
