#!/usr/bin/env python3
"""Endpoints and signing regions as botocore's rule sets have them, for every region it knows, plain,
FIPS and dual-stack; and which configured URL wins, against its sessions.

usage: tests/aws/test_endpoints.py        SEED=n COUNT=n (default 300 configurations, at most 2000)
"""

import os
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import support  # noqa: E402

support.reexec()

import botocore.configprovider  # noqa: E402
import botocore.exceptions  # noqa: E402
import botocore.session  # noqa: E402
from botocore.endpoint_provider import EndpointProvider  # noqa: E402
from botocore.loaders import create_loader  # noqa: E402

SERVICES = ("iam", "sts", "organizations", "s3", "rds", "ec2", "cloudtrail", "logs",
            "cloudwatch", "sns", "sso", "sso-oidc")
PARTITIONS = ("aws", "aws-cn", "aws-us-gov")
rng = random.Random(support.SEED)


def check_rules():
    loader = create_loader()
    partitions = loader.load_data("partitions")
    regions = [region for partition in partitions["partitions"] if partition["id"] in PARTITIONS
               for region in partition["regions"] if not region.startswith("aws-")]
    regions += ["eu-nowhere-7", "cn-moon-2"]
    asked = [(fips, dual, region) for region in regions for fips in (0, 1) for dual in (0, 1)]
    done = subprocess.run([support.probe("endpoint_probe"), "-"], capture_output=True, check=True,
                          input="".join("%d %d %s\n" % a for a in asked).encode(), timeout=60)
    answers = iter(done.stdout.decode().splitlines())
    rules = {name: EndpointProvider(loader.load_service_model(name, "endpoint-rule-set-1"),
                                    partitions) for name in SERVICES}
    for fips, dual, region in asked:
        for name in SERVICES:
            words = {"UseGlobalEndpoint": False} if name == "sts" else {}
            try:
                rule = rules[name].resolve_endpoint(Region=region, UseFIPS=bool(fips),
                                                    UseDualStack=bool(dual), **words)
                scheme = rule.properties.get("authSchemes", [{}])[0]
                expected = [name, region, rule.url, scheme.get("signingRegion") or region]
            except botocore.exceptions.BotoCoreError:
                expected = [name, region, "error"]
            got = next(answers).split(" ")
            support.check("%s in %s, FIPS %d, dual-stack %d" % (name, region, fips, dual),
                          got[:len(expected)], expected)
    support.check("nothing is left over", list(answers), [])
    support.check("every region was asked", len(regions) > 40, True)


def url():
    return "http://localhost:%d" % rng.randrange(1, 9999)


def configuration():
    """Texts for the files and variables of the environment: some say something, most say nothing."""
    environment, profile, services = {}, [], []
    for name in ("", "_IAM", "_STS", "_SSO_OIDC", "_S3"):
        if rng.random() < 0.2:
            environment["AWS_ENDPOINT_URL" + name] = url()
    for name, values in (("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", ("true", "false", "TRUE", "1")),
                         ("AWS_USE_FIPS_ENDPOINT", ("true", "false")),
                         ("AWS_USE_DUALSTACK_ENDPOINT", ("True", "no")),
                         ("AWS_PROFILE", ("p", "default", "absent")),
                         ("AWS_DEFAULT_REGION", ("eu-west-1", "us-gov-west-1"))):
        if rng.random() < 0.15:
            environment[name] = rng.choice(values)
    for line in ("endpoint_url = " + url(), "region = " + rng.choice(["us-west-2", "cn-north-1"]),
                 "ignore_configured_endpoint_urls = " + rng.choice(["true", "false"]),
                 "use_fips_endpoint = true", "use_dualstack_endpoint = true",
                 "services = " + rng.choice(["v", "v", "w"])):
        if rng.random() < 0.4:
            profile.append(line)
    for name in ("iam", "sso_oidc", "ec2", "sso-oidc", "IAM"):
        if rng.random() < 0.4:
            services.append("%s =\n  endpoint_url = %s" % (name, url()))
    config = "[%s]\n%s\n[services v]\n%s\n" % (rng.choice(["default", "profile p"]),
                                             "\n".join(profile), "\n".join(services))
    return environment, config


def botocore_says(environment, config_path):
    """What our probe would print."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(environment)
    os.environ["AWS_CONFIG_FILE"] = config_path
    os.environ["AWS_SHARED_CREDENTIALS_FILE"] = config_path + ".none"
    session = botocore.session.Session()
    lines = []
    try:
        region = session.get_config_variable("region") or "us-east-1"
        for name in SERVICES:
            found = None
            if not session.get_config_variable("ignore_configured_endpoint_urls"):
                found = botocore.configprovider.ConfiguredEndpointProvider(
                    full_config=session.full_config, scoped_config=session.get_scoped_config(),
                    client_name=name).provide()
            if found is None:
                found = (session.get_config_variable("use_fips_endpoint"),
                         session.get_config_variable("use_dualstack_endpoint"), region)
            lines.append((name, found))
    except (botocore.exceptions.ProfileNotFound, botocore.exceptions.InvalidConfigError,
            botocore.exceptions.ConfigParseError):
        return "error"
    return lines


def check_configured():
    rules = {}
    loader = create_loader()
    partitions = loader.load_data("partitions")
    for name in SERVICES:
        rules[name] = EndpointProvider(loader.load_service_model(name, "endpoint-rule-set-1"),
                                       partitions)
    kinds = {"error": 0, "url": 0, "rule": 0}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "config")
        for number in range(min(support.COUNT or 300, 2000)):
            environment, config = configuration()
            with open(path, "w", encoding="utf-8") as file:
                file.write(config)
            expected = botocore_says(environment, path)
            done = subprocess.run([support.probe("endpoint_probe")], capture_output=True, check=True,
                                  env=dict(os.environ), timeout=60)
            lines = done.stdout.decode().splitlines()
            label = "configuration %d: %r %r" % (number, environment, config)
            if expected == "error":
                kinds["error"] += 1
                support.check(label, lines[0].split(" ")[0], "error")
                continue
            for (name, found), line in zip(expected, lines):
                if isinstance(found, str):
                    kinds["url"] += 1
                else:
                    kinds["rule"] += 1
                    words = {"UseGlobalEndpoint": False} if name == "sts" else {}
                    try:
                        found = rules[name].resolve_endpoint(
                            Region=found[2], UseFIPS=bool(found[0]), UseDualStack=bool(found[1]),
                            **words).url
                    except botocore.exceptions.BotoCoreError:
                        found = "error"
                support.check("%s: %s" % (label, name), line.split(" ")[2], found)
    support.check("every kind was there: %r" % kinds, min(kinds.values()) > 0, True)


check_rules()
check_configured()
sys.exit(support.finish())
