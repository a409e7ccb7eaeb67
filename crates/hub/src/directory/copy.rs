//! The copy rule of a service as it is written in `directory.toml`.

use network::{Bypass, CopyExtent, CopyMode, CopyRule, Patterns};
use serde::{Deserialize, Serialize};

use super::Wrong;

/// A copy rule as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenCopy {
    /// Who gets the copies, by BIC.
    institution: String,
    /// `hold` or `inform`.
    mode: String,
    /// `full` or `header`; full if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    extent: Option<String>,
    /// Which types are copied; all if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    types: Option<Vec<String>>,
    /// `never` or `order`; `order` if left out and `bypass_after_s` is there, otherwise `never`.
    #[serde(skip_serializing_if = "Option::is_none")]
    bypass: Option<String>,
    /// After how many seconds without the institution a bypass begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    bypass_after_s: Option<u32>,
}

impl WrittenCopy {
    /// What a rule would be written as.
    pub(super) fn of(rule: &CopyRule) -> Self {
        let CopyRule { institution, mode, extent, types, bypass } = rule;
        let (bypass, bypass_after_s) = match bypass {
            Bypass::Never => (None, None),
            Bypass::ByOrder => (Some("order".to_owned()), None),
            Bypass::After { seconds } => (None, Some(*seconds)),
        };
        let types =
            (*types != Patterns::any()).then(|| types.iter().map(ToString::to_string).collect());
        Self {
            institution: institution.to_string(),
            mode: match mode {
                CopyMode::Hold => "hold".to_owned(),
                CopyMode::Inform => "inform".to_owned(),
            },
            extent: match extent {
                CopyExtent::Full => None,
                CopyExtent::Header => Some("header".to_owned()),
            },
            types,
            bypass,
            bypass_after_s,
        }
    }

    /// The rule that is written.
    pub(super) fn rule(&self) -> Result<CopyRule, Wrong> {
        let mode = match self.mode.as_str() {
            "hold" => CopyMode::Hold,
            "inform" => CopyMode::Inform,
            other => return Err(format!("mode is hold or inform, not {other}").into()),
        };
        let extent = match self.extent.as_deref() {
            None | Some("full") => CopyExtent::Full,
            Some("header") => CopyExtent::Header,
            Some(other) => return Err(format!("extent is full or header, not {other}").into()),
        };
        let bypass = match (self.bypass.as_deref(), self.bypass_after_s) {
            (None | Some("never"), None) => Bypass::Never,
            (Some("order"), None) => Bypass::ByOrder,
            (None | Some("order"), Some(seconds)) => Bypass::After { seconds },
            _ => return Err("bypass is never or order, and bypass_after_s is for order".into()),
        };
        let mut rule =
            CopyRule { bypass, ..CopyRule::new(self.institution.parse()?, mode, extent) };
        if let Some(types) = &self.types {
            let types = types.iter().map(|it| it.parse()).collect::<Result<_, _>>()?;
            rule.types = Patterns::new(types)?;
        }
        Ok(rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> CopyRule {
        toml::from_str::<WrittenCopy>(text).unwrap().rule().unwrap()
    }

    #[test]
    fn a_copy_rule_is_read() {
        let rule = read(
            "institution = 'CHASUS33'\nmode = 'hold'\nextent = 'header'\n\
             types = ['pacs.009.*']\nbypass_after_s = 60",
        );
        assert_eq!((rule.mode, rule.extent), (CopyMode::Hold, CopyExtent::Header));
        assert_eq!(rule.bypass, Bypass::After { seconds: 60 });
        assert_eq!(rule.types.to_string(), "pacs.009.*");
    }

    #[test]
    fn a_copy_rule_that_was_written_comes_back() {
        for text in [
            "institution = 'CHASUS33'\nmode = 'inform'",
            "institution = 'CHASUS33'\nmode = 'hold'\nbypass = 'order'",
            "institution = 'CHASUS33'\nmode = 'hold'\nbypass_after_s = 60\nextent = 'header'",
            "institution = 'CHASUS33'\nmode = 'hold'\ntypes = ['pacs.008.*', 'pacs.009.*']",
        ] {
            let rule = read(text);
            assert_eq!(WrittenCopy::of(&rule).rule().unwrap(), rule, "{text}");
        }
    }
}
