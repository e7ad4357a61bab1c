//! Messages as clients send them, for the tests of this server.

/// A message under construction.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub kind: u8,
    pub flags: u16,
    pub ciaddr: [u8; 4],
    pub giaddr: [u8; 4],
    pub mac: [u8; 6],
    pub options: Vec<u8>,
}

pub(crate) fn discover() -> Sample {
    Sample {
        kind: 1,
        flags: 0,
        ciaddr: [0; 4],
        giaddr: [0; 4],
        mac: [0x52, 0x54, 0, 0, 0, 1],
        options: Vec::new(),
    }
}

pub(crate) fn request() -> Sample {
    Sample { kind: 3, ..discover() }
}

impl Sample {
    pub fn option(mut self, code: u8, data: &[u8]) -> Self {
        self.options.extend([code, u8::try_from(data.len()).expect("short")]);
        self.options.extend(data);
        self
    }

    /// PXE firmware of this architecture.
    pub fn pxe(self, arch: u16) -> Self {
        self.option(60, b"PXEClient:Arch:00000:UNDI:003000").option(93, &arch.to_be_bytes())
    }

    pub fn http(self, arch: u16) -> Self {
        self.option(60, b"HTTPClient:Arch:00016:UNDI:003001").option(93, &arch.to_be_bytes())
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![1, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef, 0, 4];
        bytes.extend(self.flags.to_be_bytes());
        for address in [self.ciaddr, [0; 4], [0; 4], self.giaddr] {
            bytes.extend(address);
        }
        bytes.extend(self.mac);
        bytes.resize(236, 0);
        bytes.extend([99, 130, 83, 99, 53, 1, self.kind]);
        bytes.extend(&self.options);
        bytes.push(255);
        bytes
    }
}
