//! Just enough HTTP to ask a server anything, also what no honest client would.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
};

/// A message as it stands on the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// "POST /v1/sync HTTP/1.1", or of an answer the status line.
    pub first: String,
    /// The other header lines, as they came.
    pub headers: Vec<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// Reads a request with a body of a stated length; none at the end of the line.
    ///
    /// # Errors
    /// When the line is cut in the middle of it.
    pub fn read(from: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut first = String::new();
        if from.read_line(&mut first)? == 0 {
            return Ok(None);
        }
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            if from.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            headers.push(line.to_owned());
        }
        let mut request = Self {
            first: first.trim_end().to_owned(),
            headers,
            body: Vec::new(),
        };
        let length = request
            .header("content-length")
            .and_then(|text| text.parse().ok())
            .unwrap_or_default();
        request.body = vec![0; length];
        from.read_exact(&mut request.body)?;
        Ok(Some(request))
    }

    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// What is asked for.
    #[must_use]
    pub fn path(&self) -> &str {
        self.first.split_whitespace().nth(1).unwrap_or_default()
    }

    /// The message's bytes, with the connection closed after it.
    #[must_use]
    pub fn closing(&self) -> Vec<u8> {
        let mut bytes = format!("{}\r\n", self.first).into_bytes();
        for line in &self.headers {
            if !line.to_ascii_lowercase().starts_with("connection:") {
                bytes.extend(format!("{line}\r\n").into_bytes());
            }
        }
        bytes.extend(b"connection: close\r\n\r\n");
        bytes.extend(&self.body);
        bytes
    }
}

/// What a server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// The headers, their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

/// Asks a server of this machine, such as `127.0.0.1:8787`. The host is named as one of the headers
/// says, or as the address.
///
/// # Errors
/// When the server cuts the line without an answer.
pub fn ask(
    address: &str,
    first: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<Answered> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(crate::DEADLINE))?;
    let mut head = format!("{first} HTTP/1.1\r\nconnection: close\r\n");
    if !headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("host"))
    {
        head.push_str(&format!("host: {address}\r\n"));
    }
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    stream.write_all(head.as_bytes())?;
    // A server may answer, and stop listening, before it has read a body that is too large.
    drop(stream.write_all(body));
    let mut reader = BufReader::new(stream);
    let mut status = String::new();
    reader.read_line(&mut status)?;
    let number = status
        .split_whitespace()
        .nth(1)
        .and_then(|text| text.parse().ok());
    let status = number.ok_or(io::ErrorKind::UnexpectedEof)?;
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
    }
    let mut body = Vec::new();
    // The rest may be cut off; what came is what was answered.
    drop(reader.read_to_end(&mut body));
    Ok(Answered {
        status,
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}
