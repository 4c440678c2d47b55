-- What `keywarden collect` brings: its runs, what AWS answered, and what is made of the answers.

-- Each run of `keywarden collect`. It is an import as well: `imports` says when it began, and the
-- snapshots it brought name it there.
CREATE TABLE collections (
    id INTEGER PRIMARY KEY REFERENCES imports (id),
    finished_at INTEGER,  -- by the clock; NULL: it is at work, or was interrupted
    arguments TEXT NOT NULL,  -- what --resume goes on with
    seal INTEGER NOT NULL
) STRICT;

-- The accounts that a run is to collect, and what became of them.
CREATE TABLE collection_accounts (
    collection INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    account INTEGER NOT NULL,  -- it may have no snapshot yet, and then is not in `accounts`
    name TEXT,  -- as its organization calls it; NULL: not known
    unit TEXT,  -- the path of its unit; NULL: not known
    state TEXT NOT NULL,  -- 'pending', 'done' or 'failed'
    error TEXT,  -- why it failed
    seal INTEGER NOT NULL,
    PRIMARY KEY (collection, account)
) STRICT, WITHOUT ROWID;

-- What AWS answered, as it came. The credential report is in raw_reports.
CREATE TABLE raw_answers (
    id INTEGER PRIMARY KEY,
    collection INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    snapshot INTEGER REFERENCES snapshots (id) ON DELETE CASCADE,  -- NULL: of the organization
    action TEXT NOT NULL,  -- the permission that the call takes
    region TEXT NOT NULL,  -- empty: of a global service
    subject TEXT NOT NULL,  -- whom it was about; empty: the account
    page INTEGER NOT NULL,  -- 0 is the first
    outcome TEXT NOT NULL,  -- 'given', 'absent' (there is no such thing), 'denied' or 'failed'
    code TEXT NOT NULL,  -- AWS's word for what went wrong; empty: nothing
    size INTEGER NOT NULL,  -- bytes of the answer
    zstd BLOB NOT NULL,  -- a Zstandard frame (RFC 8878)
    seal INTEGER NOT NULL
) STRICT;

CREATE INDEX raw_answers_snapshot ON raw_answers (snapshot);
CREATE INDEX raw_answers_collection ON raw_answers (collection) WHERE snapshot IS NULL;

-- What rules are about, made of the answers. A member that nobody told is not there.
CREATE TABLE entities (
    snapshot INTEGER NOT NULL REFERENCES snapshots (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,  -- as `keywarden rule schema` names it
    name TEXT NOT NULL,  -- which one: a user's name, an ARN, a region; empty: the account's only
    json TEXT NOT NULL,
    seal INTEGER NOT NULL,
    PRIMARY KEY (snapshot, kind, name)
) STRICT;

-- What was asked of an account and not told.
CREATE TABLE gaps (
    snapshot INTEGER NOT NULL REFERENCES snapshots (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,  -- 1 is the first
    action TEXT NOT NULL,
    region TEXT NOT NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,  -- 'denied' or 'failed'
    code TEXT NOT NULL,  -- empty: the answer could not be read
    seal INTEGER NOT NULL,
    PRIMARY KEY (snapshot, position)
) STRICT, WITHOUT ROWID;

-- The organization that a run went through. In these tables, an empty text was not told.
CREATE TABLE aws_organizations (
    collection INTEGER PRIMARY KEY REFERENCES collections (id) ON DELETE CASCADE,
    organization TEXT NOT NULL,  -- o-...
    arn TEXT NOT NULL,
    management_account TEXT NOT NULL,
    feature_set TEXT NOT NULL,
    credentials_management INTEGER,  -- root credentials of members: 1 managed; NULL: not known
    root_sessions INTEGER,  -- sessions of root in members: 1 allowed; NULL: not known
    are_scps_complete INTEGER NOT NULL,  -- 1: all of them, and all that they are attached to
    are_rcps_complete INTEGER NOT NULL,
    seal INTEGER NOT NULL
) STRICT;

-- Its roots, units and accounts.
CREATE TABLE aws_nodes (
    collection INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    node TEXT NOT NULL,  -- r-..., ou-... or 12 digits
    parent TEXT NOT NULL,
    kind TEXT NOT NULL,  -- 'root', 'unit' or 'account'
    name TEXT NOT NULL,
    arn TEXT NOT NULL,
    email TEXT NOT NULL,
    status TEXT NOT NULL,  -- of accounts, as AWS says it
    joined_at INTEGER,  -- NULL: not told
    seal INTEGER NOT NULL,
    PRIMARY KEY (collection, node)
) STRICT, WITHOUT ROWID;

-- Its service and resource control policies.
CREATE TABLE aws_policies (
    collection INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    policy TEXT NOT NULL,  -- p-...
    arn TEXT NOT NULL,
    kind TEXT NOT NULL,  -- 'SCP' or 'RCP'
    name TEXT NOT NULL,
    document TEXT NOT NULL,  -- JSON
    seal INTEGER NOT NULL,
    PRIMARY KEY (collection, policy)
) STRICT;

-- Which policy is attached to which node.
CREATE TABLE aws_attachments (
    collection INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    policy TEXT NOT NULL,
    node TEXT NOT NULL,
    seal INTEGER NOT NULL,
    PRIMARY KEY (collection, policy, node)
) STRICT, WITHOUT ROWID;

-- Accounts that administer the organization for a service.
CREATE TABLE aws_administrators (
    collection INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    account TEXT NOT NULL,
    service TEXT NOT NULL,
    seal INTEGER NOT NULL,
    PRIMARY KEY (collection, account, service)
) STRICT, WITHOUT ROWID;

-- Each run: what it was to collect and how far it came.
CREATE VIEW collection_list AS
SELECT
    c.id AS collection,
    strftime('%Y-%m-%dT%H:%M:%SZ', i.started_at, 'unixepoch') AS started_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', c.finished_at, 'unixepoch') AS finished_at,
    o.organization AS organization,
    (SELECT count(*) FROM collection_accounts AS a WHERE a.collection = c.id) AS accounts,
    (SELECT count(*) FROM collection_accounts AS a
        WHERE a.collection = c.id AND a.state = 'done') AS done,
    (SELECT count(*) FROM collection_accounts AS a
        WHERE a.collection = c.id AND a.state = 'failed') AS failed,
    (SELECT count(*) FROM collection_accounts AS a
        WHERE a.collection = c.id AND a.state = 'pending') AS pending
FROM collections AS c
JOIN imports AS i ON i.id = c.id
LEFT JOIN aws_organizations AS o ON o.collection = c.id;

-- Accounts that the newest run which was to collect them did not.
CREATE VIEW collection_failures AS
SELECT
    a.collection,
    printf('%012d', a.account) AS account,
    a.name AS account_name,
    a.unit,
    a.state,
    a.error
FROM collection_accounts AS a
WHERE a.state <> 'done' AND a.collection = (
    SELECT max(n.collection) FROM collection_accounts AS n WHERE n.account = a.account
);

-- What was asked of each account at its newest snapshot and not told.
CREATE VIEW gap_list AS
SELECT
    printf('%012d', s.account) AS account,
    g.action,
    g.region,
    g.subject,
    g.outcome,
    g.code
FROM gaps AS g
JOIN snapshots AS s ON s.id = g.snapshot
WHERE s.taken_at = (SELECT max(n.taken_at) FROM snapshots AS n WHERE n.account = s.account);

-- The tree of each organization, by its newest run, with the path of every node.
CREATE VIEW organization_tree AS
WITH RECURSIVE
newest AS (
    SELECT max(collection) AS collection FROM aws_organizations GROUP BY organization
),
tree AS (
    SELECT n.collection, n.node, '' AS path, 0 AS depth
    FROM aws_nodes AS n JOIN newest AS w ON w.collection = n.collection
    WHERE n.parent = ''
    UNION ALL
    SELECT n.collection, n.node, t.path || '/' || n.name, t.depth + 1
    FROM tree AS t JOIN aws_nodes AS n ON n.collection = t.collection AND n.parent = t.node
    WHERE t.depth < 20
)
SELECT
    o.organization,
    n.node,
    n.kind,
    t.path,
    n.name,
    n.email,
    n.status,
    strftime('%Y-%m-%dT%H:%M:%SZ', n.joined_at, 'unixepoch') AS joined_at
FROM tree AS t
JOIN aws_nodes AS n ON n.collection = t.collection AND n.node = t.node
JOIN aws_organizations AS o ON o.collection = t.collection;

-- The policies of each organization, by its newest run, with what each is attached to.
CREATE VIEW policy_list AS
SELECT
    o.organization,
    p.policy,
    p.kind,
    p.name,
    a.node,
    n.kind AS node_kind,
    n.name AS node_name
FROM aws_policies AS p
JOIN aws_organizations AS o ON o.collection = p.collection
LEFT JOIN aws_attachments AS a ON a.collection = p.collection AND a.policy = p.policy
LEFT JOIN aws_nodes AS n ON n.collection = p.collection AND n.node = a.node
WHERE p.collection IN (SELECT max(collection) FROM aws_organizations GROUP BY organization);

-- The MFA devices that are known of each account's newest snapshot.
CREATE VIEW mfa_device_list AS
SELECT
    printf('%012d', s.account) AS account,
    e.name AS user,
    CASE WHEN k.key = 'Virtual' THEN 'virtual' ELSE 'hardware' END AS kind,
    coalesce(json_extract(d.value, '$.SerialNumber'), json_extract(d.value, '$.id')) AS serial
FROM entities AS e
JOIN snapshots AS s ON s.id = e.snapshot
JOIN json_each(e.json, '$.MFADevices') AS k
JOIN json_each(k.value) AS d
WHERE e.kind = 'IAMUser' AND k.type = 'array'
    AND s.taken_at = (SELECT max(n.taken_at) FROM snapshots AS n WHERE n.account = s.account);
