//! As much of an HTTP client as the benchmark needs; hyper does the protocol.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use http_body_util::{BodyExt as _, Empty, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
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

/// A browser that is signed in: one connection, and the cookie of its session.
#[derive(Debug)]
pub(crate) struct Client {
    address: SocketAddr,
    sender: SendRequest<Full<Bytes>>,
    cookie: String,
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// The connection.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream =
            TcpStream::connect(address).await.with_context(|| format!("cannot connect to {address}"))?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { address, sender, cookie: String::new() })
    }

    /// Signs in.
    ///
    /// # Errors
    /// The connection, or a refusal.
    pub(crate) async fn sign_in(&mut self, name: &str, password: &str) -> Result<()> {
        let response = self.send("/sign-in", &format!("name={name}&password={password}")).await?;
        let cookie = response.headers().get(header::SET_COOKIE).and_then(|cookie| cookie.to_str().ok());
        let cookie = cookie.and_then(|cookie| cookie.split(';').next()).context("the sign-in was refused")?;
        cookie.clone_into(&mut self.cookie);
        response.into_body().collect().await?;
        Ok(())
    }

    /// Posts a form and waits for the answer.
    ///
    /// # Errors
    /// The connection.
    pub(crate) async fn post(&mut self, path: &str, form: &str) -> Result<StatusCode> {
        let response = self.send(path, form).await?;
        let status = response.status();
        response.into_body().collect().await?;
        Ok(status)
    }

    async fn send(&mut self, path: &str, form: &str) -> Result<hyper::Response<Incoming>> {
        self.sender.ready().await?;
        let request = Request::post(path)
            .header(header::HOST, self.address.to_string())
            .header(header::ORIGIN, format!("http://{}", self.address))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, &self.cookie)
            .body(Full::from(form.to_owned()))?;
        Ok(self.sender.send_request(request).await?)
    }
}
