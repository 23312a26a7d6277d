//! The style sheets, each with everything it imports as one small file: `style/main.css`, which every page has, and those of
//! `style/parts/`, which come with lazy parts.

use std::fmt::Display;
use std::path::Path;

use anyhow::{Result, anyhow};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::error::Error;
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions};

use crate::{compress, wasm};

/// A style sheet as it is served.
pub(crate) struct Sheet {
    pub(crate) file_name: String,
    pub(crate) css: String,
}

/// All of them, from the folder `style`.
pub(crate) fn sheets(folder: &Path) -> Result<Vec<Sheet>> {
    let mut sheets =
        vec![Sheet { file_name: format!("{}.css", wasm::NAME), css: bundle(&folder.join("main.css"))? }];
    let parts = folder.join("parts");
    for file in compress::files_below(&parts)? {
        sheets.push(Sheet { css: bundle(&parts.join(&file))?, file_name: file.display().to_string() });
    }
    Ok(sheets)
}

/// Bundles and minifies. No browser targets are given: what the sources say reaches the browser.
fn bundle(main: &Path) -> Result<String> {
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    let mut sheet = bundler.bundle(main).map_err(|error| with_place(main, &error))?;
    sheet.minify(MinifyOptions::default()).map_err(|error| with_place(main, &error))?;
    let printed = sheet.to_css(PrinterOptions { minify: true, ..PrinterOptions::default() });
    Ok(printed.map_err(|error| with_place(main, &error))?.code)
}

/// The error with its file, line and column; lightningcss counts lines from 0.
fn with_place<T: Display>(main: &Path, error: &Error<T>) -> anyhow::Error {
    match &error.loc {
        Some(at) => anyhow!("{}:{}:{}: {}", at.filename, at.line + 1, at.column, error.kind),
        None => anyhow!("{}: {}", main.display(), error.kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn imports_become_layers_of_one_small_file() -> Result<()> {
        let folder = std::env::temp_dir().join(format!("xtask-style-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("main.css"), "@layer base, page;\n@import \"base.css\" layer(base);\n")?;
        fs::write(
            folder.join("base.css"),
            "p { margin: 0px 0px; & b { color: light-dark(#ffffff, #000) } }\n",
        )?;
        let css = bundle(&folder.join("main.css"))?;
        fs::remove_dir_all(&folder)?;
        assert_eq!(css, "@layer base{p{margin:0;& b{color:light-dark(#fff,#000)}}}@layer page;");
        Ok(())
    }

    #[test]
    fn missing_import_is_named_with_its_place() -> Result<()> {
        let folder = std::env::temp_dir().join(format!("xtask-import-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("main.css"), "@import \"gone.css\";\n")?;
        let outcome = bundle(&folder.join("main.css"));
        fs::remove_dir_all(&folder)?;
        let message = outcome.err().map(|error| format!("{error:#}")).unwrap_or_default();
        assert!(message.contains("main.css") && message.contains(":1:1: "), "{message}");
        Ok(())
    }
}
