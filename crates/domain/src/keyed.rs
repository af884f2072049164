//! Enums whose every value has a stable key, in storage, on the wire and in the text resources alike.

/// Declares an enum with `ALL`, `key()`, and serde and TypeScript names equal to the key.
///
/// The key is written once beside the variant, so that the stored name, the text key and the generated type cannot
/// drift apart.
macro_rules! keyed {
    ($(#[$meta:meta])* $vis:vis enum $Name:ident { $($(#[$variant_meta:meta])* $Variant:ident = $key:literal,)+ }) => {
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, ts_rs::TS,
        )]
        $(#[$meta])*
        $vis enum $Name {
            $($(#[$variant_meta])* #[serde(rename = $key)] $Variant,)+
        }

        impl $Name {
            /// Every value, in declared order.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),+];

            /// The stable key of this value: its stored name and its part of a text key.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self {
                    $(Self::$Variant => $key,)+
                }
            }
        }
    };
}

pub(crate) use keyed;
