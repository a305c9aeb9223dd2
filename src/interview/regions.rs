//! Whether a region is one that the data knows, a new one, or a slip of the keyboard.

use serde::Deserialize;

use super::wording;
use crate::error::{Error, Result};
use crate::manifest::{Manifest, Region, Spot};
use crate::nearest::nearest;
use crate::scaffold::Scaffolds;

/// Where the known regions stand below `scaffolds/`.
const FACTS: &str = "shared/regions.yaml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    regions: Vec<String>,
}

impl Facts {
    fn knows(&self, region: &Region) -> bool {
        self.regions.iter().any(|known| known == region.as_str())
    }

    fn nearest(&self, region: &Region) -> Option<&str> {
        nearest(region.as_str(), self.regions.iter().map(String::as_str))
    }

    /// Whether no region is made of such words: AWS opens regions in new countries, but calls them by the compass.
    fn is_slip(&self, region: &Region) -> bool {
        let compass = |text: &str| text.split('-').nth(1).unwrap_or_default().to_owned();
        let word = compass(region.as_str());
        !self.knows(region) && !self.regions.iter().any(|known| compass(known) == word)
    }

    fn check(&self, region: &Region) -> std::result::Result<(), String> {
        if !self.is_slip(region) {
            return Ok(());
        }
        Err(wording::no_region(region.as_str(), self.nearest(region)))
    }
}

/// Refuses a region that can only be a slip, as half a sentence.
///
/// # Errors
/// It is one.
pub(super) fn check(region: &Region, scaffolds: &Scaffolds) -> std::result::Result<(), String> {
    let facts: Facts = scaffolds.parse(FACTS).map_err(|error| error.to_string())?;
    facts.check(region)
}

/// Refuses a manifest whose regions can only be slips.
///
/// # Errors
/// The first one, with its place.
pub fn check_all(manifest: &Manifest, scaffolds: &Scaffolds) -> Result<()> {
    let facts: Facts = scaffolds.parse(FACTS)?;
    for (index, environment) in manifest.environments.iter().enumerate() {
        let spot = || Spot::of("environments").item(index).at("region");
        facts.check(&environment.region).map_err(|why| {
            Error::usage(why).help("`aws account list-regions` prints the regions there are").about(spot())
        })?;
    }
    Ok(())
}

/// A sentence on each region that the data does not know.
///
/// # Errors
/// A scaffold that does not parse.
pub fn unknown(manifest: &Manifest, scaffolds: &Scaffolds) -> Result<Vec<String>> {
    let facts: Facts = scaffolds.parse(FACTS)?;
    let mut regions: Vec<&Region> = manifest.environments.iter().map(|e| &e.region).collect();
    regions.dedup();
    regions.retain(|region| !facts.knows(region));
    Ok(regions.iter().map(|region| wording::new_region(region.as_str(), facts.nearest(region))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_refused_and_a_new_region_is_not() {
        let scaffolds = Scaffolds::default();
        let check = |text: &str| check(&text.parse().expect("has the form"), &scaffolds);
        for good in ["eu-west-1", "eu-west-9", "cl-south-1"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        let fault = check("eu-wst-1").expect_err("a slip");
        assert!(fault.contains("did you mean eu-west-1?"), "{fault}");
        check("eu-mitte-1").expect_err("no region is called so");
    }
}
