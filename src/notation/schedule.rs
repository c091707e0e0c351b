//! When a `CronJob` runs: its schedule, and its time zone.

/// The names that the database of time zones has, one a line, in the order of their letters.
const ZONES: &str = include_str!("time_zones.txt");

/// A field of a schedule.
struct CronField {
    name: &'static str,
    least: u32,
    most: u32,
    /// Names that stand for numbers from the least on.
    names: &'static [&'static str],
}

const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const CRON_FIELDS: [CronField; 5] = [
    CronField { name: "minute", least: 0, most: 59, names: &[] },
    CronField { name: "hour", least: 0, most: 23, names: &[] },
    CronField { name: "day of the month", least: 1, most: 31, names: &[] },
    CronField { name: "month", least: 1, most: 12, names: MONTHS },
    CronField { name: "day of the week", least: 0, most: 6, names: DAYS },
];

/// A schedule in the notation of cron, as a `CronJob` takes it.
///
/// # Errors
/// What is wrong with it.
pub fn schedule(text: &str) -> Result<(), String> {
    if text.contains("TZ") {
        return Err("names a time zone, which belongs into `timeZone`".to_owned());
    }
    if let Some(word) = text.strip_prefix('@') {
        return match word {
            "yearly" | "annually" | "monthly" | "weekly" | "daily" | "midnight" | "hourly" => Ok(()),
            _ if word.strip_prefix("every ").is_some_and(is_duration) => Ok(()),
            _ => Err("is not a word for a schedule such as `@daily`".to_owned()),
        };
    }
    let parts: Vec<&str> = text.split_whitespace().collect();
    if parts.len() != CRON_FIELDS.len() {
        return Err(format!(
            "has {} fields; a schedule has 5: minute, hour, day of the month, month, day of the week",
            parts.len()
        ));
    }
    CRON_FIELDS
        .iter()
        .zip(parts)
        .try_for_each(|(part, text)| text.split(',').filter(|text| !text.is_empty()).try_for_each(|text| part.range(text)))
}

impl CronField {
    fn range(&self, text: &str) -> Result<(), String> {
        let wrong = |what: &str| Err(format!("has the {} `{text}`, {what}", self.name));
        let mut halves = text.split('/');
        let (range, step) = (halves.next().unwrap_or_default(), halves.next());
        if halves.next().is_some() {
            return wrong("with more than one `/`");
        }
        let mut ends = range.split('-');
        let (from, to) = (ends.next().unwrap_or_default(), ends.next());
        let every = matches!(from, "*" | "?");
        if !every && ends.next().is_some() {
            return wrong("with more than one `-`");
        }
        let (first, last) = if every {
            (self.least, self.most)
        } else {
            let Some(first) = self.number(from) else { return wrong("which is no number") };
            match to {
                Some(to) => match self.number(to) {
                    Some(last) => (first, last),
                    None => return wrong("which is no number"),
                },
                None if step.is_some() => (first, self.most),
                None => (first, first),
            }
        };
        if first < self.least || last > self.most {
            return wrong(&format!("which is not {} to {}", self.least, self.most));
        }
        if first > last {
            return wrong("which ends before it begins");
        }
        match step.map(str::parse::<u32>) {
            Some(Ok(0)) => wrong("whose step is 0"),
            Some(Err(_)) => wrong("whose step is no number"),
            _ => Ok(()),
        }
    }

    fn number(&self, text: &str) -> Option<u32> {
        let named = self.names.iter().position(|name| name.eq_ignore_ascii_case(text));
        named.and_then(|at| u32::try_from(at).ok()).map(|at| at + self.least).or_else(|| text.parse().ok())
    }
}

/// Whether a text is a length of time such as `1h30m`.
fn is_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    let mut any = false;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, behind) = rest.split_at(end);
        let unit = ["ns", "us", "µs", "ms", "s", "m", "h"]
            .into_iter()
            .filter(|unit| behind.starts_with(unit))
            .max_by_key(|unit| unit.len());
        let is_number = number.bytes().any(|byte| byte.is_ascii_digit()) && number.matches('.').count() < 2;
        let (true, Some(unit)) = (is_number, unit) else { return false };
        rest = &behind[unit.len()..];
        any = true;
    }
    any
}

/// The name of a time zone.
///
/// # Errors
/// What is wrong with it.
pub fn time_zone(text: &str) -> Result<(), String> {
    if text.eq_ignore_ascii_case("local") {
        return Err("is that of whatever machine it is; name one, such as `Asia/Seoul`".to_owned());
    }
    if ZONES.lines().any(|zone| zone == text) {
        return Ok(());
    }
    Err("is not a time zone such as `Asia/Seoul` or `Etc/UTC`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_judged_as_a_cron_job_is() {
        for right in
            ["* * * * *", "*/5 0-6 1,15 jan-MAR sun", "0 0 ? * *", "@hourly", "@every 1h30m", "5/10 * * * *", "0 0 * * 0-6/2"]
        {
            assert_eq!(schedule(right), Ok(()), "{right}");
        }
        for wrong in [
            "",
            "* * * *",
            "* * * * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 7",
            "5-1 * * * *",
            "*/0 * * * *",
            "1-2-3 * * * *",
            "*/2/3 * * * *",
            "a * * * *",
            "@reboot",
            "@every 5",
            "TZ=UTC * * * * *",
        ] {
            assert!(schedule(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn time_zones_are_those_of_the_database() {
        for (zone, right) in [
            ("Asia/Seoul", true),
            ("Etc/UTC", true),
            ("UTC", true),
            ("Local", false),
            ("Asia/Atlantis", false),
            ("asia/seoul", false),
        ] {
            assert_eq!(time_zone(zone).is_ok(), right, "{zone}");
        }
        assert!(ZONES.lines().is_sorted());
    }
}
