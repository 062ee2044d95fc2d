"""Search, count and upsert with a client that openapi-python-client has generated. Arguments: URL, key."""

import sys

from generated.python import AuthenticatedClient
from generated.python.api.contacts import count_contacts, search_contacts, upsert_contacts
from generated.python.models import (
    ContactColumn,
    ContactKeywords,
    ContactQuery,
    ContactRecord,
    ContactWhere,
    CountContactsResponse200,
    SearchContactsResponse200,
    UpsertContactsResponse200,
)
from generated.python.models.contact_where_keyword_match_type_0 import ContactWhereKeywordMatchType0

url, key = sys.argv[1:]
client = AuthenticatedClient(base_url=url, token=key)


def having(keywords: ContactKeywords) -> ContactWhere:
    return ContactWhere(keyword_match=ContactWhereKeywordMatchType0(must=keywords))


count = count_contacts.sync(
    client=client, body=ContactQuery(where=having(ContactKeywords(seniority=["vp", "director"])))
)
assert isinstance(count, CountContactsResponse200) and count.count == 64, count

upserted = upsert_contacts.sync_detailed(
    client=client, body=[ContactRecord(first_name="Edith", last_name="Clarke", email="edith@ge.example")]
)
assert isinstance(upserted.parsed, UpsertContactsResponse200), upserted
found = search_contacts.sync(
    client=client,
    body=ContactQuery(
        where=having(ContactKeywords(email="edith@ge.example")),
        select_columns=[ContactColumn.UUID, ContactColumn.EMAIL],
    ),
    x_connectra_min_seq=upserted.headers["x-connectra-seq"],
)
assert isinstance(found, SearchContactsResponse200), found
assert [str(row.uuid) for row in found.data] == [str(uuid) for uuid in upserted.parsed.contact_uuids], found
