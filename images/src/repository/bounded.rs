//! Input that is counted and may not go on for ever.

use std::io::{ErrorKind, Read};

use super::archive::ArchiveError;

/// A reader that gives at most so many bytes, and then an error.
pub(super) struct Bounded<R> {
    reader: R,
    most: u64,
    /// Bytes read.
    at: u64,
}

impl<R: Read> Bounded<R> {
    pub(super) fn new(reader: R, most: u64) -> Self {
        Self { reader, most, at: 0 }
    }

    pub(super) fn at(&self) -> u64 {
        self.at
    }

    pub(super) fn too_long(&self) -> ArchiveError {
        ArchiveError::TooMuch { most: self.most, what: "bytes" }
    }

    pub(super) fn fill(&mut self, buffer: &mut [u8]) -> Result<(), ArchiveError> {
        let mut filled = 0;
        while filled < buffer.len() {
            let read = self.read(&mut buffer[filled..])?;
            if read == 0 {
                return Err(ArchiveError::CutOff { at: self.at });
            }
            filled += read;
        }
        Ok(())
    }

    pub(super) fn skip(&mut self, mut bytes: u64) -> Result<(), ArchiveError> {
        let mut waste = [0; 1 << 16];
        while bytes > 0 {
            let chunk = usize::try_from(bytes).unwrap_or(usize::MAX).min(waste.len());
            let read = self.read(&mut waste[..chunk])?;
            if read == 0 {
                return Err(ArchiveError::CutOff { at: self.at });
            }
            bytes -= read as u64;
        }
        Ok(())
    }

    pub(super) fn drain(&mut self) -> Result<(), ArchiveError> {
        let mut waste = [0; 1 << 16];
        while self.read(&mut waste)? > 0 {}
        Ok(())
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ArchiveError> {
        loop {
            match self.reader.read(buffer) {
                Ok(read) => {
                    self.at += read as u64;
                    return if self.at > self.most { Err(self.too_long()) } else { Ok(read) };
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(source) => return Err(ArchiveError::Read { at: self.at, source }),
            }
        }
    }
}
