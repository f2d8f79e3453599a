//! Any text as a pack: it is read, checked and compiled without a panic, its diagnostics can be shown, and its canonical form
//! is stable and as sound as it was.

#![no_main]

use duixian_fuzz::{mutate, pack};
use duixian_rules::fmt::{self, Names};
use duixian_rules::vocabulary::Lang;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let read = pack(&text);
    for diagnostic in &read.diagnostics {
        for lang in [Lang::Zh, Lang::En] {
            diagnostic.render(&read.sources, lang);
        }
    }
    let names = Names::new(&read.items);
    let format = |text: &str, lang| fmt::file(0, text, lang, &names, &mut Vec::new());
    let Some(canonical) = format(&text, None) else { return };
    assert_eq!(format(&canonical, None).as_deref(), Some(&*canonical), "the canonical form is not stable");
    assert_eq!(pack(&canonical).has_errors(), read.has_errors(), "formatting changes what is found");
    if let Some(english) = format(&canonical, Some(Lang::En)) {
        assert_eq!(format(&english, Some(Lang::En)).as_deref(), Some(&*english), "the English form is not stable");
        let chinese = format(&english, Some(Lang::Zh));
        assert_eq!(chinese, format(&canonical, Some(Lang::Zh)), "it comes back from English otherwise");
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // By text mostly: of bytes changed at random little remains that is a pack.
    match std::str::from_utf8(&data[..size]) {
        Ok(text) if !seed.is_multiple_of(4) => {
            let mutated = mutate::mutate(text, seed);
            let length = mutated.floor_char_boundary(max_size.min(data.len()));
            data[..length].copy_from_slice(&mutated.as_bytes()[..length]);
            length
        }
        _ => fuzzer_mutate(data, size, max_size),
    }
});
