//! The main module and the script that `wasm-bindgen` ties to it, made small: neither of them is read by people.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result, bail};
use walrus::Module;

/// Module and script with short names between them, the script without remarks.
pub(crate) fn small(module: &[u8], script: &str) -> Result<(Vec<u8>, String)> {
    let mut module = Module::from_buffer(module).context("the bound module is broken")?;
    let names = short_names(&module);
    for import in module.imports.iter_mut() {
        if let Some(short) = names.get(&import.name) {
            import.name.clone_from(short);
        }
    }
    Ok((module.emit_wasm(), without_remarks(&renamed(script, &names))?))
}

/// A short name for each function of the script that the module imports. Theirs are long and end in a hash, which
/// both files would carry: five kilobytes that no compression takes away.
fn short_names(module: &Module) -> HashMap<String, String> {
    let exported: HashSet<&str> = module.exports.iter().map(|export| export.name.as_str()).collect();
    let bound = module.imports.iter().map(|import| import.name.as_str());
    let bound = bound.filter(|name| name.starts_with("__wb") && !exported.contains(name));
    // A dollar begins no name that `wasm-bindgen` writes.
    bound.enumerate().map(|(place, name)| (name.to_owned(), format!("${place}"))).collect()
}

/// The script with the names of `names` in place of the long ones.
fn renamed(script: &str, names: &HashMap<String, String>) -> String {
    let is_in_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '$';
    let mut renamed = String::with_capacity(script.len());
    let mut rest = script;
    while let Some(letter) = rest.chars().next() {
        let same_kind = |other: char| is_in_name(other) == is_in_name(letter);
        let (word, after) = rest.split_at(rest.find(|other| !same_kind(other)).unwrap_or(rest.len()));
        renamed.push_str(names.get(word).map_or(word, String::as_str));
        rest = after;
    }
    renamed
}

/// A script without indentation and without the lines that are nothing but a comment.
fn without_remarks(script: &str) -> Result<String> {
    let mut small = String::with_capacity(script.len());
    for line in script.lines().map(str::trim) {
        let is_remark = ["//", "/*", "*"].iter().any(|start| line.starts_with(start));
        if line.is_empty() || is_remark {
            continue;
        }
        // Inside of a text of several lines every space counts.
        if line.matches('`').count() % 2 == 1 {
            bail!("a text of the script goes over several lines: look at what wasm-bindgen writes now");
        }
        small.push_str(line);
        small.push('\n');
    }
    Ok(small)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_on_both_sides() -> Result<()> {
        let mut module = Module::default();
        let of_no_values = module.types.add(&[], &[]);
        for name in ["__wbg_log_0123456789abcdef", "__wbg_now_fedcba9876543210", "shared"] {
            module.add_import_func("./a_bg.js", name, of_no_values);
        }
        let script = "const imports = {\n    __wbg_log_0123456789abcdef: function() {},\n    \
                      __wbg_now_fedcba9876543210: x.__wbg_now_fedcba9876543210_x,\n};\n";
        let (module, script) = small(&module.emit_wasm(), script)?;
        let module = Module::from_buffer(&module)?;
        let imports: Vec<&str> = module.imports.iter().map(|import| import.name.as_str()).collect();
        assert_eq!(imports, ["$0", "$1", "shared"]);
        let expected = "const imports = {\n$0: function() {},\n$1: x.__wbg_now_fedcba9876543210_x,\n};\n";
        assert_eq!(script, expected);
        Ok(())
    }

    #[test]
    fn script_keeps_all_but_remarks() -> Result<()> {
        let script =
            "/**\n * @returns {any}\n */\nfunction a() {\n    // Why.\n    return `${b} // c`;\n}\n\n";
        assert_eq!(without_remarks(script)?, "function a() {\nreturn `${b} // c`;\n}\n");
        assert!(without_remarks("a = `\n  b`;").is_err());
        Ok(())
    }
}
