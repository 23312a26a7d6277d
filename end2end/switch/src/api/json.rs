//! `json {...}`: JSON API calls (mod_commands, `json_function()`).

use serde_json::Value;

use super::system;
use crate::callcenter::json as callcenter;
use crate::clock;
use crate::switch::Switch;

/// Answers with the request, minified, and `status`, `message` and `response` after its own keys.
pub(super) fn run(switch: &mut Switch, text: &str) -> String {
    let Ok(Value::Object(request)) = serde_json::from_str::<Value>(text) else {
        return "-ERR Parse error.\n".to_owned();
    };
    let data = request.get("data").cloned().unwrap_or(Value::Null);
    let (status, response) = match request.get("command").and_then(Value::as_str) {
        Some("callcenter_config") if switch.modules.contains(&"mod_callcenter") => {
            match callcenter::run(&switch.center, &data, switch.epoch()) {
                Ok(response) => (r#""status":"success""#, response),
                Err(response) => (r#""status":"error","message":"The command returned an error""#, response),
            }
        }
        Some("status") => (r#""status":"success""#, switch_status(switch)),
        _ => (r#""status":"error","message":"Invalid request or non-existant command""#, "null".to_owned()),
    };
    let mut echo = minify(text);
    echo.pop();
    let comma = if request.is_empty() { "" } else { "," };
    format!("{echo}{comma}{status},\"response\":{response}}}\n")
}

/// Takes the blanks between tokens out, as printing without format does.
fn minify(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars() {
        if quoted {
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if c.is_whitespace() {
            continue;
        } else {
            quoted = c == '"';
        }
        out.push(c);
    }
    out
}

fn switch_status(switch: &Switch) -> String {
    let parts: Vec<String> = clock::uptime_parts(switch.uptime())
        .iter()
        .map(|(value, unit)| format!("\"{unit}s\":{value}"))
        .collect();
    let channels = &switch.channels;
    format!(
        "{{\"systemStatus\":\"ready\",\"uptime\":{{{}}},\"version\":\"{}\",\"sessions\":{{\"count\":{{\"total\":{},\
         \"active\":{},\"peak\":{peak},\"peak5Min\":{peak},\"limit\":1000}},\"rate\":{{\"current\":0,\"max\":30,\
         \"peak\":2,\"peak5Min\":2}}}},\"idleCPU\":{{\"used\":0,\"allowed\":94.07}},\"stackSizeKB\":{{\"current\":240,\
         \"max\":8192}}}}",
        parts.join(","),
        system::VERSION_HUMAN,
        channels.next_session,
        channels.len(),
        peak = channels.peak,
    )
}

#[cfg(test)]
mod tests {
    use super::minify;

    #[test]
    fn blanks_go_but_not_in_strings() {
        assert_eq!(minify(r#"{ "a b" : "c \" d" , "e": 1 }"#), r#"{"a b":"c \" d","e":1}"#);
    }
}
