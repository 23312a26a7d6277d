//! Style sheets of the lazy parts: what a page alone looks like does not weigh on the first load of the others.
//!
//! The server links the sheet of the page that it renders. In the browser a part asks for its sheet when its page is chosen, before
//! its program has come, and the sheet stays from then on.

use super::parts::segments;

/// The sheet of the part that a page belongs to, as `style/parts` names it; none for pages that the sheet of all pages is enough for.
pub fn sheet_of(path: &str) -> Option<&'static str> {
    match segments(path).as_slice() {
        ["login", ..] => Some("login"),
        ["desk", ..] => Some("desk"),
        ["wall", ..] => Some("wall"),
        ["queues" | "agents" | "calls", ..] => Some("floor"),
        ["account" | "audit" | "callbacks" | "center" | "people" | "teams" | "walls", ..] => Some("office"),
        _ => None,
    }
}

/// Links a sheet, unless the page has it. It lies beside the one of all pages.
#[cfg(feature = "hydrate")]
pub(super) fn link_sheet(name: &str) {
    use leptos::prelude::document;

    let link = || {
        let of_all = document().query_selector("link[rel=stylesheet]").ok()??.get_attribute("href")?;
        let href = format!("{}/{name}.css", of_all.rsplit_once('/')?.0);
        if document().query_selector(&format!("link[href=\"{href}\"]")).ok()?.is_none() {
            let link = document().create_element("link").ok()?;
            link.set_attribute("rel", "stylesheet").ok()?;
            link.set_attribute("href", &href).ok()?;
            document().head()?.append_child(&link).ok()?;
        }
        Some(())
    };
    // A page without its looks still works.
    let _ = link();
}

/// The document that the server renders has the sheet of its page.
#[cfg(not(feature = "hydrate"))]
pub(super) const fn link_sheet(_name: &str) {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    #[test]
    fn every_lazy_page_has_a_sheet_that_is_there() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let routes = fs::read_to_string(root.join("src/lib.rs")).unwrap();
        let mut sheets = BTreeSet::new();
        for line in routes.lines().filter(|line| line.contains("Lazy::<")) {
            let path = line.split("path!(\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
            sheets.insert(sheet_of(path).unwrap_or_else(|| panic!("{path} has no sheet")).to_owned());
        }
        let files: BTreeSet<String> = fs::read_dir(root.join("../style/parts"))
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(sheets, files);
        assert_eq!(sheet_of("/"), None);
    }
}
