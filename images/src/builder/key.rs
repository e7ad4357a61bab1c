//! When two builds give the same image.

use ring::digest::{Context, SHA256};

use super::ImageSpec;
use super::recipe::Recipe;
use crate::debian::{Sources, SourcesError};

/// A key, in hexadecimal, under which the image of `spec` may be kept: equal exactly when the recipe, the specification and
/// the package sources of this machine are equal. The packages behind the sources change from day to day and are not
/// part of it: compare the manifest's `built_at` where fresh packages matter.
///
/// # Errors
/// When the machine's package sources cannot be read.
pub fn cache_key(spec: &ImageSpec) -> Result<String, SourcesError> {
    let sources = sources_of(spec)?;
    let mut context = Context::new(&SHA256);
    let recipe = Recipe::of(spec.system);
    let packages = recipe.with_extra(&spec.packages).join(",");
    let parts = [recipe.fingerprint().as_str(), spec.name.as_str(), packages.as_str(), &sources.text()]
        .map(str::to_owned);
    for part in &parts {
        // With its length, so that no two lists of parts give the same bytes.
        context.update(&part.len().to_be_bytes());
        context.update(part.as_bytes());
    }
    Ok(hex::encode(&context.finish().as_ref()[..16]))
}

/// The sources that building `spec` uses.
pub(super) fn sources_of(spec: &ImageSpec) -> Result<Sources, SourcesError> {
    match &spec.sources {
        Some(text) => Ok(Sources::of_text(text)),
        None => Sources::of_machine(std::path::Path::new("/"), spec.release()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Flavour;
    use crate::builder::{Service, System};

    #[test]
    fn every_part_of_the_specification_counts() {
        let mut specs = vec![ImageSpec::debian_12("a".parse().expect("a name"), Flavour::Cloud)];
        specs[0].sources = Some("deb http://mirror.example/debian bookworm main".into());
        for change in [
            |spec: &mut ImageSpec| spec.system = System::Server(Flavour::Generic),
            |spec: &mut ImageSpec| spec.system = System::Private(Service::Plain),
            |spec: &mut ImageSpec| spec.system = System::Private(Service::Web),
            |spec: &mut ImageSpec| spec.name = "b".parse().expect("a name"),
            |spec: &mut ImageSpec| spec.packages.push("htop".into()),
            |spec: &mut ImageSpec| {
                spec.sources = Some("deb http://mirror.example/debian bookworm contrib".into())
            },
        ] {
            let mut spec = specs[0].clone();
            change(&mut spec);
            specs.push(spec);
        }
        let mut keys: Vec<String> = specs.iter().map(|spec| cache_key(spec).expect("a key")).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), specs.len());
    }

    #[test]
    fn the_key_stays_the_same() {
        let mut spec = ImageSpec::debian_12("a".parse().expect("a name"), Flavour::Cloud);
        spec.sources = Some("deb http://mirror.example/debian bookworm main".into());
        assert_eq!(cache_key(&spec).expect("a key"), cache_key(&spec.clone()).expect("a key"));
    }
}
