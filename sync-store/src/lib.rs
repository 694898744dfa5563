//! State stores of the Procore to SAP Business One sync.
