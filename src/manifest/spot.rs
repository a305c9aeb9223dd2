//! A place in the manifest by its keys, and where that stands in the text.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A place in the manifest by its keys, e.g. the option `port` of the second service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    parts: Vec<Part>,
    /// Whether the last key is meant itself, not the value behind it.
    key: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Key(String),
    Item(usize),
}

impl Spot {
    /// The value of a key at the top.
    #[must_use]
    pub fn of(key: &str) -> Self {
        Self { parts: Vec::new(), key: false }.at(key)
    }

    /// An item of the list that stands here.
    #[must_use]
    pub fn item(mut self, index: usize) -> Self {
        self.parts.push(Part::Item(index));
        self
    }

    /// The value of a key of the map that stands here.
    #[must_use]
    pub fn at(mut self, key: &str) -> Self {
        self.parts.push(Part::Key(key.to_owned()));
        self
    }

    /// The last key itself.
    #[must_use]
    pub fn key(mut self) -> Self {
        self.key = true;
        self
    }

    /// Line and column, from 1, of this place in a text; of what surrounds it where the text does not go so deep.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<(usize, usize)> {
        let walk = Walk { parts: &self.parts, key: self.key };
        // The walk ends in an error where it arrives: the parser then tells where that was.
        let arrived = walk.deserialize(serde_yaml::Deserializer::from_str(text)).err()?;
        arrived.location().map(|at| (at.line(), at.column()))
    }
}

/// Follows the parts through the text.
#[derive(Clone, Copy)]
struct Walk<'a> {
    parts: &'a [Part],
    key: bool,
}

const ARRIVED: &str = "arrived";

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// A scalar is where the walk ends: serde refuses it by itself, which is as good as arriving.
impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ARRIVED)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((Part::Key(name), rest)) = self.parts.split_first() else {
            return Err(A::Error::custom(ARRIVED));
        };
        let wanted = Wanted { name, stops: self.key && rest.is_empty() };
        while let Some(found) = map.next_key_seed(wanted)? {
            if found {
                map.next_value_seed(Walk { parts: rest, ..self })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Err(A::Error::custom(ARRIVED))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Some((Part::Item(index), rest)) = self.parts.split_first() else {
            return Err(A::Error::custom(ARRIVED));
        };
        for _ in 0..*index {
            items.next_element::<IgnoredAny>()?;
        }
        items.next_element_seed(Walk { parts: rest, ..self })?;
        Err(A::Error::custom(ARRIVED))
    }
}

/// Compares a key with the one that the walk follows.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    name: &'a str,
    stops: bool,
}

impl<'de> DeserializeSeed<'de> for Wanted<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Wanted<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<bool, E> {
        let found = key == self.name;
        if found && self.stops { Err(E::custom(ARRIVED)) } else { Ok(found) }
    }
}

#[cfg(test)]
mod tests {
    use super::Spot;

    const TEXT: &str = "# staging\nci: github\nservices:\n  - name: web\n    options:\n      port: 80\n  \
                        - { name: api, options: { port: 81 }, variables: {} }\n";

    #[test]
    fn a_place_is_found_in_block_and_in_flow() {
        let option = |index| Spot::of("services").item(index).at("options").at("port");
        assert_eq!(Spot::of("ci").find(TEXT), Some((2, 5)));
        assert_eq!(option(0).find(TEXT), Some((6, 13)));
        assert_eq!(option(0).key().find(TEXT), Some((6, 7)));
        assert_eq!(option(1).find(TEXT), Some((7, 35)));
        assert_eq!(option(1).key().find(TEXT), Some((7, 29)));
    }

    #[test]
    fn what_is_missing_is_shown_by_what_surrounds_it() {
        let service = Spot::of("services").item(1);
        assert_eq!(service.clone().at("variables").at("X").find(TEXT), Some((7, 52)));
        assert_eq!(service.at("toolchain").at("name").find(TEXT), Some((7, 5)));
        assert_eq!(Spot::of("services").item(9).find(TEXT), Some((4, 3)));
        assert_eq!(Spot::of("ci").find("a: [\n"), Some((2, 1)));
    }
}
