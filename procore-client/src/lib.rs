//! Typed async client of Procore's REST API, financial side.
