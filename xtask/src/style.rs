//! The style sheet: `style/main.css` with everything it imports, as one small file.

use std::path::Path;

use anyhow::{Result, anyhow};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions};

/// Bundles and minifies. No browser targets are given: what the sources say reaches the browser.
pub(crate) fn bundle(main: &Path) -> Result<String> {
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    // The errors name file, line and column.
    let mut sheet = bundler.bundle(main).map_err(|error| anyhow!("{error}"))?;
    sheet.minify(MinifyOptions::default()).map_err(|error| anyhow!("{error}"))?;
    let printed = sheet.to_css(PrinterOptions { minify: true, ..PrinterOptions::default() });
    Ok(printed.map_err(|error| anyhow!("{error}"))?.code)
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
        fs::write(folder.join("base.css"), "p { margin: 0px 0px; & b { color: light-dark(#ffffff, #000) } }\n")?;
        let css = bundle(&folder.join("main.css"))?;
        fs::remove_dir_all(&folder)?;
        assert_eq!(css, "@layer base{p{margin:0;& b{color:light-dark(#fff,#000)}}}@layer page;");
        Ok(())
    }

    #[test]
    fn missing_import_is_named() {
        let error = bundle(Path::new("/nowhere/main.css")).map_err(|error| error.to_string());
        assert!(error.is_err_and(|error| error.contains("/nowhere/main.css")));
    }
}
