//! The way to the Control Center for somebody who reads another language than English: the sentences of faults and answers
//! are told in it. Which fields of an answer are sentences says the mark `x-sentence` in its schema.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use rackwright_catalog::{Fault, FieldProblem, entry};
use rackwright_client::{Answer, Caller, Transport};
use serde_json::Value;

use crate::language::{self, Language};
use crate::sentences::of_sentence;

/// Schemas of outputs, which are costly to make.
static SCHEMAS: LazyLock<Mutex<HashMap<&'static str, Arc<Value>>>> = LazyLock::new(Mutex::default);

/// Tells in `language` what the transport brings.
pub struct Spoken {
    pub transport: Arc<dyn Transport>,
    pub language: Language,
}

impl Transport for Spoken {
    fn call<'a>(&'a self, caller: &'a Caller, action: &'a str, input: Value) -> Answer<'a> {
        Box::pin(async move {
            let answer = self.transport.call(caller, action, input).await;
            language::within(self.language, async {
                match answer {
                    Ok(mut output) => {
                        if let Some(schema) = schema(action) {
                            tell(&schema, &mut output);
                        }
                        Ok(output)
                    }
                    Err(fault) => Err(told(fault)),
                }
            })
            .await
        })
    }
}

fn schema(action: &str) -> Option<Arc<Value>> {
    let entry = entry(action)?;
    let mut schemas = SCHEMAS.lock().unwrap_or_else(PoisonError::into_inner);
    Some(Arc::clone(schemas.entry(entry.spec.name).or_insert_with(|| Arc::new((entry.output_schema)()))))
}

/// Every sentence in the value, by the schema.
fn tell(schema: &Value, value: &mut Value) {
    match value {
        Value::String(text) if schema.get("x-sentence") == Some(&Value::Bool(true)) => {
            *text = of_sentence(text).into_owned();
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                let of_field = schema.get("properties").and_then(|properties| properties.get(name));
                if let Some(of_field) = of_field {
                    tell(of_field, field);
                }
            }
            variants(schema).for_each(|variant| tell(variant, value));
        }
        Value::Array(items) => {
            if let Some(of_item) = schema.get("items") {
                items.iter_mut().for_each(|item| tell(of_item, item));
            }
            variants(schema).for_each(|variant| tell(variant, value));
        }
        _ => {}
    }
}

/// What else the value may be: an optional object is one of two.
fn variants(schema: &Value) -> impl Iterator<Item = &Value> {
    ["anyOf", "allOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten()
}

fn told(fault: Fault) -> Fault {
    let fields: Vec<FieldProblem> = fault
        .fields
        .iter()
        .map(|field| FieldProblem::new(field.field.clone(), of_sentence(&field.problem).into_owned()))
        .collect();
    // A single wrong field is the reason.
    let reason = match (fault.fields.as_slice(), fields.as_slice()) {
        ([before], [now]) if fault.reason == format!("{}: {}", before.field, before.problem) => {
            format!("{}: {}", now.field, now.problem)
        }
        _ => of_sentence(&fault.reason).into_owned(),
    };
    Fault {
        attempted: of_sentence(&fault.attempted).into_owned(),
        reason,
        advice: of_sentence(&fault.advice).into_owned(),
        fields,
        ..fault
    }
}
