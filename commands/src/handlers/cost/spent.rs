//! What was spent between two instants, by the list.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use doorman_cloud::lease::{Lease, Made, spent_usd};
use doorman_config::Locale;

use crate::words::money;
use crate::words::texts::say;

/// A sum of money that was spent.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub(crate) struct Spent {
    /// By the list, of what it has a price for.
    pub(crate) usd: f64,
    /// Whether something existed that the list has no price for.
    pub(crate) unknown: bool,
}

impl Spent {
    /// `$1.27`, or that it is at least that.
    pub(crate) fn text(self, locale: Locale) -> String {
        let amount = money::usd(self.usd);
        if self.unknown { say(locale, "cost-at-least", &[("amount", amount.into())]) } else { amount }
    }
}

/// What the leases cost between two instants, as it is billed.
pub(crate) fn spent_between(leases: &[Lease], from: DateTime<Utc>, to: DateTime<Utc>) -> Spent {
    let unpriced =
        |made: &Made| made.price.usd_per_hour().is_none() && made.billed_hours(to) > made.billed_hours(from);
    leases.iter().fold(Spent::default(), |sum, lease| Spent {
        usd: sum.usd + spent_usd(&lease.made, from, to),
        unknown: sum.unknown || lease.made.iter().any(unpriced),
    })
}

/// When the day that `now` is in began, in that time zone.
pub(crate) fn day_start(now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    start_of(now.with_timezone(&zone).date_naive(), zone)
}

/// When a day begins. Where clocks jump over midnight, that is the first minute there is.
pub(crate) fn start_of(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    let first = (0..=180)
        .find_map(|minute| zone.from_local_datetime(&(midnight + TimeDelta::minutes(minute))).earliest());
    first.map_or_else(|| midnight.and_utc(), |local| local.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use doorman_cloud::kind::Kind;
    use doorman_cloud::lease::LeaseKind;
    use doorman_cloud::prices::{Billing, Price};

    use super::*;
    use crate::testbed::people::lease;
    use crate::testbed::world::{ago, made};

    #[test]
    fn a_day_begins_at_midnight_of_its_zone() {
        let now = "2026-11-22T16:30:00Z".parse().expect("a time");
        assert_eq!(day_start(now, Tz::Asia__Seoul).to_rfc3339(), "2026-11-22T15:00:00+00:00");
        assert_eq!(day_start(now, Tz::UTC).to_rfc3339(), "2026-11-22T00:00:00+00:00");
    }

    #[test]
    fn what_is_free_leaves_the_sum_exact_and_what_has_no_price_does_not() {
        let window = |things: &[(Kind, Price)]| {
            let thing = |(kind, price): &(Kind, Price)| Made {
                kind: *kind,
                price: *price,
                ..made(Kind::Address, 60, 0, 0.0)
            };
            Lease { made: things.iter().map(thing).collect(), ..lease(LeaseKind::NatWindow) }
        };
        let spent = |lease: Lease| spent_between(&[lease], ago(90), ago(0));
        let gateway = Price::Hourly { usd: 0.059, by: Billing::StartedHour };
        let free = [(Kind::NatGateway, gateway), (Kind::Rule, Price::Free), (Kind::Schedule, Price::Free)];
        assert_eq!(spent(window(&free)), Spent { usd: 0.059, unknown: false });
        let not_listed = Price::NotListed { by: Billing::Second };
        let unpriced = [(Kind::Schedule, Price::Free), (Kind::Address, not_listed)];
        assert_eq!(spent(window(&unpriced)), Spent { usd: 0.0, unknown: true });
    }

    #[test]
    fn where_midnight_is_skipped_the_day_begins_after_it() {
        // Cuba puts its clocks forward at midnight.
        let day = NaiveDate::from_ymd_opt(2026, 3, 8).expect("a day");
        assert_eq!(start_of(day, Tz::America__Havana).to_rfc3339(), "2026-03-08T05:00:00+00:00");
    }
}
