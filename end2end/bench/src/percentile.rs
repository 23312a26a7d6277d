//! What many measurements come to.

/// Measurements of one kind.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    values: Vec<f64>,
    is_sorted: bool,
}

impl Samples {
    /// Adds measurements.
    pub(crate) fn extend(&mut self, values: impl IntoIterator<Item = f64>) {
        self.values.extend(values);
        self.is_sorted = false;
    }

    /// Adds the measurements of another.
    pub(crate) fn append(&mut self, other: Self) {
        self.extend(other.values);
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// The smallest measurement that at least `percent` percent of all do not exceed (nearest rank): always one that
    /// was really seen. `None` without measurements.
    pub(crate) fn percentile(&mut self, percent: f64) -> Option<f64> {
        if !self.is_sorted {
            self.values.sort_by(f64::total_cmp);
            self.is_sorted = true;
        }
        let rank = (percent / 100.0 * self.values.len() as f64).ceil() as usize;
        self.values.get(rank.max(1) - 1).copied()
    }

    /// The largest.
    pub(crate) fn max(&mut self) -> Option<f64> {
        self.percentile(100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        for (values, percent, expected) in [
            (&[][..], 50.0, None),
            (&[7.0], 0.0, Some(7.0)),
            (&[7.0], 50.0, Some(7.0)),
            (&[7.0], 100.0, Some(7.0)),
            (&[20.0, 10.0], 50.0, Some(10.0)),
            (&[20.0, 10.0], 51.0, Some(20.0)),
            (&[3.0, 1.0, 2.0], 50.0, Some(2.0)),
            (&hundred, 0.0, Some(1.0)),
            (&hundred, 50.0, Some(50.0)),
            (&hundred, 99.0, Some(99.0)),
            (&hundred, 99.1, Some(100.0)),
            (&hundred, 100.0, Some(100.0)),
        ] {
            let mut samples = Samples::default();
            samples.extend(values.iter().copied());
            assert_eq!(samples.percentile(percent), expected, "{percent} of {}", values.len());
        }
    }

    #[test]
    fn measurements_may_come_after_the_first_question() {
        let mut samples = Samples::default();
        samples.extend([5.0]);
        assert_eq!(samples.max(), Some(5.0));
        samples.extend([9.0, 1.0]);
        assert_eq!((samples.max(), samples.percentile(1.0), samples.len()), (Some(9.0), Some(1.0), 3));
    }
}
