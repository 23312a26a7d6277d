//! Redirects that never leave the site.

use axum::http::{HeaderMap, Uri, header};

/// The path to go on with, if it is one of ours: it begins with one slash, and nothing in it makes a browser think of
/// another host (`//`, `/\`, control characters).
pub fn own_path(path: &str) -> Option<&str> {
    let rest = path.strip_prefix('/')?;
    let is_own = !rest.starts_with(['/', '\\'])
        && path.is_ascii()
        && !path.contains(|letter: char| letter.is_control() || letter == '\\');
    (is_own && path.parse::<Uri>().is_ok()).then_some(path)
}

/// The page that the form was on, without its host.
pub fn referring_path(headers: &HeaderMap) -> Option<String> {
    let uri: Uri = headers.get(header::REFERER)?.to_str().ok()?.parse().ok()?;
    own_path(uri.path_and_query()?.as_str()).map(str::to_owned)
}

/// Encodes a value for a query string.
pub fn encoded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_followed() {
        for path in ["/", "/desk", "/queues/fs-1/support%40default?sort=name"] {
            assert_eq!(own_path(path), Some(path));
        }
        for path in [
            "",
            "desk",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nSet-Cookie: x",
            "/\t/e",
            "/张",
        ] {
            assert_eq!(own_path(path), None, "{path}");
        }
    }

    #[test]
    fn values_are_encoded_byte_by_byte() {
        assert_eq!(encoded("a b&张"), "a%20b%26%E5%BC%A0");
    }
}
