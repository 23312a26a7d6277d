//! The server's own counters, in Prometheus' text format.

/// The samples of `GET /metrics`.
#[derive(Debug)]
pub(crate) struct Metrics(String);

impl Metrics {
    /// Samples in text.
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// The sum over all labels of a metric; `None` without a sample of it.
    pub(crate) fn sum(&self, name: &str) -> Option<f64> {
        let values = self.0.lines().filter_map(|line| {
            // A label's value may hold spaces; the value of the sample comes after the last one.
            let (sample, value) = line.rsplit_once(' ')?;
            let found = sample.split_once('{').map_or(sample, |(name, _)| name);
            (found == name).then(|| value.parse::<f64>().ok())?
        });
        values.fold(None, |sum, value| Some(sum.unwrap_or_default() + value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_summed_over_their_labels() {
        let text = "# HELP a_total All of a.\n# TYPE a_total counter\na_total{node=\"fs 1\"} 2\na_total{node=\"b\"} 3.5\n\
                    a_total_more 7\nalone 1e3\n";
        let metrics = Metrics::new(text.to_owned());
        for (name, sum) in [("a_total", Some(5.5)), ("alone", Some(1000.0)), ("a", None), ("# TYPE", None)] {
            assert_eq!(metrics.sum(name), sum, "{name}");
        }
    }
}
