-- What was closed of late, and the latest of a kind, without reading all there ever was.
CREATE INDEX closed_leases ON lease (stack, closed_at) WHERE phase = 'closed';
CREATE INDEX latest_leases ON lease (stack, kind, opened_at);
CREATE INDEX extensions_of_a_lease ON extension (lease);
