//! Messages on a pipe: four bytes that tell the length, then as many bytes of CBOR.

use minicbor::{Decode, Encode};
use std::io::{self, Read, Write};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Bounds a worker's answer: a change of the largest size cannot name more predecessors.
const ANSWER_MAX: usize = 1 << 20;

/// A message that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The pipe is closed or broken.
    #[error("the pipe failed: {0}")]
    Pipe(#[from] io::Error),
    /// What came is no message.
    #[error("what came is no message: {0}")]
    NotCbor(#[from] minicbor::decode::Error),
    /// Longer than a message may be.
    #[error("a message of {0} bytes")]
    TooLong(usize),
    /// It could not be put in bytes.
    #[error("a message could not be written: {0}")]
    Unwritable(String),
}

/// A message with its length before it.
///
/// # Errors
/// When it cannot be put in bytes, or is longer than its length can tell.
pub fn frame<T: Encode<()>>(message: &T) -> Result<Vec<u8>, FrameError> {
    let mut bytes = vec![0; 4];
    minicbor::encode(message, &mut bytes)
        .map_err(|error| FrameError::Unwritable(error.to_string()))?;
    let length = bytes.len() - 4;
    let told = u32::try_from(length).map_err(|_| FrameError::TooLong(length))?;
    bytes[..4].copy_from_slice(&told.to_be_bytes());
    Ok(bytes)
}

/// Writes a message, as a worker does.
pub(super) fn write<T: Encode<()>>(to: &mut impl Write, message: &T) -> Result<(), FrameError> {
    to.write_all(&frame(message)?)?;
    Ok(to.flush()?)
}

/// Writes messages in one go, as a worker does.
pub(super) fn write_all<T: Encode<()>>(
    to: &mut impl Write,
    messages: &[T],
) -> Result<(), FrameError> {
    let mut bytes = Vec::new();
    for message in messages {
        bytes.append(&mut frame(message)?);
    }
    to.write_all(&bytes)?;
    Ok(to.flush()?)
}

/// Reads the bytes of a message, as a worker does; none where the pipe is closed between two.
pub(super) fn read(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut bytes = vec![0; u32::from_be_bytes(length) as usize];
    from.read_exact(&mut bytes)?;
    Ok(Some(bytes))
}

/// Sends a message to a worker.
pub(super) async fn send<T: Encode<()>>(
    to: &mut (impl AsyncWrite + Unpin),
    message: &T,
) -> Result<(), FrameError> {
    to.write_all(&frame(message)?).await?;
    Ok(to.flush().await?)
}

/// Receives a worker's message. Whatever the worker says, no more than an answer's size is taken.
///
/// # Errors
/// When the pipe ends, or what came is no such message.
pub async fn receive<T: for<'b> Decode<'b, ()>>(
    from: &mut (impl AsyncRead + Unpin),
) -> Result<T, FrameError> {
    let mut length = [0; 4];
    from.read_exact(&mut length).await?;
    let length = u32::from_be_bytes(length) as usize;
    if length > ANSWER_MAX {
        return Err(FrameError::TooLong(length));
    }
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes).await?;
    Ok(minicbor::decode(&bytes)?)
}
