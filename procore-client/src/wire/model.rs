//! The macros that declare models and open enumerations.

/// Declares a model: one line per field, each in one of these forms.
///
/// `key id: T` is required; `opt x: T` is an optional scalar; `money x` an optional exact amount; `percent x` an
/// optional percentage; `name x` text or an object with a name; `sub x: T` an optional object; `list x: T` a list;
/// `flat x: T` a list that some schemas nest one array deeper or send as one object; `plain x: T` has its own
/// attributes.
macro_rules! model {
    ($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* }) => {
        $crate::wire::model!(@fields [$(#[$meta])* $name] [] $($body)*);
    };
    (@fields [$(#[$meta:meta])* $name:ident] [$($done:tt)*]) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, serde::Deserialize)]
        #[non_exhaustive]
        pub struct $name { $($done)* }
    };
    (@fields $head:tt [$($done:tt)*] $(#[$doc:meta])* key $field:ident: $ty:ty, $($rest:tt)*) => {
        $crate::wire::model!(@fields $head [$($done)* $(#[$doc])* pub $field: $ty,] $($rest)*);
    };
    (@fields $head:tt [$($done:tt)*] $(#[$doc:meta])* plain $field:ident: $ty:ty, $($rest:tt)*) => {
        $crate::wire::model!(@fields $head [$($done)* $(#[$doc])* pub $field: $ty,] $($rest)*);
    };
    (@fields $head:tt [$($done:tt)*] $(#[$doc:meta])* opt $field:ident: $ty:ty, $($rest:tt)*) => {
        $crate::wire::model!(@fields $head [$($done)* $(#[$doc])*
            #[serde(default, deserialize_with = "crate::wire::opt")]
            pub $field: Option<$ty>,] $($rest)*);
    };
    (@fields $head:tt [$($done:tt)*] $(#[$doc:meta])* money $field:ident, $($rest:tt)*) => {
        $crate::wire::model!(@fields $head [$($done)* $(#[$doc])*
            #[serde(default, deserialize_with = "crate::exact::option")]
            pub $field: Option<rust_decimal::Decimal>,] $($rest)*);
    };
    (@fields $head:tt [$($done:tt)*] $(#[$doc:meta])* percent $field:ident, $($rest:tt)*) => {
        $crate::wire::model!(@fields $head [$($done)* $(#[$doc])*
            #[serde(default, deserialize_with = "crate::exact::percent")]
            pub $field: Option<rust_decimal::Decimal>,] $($rest)*);
    };
    (@fields $head:tt [$($done:tt)*] $(#[$doc:meta])* name $field:ident, $($rest:tt)*) => {
        $crate::wire::model!(@fields $head [$($done)* $(#[$doc])*
            #[serde(default, deserialize_with = "crate::wire::name")]
            pub $field: Option<String>,] $($rest)*);
    };
    (@fields $head:tt [$($done:tt)*] $(#[$doc:meta])* sub $field:ident: $ty:ty, $($rest:tt)*) => {
        $crate::wire::model!(@fields $head [$($done)* $(#[$doc])*
            #[serde(default)]
            pub $field: Option<$ty>,] $($rest)*);
    };
    (@fields $head:tt [$($done:tt)*] $(#[$doc:meta])* list $field:ident: $ty:ty, $($rest:tt)*) => {
        $crate::wire::model!(@fields $head [$($done)* $(#[$doc])*
            #[serde(default, deserialize_with = "crate::wire::list")]
            pub $field: Vec<$ty>,] $($rest)*);
    };
    (@fields $head:tt [$($done:tt)*] $(#[$doc:meta])* flat $field:ident: $ty:ty, $($rest:tt)*) => {
        $crate::wire::model!(@fields $head [$($done)* $(#[$doc])*
            #[serde(default, deserialize_with = "crate::wire::flat")]
            pub $field: Vec<$ty>,] $($rest)*);
    };
}

/// Declares an enumeration that keeps values it does not know: `Variant = "wire text"`.
///
/// Reading ignores the case of ASCII letters, because Procore's own samples write `Approved` and `approved`.
macro_rules! open_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$vmeta])* #[doc = concat!("`", $text, "`")] $variant,)+
            /// A value that this version does not know, as it came.
            Other(String),
        }

        impl $name {
            /// Returns Procore's text of the value.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Other(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                $(if text.eq_ignore_ascii_case($text) {
                    return Self::$variant;
                })+
                Self::Other(text.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl crate::wire::Scalar for $name {
            fn read(token: &serde_json::value::RawValue) -> Result<Option<Self>, String> {
                Ok(crate::wire::borrowed(token)?.map(|text| Self::from(&*text)))
            }
        }
    };
}

pub(crate) use {model, open_enum};
