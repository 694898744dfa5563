//! How list parameters are declared: one line per filter, so that a filter that a resource lacks does not compile.

/// Declares what a list is narrowed by: a struct with a field per parameter, and `apply`.
///
/// Each line is `form field: Type = "wire name"`. The forms: `range` is `filters[name]` with two ends, `many` is
/// `filters[name]` once or `filters[name][]` repeated, `each` is always `filters[name][]`, `one` is `filters[name]`
/// with one value, `param` is a parameter by its own name, `params` is `name[]` repeated, and `joined` is one parameter
/// with its values joined by commas.
macro_rules! query {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$doc:meta])* $form:ident $field:ident: $ty:ty = $wire:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name {
            $(
                #[doc = $crate::resources::query::query!(@doc $form $wire)]
                $(#[$doc])*
                pub $field: $crate::resources::query::query!(@type $form $ty),
            )*
        }

        impl $name {
            pub(crate) fn apply(&self, request: $crate::Request) -> $crate::Request {
                $(let request = $crate::resources::query::query!(@apply $form request, self.$field, $wire);)*
                request
            }
        }
    };
    (@doc param $wire:literal) => { concat!("`", $wire, "`.") };
    (@doc joined $wire:literal) => { concat!("`", $wire, "`, joined by commas.") };
    (@doc params $wire:literal) => { concat!("`", $wire, "[]`.") };
    (@doc each $wire:literal) => { concat!("`filters[", $wire, "][]`.") };
    (@doc $form:ident $wire:literal) => { concat!("`filters[", $wire, "]`.") };
    (@type many $ty:ty) => { Vec<$ty> };
    (@type each $ty:ty) => { Vec<$ty> };
    (@type params $ty:ty) => { Vec<$ty> };
    (@type joined $ty:ty) => { Vec<$ty> };
    (@type $form:ident $ty:ty) => { Option<$ty> };
    (@apply range $request:ident, $value:expr, $wire:literal) => {
        $request.filter_opt($wire, $value.as_ref())
    };
    (@apply one $request:ident, $value:expr, $wire:literal) => {
        $request.filter_opt($wire, $value.as_ref())
    };
    (@apply many $request:ident, $value:expr, $wire:literal) => {
        $request.filter($wire, &$value)
    };
    (@apply each $request:ident, $value:expr, $wire:literal) => {
        $value.iter().fold($request, |request, value| {
            request.query(concat!("filters[", $wire, "][]"), value)
        })
    };
    (@apply param $request:ident, $value:expr, $wire:literal) => {
        $request.query_opt($wire, $value.as_ref())
    };
    (@apply joined $request:ident, $value:expr, $wire:literal) => {
        if $value.is_empty() {
            $request
        } else {
            let values: Vec<String> = $value.iter().map(ToString::to_string).collect();
            $request.query($wire, values.join(","))
        }
    };
    (@apply params $request:ident, $value:expr, $wire:literal) => {
        $value.iter().fold($request, |request, value| request.query(concat!($wire, "[]"), value))
    };
}

pub(crate) use query;
