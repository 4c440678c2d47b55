"""Writes report.csv with hostile user names; prints nothing. `names` is what a reader must get back."""

import csv

names = [
    b"<script>alert(1)</script>",
    b"<img src=x onerror=alert(1)>",
    b"\x1b[31mred\x1b]0;title\x07",
    "\u202egnp.exe \u2066x\u2069 \u200f\ufeff".encode(),
    b"=cmd()",
    b"@SUM(A1)",
    b'"quoted" \'single\' \\back',
    b"two\nlines",
    b"return\rcarriage",
    b"tab\there",
    b"bad \xff\xfe\xc0\xaf\xed\xa0\x80 utf-8",
    b"\xc2\x9b31m c1",
    b"nul \x00 byte",
    b"a&amp;b; ]]> -->",
    b"$(reboot) `reboot` ; reboot",
    b"-oProxyCommand=x",
    b"{user}",
    "\u6f22\u5b57 \U0001f511 e\u0301".encode(),
    b"x" * 5000,
]

if __name__ == "__main__":
    with open("report.csv", "wb") as out:
        out.write(b"user,arn,password_enabled,mfa_active\n")
        for name in names:
            out.write(b'"%s",arn:aws:iam::111122223333:user/x,true,false\n' % name.replace(b'"', b'""'))
    with open("rules.yaml", "wb") as out:
        out.write(b"- id: mfa\n  rule: IAMUser should have MFAActive\n"
                  b"  cli: aws iam delete-login-profile --user-name {user}\n"
                  b"  remediation: [\"Delete the password of {user}.\"]\n")
