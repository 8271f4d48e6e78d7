//! Sums of money. Every figure doorman shows is in US dollars, as AWS bills, before tax.

use chrono::NaiveDate;
use doorman_cloud::prices::Prices;
use doorman_config::Locale;

use crate::words::texts::say;

/// `$1.27`; below a dollar with as many digits as it takes to tell hourly prices apart: `$0.059`, `$0.0104`.
pub(crate) fn usd(amount: f64) -> String {
    let amount = if amount.abs() < 0.00005 { 0.0 } else { amount };
    let text = format!("{amount:.4}");
    let (whole, cents) = text.split_once('.').unwrap_or((&text, ""));
    let keep =
        if amount.abs() >= 1.0 || amount == 0.0 { 2 } else { cents.trim_end_matches('0').len().max(2) };
    if keep == 2 { format!("${amount:.2}") } else { format!("${whole}.{}", &cents[..keep]) }
}

/// `$0.064/h`, in the reader's words.
pub(crate) fn per_hour(locale: Locale, amount: f64) -> String {
    say(locale, "common-per-hour", &[("usd", usd(amount).into())])
}

/// `$46.72/month`, in the reader's words.
pub(crate) fn per_month(locale: Locale, amount: f64) -> String {
    say(locale, "common-per-month", &[("usd", usd(amount).into())])
}

/// Which list the figures are from, and how old it is.
pub(crate) fn list_price(locale: Locale, prices: &Prices) -> String {
    list_price_of(locale, &prices.region, prices.as_of)
}

/// As [`list_price`], for figures that were made with the list of that date, which may not be the one that
/// ships now.
pub(crate) fn list_price_of(locale: Locale, region: &str, as_of: NaiveDate) -> String {
    let args = [("region", region.into()), ("date", as_of.to_string().into())];
    say(locale, "common-list-price", &args)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_sums_keep_their_digits_and_large_ones_do_not() {
        for (amount, text) in [
            (0.0, "$0.00"),
            (0.00001, "$0.00"),
            (0.064, "$0.064"),
            (0.0104, "$0.0104"),
            (0.5, "$0.50"),
            (0.99999, "$1.00"),
            (1.2736, "$1.27"),
            (46.72, "$46.72"),
        ] {
            assert_eq!(usd(amount), text);
        }
    }
}
