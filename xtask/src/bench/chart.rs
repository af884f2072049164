//! Curves as a picture: SVG, readable by itself.

use super::numbers::tidy;
use std::fmt::Write as _;

/// One curve: its name, its colour, and its points.
pub(super) struct Curve {
    pub(super) name: &'static str,
    pub(super) colour: &'static str,
    pub(super) points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
/// Room for numbers and words around the curves.
const LEFT: f64 = 70.0;
const RIGHT: f64 = 170.0;
const TOP: f64 = 50.0;
const BOTTOM: f64 = 60.0;

/// Draws curves over an axis of powers of ten; the other axis begins at nought, so that a curve that
/// looks flat is flat.
pub(super) fn draw(title: &str, across: &str, up: &str, curves: &[Curve]) -> String {
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let from = points()
        .map(|point| point.0)
        .fold(f64::MAX, f64::min)
        .log10();
    let to = points().map(|point| point.0).fold(1.0, f64::max).log10();
    let most = points().map(|point| point.1).fold(0.0, f64::max) * 1.15;
    let x = |value: f64| {
        let part = if to > from {
            (value.log10() - from) / (to - from)
        } else {
            0.5
        };
        LEFT + part * (WIDTH - LEFT - RIGHT)
    };
    let y = |value: f64| {
        HEIGHT - BOTTOM - value / most.max(f64::MIN_POSITIVE) * (HEIGHT - TOP - BOTTOM)
    };
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"14\" role=\"img\">\n<title>{title}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"{LEFT}\" y=\"28\" font-size=\"17\">{title}</text>\n"
    );
    let bottom = HEIGHT - BOTTOM;
    for step in 0..=4 {
        let value = most * f64::from(step) / 4.0;
        let _ = writeln!(
            svg,
            "<path d=\"M{LEFT} {0:.1}H{1}\" stroke=\"#ddd\"/><text x=\"{2}\" y=\"{3:.1}\" \
             text-anchor=\"end\">{4}</text>",
            y(value),
            WIDTH - RIGHT,
            LEFT - 8.0,
            y(value) + 5.0,
            tidy(value)
        );
    }
    let mut marks: Vec<f64> = points().map(|point| point.0).collect();
    marks.sort_by(f64::total_cmp);
    marks.dedup();
    for mark in marks {
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{mark}</text>",
            x(mark),
            bottom + 22.0
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{0}\" y=\"{1}\" text-anchor=\"middle\">{across}</text>\n\
         <text x=\"16\" y=\"{2}\" transform=\"rotate(-90 16 {2})\" text-anchor=\"middle\">{up}</text>",
        (LEFT + WIDTH - RIGHT) / 2.0,
        HEIGHT - 12.0,
        (TOP + bottom) / 2.0
    );
    for (place, curve) in (0_u8..).zip(curves) {
        let at = curve
            .points
            .iter()
            .map(|(a, b)| format!("{:.1},{:.1}", x(*a), y(*b)));
        let at: Vec<String> = at.collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"3\"/>",
            at.join(" "),
            curve.colour
        );
        for (a, b) in &curve.points {
            let _ = writeln!(
                svg,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"5\" fill=\"{}\"><title>{}: {}</title></circle>",
                x(*a),
                y(*b),
                curve.colour,
                curve.name,
                tidy(*b)
            );
        }
        let line = TOP + 20.0 + 24.0 * f64::from(place);
        let _ = writeln!(
            svg,
            "<path d=\"M{0} {1}h24\" stroke=\"{2}\" stroke-width=\"3\"/><text x=\"{3}\" y=\"{4}\">{5}</text>",
            WIDTH - RIGHT + 12.0,
            line - 5.0,
            curve.colour,
            WIDTH - RIGHT + 42.0,
            line,
            curve.name
        );
    }
    svg.push_str("</svg>\n");
    svg
}

#[cfg(test)]
mod tests {
    use super::{Curve, draw};

    #[test]
    fn a_flat_curve_is_drawn_flat_and_a_steep_one_is_not() {
        let curve = |name, points| Curve {
            name,
            colour: "#005a9c",
            points,
        };
        let svg = draw(
            "Cost",
            "documents",
            "ms",
            &[
                curve("flat", vec![(1_000.0, 2.0), (1_000_000.0, 2.0)]),
                curve("steep", vec![(1_000.0, 2.0), (1_000_000.0, 20.0)]),
            ],
        );
        let heights = |line: &str| -> Vec<String> {
            let points = line.split('"').nth(1).unwrap_or_default();
            points
                .split(' ')
                .filter_map(|point| Some(point.split_once(',')?.1.to_owned()))
                .collect()
        };
        let lines: Vec<_> = svg
            .lines()
            .filter(|line| line.starts_with("<polyline"))
            .map(heights)
            .collect();
        assert_eq!(lines.len(), 2, "{svg}");
        assert_eq!(lines[0][0], lines[0][1]);
        assert_ne!(lines[1][0], lines[1][1]);
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }
}
