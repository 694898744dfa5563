//! Adapters between sync-core and the Procore and SAP Business One clients.
