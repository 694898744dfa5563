//! A stateful simulated Procore and SAP Business One Service Layer for trials and tests.
