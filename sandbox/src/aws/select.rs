//! What every Describe operation does with its list: ids, filters, pages.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};

use super::input::Input;
use super::refusal::{Answer, Refusal};
use super::tags::Tags;
use super::world::{Table, World};
use super::xml::Xml;

/// What everything that can be described has.
pub(crate) struct Label<'a> {
    pub(crate) id: &'a str,
    pub(crate) tags: &'a Tags,
    pub(crate) created: DateTime<Utc>,
}

/// A thing that can be described.
pub(crate) trait Described {
    /// The parameter that lists ids.
    const IDS: &'static str;
    /// Filters beyond `tag:…` that AWS documents and this sandbox knows.
    const FILTERS: &'static [&'static str];
    /// Whether `tag-key` is a documented filter.
    const TAG_KEY: bool = true;
    /// The bounds of `MaxResults`.
    const PAGE: (usize, usize) = (5, 1000);
    /// Whether AWS refuses `MaxResults` together with ids.
    const IDS_OR_PAGES: bool = false;

    /// Which one it is.
    fn label(&self) -> Label<'_>;
    /// AWS's id.
    fn id(&self) -> &str {
        self.label().id
    }
    fn tags(&self) -> &Tags {
        self.label().tags
    }
    /// When it came to be.
    fn created(&self) -> DateTime<Utc> {
        self.label().created
    }
    /// Whether it has been forgotten: it is kept, for client tokens, but no longer shown.
    fn gone(&self, _now: DateTime<Utc>) -> bool {
        false
    }
    /// The values that `filter`, one of [`Described::FILTERS`], is compared with.
    fn values(&self, world: &World, filter: &str) -> Vec<String>;
    /// How AWS says that there is no such id.
    fn unknown(id: &str) -> Refusal;
    /// Its element in the answer of Describe.
    fn write(&self, world: &World, xml: &mut Xml);
}

/// One page of the things that matched.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

/// The whole answer of a Describe call: one page of `table` in an element named `set`.
pub(crate) fn describe<T: Described>(
    world: &World,
    input: &Input<'_>,
    table: &Table<T>,
    set: &str,
) -> Answer<Xml> {
    let page = select(world, input, table.values().filter(|thing| world.shows(*thing)))?;
    Ok(Xml::build(|xml| {
        xml.items(set, page.items, |xml, thing| thing.write(world, xml)).maybe("nextToken", page.next);
    }))
}

/// Selects from `all` what a Describe call asks for.
pub(crate) fn select<'w, T: Described>(
    world: &World,
    input: &Input<'_>,
    all: impl Iterator<Item = &'w T>,
) -> Answer<Page<&'w T>> {
    let mut items: Vec<&T> = all.collect();
    let ids: BTreeSet<String> = input.list(T::IDS).into_iter().collect();
    if !ids.is_empty() {
        if let Some(id) = ids.iter().find(|id| !items.iter().any(|item| item.id() == id.as_str())) {
            return Err(T::unknown(id));
        }
        if T::IDS_OR_PAGES && input.has("MaxResults") {
            return Err(Refusal::combination(format!(
                "The parameter {}Set cannot be used with the parameter maxResults",
                T::IDS
            )));
        }
        items.retain(|item| ids.contains(item.id()));
    }
    for filter in read_filters(input)? {
        filter.known::<T>()?;
        items.retain(|item| filter.accepts(&filter.values_of(world, *item)));
    }
    paginate_by(input, items, T::PAGE, world.page)
}

/// One filter of a call: any of its values may match.
pub(crate) struct Filter {
    pub(crate) name: String,
    pub(crate) values: Vec<String>,
}

/// The `Filter.N` of a call.
pub(crate) fn read_filters(input: &Input<'_>) -> Answer<Vec<Filter>> {
    let mut filters = Vec::new();
    for filter in input.items("Filter") {
        let name = filter.need("Name")?;
        let values = filter.list("Value");
        if values.is_empty() {
            return Err(Refusal::invalid_value(format!("The filter '{name}' has no values")));
        }
        if values.len() > 200 {
            return Err(Refusal::new("FilterLimitExceeded", "The maximum number of filter values is 200"));
        }
        filters.push(Filter { name, values });
    }
    Ok(filters)
}

impl Filter {
    /// The refusal of a filter that the operation does not have.
    pub(crate) fn invalid(&self) -> Refusal {
        Refusal::invalid_value(format!("The filter '{}' is invalid", self.name))
    }

    /// Whether any of the values matches any of `actual`.
    pub(crate) fn accepts<S: AsRef<str>>(&self, actual: &[S]) -> bool {
        self.values.iter().any(|pattern| actual.iter().any(|value| matches(pattern, value.as_ref())))
    }

    fn known<T: Described>(&self) -> Answer<()> {
        let tag = self.name.starts_with("tag:") || (T::TAG_KEY && self.name == "tag-key");
        if tag || T::FILTERS.contains(&self.name.as_str()) { Ok(()) } else { Err(self.invalid()) }
    }

    fn values_of<T: Described>(&self, world: &World, item: &T) -> Vec<String> {
        if let Some(key) = self.name.strip_prefix("tag:") {
            return item.tags().get(key).cloned().into_iter().collect();
        }
        if T::TAG_KEY && self.name == "tag-key" {
            return item.tags().keys().cloned().collect();
        }
        item.values(world, &self.name)
    }
}

/// Cuts one page out of `items`, as `MaxResults` and `NextToken` ask.
pub(crate) fn paginate<T>(input: &Input<'_>, items: Vec<T>, bounds: (usize, usize)) -> Answer<Page<T>> {
    paginate_by(input, items, bounds, None)
}

/// The same in pages of that length, if nobody asks for another.
fn paginate_by<T>(
    input: &Input<'_>,
    items: Vec<T>,
    (least, most): (usize, usize),
    unasked: Option<usize>,
) -> Answer<Page<T>> {
    let size: Option<usize> = input.number("MaxResults")?;
    if let Some(size) = size.filter(|size| !(least..=most).contains(size)) {
        return Err(Refusal::invalid_value(format!(
            "Value ( {size} ) for parameter maxResults is invalid. Expecting a value between {least} and {most}."
        )));
    }
    let start = match input.text("NextToken") {
        None => 0,
        Some(token) => read_token(&token)
            .filter(|start| *start <= items.len())
            .ok_or_else(|| Refusal::new("InvalidNextToken", "The specified NextToken is not valid"))?,
    };
    // AWS never gives more at once than may be asked for.
    let end = items.len().min(start + size.or(unasked).unwrap_or(most));
    let next = (end < items.len()).then(|| write_token(end));
    Ok(Page { items: items.into_iter().skip(start).take(end - start).collect(), next })
}

/// The token of the page that starts at `start`.
pub(crate) fn write_token(start: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("page:{start}"))
}

/// Where the page of this token starts; none when it is no token of ours.
pub(crate) fn read_token(token: &str) -> Option<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    std::str::from_utf8(&bytes).ok()?.strip_prefix("page:")?.parse().ok()
}

/// Whether `value` matches `pattern`, in which `*` stands for any text, `?` for one character, and
/// a backslash takes the next character as it is.
pub(crate) fn matches(pattern: &str, value: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => value.is_empty(),
        Some('*') => {
            let tail = rest.as_str();
            let starts = value.char_indices().map(|(at, _)| at).chain([value.len()]);
            starts.into_iter().any(|at| matches(tail, &value[at..]))
        }
        Some(symbol) => {
            let literal = if symbol == '\\' { rest.next().unwrap_or('\\') } else { symbol };
            let any = symbol == '?';
            let mut value = value.chars();
            value.next().is_some_and(|head| any || head == literal) && matches(rest.as_str(), value.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_ec2() {
        for (pattern, value, expected) in [
            ("available", "available", true),
            ("available", "Available", false),
            ("avail", "available", false),
            ("avail*", "available", true),
            ("*able", "available", true),
            ("?vailable", "available", true),
            ("?", "", false),
            ("*", "", true),
            (r"a\*b", "a*b", true),
            (r"a\*b", "axb", false),
        ] {
            assert_eq!(matches(pattern, value), expected, "{pattern} against {value}");
        }
    }

    #[test]
    fn a_token_leads_back_to_its_page() {
        assert_eq!(read_token(&write_token(17)), Some(17));
        assert_eq!(read_token("bogus"), None);
    }
}
