//! Typed async client of the SAP Business One Service Layer.
