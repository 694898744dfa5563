//! The accounting of a one-way Procore to SAP Business One sync: mapping, rounding, planning and engine over traits.
