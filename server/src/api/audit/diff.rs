//! Before and after of an audit row, field by field. Pure.

use std::collections::BTreeSet;

use app::model::audit::{FieldChange, FieldValue};
use app::model::mask::mask_number;
use app::model::time::UnixMs;
use serde_json::{Map, Value};

/// Fields that hold the number of a caller, wherever they stand.
const NUMBERS: [&str; 3] = ["phone", "number", "caller_number"];

/// Reads a stored value. For a reader who does not see the numbers of callers they are masked. What cannot be read is shown
/// as it is.
pub fn read(json: Option<&str>, sees_numbers: bool) -> Option<Value> {
    let text = json?;
    let mut value = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
    if !sees_numbers {
        mask(&mut value);
    }
    // A value that was not there was stored as such by some actions.
    (!value.is_null()).then_some(value)
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(number) if NUMBERS.contains(&name.as_str()) => {
                        *number = mask_number(number);
                    }
                    value => mask(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(mask),
        _ => {}
    }
}

/// Every field of both, in the order of the alphabet.
pub fn changes(before: Option<&Value>, after: Option<&Value>) -> Vec<FieldChange> {
    let (before, after) = (fields(before), fields(after));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let value = |fields: &Map<String, Value>, name: &str| {
        fields.get(name).map_or(FieldValue::None, |value| field_value(name, value))
    };
    names
        .into_iter()
        .map(|name| FieldChange {
            field: name.clone(),
            before: value(&before, name),
            after: value(&after, name),
        })
        .collect()
}

/// The fields of a value by their dotted names; a value without fields is one of no name.
fn fields(value: Option<&Value>) -> Map<String, Value> {
    let mut flat = Map::new();
    if let Some(value) = value {
        flatten("", value, &mut flat);
    }
    flat
}

fn flatten(name: &str, value: &Value, flat: &mut Map<String, Value>) {
    match value {
        Value::Object(inner) if key_of(inner).is_none() => {
            for (field, value) in inner {
                let name = if name.is_empty() { field.clone() } else { format!("{name}.{field}") };
                flatten(&name, value, flat);
            }
        }
        value => {
            flat.insert(name.to_owned(), value.clone());
        }
    }
}

/// The key of a queue or an agent, or a telephone on a node, is one value to people.
fn key_of(fields: &Map<String, Value>) -> Option<String> {
    let node = fields.get("node")?.as_str()?;
    let name = ["name", "uuid", "extension"].iter().find_map(|field| fields.get(*field))?.as_str()?;
    (fields.len() == 2).then(|| format!("{node}/{name}"))
}

fn field_value(name: &str, value: &Value) -> FieldValue {
    match value {
        Value::Null => FieldValue::None,
        Value::Bool(flag) => FieldValue::Flag(*flag),
        Value::Number(number) if name.ends_with("_at") || name.ends_with("_at_ms") => {
            number.as_i64().map_or(FieldValue::None, |ms| FieldValue::Moment(UnixMs(ms)))
        }
        value => FieldValue::Text(text_of(value)),
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(text_of).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => key_of(fields).unwrap_or_else(|| value.to_string()),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(before: Option<&str>, after: Option<&str>, sees_numbers: bool) -> Vec<String> {
        let word = |value: &FieldValue| match value {
            FieldValue::None => "-".to_owned(),
            FieldValue::Flag(flag) => flag.to_string(),
            FieldValue::Moment(at) => format!("@{}", at.0),
            FieldValue::Text(text) => text.clone(),
        };
        changes(read(before, sees_numbers).as_ref(), read(after, sees_numbers).as_ref())
            .iter()
            .map(|change| format!("{}: {} > {}", change.field, word(&change.before), word(&change.after)))
            .collect()
    }

    #[test]
    fn fields_stand_side_by_side() {
        for (before, after, expected) in [
            (Some(r#"{"a":1,"b":true}"#), Some(r#"{"a":2,"b":true}"#), vec!["a: 1 > 2", "b: true > true"]),
            (None, Some(r#"{"title":"Hall","queues":[]}"#), vec!["queues: - > ", "title: - > Hall"]),
            (Some("null"), Some(r#""agent""#), vec![": - > agent"]),
            (Some(r#"{"x":{"y":null,"at":1}}"#), None, vec!["x.at: 1 > -", "x.y: - > -"]),
            (
                Some(r#"{"queues":[{"node":"fs-1","name":"a"},{"node":"fs-1","name":"b"}]}"#),
                Some(r#"{"agent":{"node":"fs-1","name":"c"},"created_at":5}"#),
                vec!["agent: - > fs-1/c", "created_at: - > @5", "queues: fs-1/a, fs-1/b > -"],
            ),
            (Some("no json"), None, vec![": no json > -"]),
            (None, None, vec![]),
        ] {
            assert_eq!(words(before, after, true), expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn numbers_are_masked_for_those_who_do_not_see_them() {
        let after = Some(r#"{"phone":"13800138000","calls":[{"caller_number":"13800138000","name":"x"}]}"#);
        assert!(words(None, after, true).concat().contains("13800138000"));
        assert!(!words(None, after, false).concat().contains("13800138000"));
    }
}
