//! Stories across the whole product. All of them are in `tests/`: `architecture` is quick, `stories` needs virtual
//! machines and a browser.
