"""The calls of `calls.rs`, by b1sl-python: `calls.py URL ROUNDS COMPANY`."""
import sys

from b1sl.b1sl import B1Client, B1Config
from b1sl.b1sl import entities as en

url, rounds, company = sys.argv[1], int(sys.argv[2]), sys.argv[3]
config = B1Config(base_url=url, username="manager", password="sandbox-b1-password", company_db=company)
with B1Client(config) as b1:
    b1.connect()
    journal = b1.get_resource(en.JournalEntry, "JournalEntries")
    for n in range(rounds):
        vendors = list(b1.business_partners.filter("CardType eq 'cSupplier'").stream(page_size=20))
        b1.business_partners.get(vendors[0].card_code)
        journal.create(
            en.JournalEntry(
                reference_date="2026-09-15",
                memo=f"round {n}",
                journal_entry_lines=[
                    en.JournalEntryLine(account_code="5010", debit=100.0),
                    en.JournalEntryLine(account_code="2195", credit=100.0),
                ],
            )
        )
