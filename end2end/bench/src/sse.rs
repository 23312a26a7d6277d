//! Server-sent events out of a stream of bytes.

/// Puts events together from chunks, however those are cut.
#[derive(Debug, Default)]
pub(crate) struct Events {
    /// The bytes of a line that has not ended yet.
    line: Vec<u8>,
    data: Vec<u8>,
}

impl Events {
    /// Takes a chunk and calls `event` with the data of each event that it completes.
    ///
    /// # Errors
    /// The first error of `event`.
    pub(crate) fn take<E>(
        &mut self,
        mut chunk: &[u8],
        mut event: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        while let Some(end) = chunk.iter().position(|byte| *byte == b'\n') {
            let (rest, next) = chunk.split_at(end);
            chunk = next.get(1..).unwrap_or_default();
            self.line.extend_from_slice(rest);
            let line = std::mem::take(&mut self.line);
            let text = line.strip_suffix(b"\r").unwrap_or(&line);
            if text.is_empty() {
                if !self.data.is_empty() {
                    event(&std::mem::take(&mut self.data))?;
                }
            } else if let Some(value) = text.strip_prefix(b"data:") {
                if !self.data.is_empty() {
                    self.data.push(b'\n');
                }
                self.data.extend_from_slice(value.strip_prefix(b" ").unwrap_or(value));
            }
            // Ids, retry times and comments mean nothing to us.
        }
        self.line.extend_from_slice(chunk);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn events(chunks: &[&[u8]]) -> Vec<String> {
        let (mut events, mut found) = (Events::default(), Vec::new());
        for chunk in chunks {
            let outcome: Result<(), Infallible> = events.take(chunk, |data| {
                found.push(String::from_utf8_lossy(data).into_owned());
                Ok(())
            });
            outcome.unwrap_or_default();
        }
        found
    }

    #[test]
    fn events_are_the_same_however_they_are_cut() {
        let text = "retry: 500\ndata: {\"a\":\"张三\"}\nid: 1:2\n\n: comment\n\r\ndata:one\r\ndata: two\r\n\r\n\n\ndata: rest";
        let expected = vec!["{\"a\":\"张三\"}".to_owned(), "one\ntwo".to_owned()];
        for cut in 0..=text.len() {
            let (head, tail) = text.as_bytes().split_at(cut);
            assert_eq!(events(&[head, tail]), expected, "cut at {cut}");
        }
        let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        assert_eq!(events(&bytes), expected);
    }
}
