//! Text of columns that are compared byte by byte.

use sqlx::error::BoxDynError;
use sqlx::mysql::{MySqlTypeInfo, MySqlValueRef};
use sqlx::{Decode, MySql, Type};

/// The text of a `utf8mb4_nopad_bin` column. The driver takes the collation for a binary type and refuses `String`.
#[derive(Debug)]
pub(super) struct Exact(pub(super) String);

impl Type<MySql> for Exact {
    fn type_info() -> MySqlTypeInfo {
        <str as Type<MySql>>::type_info()
    }

    fn compatible(info: &MySqlTypeInfo) -> bool {
        <str as Type<MySql>>::compatible(info) || <[u8] as Type<MySql>>::compatible(info)
    }
}

impl<'r> Decode<'r, MySql> for Exact {
    fn decode(value: MySqlValueRef<'r>) -> Result<Self, BoxDynError> {
        let bytes = <&[u8] as Decode<MySql>>::decode(value)?;
        Ok(Self(std::str::from_utf8(bytes)?.to_owned()))
    }
}
