//! Names as CloudFormation takes them.

/// A name in CamelCase: logical ids and map keys hold letters and digits only.
#[must_use]
pub fn camel_case(name: &str) -> String {
    let words = name.split(['_', '-']).filter(|word| !word.is_empty());
    words
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_uppercase() + &rest.to_lowercase()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::camel_case;

    #[test]
    fn variable_names_become_logical_ids() {
        assert_eq!(camel_case("LOG_LEVEL"), "LogLevel");
        assert_eq!(camel_case("_x__2y"), "X2y");
    }
}
