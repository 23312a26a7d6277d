//! What is done to the WASM after the compiler: split by lazy routes, bound to JavaScript, made small.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::Options;

use crate::binding;

/// The name of the main module and its script, `LEPTOS_OUTPUT_NAME` of `.cargo/config.toml`.
pub(crate) const NAME: &str = "switchdesk";
/// The script that loads the parts; leptos asks for exactly this one.
pub(crate) const LOADER: &str = "__wasm_split.______________________.js";
/// Which parts each lazy page needs; leptos reads it to preload them.
pub(crate) const MANIFEST: &str = "__wasm_split_manifest.json";

/// Where the loader gives up on a part, as `wasm_split_cli_support` writes it.
const GIVES_UP: &str = "        } catch (e) {
            console.error(e);
            success = false;
";
const RELOADS_FIRST: &str = "        } catch (e) {
            if (reloadOnce()) await new Promise(() => {});
            console.error(e);
            success = false;
";
/// A part is gone when a deploy replaced it under an open page. Reloading brings the new page; but no more
/// than once a minute and build, or a part that stays away would reload for ever.
const RELOAD_ONCE: &str = "function reloadOnce() {
    try {
        const key = 'switchdesk.reloaded ' + import.meta.url;
        const last = Number(sessionStorage.getItem(key));
        if (Date.now() - last < 60000) return false;
        sessionStorage.setItem(key, String(Date.now()));
    } catch (e) {
        return false;
    }
    location.reload();
    return true;
}
";

/// Splits `wasm` and writes parts, main module, scripts and manifest to `out`.
pub(crate) fn split_and_bind(wasm: &[u8], scratch: &Path, out: &Path) -> Result<()> {
    fs::create_dir_all(scratch)?;
    let unbound = scratch.join(format!("{NAME}_split.wasm"));
    let parts = split(wasm, &unbound, out)?;
    bind(&unbound, out)?;
    for part in parts {
        let bytes = fs::read(&part)?;
        let small =
            without_custom_sections(&bytes).with_context(|| format!("{} is broken", part.display()))?;
        fs::write(&part, small)?;
    }
    let loader = out.join(LOADER);
    fs::write(&loader, with_reload(&fs::read_to_string(&loader)?)?)?;
    Ok(())
}

fn split(wasm: &[u8], unbound: &Path, out: &Path) -> Result<Vec<PathBuf>> {
    let main_module = format!("./{NAME}.js");
    let link_name = format!("./{LOADER}");
    let mut options = Options::new(wasm);
    options.output_dir = out;
    options.main_out_path = unbound;
    options.main_module = &main_module;
    options.link_name = &link_name;
    let split = wasm_split_cli_support::transform(options).map_err(|error| anyhow!("{error:?}"))?;
    // Without relocations or split points it does nothing, in silence, and every lazy page stays dead.
    if split.split_modules.is_empty() {
        bail!("the WASM holds no lazy route to split off");
    }
    // In order, so that the same input makes the same file.
    let manifest: BTreeMap<_, _> = split.prefetch_map.into_iter().collect();
    fs::write(out.join(MANIFEST), serde_json::to_vec(&manifest)?)?;
    Ok(split.split_modules)
}

fn bind(unbound: &Path, out: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(unbound)
        .web(true)?
        .typescript(false)
        .demangle(false)
        // The parts link to these; without them the first lazy page dies of a LinkError.
        .keep_lld_exports(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .out_name(NAME)
        .generate(out)
        .context("wasm-bindgen failed")?;
    let (bound, script) = (out.join(format!("{NAME}_bg.wasm")), out.join(format!("{NAME}.js")));
    let (module, text) = binding::small(&fs::read(&bound)?, &fs::read_to_string(&script)?)?;
    fs::write(&script, text)?;
    // The page asks for the name without the suffix.
    fs::write(out.join(format!("{NAME}.wasm")), module)?;
    Ok(fs::remove_file(bound)?)
}

fn with_reload(loader: &str) -> Result<String> {
    if loader.matches(GIVES_UP).count() != 1 {
        bail!("the loader of lazy parts has changed: look at what wasm_split_cli_support writes now");
    }
    Ok(loader.replace(GIVES_UP, RELOADS_FIRST) + RELOAD_ONCE)
}

/// A module without its sections of id 0: names and notes for linkers, which no browser needs
/// (WebAssembly core specification, 5.5.2).
fn without_custom_sections(module: &[u8]) -> Result<Vec<u8>> {
    const HEADER: usize = 8;
    let header = module.get(..HEADER).filter(|header| header.starts_with(b"\0asm"));
    let mut small = header.context("this is not WASM")?.to_vec();
    let mut at = HEADER;
    while let Some(&id) = module.get(at) {
        let (size, digits) = leb128(module.get(at + 1..).unwrap_or_default()).context("a size is broken")?;
        let end = at + 1 + digits + size;
        let section = module.get(at..end).context("a section ends too early")?;
        if id != 0 {
            small.extend_from_slice(section);
        }
        at = end;
    }
    Ok(small)
}

/// An unsigned number of at most 32 bits and the count of its bytes.
fn leb128(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0;
    for (index, byte) in bytes.iter().take(5).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read() {
        for (bytes, value) in [
            (&[5, 9][..], Some((5, 1))),
            (&[0xe5, 0x8e, 0x26], Some((624_485, 3))),
            (&[0x80], None),
            (&[], None),
            (&[0x80, 0x80, 0x80, 0x80, 0x80, 0], None),
        ] {
            assert_eq!(leb128(bytes), value);
        }
    }

    #[test]
    fn custom_sections_go_and_the_others_stay() -> Result<()> {
        let module = b"\0asm\x01\0\0\0\x01\x02ab\0\x03xyz\x0a\x01c\0\0";
        assert_eq!(without_custom_sections(module)?, b"\0asm\x01\0\0\0\x01\x02ab\x0a\x01c");
        assert!(without_custom_sections(b"\0asm\x01\0\0\0\x01\x09ab").is_err());
        assert!(without_custom_sections(b"MZ").is_err());
        Ok(())
    }

    #[test]
    fn loader_reloads_before_it_gives_up() -> Result<()> {
        let patched = with_reload(&format!("try {{\n{GIVES_UP}}}\n"))?;
        assert!(patched.contains("if (reloadOnce())") && patched.contains("function reloadOnce()"));
        assert!(with_reload("something new").is_err());
        Ok(())
    }
}
