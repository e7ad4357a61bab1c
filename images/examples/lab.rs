use rackwright_images::{builder::*, provision::*, *};
use std::path::Path;
fn main() {
    let started = std::time::Instant::now();
    let report = |p: Progress| {
        println!(
            "{:6.1} {:3.0}% {} {}",
            started.elapsed().as_secs_f32(),
            p.fraction * 100.0,
            p.step,
            p.sentence
        )
    };
    let stop = || false;
    let watch = Watch::new(&report, &stop);
    let work = Path::new("/tmp/lab-work");
    let out = Path::new("/var/cache/rackwright-lab");
    for what in std::env::args().skip(1) {
        let flavour = if what.ends_with("generic") { Flavour::Generic } else { Flavour::Cloud };
        if what.starts_with("env") {
            println!(
                "{:?}",
                build_environment(flavour, None, work, &out.join("boot"), watch).map_err(|e| chain(&e))
            );
        } else {
            let name = if flavour == Flavour::Generic { "debian-12-generic" } else { "debian-12" };
            let m = build_image(
                &ImageSpec::debian_12(name.parse().unwrap(), flavour),
                work,
                &out.join("images"),
                watch,
            )
            .map_err(|e| chain(&e));
            println!("{m:#?}");
            let m = m.unwrap();
            let link = out.join(format!("{name}.tar.zst"));
            let _ = std::fs::remove_file(&link);
            std::fs::hard_link(out.join("images").join(format!("{}.tar.zst", m.sha256)), link).unwrap();
        }
        println!("took {:.1}", started.elapsed().as_secs_f32());
    }
}
fn chain(e: &dyn std::error::Error) -> String {
    let mut t = e.to_string();
    let mut s = e.source();
    while let Some(e) = s {
        t += ": ";
        t += &e.to_string();
        s = e.source();
    }
    t
}
