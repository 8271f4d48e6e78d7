//! Lengths of time in Korean words, in digits: `두 시간 반 동안` is `2시간 30분`.

/// The units that a number in words stands before, and the half of each.
const UNITS: [(&str, Option<&str>); 4] =
    [("시간", Some("30분")), ("분", Some("30초")), ("초", None), ("일", Some("12시간"))];
/// Days that have a word of their own.
const DAYS: [(&str, u32); 4] = [("하루", 1), ("이틀", 2), ("사흘", 3), ("나흘", 4)];
const HALF: &str = "반";
/// What may follow a length of time without changing it: "for", "only".
const PARTICLES: [&str; 3] = ["동안", "간", "만"];

const ONES: [(&str, u32); 13] = [
    ("하나", 1),
    ("한", 1),
    ("둘", 2),
    ("두", 2),
    ("셋", 3),
    ("세", 3),
    ("넷", 4),
    ("네", 4),
    ("다섯", 5),
    ("여섯", 6),
    ("일곱", 7),
    ("여덟", 8),
    ("아홉", 9),
];
const TENS: [(&str, u32); 10] = [
    ("열", 10),
    ("스물", 20),
    ("스무", 20),
    ("서른", 30),
    ("마흔", 40),
    ("쉰", 50),
    ("예순", 60),
    ("일흔", 70),
    ("여든", 80),
    ("아흔", 90),
];
/// The numbers that came from Chinese; minutes are counted in them.
const SINO_ONES: [(&str, u32); 9] =
    [("일", 1), ("이", 2), ("삼", 3), ("사", 4), ("오", 5), ("육", 6), ("칠", 7), ("팔", 8), ("구", 9)];
/// No number in words has more syllables.
const LONGEST_NUMBER: usize = 6;

/// The same with digits for numbers in words and for halves; what is not understood stays as it is.
pub(super) fn in_digits(text: &str) -> String {
    let mut rest = without_particles(text);
    let mut digits = String::new();
    // Whether a number was written last, and the half of the unit that was.
    let (mut counted, mut half) = (false, None);
    while let Some(first) = rest.chars().next() {
        if let Some((unit, of_it)) = unit_at(rest).filter(|_| counted) {
            digits.push_str(unit);
            rest = &rest[unit.len()..];
            (counted, half) = (false, of_it);
        } else if let Some((written, after)) = words_at(rest, half).filter(|_| !counted) {
            // Apart from what stands before it: `1시간반` is `1시간 30분`.
            if !digits.ends_with(' ') {
                digits.push(' ');
            }
            digits.push_str(&written);
            rest = after;
            half =
                unit_at(written.trim_start_matches(|c: char| c.is_ascii_digit())).and_then(|(_, half)| half);
        } else {
            let copied = match first {
                c if c.is_alphabetic() => rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len()),
                c => c.len_utf8(),
            };
            digits.push_str(&rest[..copied]);
            rest = &rest[copied..];
            match first {
                ' ' => {}
                c if c.is_ascii_digit() || c == '.' => counted = true,
                _ => (counted, half) = (false, None),
            }
        }
    }
    digits.trim_start().to_owned()
}

/// What `text` begins with when it is a length in words, in digits, and what follows; `half` is that of the unit
/// before it.
fn words_at<'t>(text: &'t str, half: Option<&str>) -> Option<(String, &'t str)> {
    if let Some(after) = text.strip_prefix(HALF) {
        if let Some((unit, Some(half))) = unit_at(after.trim_start()) {
            return Some((half.to_owned(), &after.trim_start()[unit.len()..]));
        }
        let ends = !after.starts_with(char::is_alphabetic);
        return half.filter(|_| ends).map(|half| (half.to_owned(), after));
    }
    if let Some((days, after)) = prefix(&DAYS, text) {
        return Some((format!("{days}일"), after));
    }
    // The longest first: in `십일 분` the second syllable belongs to the number, in `십일` it is the unit.
    let ends: Vec<usize> =
        text.char_indices().map(|(at, c)| at + c.len_utf8()).take(LONGEST_NUMBER).collect();
    ends.into_iter().rev().find_map(|end| {
        let (number, after) = (value(&text[..end])?, text[end..].trim_start());
        let (unit, _) = unit_at(after)?;
        Some((format!("{number}{unit}"), &after[unit.len()..]))
    })
}

fn unit_at(text: &str) -> Option<(&'static str, Option<&'static str>)> {
    UNITS.into_iter().find(|(unit, _)| text.starts_with(unit))
}

fn without_particles(text: &str) -> &str {
    let complete = |text: &str| {
        let days = DAYS.iter().any(|(day, _)| text.ends_with(day));
        days || text.ends_with(HALF) || UNITS.iter().any(|(unit, _)| text.ends_with(unit))
    };
    let shorter = PARTICLES.iter().filter_map(|particle| text.strip_suffix(particle));
    let mut shorter = shorter.map(|text| without_particles(text.trim_end()));
    shorter.find(|text| complete(text)).unwrap_or(text)
}

/// The number that a word is, below a thousand.
fn value(word: &str) -> Option<u32> {
    native(word).or_else(|| sino(word))
}

fn native(word: &str) -> Option<u32> {
    match prefix(&TENS, word) {
        Some((tens, "")) => Some(tens),
        Some((tens, ones)) => exactly(&ONES, ones).map(|ones| tens + ones),
        None => exactly(&ONES, word),
    }
}

fn sino(word: &str) -> Option<u32> {
    let (mut number, mut rest) = (0, word);
    for (place, size) in [("백", 100), ("십", 10)] {
        // No one says "one ten".
        let (count, after) = prefix(&SINO_ONES, rest).unwrap_or((1, rest));
        if let Some(after) = after.strip_prefix(place) {
            (number, rest) = (number + count * size, after);
        }
    }
    match rest {
        "" => Some(number).filter(|number| *number > 0),
        ones => exactly(&SINO_ONES, ones).map(|ones| number + ones),
    }
}

fn prefix<'t>(words: &[(&str, u32)], text: &'t str) -> Option<(u32, &'t str)> {
    words.iter().find_map(|(word, number)| Some((*number, text.strip_prefix(word)?)))
}

fn exactly(words: &[(&str, u32)], text: &str) -> Option<u32> {
    words.iter().find(|(word, _)| *word == text).map(|(_, number)| *number)
}
