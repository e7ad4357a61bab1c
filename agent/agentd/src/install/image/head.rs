//! Heads of HTTP/1.1 answers (RFC 9112), as far as fetching one file with Range (RFC 9110 section 14) needs them.
//!
//! Attacker's input: whatever answers on port 80, since the image comes over plain HTTP. A head is at most [`MAX`] bytes.

/// The largest head that is read.
pub const MAX: usize = 16 * 1024;

/// The answer's head, in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub status: u16,
    /// Bytes of the body; none when the server does not say.
    pub length: Option<u64>,
    /// First byte and total from Content-Range.
    pub range: Option<(u64, u64)>,
}

/// The bytes are no head that we take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadHead {
    #[error("the head of the answer is longer than {MAX} bytes")]
    TooLong,
    #[error("the answer is not HTTP/1.x")]
    NotHttp,
    #[error("the answer's {0} header makes no sense")]
    Field(&'static str),
    #[error("the answer comes in a transfer coding; this client takes plain bodies only")]
    Coding,
}

/// Reads a head from the start of `bytes`: the head and its length, or none while its end is not there.
///
/// # Errors
/// [`BadHead`] says what is wrong with it.
pub fn parse(bytes: &[u8]) -> Result<Option<(Head, usize)>, BadHead> {
    let Some(end) = bytes.windows(4).take(MAX).position(|window| window == b"\r\n\r\n") else {
        return if bytes.len() >= MAX { Err(BadHead::TooLong) } else { Ok(None) };
    };
    let text = String::from_utf8_lossy(&bytes[..end]);
    let mut lines = text.split("\r\n");
    let mut head = Head { status: status(lines.next().unwrap_or_default())?, length: None, range: None };
    for line in lines {
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => {
                let length = value.parse().map_err(|_| BadHead::Field("Content-Length"))?;
                if head.length.replace(length).is_some_and(|earlier| earlier != length) {
                    return Err(BadHead::Field("Content-Length"));
                }
            }
            "content-range" => head.range = range(value),
            "transfer-encoding" if !value.eq_ignore_ascii_case("identity") => return Err(BadHead::Coding),
            _ => {}
        }
    }
    Ok(Some((head, end + 4)))
}

fn status(line: &str) -> Result<u16, BadHead> {
    let rest = line.strip_prefix("HTTP/1.").ok_or(BadHead::NotHttp)?;
    let code = rest.split(' ').nth(1).ok_or(BadHead::NotHttp)?;
    match code.parse() {
        Ok(code @ 100..=599) => Ok(code),
        _ => Err(BadHead::NotHttp),
    }
}

/// "bytes 100-199/1000" as (100, 1000). "bytes */1000" (of a 416) has no first byte.
fn range(value: &str) -> Option<(u64, u64)> {
    let (span, total) = value.strip_prefix("bytes ")?.split_once('/')?;
    let (first, _) = span.split_once('-')?;
    Some((first.trim().parse().ok()?, total.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_an_answer_with_a_range() {
        let text = b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 100-999/1000\r\ncontent-length: 900\r\n\r\nbody";
        let (head, end) = parse(text).expect("well formed").expect("whole");
        assert_eq!(head, Head { status: 206, length: Some(900), range: Some((100, 1000)) });
        assert_eq!(&text[end..], b"body");
    }

    #[test]
    fn waits_for_the_end_and_not_for_ever() {
        assert_eq!(parse(b"HTTP/1.1 200 OK\r\nX: "), Ok(None));
        assert_eq!(parse(&vec![b'a'; MAX]), Err(BadHead::TooLong));
    }

    #[test]
    fn refuses_what_it_cannot_take() {
        let bad = |text: &str| parse(text.as_bytes()).expect_err(text);
        assert_eq!(bad("SSH-2.0-OpenSSH\r\n\r\n"), BadHead::NotHttp);
        assert_eq!(bad("HTTP/1.1 999 Odd\r\n\r\n"), BadHead::NotHttp);
        assert_eq!(bad("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), BadHead::Coding);
        assert_eq!(bad("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), BadHead::Field("Content-Length"));
        assert_eq!(
            bad("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
            BadHead::Field("Content-Length")
        );
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_a_head_or_an_error(bytes in proptest::collection::vec(0u8.., 0..2048)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn any_fields_are_a_head_or_an_error(fields in proptest::collection::vec("[ -~]{0,40}", 0..20)) {
            let text = format!("HTTP/1.1 200 OK\r\n{}\r\n\r\n", fields.join("\r\n"));
            if let Ok(Some((_, end))) = parse(text.as_bytes()) {
                assert!(end <= text.len());
            }
        }
    }
}
