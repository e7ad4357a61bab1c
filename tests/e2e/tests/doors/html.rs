//! Pages of the panel as a browser reads them, as far as forms and links go. Only well-formed pages of our own come here.

/// A form and its controls, in the order of the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    pub id: String,
    pub method: String,
    pub action: String,
    /// What stands on its last button when the mouse rests there.
    pub title: String,
    pub controls: Vec<Control>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Control {
    pub name: String,
    /// What is sent when nobody touches it; none when nothing is.
    pub value: Option<String>,
    /// What it can be set to; empty when anything can be typed.
    pub choices: Vec<String>,
    /// It stands in the pattern for a further row of a list.
    pub pattern: bool,
    pub hidden: bool,
}

/// A tag with its attributes and the text up to the next one.
struct Tag<'a> {
    name: &'a str,
    inside: &'a str,
    text: &'a str,
}

impl Tag<'_> {
    fn get(&self, attribute: &str) -> Option<String> {
        let at = self.inside.find(&format!(" {attribute}=\""))? + attribute.len() + 3;
        let value = &self.inside[at..];
        Some(unescaped(&value[..value.find('"')?]))
    }

    fn has(&self, attribute: &str) -> bool {
        let without_values: String = self.inside.split('"').step_by(2).collect::<Vec<_>>().join(" ");
        without_values.split_whitespace().any(|word| word == attribute)
    }
}

fn tags(page: &str) -> impl Iterator<Item = Tag<'_>> {
    page.split('<').skip(1).filter_map(|piece| {
        // Templates escape what closes a tag, also in attributes.
        let (tag, text) = piece.split_once('>')?;
        let (name, _) = tag.split_once([' ', '\n']).unwrap_or((tag, ""));
        Some(Tag { name, inside: &tag[name.len()..], text })
    })
}

/// The text that stands for an escaped one.
pub fn unescaped(text: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&#x2F;", "/"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}

/// Every form of a page.
pub fn forms(page: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let (mut within, mut pattern) = (false, false);
    for tag in tags(page) {
        match tag.name {
            "form" => {
                within = true;
                forms.push(Form {
                    id: tag.get("id").unwrap_or_default(),
                    method: tag.get("method").unwrap_or_else(|| "get".to_owned()),
                    action: tag.get("action").unwrap_or_default(),
                    ..Form::default()
                });
            }
            "/form" => within = false,
            "template" => pattern = true,
            "/template" => pattern = false,
            _ if within => {
                let form = forms.last_mut().expect("within a form");
                control(form, &tag, pattern);
            }
            _ => {}
        }
    }
    forms
}

fn control(form: &mut Form, tag: &Tag<'_>, pattern: bool) {
    match (tag.name, tag.get("name")) {
        ("button", _) => form.title = tag.get("title").unwrap_or_default(),
        ("input", Some(name)) => {
            let value = tag.get("value").unwrap_or_default();
            let kind = tag.get("type").unwrap_or_default();
            let chosen = matches!(kind.as_str(), "radio" | "checkbox");
            let sent = (!chosen || tag.has("checked")).then(|| value.clone());
            match form.controls.iter_mut().find(|known| kind == "radio" && known.name == name) {
                Some(radio) => {
                    radio.choices.push(value);
                    radio.value = radio.value.take().or(sent);
                }
                None => form.controls.push(Control {
                    name,
                    value: sent,
                    choices: if chosen { vec![value] } else { Vec::new() },
                    pattern,
                    // Without a value, it is for a script to fill in.
                    hidden: kind == "hidden" && tag.has("value"),
                }),
            }
        }
        ("textarea", Some(name)) => {
            let value = Some(unescaped(tag.text.strip_prefix('\n').unwrap_or(tag.text)));
            form.controls.push(Control { name, value, pattern, ..Control::default() });
        }
        ("select", Some(name)) => form.controls.push(Control { name, pattern, ..Control::default() }),
        ("option", _) => {
            // Suggestions of a text input belong to no select.
            let Some(select) = form.controls.last_mut() else { return };
            let value = tag.get("value").unwrap_or_default();
            if tag.has("selected") || select.choices.is_empty() {
                select.value = Some(value.clone());
            }
            select.choices.push(value);
        }
        _ => {}
    }
}

impl Form {
    /// What a browser sends after somebody set these controls.
    ///
    /// # Panics
    /// When a control is missing, or cannot be set to that.
    pub fn filled<'a>(&self, typed: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<(String, String)> {
        let mut controls: Vec<Control> = self.controls.iter().filter(|one| !one.pattern).cloned().collect();
        for (name, text) in typed {
            let known = controls.iter_mut().find(|control| control.name == name);
            let control = match (known, self.further_row(name)) {
                (Some(control), _) => control,
                (None, Some(row)) => {
                    controls.push(row);
                    controls.last_mut().expect("just pushed")
                }
                // An empty text is what a browser sends of a control that was left alone.
                (None, None) if text.is_empty() => continue,
                (None, None) => panic!("the form {} has no control {name}", self.action),
            };
            if control.hidden {
                assert_eq!(
                    control.value.as_deref(),
                    Some(text),
                    "{name} of {} cannot be changed",
                    self.action
                );
            }
            if text.is_empty() && control.value.is_none() {
                // Of several circles none is chosen.
                continue;
            }
            let can_be = control.choices.is_empty() || control.choices.iter().any(|choice| choice == text);
            assert!(can_be, "{name} of {} cannot be {text}: {:?}", self.action, control.choices);
            control.value = Some(text.to_owned());
        }
        controls.into_iter().filter_map(|control| Some((control.name, control.value?))).collect()
    }

    /// The control of a row that a script adds by its pattern.
    fn further_row(&self, name: &str) -> Option<Control> {
        let pattern: Vec<&str> =
            name.split('.').map(|part| if part.parse::<u32>().is_ok() { "__N__" } else { part }).collect();
        let pattern = pattern.join(".");
        let found = self.controls.iter().find(|control| control.pattern && control.name == pattern)?;
        Some(Control { name: name.to_owned(), ..found.clone() })
    }
}

/// Where the page leads within the panel.
pub fn links(page: &str) -> Vec<String> {
    tags(page)
        .filter(|tag| tag.name == "a")
        .filter_map(|tag| tag.get("href"))
        .filter(|href| href.starts_with('/') && !href.starts_with("//"))
        .collect()
}

/// The text of the element with this id, up to the next tag.
pub fn text_of(page: &str, id: &str) -> Option<String> {
    tags(page).find(|tag| tag.get("id").as_deref() == Some(id)).map(|tag| unescaped(tag.text))
}
