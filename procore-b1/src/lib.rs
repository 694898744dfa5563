//! Procore costs become SAP Business One documents: the ready host and its command.
