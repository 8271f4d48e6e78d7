//! What the days cost, as bars.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::font::{Cut, FAMILY};
use super::svg::{Anchor, Rect, Stroke, Svg, Type};
use super::theme::{CARD, CARD_EDGE, DETAIL, TITLE};
use super::{PictureError, render};

/// The cost of some days, in the reader's language.
#[derive(Clone, Debug, PartialEq)]
pub struct CostChart {
    /// What is shown: `Cost of main, last 14 days`.
    pub title: String,
    /// What the axis counts: `USD a day`.
    pub currency_label: String,
    /// One for each day, oldest first. Up to 31 are readable.
    pub bars: Vec<Bar>,
    /// What kind of figures these are, and how old: `estimate from list prices of 2026-11-22`.
    pub note: String,
}

/// A day.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// `11/21`.
    pub label: String,
    /// US dollars. What is negative or not a number is drawn as zero.
    pub usd: f64,
    /// The day is not over: drawn hollow.
    pub today: bool,
}

impl Bar {
    fn height(&self) -> f64 {
        if self.usd.is_finite() { self.usd.max(0.0) } else { 0.0 }
    }
}

const WIDTH: u32 = 960;
const HEIGHT: u32 = 580;
/// Title and axis label above the plot, and the note below it.
const ABOVE: u32 = 146;
const BELOW: u32 = 66;
const LEFT: u32 = 28;
const RIGHT: u32 = 48;
/// Room for the days below the bars.
const DAYS: u32 = 48;
const AXIS: Type = DETAIL;
/// Bars get no wider than this, however few they are.
const MAX_BAR: f64 = 96.0;
/// The card's own colour, as the library wants it.
const GROUND: RGBColor = RGBColor(0x15, 0x17, 0x1c);
const DONE: RGBColor = RGBColor(0x5b, 0x9d, 0xf5);
const OPEN: RGBColor = RGBColor(0xff, 0xcb, 0x47);
const GRID: RGBColor = RGBColor(0x34, 0x39, 0x45);
const BASE: RGBColor = RGBColor(0x8f, 0x98, 0xa8);
const LETTERS: RGBColor = RGBColor(0xb4, 0xbc, 0xc9);
const FIGURES: RGBColor = RGBColor(0xf4, 0xf6, 0xf9);

/// Draws the chart as a PNG, 1920 by 1160 pixels.
///
/// # Errors
/// By a defect of this module only.
pub fn cost_png(chart: &CostChart) -> Result<Vec<u8>, PictureError> {
    render::png(&cost_svg(chart)?)
}

/// The same as an SVG document.
pub(super) fn cost_svg(chart: &CostChart) -> Result<String, PictureError> {
    let (width, height) = (WIDTH as f32, HEIGHT as f32);
    let (x, room) = (LEFT as f32, (WIDTH - LEFT - RIGHT) as f32);
    let mut svg = Svg::default();
    let whole = Rect { x: 0.0, y: 0.0, w: width, h: height };
    svg.rect(whole.inset(1.0), 24.0, CARD, Some(Stroke::solid(CARD_EDGE, 2.0)));
    let mut line = |y: f32, font: Type, text: &str| {
        svg.text(x, y, Anchor::Start, font, &font.fit(text, Cut::End, room));
    };
    line(65.0, TITLE, &chart.title);
    line(106.0, DETAIL, &chart.currency_label);
    line(height - 30.0, DETAIL, &chart.note);
    svg.nested(&plot(&chart.bars).map_err(|error| PictureError::Chart(error.to_string()))?);
    Ok(svg.finish(width, height))
}

/// Axis, grid, bars and their figures, on a transparent ground.
fn plot(bars: &[Bar]) -> Result<String, Box<dyn std::error::Error + '_>> {
    let scale = Scale::for_highest(bars.iter().map(Bar::height).fold(0.0, f64::max));
    let axis_room =
        scale.ticks().map(|usd| AXIS.width(&scale.tick(usd))).fold(0.0, f32::max).ceil() as u32 + 14;
    let days = bars.len().max(1);
    let slot = f64::from(WIDTH - LEFT - RIGHT - axis_room) / days as f64;

    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin_top(ABOVE)
            .margin_bottom(BELOW)
            .margin_left(LEFT)
            .margin_right(RIGHT)
            .set_label_area_size(LabelAreaPosition::Left, axis_room)
            .set_label_area_size(LabelAreaPosition::Bottom, DAYS)
            .build_cartesian_2d(0.0..days as f64, 0.0..scale.top)?;

        // Lines and figures of the axis are placed by hand: the library's own choice of ticks is not ours.
        for usd in scale.ticks() {
            let colour = if usd == 0.0 { BASE } else { GRID };
            chart.draw_series(LineSeries::new([(0.0, usd), (days as f64, usd)], colour.stroke_width(2)))?;
        }
        let half = 0.36_f64.min(MAX_BAR / 2.0 / slot);
        for (index, bar) in bars.iter().enumerate() {
            let middle = index as f64 + 0.5;
            let corners = [(middle - half, 0.0), (middle + half, bar.height())];
            if bar.today {
                chart.draw_series([Rectangle::new(corners, OPEN.mix(0.25).filled())])?;
                // A path, because the library draws every rectangle's outline one pixel wide.
                let [(left, foot), (right, top)] = corners;
                let outline = vec![(left, foot), (left, top), (right, top), (right, foot)];
                chart.draw_series([PathElement::new(outline, OPEN.stroke_width(4))])?;
            } else {
                chart.draw_series([Rectangle::new(corners, DONE.filled())])?;
            }
        }

        let area = chart.plotting_area();
        for usd in scale.ticks() {
            let (x, y) = area.map_coordinate(&(0.0, usd));
            root.draw_text(&scale.tick(usd), &style(LETTERS, HPos::Right, VPos::Center), (x - 12, y))?;
        }
        let labels: Vec<String> = bars.iter().map(|bar| AXIS.fit(&bar.label, Cut::End, 160.0)).collect();
        for index in labelled_days(bars, &labels, slot) {
            let (x, y) = area.map_coordinate(&(index as f64 + 0.5, 0.0));
            let colour = if bars[index].today { FIGURES } else { LETTERS };
            root.draw_text(&labels[index], &style(colour, HPos::Center, VPos::Top), (x, y + 20))?;
        }
        for index in labelled_figures(bars, slot) {
            let bar = &bars[index];
            let figure = money(bar.height());
            let wide = AXIS.width(&figure) + 10.0;
            // Above every bar that it reaches over, so that it hides none.
            let reach = ((f64::from(wide) / 2.0 / slot - 0.5).max(0.0)).ceil() as usize;
            let over = &bars[index.saturating_sub(reach)..bars.len().min(index + reach + 1)];
            let height = over.iter().map(Bar::height).fold(0.0, f64::max);
            let (x, y) = area.map_coordinate(&(index as f64 + 0.5, height));
            // A plain patch, so that no line of the grid runs through the figure.
            let half = (wide / 2.0) as i32;
            root.draw(&Rectangle::new([(x - half, y - 34), (x + half, y - 4)], GROUND.filled()))?;
            let colour = if bar.today { OPEN } else { FIGURES };
            root.draw_text(&figure, &style(colour, HPos::Center, VPos::Bottom), (x, y - 6))?;
        }
        root.present()?;
    }
    Ok(svg)
}

/// Letters of the axis. The library divides sizes by 1.24 when it writes SVG.
fn style(colour: RGBColor, h: HPos, v: VPos) -> TextStyle<'static> {
    let size = f64::from(AXIS.size) * 1.24;
    (FAMILY, size).into_font().color(&colour).pos(Pos::new(h, v))
}

/// The money axis: from zero to `top` in steps of 1, 2 or 5 times a power of ten.
struct Scale {
    step: f64,
    top: f64,
    decimals: usize,
}

impl Scale {
    /// At most five steps, with headroom for a figure above the highest bar.
    fn for_highest(usd: f64) -> Scale {
        if usd <= 0.0 {
            // Where nothing was spent any scale is right, and the fewest lines say it best.
            return Scale { step: 1.0, top: 1.0, decimals: 0 };
        }
        let goal = usd * 1.15;
        let mut power = (goal / 5.0).log10().floor();
        let step = loop {
            let ten = 10_f64.powf(power);
            if let Some(step) =
                [1.0, 2.0, 5.0].map(|unit| unit * ten).into_iter().find(|step| step * 5.0 >= goal)
            {
                break step;
            }
            power += 1.0;
        };
        // Cents are the least anyone reads money in; below a dollar a tick may need more digits.
        let decimals = if step >= 1.0 { 0 } else { (-power).max(2.0) as usize };
        Scale { step, top: (goal / step).ceil() * step, decimals }
    }

    fn ticks(&self) -> impl Iterator<Item = f64> {
        let step = self.step;
        (0..=(self.top / step).round() as u32).map(move |i| f64::from(i) * step)
    }

    fn tick(&self, usd: f64) -> String {
        if usd == 0.0 { "$0".to_owned() } else { format!("${usd:.*}", self.decimals) }
    }
}

/// A figure above a bar: cents, or as many digits as make two that count.
fn money(usd: f64) -> String {
    if usd == 0.0 {
        "$0".to_owned()
    } else if usd >= 1000.0 {
        format!("${usd:.0}")
    } else if usd >= 0.1 {
        format!("${usd:.2}")
    } else {
        let digits = (1.0 - usd.log10().floor()).min(8.0) as usize;
        let text = format!("${usd:.digits$}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// The days whose label is written: as many as fit, counted back from the last one.
fn labelled_days(bars: &[Bar], labels: &[String], slot: f64) -> Vec<usize> {
    let widest = labels.iter().map(|label| AXIS.width(label)).fold(0.0, f32::max);
    let every = ((f64::from(widest) + 12.0) / slot).ceil().max(1.0) as usize;
    (0..bars.len()).rev().step_by(every).collect()
}

/// The bars whose figure is written: all if they fit, else the last one and the highest.
fn labelled_figures(bars: &[Bar], slot: f64) -> Vec<usize> {
    let wide = |index: usize| f64::from(AXIS.width(&money(bars[index].height()))) + 10.0;
    if (0..bars.len()).all(|index| wide(index) <= slot) {
        return (0..bars.len()).collect();
    }
    let last = bars.len() - 1;
    let highest =
        (0..bars.len()).max_by(|&a, &b| bars[a].height().total_cmp(&bars[b].height())).unwrap_or(last);
    let apart = (last - highest) as f64 * slot >= (wide(last) + wide(highest)) / 2.0;
    if highest != last && apart { vec![highest, last] } else { vec![last] }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::costs;
    use super::*;

    #[test]
    fn the_axis_counts_in_round_steps_and_leaves_headroom() {
        for highest in [0.0008, 0.0011, 0.03, 0.5, 0.87, 1.0, 2.55, 18.0, 99.9, 1234.5] {
            let scale = Scale::for_highest(highest);
            let ticks: Vec<f64> = scale.ticks().collect();
            assert!((3..=6).contains(&ticks.len()), "{highest}: {ticks:?}");
            assert!(scale.top >= highest * 1.1 && scale.top <= highest * 2.0, "{highest}: {}", scale.top);
            // What is written is the tick, not something near it.
            for &tick in &ticks {
                let written: f64 = scale.tick(tick).trim_start_matches('$').parse().unwrap();
                assert!((written - tick).abs() < 1e-9, "{highest}: {tick} is written {written}");
            }
        }
    }

    #[test]
    fn figures_have_the_digits_that_count() {
        for (usd, text) in [
            (0.0, "$0"),
            (0.0008, "$0.0008"),
            (0.00056, "$0.00056"),
            (0.092, "$0.092"),
            (0.1, "$0.10"),
            (2.5, "$2.50"),
            (18.0, "$18.00"),
            (1234.5, "$1234"),
            (1e-12, "$0"),
        ] {
            assert_eq!(money(usd), text, "{usd}");
        }
    }

    #[test]
    fn what_is_no_amount_counts_as_nothing() {
        let mut chart = costs(3, 1.0);
        chart.bars[0].usd = f64::NAN;
        chart.bars[1].usd = -4.0;
        chart.bars[2].usd = f64::INFINITY;
        assert_eq!(chart.bars.iter().map(Bar::height).collect::<Vec<_>>(), [0.0; 3]);
        assert!(cost_svg(&chart).unwrap().contains("$0"));
    }

    #[test]
    fn today_and_the_highest_day_have_their_figures() {
        let mut chart = costs(31, 1.0);
        chart.bars[9].usd = 7.77;
        let svg = cost_svg(&chart).unwrap();
        assert!(svg.contains("$7.77") && svg.contains(&money(chart.bars[30].usd)));
        assert!(svg.contains("11/31") && svg.contains("11/28") && !svg.contains("11/30"));
    }
}
