//! Listens, with or without TLS, until the shutdown; then open requests get a deadline.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_util::sync::CancellationToken;

use crate::config::Config;

/// Why the server cannot serve, naming the key, the value and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error(
        "listen: cannot listen on {address}: {source}; choose another port, or end the program that has it"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The certificate cannot be used.
    #[error("{key}: cannot use {path}: {reason}; name a readable PEM file")]
    Tls {
        /// The key of the configuration.
        key: &'static str,
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// The system said no while serving.
    #[error("cannot serve: {0}")]
    Serve(#[from] io::Error),
}

/// Binds the configured address, so that a taken port is known before anything else starts.
///
/// # Errors
/// `Listen`.
pub fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let bound =
        TcpListener::bind(address).and_then(|listener| listener.set_nonblocking(true).map(|()| listener));
    bound.map_err(|source| ServeError::Listen { address, source })
}

/// Serves until the shutdown.
///
/// # Errors
/// `Tls`, `Serve`.
pub async fn serve(
    config: &Config,
    listener: TcpListener,
    router: Router,
    shutdown: CancellationToken,
) -> Result<(), ServeError> {
    let tls = tls_config(config)?;
    let handle = Handle::new();
    let stopping = handle.clone();
    let deadline = Duration::from_secs(u64::from(config.shutdown_deadline_s));
    tokio::spawn(async move {
        shutdown.cancelled().await;
        stopping.graceful_shutdown(Some(deadline));
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    match tls {
        Some(tls) => {
            let tls = RustlsConfig::from_config(Arc::new(tls));
            axum_server::from_tcp_rustls(listener, tls)?.handle(handle).serve(service).await?;
        }
        None => axum_server::from_tcp(listener)?.handle(handle).serve(service).await?,
    }
    Ok(())
}

/// The configured certificate with its key; `None` without one.
///
/// # Errors
/// `Tls`.
pub fn tls_config(config: &Config) -> Result<Option<rustls::ServerConfig>, ServeError> {
    let (Some(cert), Some(key)) = (&config.tls_cert, &config.tls_key) else { return Ok(None) };
    let wrong = |name: &'static str, path: &std::path::Path, reason: &dyn std::fmt::Display| {
        ServeError::Tls { key: name, path: path.display().to_string(), reason: reason.to_string() }
    };
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong("tls_cert", cert, &error))?;
    if chain.is_empty() {
        return Err(wrong("tls_cert", cert, &"it holds no certificate"));
    }
    let private_key = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong("tls_key", key, &error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private_key))
        .map_err(|error| wrong("tls_cert", cert, &error))?;
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Some(tls))
}
