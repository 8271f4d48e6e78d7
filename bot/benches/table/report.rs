//! The table, and the arithmetic of samples.

use std::fmt;
use std::time::Duration;

/// Rows in the order they were measured.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<[String; 4]>,
}

impl Table {
    /// A row with a goal, and whether it was reached.
    pub(crate) fn goal(&mut self, what: &str, measured: String, goal: &str, reached: bool) {
        let reached = if reached { "yes" } else { "NO" };
        self.push([what.to_owned(), measured, goal.to_owned(), reached.to_owned()]);
    }

    /// A row that is only told.
    pub(crate) fn tell(&mut self, what: &str, measured: String) {
        self.push([what.to_owned(), measured, String::new(), String::new()]);
    }

    fn push(&mut self, row: [String; 4]) {
        eprintln!("{}: {}", row[0], row[1]);
        self.rows.push(row);
    }
}

impl fmt::Display for Table {
    /// As Markdown, in columns that line up.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["what", "measured", "goal", "reached"].map(str::to_owned);
        let rows = || std::iter::once(&head).chain(&self.rows);
        let width = |column: usize| rows().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths = [0, 1, 2, 3].map(width);
        for (index, row) in rows().enumerate() {
            for (cell, width) in row.iter().zip(widths) {
                write!(f, "| {cell:width$} ")?;
            }
            writeln!(f, "|")?;
            if index == 0 {
                for width in widths {
                    write!(f, "|{}", "-".repeat(width + 2))?;
                }
                writeln!(f, "|")?;
            }
        }
        Ok(())
    }
}

/// Durations, in order.
pub(crate) struct Samples(Vec<Duration>);

impl Samples {
    pub(crate) fn of(samples: impl IntoIterator<Item = Duration>) -> Samples {
        let mut samples: Vec<Duration> = samples.into_iter().collect();
        samples.sort();
        Samples(samples)
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The smallest sample that `percent` of all do not exceed (nearest rank); zero without samples.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0.get(rank - 1).copied().unwrap_or_default()
    }

    pub(crate) fn median(&self) -> Duration {
        self.percentile(50)
    }

    pub(crate) fn longest(&self) -> Duration {
        self.percentile(100)
    }
}

/// Milliseconds, with a decimal where that says something.
pub(crate) fn ms(duration: Duration) -> String {
    let ms = duration.as_secs_f64() * 1e3;
    if ms < 100.0 { format!("{ms:.1} ms") } else { format!("{ms:.0} ms") }
}
