//! As much of an HTTP client as the benchmark needs; hyper does the protocol.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Sends a GET on a connection of its own and returns the body of a 200, as it comes.
///
/// # Errors
/// The connection, the protocol, or another status.
pub(crate) async fn open(address: SocketAddr, path: &str) -> Result<Incoming> {
    let stream = TcpStream::connect(address).await.with_context(|| format!("cannot connect to {address}"))?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends with the body; an error of the connection shows there.
    tokio::spawn(connection);
    let request = Request::get(path).header(header::HOST, address.to_string()).body(Empty::<Bytes>::new())?;
    let response = sender.send_request(request).await?;
    let status = response.status();
    if status != StatusCode::OK {
        let body = response.into_body().collect().await?.to_bytes();
        bail!("the server answered {status}: {}", String::from_utf8_lossy(&body).trim());
    }
    Ok(response.into_body())
}

/// A GET with a short answer in text.
///
/// # Errors
/// As [`open`].
pub(crate) async fn get(address: SocketAddr, path: &str) -> Result<String> {
    let body = open(address, path).await?.collect().await?.to_bytes();
    Ok(String::from_utf8_lossy(&body).into_owned())
}
