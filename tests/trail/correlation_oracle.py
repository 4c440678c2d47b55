"""A plain evaluator of Sigma correlations, from their specification and docs/sigma.md: keeps every
match for ever and counts anew each time."""

import sigma_oracle

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


class Correlation:
    def __init__(self, document):
        body = document["correlation"]
        self.id, self.name, self.kind = document["id"], document.get("name"), body["type"]
        self.rules = body["rules"]
        self.span = int(body["timespan"][:-1]) * UNITS[body["timespan"][-1]]
        self.group_by, self.aliases = body.get("group-by", []), body.get("aliases", {})
        condition = body.get("condition", {})
        self.field = condition.get("field")
        self.bounds = {op: int(n) for op, n in condition.items() if op != "field"}
        if not self.bounds and self.kind == "temporal":
            self.bounds = {"gte": len(self.rules)}
        self.matches = []  # (time, number of the event, member, group, value)

    def holds(self, count):
        checks = {"gt": count > self.bounds.get("gt", 0), "gte": count >= self.bounds.get("gte", 0),
                  "lt": count < self.bounds.get("lt", 0), "lte": count <= self.bounds.get("lte", 0),
                  "eq": count == self.bounds.get("eq", 0)}
        return count > 0 and all(checks[op] for op in self.bounds)

    def text_at(self, event, path):
        found = [one for one in sigma_oracle.values_at(event, path) if one is not None]
        return sigma_oracle.form(found[0]) if found else None

    def count(self, window):
        if self.kind == "event_count":
            return len(window)
        return len({(one[4] if self.kind == "value_count" else one[2]) for one in window})

    def ordered(self, window, last):
        """Whether the window holds a match of each rule, in their order, that ends with `last`."""
        if last[2] != len(self.rules) - 1:
            return False

        def chain(member, before):
            if member < 0:
                return True
            return any(one[2] == member and index < before and one[1] != window[before][1]
                       and chain(member - 1, index) for index, one in enumerate(window))

        return chain(len(self.rules) - 2, len(window) - 1)

    def feed(self, member, number, time, event):
        """Whether it fires."""
        paths = [self.aliases.get(field, {}).get(self.rules[member], field) for field in self.group_by]
        group = [self.text_at(event, path) for path in paths]
        value = self.text_at(event, self.field) if self.field else ""
        if None in group or value is None:
            return False
        before = [one for one in self.matches if one[3] == group and one[0] >= time - self.span]
        match = (time, number, member, group, value)
        self.matches.append(match)
        if self.kind == "first_seen":
            return not before
        if self.kind == "temporal_ordered":
            return self.ordered(before + [match], match)
        return self.holds(self.count(before + [match])) and not self.holds(self.count(before))


def fired(documents, events, placeholders):
    """For each event the set of correlations that fire with it, by their numbers."""
    rules = [one for one in documents if "detection" in one]
    correlations = [Correlation(one) for one in documents if "correlation" in one]
    tests = [sigma_oracle.rule_test(rule, placeholders) for rule in rules]
    out = []

    def step(names, number, time, event, hits):
        for index, one in enumerate(correlations):
            for member, reference in enumerate(one.rules):
                if reference in names and one.feed(member, number, time, event):
                    hits.add(index)
                    step({one.id, one.name}, number, time, event, hits)

    for number, event in enumerate(events):
        hits = set()
        time = int(sigma_oracle.read_time(event["eventTime"]).timestamp())
        for rule, test in zip(rules, tests):
            if test(event):
                step({rule["id"], rule.get("name")}, number, time, event, hits)
        out.append(hits)
    return out
