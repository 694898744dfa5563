#!/usr/bin/env python3
"""Derives tests/fixtures/metadata.json: names and types only, of the entities this crate reads or writes.

Usage: derive_metadata.py METADATA_V3.xml METADATA_V4.xml ENUM_DB_VALUES.json > tests/fixtures/metadata.json

The inputs are the service's own `$metadata` in both versions and a table of stored enumeration letters. They are SAP's
documents and are not part of this repository; the derived table is.
"""
import json
import sys
import xml.etree.ElementTree as ET

SETS = [
    "PurchaseInvoices", "PurchaseCreditNotes", "PurchaseOrders", "Drafts", "JournalEntries", "BusinessPartners", "ChartOfAccounts",
    "ProfitCenters", "DistributionRules", "Dimensions", "Projects", "VatGroups", "SalesTaxCodes", "WithholdingTaxCodes",
    "Currencies", "PaymentTermsTypes", "Branches", "BusinessPlaces", "UserFieldsMD", "UserTablesMD",
    "SQLQueries",
]
TYPES = ["CompanyInfo", "AdminInfo", "FinancePeriod", "PeriodCategoryParams", "DecimalData", "RoundedData"]
OPERATIONS = [
    "CompanyService_GetCompanyInfo", "CompanyService_GetAdminInfo", "CompanyService_GetPeriods",
    "CompanyService_GetFinancePeriods", "CompanyService_RoundDecimal", "SBOBobService_GetCurrencyRate",
    "SBOBobService_SetCurrencyRate", "SBOBobService_GetLocalCurrency", "SBOBobService_GetSystemCurrency",
    "PurchaseInvoicesService_Cancel2", "PurchaseCreditNotesService_Cancel2", "DraftsService_SaveDraftToDocument",
    "Cancel", "Close", "Reopen", "List",
]
FOLLOW = {"DocumentLine", "DocumentReference", "JournalEntryLine", "DistributionRuleLine", "VatGroups_Line",
          "SalesTaxCodes_Line", "ValidValueMD", "BPAddress", "BPBranchAssignmentItem", "WithholdingTaxCodes_Line"}


def local(element):
    return element.tag.split("}")[1]


def short(name):
    return name.replace("SAPB1.", "") if name else name


def load(path):
    types, enums, sets, operations = {}, {}, {}, {}
    for element in ET.parse(path).getroot().iter():
        kind = local(element)
        if kind in ("EntityType", "ComplexType"):
            keys = [ref.get("Name") for child in element if local(child) == "Key" for ref in child]
            properties = {p.get("Name"): short(p.get("Type")) for p in element if local(p) == "Property"}
            links = {n.get("Name"): (short(n.get("Type")), [(c.get("Property"), c.get("ReferencedProperty")) for c in n])
                     for n in element if local(n) == "NavigationProperty"}
            types[element.get("Name")] = {"key": keys, "properties": properties, "links": links}
        elif kind == "EnumType":
            enums[element.get("Name")] = [m.get("Name") for m in element]
        elif kind == "EntitySet":
            sets[element.get("Name")] = short(element.get("EntityType"))
        elif kind in ("Action", "Function", "FunctionImport") and element.get("Name") in OPERATIONS:
            parameters = {p.get("Name"): short(p.get("Type")) for p in element if local(p) == "Parameter"}
            if parameters or element.get("Function") is None:
                operations.setdefault(element.get("Name"), []).append(parameters)
    return types, enums, sets, operations


def main(v3_path, v4_path, letters_path):
    v3, v4 = load(v3_path), load(v4_path)
    letters = json.load(open(letters_path, encoding="utf-8"))
    wanted = {v4[2][name] for name in SETS} | set(TYPES) | FOLLOW
    out = {
        "_source": "derived by scripts/derive_metadata.py from the $metadata (OData 3 and 4) of one SAP Business One 10.0 "
                   "company; names and types only. Letters: SAP Business One Service Layer SDK metadata (2021).",
        "sets": {}, "types": {}, "enums": {}, "operations": {}, "links": {},
    }
    for name in SETS:
        out["sets"][name] = {"v3": v3[2].get(name), "v4": v4[2].get(name)}
    used = set()
    for name in sorted(wanted):
        properties = {}
        for prop in sorted(set(v3[0][name]["properties"]) | set(v4[0][name]["properties"])):
            pair = [v3[0][name]["properties"].get(prop), v4[0][name]["properties"].get(prop)]
            properties[prop] = pair
            used |= {t for t in pair if t in v4[1]}
        out["types"][name] = {"key": [v3[0][name]["key"], v4[0][name]["key"]], "properties": properties}
    for name in sorted(used):
        out["enums"][name] = {"v3": v3[1].get(name), "v4": v4[1].get(name), "letters": letters.get(name, {})}
    for name in sorted(wanted):
        # Links to one entity, of version 4: only there the properties that hold its key are named.
        links = {link: {"to": to, "key": dict(by)} for link, (to, by) in v4[0][name]["links"].items() if by and to in wanted}
        if links:
            out["links"][name] = links
    for name in OPERATIONS:
        out["operations"][name] = {"v3": v3[3].get(name), "v4": v4[3].get(name)}
    write(out)


def write(out):
    """One line per type, set, enumeration and operation, so that a change reads well in a diff."""
    dense = lambda value: json.dumps(value, sort_keys=True, separators=(",", ":"))
    sections = []
    for section, content in sorted(out.items()):
        if isinstance(content, dict):
            lines = ",\n".join(f"  {dense(name)}:{dense(value)}" for name, value in sorted(content.items()))
            sections.append(f" {dense(section)}:{{\n{lines}\n }}")
        else:
            sections.append(f" {dense(section)}:{dense(content)}")
    print("{\n" + ",\n".join(sections) + "\n}")


if __name__ == "__main__":
    main(*sys.argv[1:4])
