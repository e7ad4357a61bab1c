//! Gathers the assets of the panels: style sheet, scripts and the icons in use, each with its content hash and a gzip
//! form, as one table that the crate includes.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// The name that templates call an asset by, and the files that it is made of, in order.
const FILES: [(&str, &[&str], &str); 16] = [
    ("tabler.css", &["node_modules/@tabler/core/dist/css/tabler.min.css"], "text/css; charset=utf-8"),
    ("htmx.js", &["node_modules/htmx.org/dist/htmx.min.js"], "text/javascript; charset=utf-8"),
    ("sse.js", &["node_modules/htmx-ext-sse/dist/sse.min.js"], "text/javascript; charset=utf-8"),
    ("panel.css", &["kit/assets/panel.css", "kit/assets/shell.css"], "text/css; charset=utf-8"),
    (
        "panel.js",
        &[
            "kit/assets/js/base.js",
            "kit/assets/js/panel.js",
            "kit/assets/js/palette.js",
            "kit/assets/js/keys.js",
            "kit/assets/js/passkey.js",
            "kit/assets/js/forms.js",
            "kit/assets/js/room.js",
        ],
        "text/javascript; charset=utf-8",
    ),
    ("machines.css", &["kit/assets/machines.css"], "text/css; charset=utf-8"),
    ("charts.js", &["kit/assets/charts.js"], "text/javascript; charset=utf-8"),
    ("uplot.css", &["node_modules/uplot/dist/uPlot.min.css"], "text/css; charset=utf-8"),
    ("uplot.js", &["node_modules/uplot/dist/uPlot.iife.min.js"], "text/javascript; charset=utf-8"),
    ("terminal.css", &["node_modules/@xterm/xterm/css/xterm.css"], "text/css; charset=utf-8"),
    (
        "terminal.js",
        &["node_modules/@xterm/xterm/lib/xterm.js", "node_modules/@xterm/addon-fit/lib/addon-fit.js"],
        "text/javascript; charset=utf-8",
    ),
    ("console.js", &["kit/assets/console.js"], "text/javascript; charset=utf-8"),
    ("files.js", &["kit/assets/files.js"], "text/javascript; charset=utf-8"),
    ("wall.js", &["kit/assets/wall.js"], "text/javascript; charset=utf-8"),
    ("passkey.js", &["kit/assets/js/passkey.js"], "text/javascript; charset=utf-8"),
    ("theme.js", &["kit/assets/theme.js"], "text/javascript; charset=utf-8"),
];

fn main() {
    if let Err(sentence) = gather() {
        // Cargo shows what a failed build script wrote to its standard error.
        eprintln!("{sentence}");
        std::process::exit(1);
    }
}

fn gather() -> Result<(), String> {
    let panels = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("..");
    let out = PathBuf::from(variable("OUT_DIR")?);
    let mut table = String::from("static ASSETS: &[Asset] = &[\n");
    for (name, paths, kind) in FILES {
        let parts = paths.iter().map(|path| read(&panels.join(path))).collect::<Result<Vec<_>, _>>()?;
        // A script may end in a comment without an end of line.
        let bytes = parts.join(&b'\n');
        add(&mut table, &out, name, kind, &bytes)?;
    }
    for (name, kind, bytes) in [
        ("icons.svg", "image/svg+xml", sprite(&panels)?.into_bytes()),
        ("favicon.svg", "image/svg+xml", read(&panels.join("kit/assets/favicon.svg"))?),
    ] {
        add(&mut table, &out, name, kind, &bytes)?;
    }
    table.push_str("];\n");
    write(&out.join("assets.rs"), table.as_bytes())
}

/// Write an asset and its gzip form below `out` and add its line to the table.
fn add(table: &mut String, out: &Path, name: &str, kind: &str, bytes: &[u8]) -> Result<(), String> {
    let hash = hex::encode(&Sha256::digest(bytes)[..8]);
    let (stem, ending) = name.split_once('.').ok_or_else(|| format!("the asset {name} has no ending"))?;
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    let packed = packer
        .write_all(bytes)
        .and_then(|()| packer.finish())
        .map_err(|error| format!("could not compress the asset {name}: {error}"))?;
    write(&out.join(name), bytes)?;
    write(&out.join(format!("{name}.gz")), &packed)?;
    writeln!(
        table,
        "    Asset {{ name: {name:?}, file: \"{stem}.{hash}.{ending}\", kind: {kind:?}, \
         plain: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\")), \
         gzip: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.gz\")) }},"
    )
    .map_err(|error| error.to_string())
}

/// One SVG file with a symbol per icon in `kit/assets/icons.txt`.
fn sprite(panels: &Path) -> Result<String, String> {
    let list = String::from_utf8(read(&panels.join("kit/assets/icons.txt"))?)
        .map_err(|error| format!("kit/assets/icons.txt is not UTF-8: {error}"))?;
    let mut sprite = String::from("<svg xmlns=\"http://www.w3.org/2000/svg\">\n");
    for name in list.lines().filter(|line| !line.is_empty()) {
        let path = panels.join(format!("node_modules/@tabler/icons/icons/outline/{name}.svg"));
        let icon = String::from_utf8(read(&path)?)
            .map_err(|error| format!("{} is not UTF-8: {error}", path.display()))?;
        let paths: String = icon.lines().filter(|line| line.trim_start().starts_with("<path d=")).collect();
        if paths.is_empty() {
            return Err(format!(
                "{} holds no path; its format has changed: mend the build script",
                path.display()
            ));
        }
        writeln!(
            sprite,
            "<symbol id=\"{name}\" viewBox=\"0 0 24 24\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" \
             stroke-linecap=\"round\" stroke-linejoin=\"round\">{paths}</symbol>"
        )
        .map_err(|error| error.to_string())?;
    }
    sprite.push_str("</svg>\n");
    Ok(sprite)
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    println!("cargo::rerun-if-changed={}", path.display());
    fs::read(path).map_err(|error| {
        format!("could not read the panel asset {}: {error}\nRun `npm ci` in the folder panels, then build again.", path.display())
    })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|error| format!("could not write {}: {error}", path.display()))
}

fn variable(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|error| format!("cargo did not set {name}: {error}"))
}
