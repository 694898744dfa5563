"""What b1sl-python finds in a Service Layer: it logs in, pages, reads, posts, changes, batches and loses its session.

Prints one JSON object of what it did; any assertion that fails ends it with an error.
"""
import json
import os
from decimal import Decimal

import httpx
from b1sl.b1sl import B1Client, B1Config
from b1sl.b1sl import entities as en
from b1sl.b1sl.exceptions import exceptions as failures

url = os.environ["B1_URL"]
config = B1Config(
    base_url=url,
    username=os.environ["B1_USER"],
    password=os.environ["B1_PASSWORD"],
    company_db=os.environ["B1_COMPANY"],
)


def entry(memo, debit="100.25", credit="100.25"):
    lines = [
        en.JournalEntryLine(account_code="5010", debit=float(debit), credit=0.0),
        en.JournalEntryLine(account_code="2195", debit=0.0, credit=float(credit)),
    ]
    return en.JournalEntry(reference_date="2026-09-15", memo=memo, journal_entry_lines=lines)


def bill(number, vendor):
    line = en.DocumentLine(item_description="Concrete", account_code="5020", line_total=12500.5, tax_code="EX")
    day = "2026-09-15"
    return en.Document(
        doc_type="dDocument_Service",
        card_code=vendor,
        doc_date=day,
        doc_due_date=day,
        tax_date=day,
        num_at_card=number,
        document_lines=[line],
    )


def refused(call):
    try:
        call()
    except failures.B1Exception as error:
        return error
    raise AssertionError("the server took what it had to refuse")


with B1Client(config) as b1:
    suppliers = b1.business_partners.filter("CardType eq 'cSupplier'")
    paged = [row.card_code for row in suppliers.stream(page_size=2)]
    assert len(paged) == len(set(paged)) > 2, paged
    one = b1.business_partners.get(paged[0])
    assert one.card_code == paged[0]
    assert b1.business_partners.count() >= len(paged)
    error = refused(lambda: b1.business_partners.get("no such partner"))
    assert "404" in str(error) or "NotFound" in type(error).__name__, repr(error)

    journal = b1.get_resource(en.JournalEntry, "JournalEntries")
    first = journal.create(entry("judge 1"))
    assert first.jdt_num, first
    read = journal.get(first.jdt_num)
    assert [line.debit for line in read.journal_entry_lines] == [100.25, 0.0]
    refused(lambda: journal.create(entry("unbalanced", credit="90.00")))

    invoice = b1.purchase_invoices.create(bill("judge-1", paged[0]))
    assert invoice.doc_entry and invoice.doc_total == 12500.5
    b1.purchase_invoices.update(invoice.doc_entry, en.Document(comments="changed by the judge"))
    assert b1.purchase_invoices.get(invoice.doc_entry).comments == "changed by the judge"

    # A session that ended: the client's own login finds back in.
    httpx.post(f"{url}/Logout", headers={"Cookie": f"B1SESSION={b1.session_id}"}).raise_for_status()
    second = journal.create(entry("judge 2"))
    assert second.jdt_num == first.jdt_num + 2, (first.jdt_num, second.jdt_num)

    with b1.batch() as batch:
        batch.business_partners.get(paged[0])
        with batch.changeset() as changes:
            changes.purchase_invoices.create(bill("judge-2", paged[0]))
            changes.purchase_invoices.update(invoice.doc_entry, en.Document(comments="changed in a batch"))
        results = batch.execute()
    assert results.all_ok, [(r.status, r.error) for r in results]
    assert b1.purchase_invoices.get(invoice.doc_entry).comments == "changed in a batch"

print(
    json.dumps(
        {
            "vendors": len(paged),
            "doc_entry": invoice.doc_entry,
            "doc_total": str(Decimal(str(invoice.doc_total)).quantize(Decimal("0.01"))),
            "invoices": 2,
            "journal_entries": 2,
        }
    )
)
