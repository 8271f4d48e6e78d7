//! Ids as they are written and read outside of the settings, where each is what it is.

use doorman_config::{IdError, UserId};
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Record {
    user: UserId,
}

#[test]
fn an_id_is_written_as_text_and_read_from_text_or_number() {
    for id in [0, 7, 613_425_648_685_547_541, u64::MAX] {
        let record = Record { user: UserId(id) };
        let text = toml::to_string(&record).unwrap();
        assert_eq!(text, format!("user = \"{id}\"\n"));
        assert_eq!(toml::from_str::<Record>(&text).unwrap(), record);
    }
    let record: Record = toml::from_str("user = 613425648685547541").unwrap();
    assert_eq!(record.user, UserId(613_425_648_685_547_541));
}

#[test]
fn only_digits_are_an_id() {
    assert_eq!(" 42 ".parse(), Ok(UserId(42)));
    for text in ["+42", "-42", "4 2", "0x2a", "４２", "<@42>", "18446744073709551616"] {
        assert_eq!(text.parse::<UserId>(), Err(IdError::NotANumber(text.to_owned())));
    }
    for text in ["", " ", "…", "...", "<id>"] {
        assert_eq!(text.parse::<UserId>(), Err(IdError::Placeholder));
    }
}
