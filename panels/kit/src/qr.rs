//! Texts as pictures that a telephone reads: QR codes (ISO/IEC 18004), drawn as one path of an SVG.

use std::fmt::Write;

use qrcode::{Color, QrCode};

/// Modules of light around the code (ISO/IEC 18004, section 9.1).
const QUIET: usize = 4;

/// The side of the picture in modules, and the path that fills the dark ones. None for a text that is too long.
#[must_use]
pub fn path(text: &str) -> Option<(u32, String)> {
    let code = QrCode::new(text).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let _ = write!(path, "M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET);
        }
    }
    Some((u32::try_from(width + 2 * QUIET).ok()?, path))
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn the_corners_hold_finder_patterns_and_the_rim_is_light() {
        let (side, path) = path("otpauth://totp/Rackwright:robin?secret=GEZDGNBVGY3TQOJQ").expect("is short");
        let dark = |x: u32, y: u32| path.contains(&format!("M{x} {y}h1"));
        let far = side - 5;
        assert!(dark(4, 4) && dark(far, 4) && dark(4, far) && !dark(far - 1, far - 7));
        assert!((0..side).all(|at| !dark(at, 3) && !dark(3, at) && !dark(at, far + 1)));
        assert!(super::path(&"x".repeat(5_000)).is_none());
    }
}
