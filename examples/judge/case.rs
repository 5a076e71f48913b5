//! A case's fields, by type. Whatever is missing or of another type makes the line no case.
//!
//! A field that may be null may also be absent. Fields that nobody asks for are ignored.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use saml_sp::Binding;
use serde_json::{Map, Value};

use super::Stop;

/// The fields of one JSON object, and where it stands in the case.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a> {
    path: &'static str,
    object: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(object: &'a Map<String, Value>) -> Self {
        Self { path: "", object }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// An object inside; `path` is its name with a dot, for messages.
    pub(crate) fn object(&self, name: &str, path: &'static str) -> Result<Self, Stop> {
        let value = self.required(name, "an object")?;
        let object = value.as_object().ok_or_else(|| self.wrong(name, "an object", value))?;
        Ok(Self { path, object })
    }

    pub(crate) fn text(&self, name: &str) -> Result<&'a str, Stop> {
        let value = self.required(name, "a string")?;
        value.as_str().ok_or_else(|| self.wrong(name, "a string", value))
    }

    pub(crate) fn optional_text(&self, name: &str) -> Result<Option<&'a str>, Stop> {
        self.get(name)
            .map(|value| value.as_str().ok_or_else(|| self.wrong(name, "a string or null", value)))
            .transpose()
    }

    pub(crate) fn optional_flag(&self, name: &str) -> Result<Option<bool>, Stop> {
        self.get(name).map(|value| value.as_bool().ok_or_else(|| self.wrong(name, "true or false", value))).transpose()
    }

    pub(crate) fn texts(&self, name: &str) -> Result<Vec<&'a str>, Stop> {
        self.required(name, "a list of strings")?;
        self.optional_texts(name)
    }

    /// None at all where the field is absent.
    pub(crate) fn optional_texts(&self, name: &str) -> Result<Vec<&'a str>, Stop> {
        let Some(value) = self.get(name) else { return Ok(Vec::new()) };
        let texts = value.as_array().and_then(|list| list.iter().map(Value::as_str).collect());
        texts.ok_or_else(|| self.wrong(name, "a list of strings", value))
    }

    /// One without fields where it is absent.
    pub(crate) fn optional_object(&self, name: &str, path: &'static str) -> Result<Self, Stop> {
        static NOTHING: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
        if self.has(name) { self.object(name, path) } else { Ok(Self { path, object: &NOTHING }) }
    }

    /// A list of objects; none at all where the field is absent.
    pub(crate) fn optional_objects(&self, name: &str, path: &'static str) -> Result<Vec<Self>, Stop> {
        let Some(value) = self.get(name) else { return Ok(Vec::new()) };
        let objects = value.as_array().and_then(|list| list.iter().map(Value::as_object).collect::<Option<Vec<_>>>());
        let objects = objects.ok_or_else(|| self.wrong(name, "a list of objects", value))?;
        Ok(objects.into_iter().map(|object| Self { path, object }).collect())
    }

    /// A list of pairs of strings.
    pub(crate) fn pairs(&self, name: &str) -> Result<Vec<(&'a str, &'a str)>, Stop> {
        let wanted = "a list of pairs of strings";
        let value = self.required(name, wanted)?;
        let pair = |value: &'a Value| match value.as_array()?.as_slice() {
            [name, value] => Some((name.as_str()?, value.as_str()?)),
            _ => None,
        };
        let pairs = value.as_array().and_then(|list| list.iter().map(pair).collect());
        pairs.ok_or_else(|| self.wrong(name, wanted, value))
    }

    /// A text, or an object of texts; nothing where it is absent.
    pub(crate) fn text_or_texts(&self, name: &str, path: &'static str) -> Result<Option<TextOrTexts<'a>>, Stop> {
        let Some(value) = self.get(name) else { return Ok(None) };
        Ok(Some(match (value.as_str(), value.as_object()) {
            (Some(text), _) => TextOrTexts::Text(text),
            (None, Some(object)) => TextOrTexts::Texts(Self { path, object }),
            (None, None) => return Err(self.wrong(name, "a string or an object", value)),
        }))
    }

    /// A whole number.
    pub(crate) fn optional_number(&self, name: &str) -> Result<Option<i64>, Stop> {
        self.get(name).map(|value| value.as_i64().ok_or_else(|| self.wrong(name, "a whole number", value))).transpose()
    }

    /// An object whose fields are languages, each with a text.
    pub(crate) fn by_language(&self, name: &str, path: &'static str) -> Result<Vec<(&'a str, &'a str)>, Stop> {
        let languages = self.optional_object(name, path)?;
        languages.names().map(|language| Ok((language, languages.text(language)?))).collect()
    }

    /// The names of the fields that are there, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.object.iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| name.as_str())
    }

    /// RFC 3339 with `Z`.
    pub(crate) fn time(&self, name: &str) -> Result<DateTime<Utc>, Stop> {
        let text = self.text(name)?;
        let time = DateTime::parse_from_rfc3339(text).ok().filter(|_| text.ends_with('Z'));
        let wrong = || Stop::no_case(format!("{}{name}: {text:?} is no time like 2026-01-15T12:00:00Z", self.path));
        Ok(time.ok_or_else(wrong)?.to_utc())
    }

    /// The one of these fields that is there.
    pub(crate) fn one_of(&self, names: &[&'static str]) -> Result<&'static str, Stop> {
        let mut found = names.iter().filter(|name| self.has(name));
        match (found.next(), found.next()) {
            (Some(name), None) => Ok(name),
            (None, _) => Err(Stop::no_case(format!("{}: one of {} is missing", self.place(), names.join(", ")))),
            (Some(one), Some(two)) => {
                Err(Stop::no_case(format!("{}: {one} and {two} exclude one another", self.place())))
            }
        }
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    fn required(&self, name: &str, wanted: &str) -> Result<&'a Value, Stop> {
        self.get(name).ok_or_else(|| Stop::no_case(format!("{}{name}: missing, wanted {wanted}", self.path)))
    }

    fn wrong(&self, name: &str, wanted: &str, found: &Value) -> Stop {
        let found = match found {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list of something else",
            Value::Object(_) => "an object",
        };
        Stop::no_case(format!("{}{name}: wanted {wanted}, found {found}", self.path))
    }

    fn place(&self) -> &'static str {
        if self.path.is_empty() { "the case" } else { self.path.trim_end_matches('.') }
    }
}

/// What may be said in one text for all, or for each on its own.
pub(crate) enum TextOrTexts<'a> {
    Text(&'a str),
    Texts(Fields<'a>),
}

/// The logout URLs of one side, by binding. One text is the URL of all three.
#[derive(Clone, Default)]
pub(crate) struct SloUrls<'a>(pub(crate) Vec<(Binding, &'a str)>);

impl<'a> SloUrls<'a> {
    /// The field `slo_url`, which may be absent.
    pub(crate) fn read(fields: &Fields<'a>, path: &'static str) -> Result<Self, Stop> {
        const BINDINGS: [(&str, Binding); 3] =
            [("redirect", Binding::Redirect), ("post", Binding::Post), ("soap", Binding::Soap)];
        let mut urls = Vec::new();
        let given = fields.text_or_texts("slo_url", path)?;
        for (name, binding) in BINDINGS {
            let url = match &given {
                None => None,
                Some(TextOrTexts::Text(url)) => Some(*url),
                Some(TextOrTexts::Texts(by_binding)) => by_binding.optional_text(name)?,
            };
            urls.extend(url.map(|url| (binding, url)));
        }
        Ok(Self(urls))
    }
}

/// A check that is weakened by name. Each is the `dangerous_allow_…` method of that name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relaxation {
    Sha1,
    SmallRsa,
    MissingAudience,
    MissingDestination,
    OldAssertion,
    HttpEndpoints,
    UnauthenticatedCbc,
    Rsa15,
    TripleDes,
}

impl Relaxation {
    pub(crate) fn read(case: &Fields<'_>) -> Result<Vec<Self>, Stop> {
        let names = case.optional_texts("allow")?;
        names.into_iter().map(Self::from_name).collect()
    }

    fn from_name(name: &str) -> Result<Self, Stop> {
        match name {
            "sha1" => Ok(Self::Sha1),
            "small-rsa" => Ok(Self::SmallRsa),
            "missing-audience" => Ok(Self::MissingAudience),
            "missing-destination" => Ok(Self::MissingDestination),
            "old-assertion" => Ok(Self::OldAssertion),
            "http-endpoints" => Ok(Self::HttpEndpoints),
            "unauthenticated-cbc" => Ok(Self::UnauthenticatedCbc),
            "rsa-1-5" => Ok(Self::Rsa15),
            "triple-des" => Ok(Self::TripleDes),
            _ => Err(Stop::no_case(format!("allow: there is no relaxation {name:?}"))),
        }
    }
}
